//! What the commands about who knows whom, and about keeping in touch, take.

use clap::Args;

use crate::model::{Function, Seniority, WantedPost};

use super::{args::AskAs, asking::Listing, supposing::Supposing};

/// Which posts are meant.
#[derive(Debug, Clone, Args)]
pub struct PostArgs {
    /// Only people with such a title, in any of twelve languages: 'vp engineering', 'someone in
    /// procurement'
    #[arg(long, value_name = "TITLE")]
    pub role: Option<String>,
    /// Only people who stand so high: founder, chief, vice_president, director, head, board,
    /// manager, lead, contributor, assistant; may be named several times
    #[arg(long, value_name = "SENIORITY", value_parser = parse_seniority)]
    pub seniority: Vec<Seniority>,
    /// Only people who do this: sales, engineering, finance, legal, …; may be named several times
    #[arg(long, value_name = "FUNCTION", value_parser = parse_function)]
    pub function: Vec<Function>,
}

/// What `who-knows` takes.
#[derive(Debug, Clone, Args)]
pub struct KnownArgs {
    /// Whom: names, mail addresses, domains or ids of people and companies
    #[arg(required_unless_present = "list", value_name = "TARGET")]
    pub targets: Vec<String>,
    /// The people on a list, and who works at its companies; may be named several times
    #[arg(long, value_name = "NAME")]
    pub list: Vec<String>,
    /// Which posts.
    #[command(flatten)]
    pub post: PostArgs,
    /// What if.
    #[command(flatten)]
    pub supposing: Supposing,
    /// How many, as whom and as of which day.
    #[command(flatten)]
    pub listing: Listing,
}

/// What `knows` takes.
#[derive(Debug, Clone, Args)]
pub struct KnowsArgs {
    /// Who: a name, a mail address or an id; the one who asks where nobody is named
    pub person: Option<String>,
    /// Whom anybody in the team knows
    #[arg(long, conflicts_with = "person")]
    pub team: bool,
    /// Among the people on a list, and who works at its companies; may be named several times
    #[arg(long, value_name = "NAME")]
    pub list: Vec<String>,
    /// Among who works at a company; may be named several times
    #[arg(long, value_name = "COMPANY")]
    pub company: Vec<String>,
    /// Which posts.
    #[command(flatten)]
    pub post: PostArgs,
    /// What if.
    #[command(flatten)]
    pub supposing: Supposing,
    /// How many, as whom and as of which day.
    #[command(flatten)]
    pub listing: Listing,
}

/// What `keep-in-touch` takes.
#[derive(Debug, Clone, Args)]
pub struct KeepingArgs {
    /// Only people on this list, or at companies on it; without it, single threads are those of
    /// your partners
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// How many, as whom and as of which day.
    #[command(flatten)]
    pub listing: Listing,
}

/// What `cadence` takes.
#[derive(Debug, Clone, Args)]
pub struct CadenceArgs {
    /// With whom: a name, a mail address or an id
    pub person: String,
    /// How much time may pass between contacts: 30d, 6w, or none to take it back
    #[arg(value_name = "30d|6w|none", value_parser = parse_days)]
    pub every: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

impl PostArgs {
    /// What is asked for.
    pub(super) fn wanted(&self) -> WantedPost {
        let title = self.role.as_deref().unwrap_or_default();
        WantedPost::new(title, self.seniority.clone(), self.function.clone())
    }
}

fn parse_seniority(text: &str) -> Result<Seniority, String> {
    one_of(text, &Seniority::ALL, Seniority::name)
}

fn parse_function(text: &str) -> Result<Function, String> {
    one_of(text, &Function::ALL, Function::name)
}

/// The value with a name; a hyphen or a space is as good as an underscore.
fn one_of<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    let wanted = text.to_lowercase().replace(['-', ' '], "_");
    let found = all.iter().find(|one| name(**one) == wanted);
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        format!("`{text}` is none of {}", names.join(", "))
    })
}

/// Days, of a number with a unit.
fn parse_days(text: &str) -> Result<usize, String> {
    let wrong = || format!("`{text}` is neither days such as 30d, nor weeks such as 6w, nor none");
    if text.eq_ignore_ascii_case("none") {
        return Ok(0);
    }
    let (number, days) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 7),
        _ => (text, 1),
    };
    let number: usize = number.parse().map_err(|_| wrong())?;
    number.checked_mul(days).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cadence_is_read_with_its_unit() {
        for (text, days) in
            [("30d", Some(30)), ("6w", Some(42)), ("14", Some(14)), ("none", Some(0))]
        {
            assert_eq!(parse_days(text).ok(), days, "{text}");
        }
        for text in ["", "d", "-3d", "3m", "99999999999999999999w", "9999999999999999999w"] {
            assert!(parse_days(text).is_err(), "{text}");
        }
    }
}
