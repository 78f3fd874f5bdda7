//! Numbers in words, and the few colours there are.

use anstyle::{AnsiColor, Style};

use crate::{
    model::{Day, Function, Seniority},
    service::{Band, Fade, Miss, Receipt, RiskKind, TargetMatch, Verdict},
};

/// What stands out.
pub(super) const STRONG: Style = Style::new().bold();
/// What steps back.
pub(super) const QUIET: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const FAIR: Style = AnsiColor::Yellow.on_default();
const POOR: Style = AnsiColor::Red.on_default();

/// A text in a style.
pub(super) fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A verdict in words.
pub(super) const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::LikelyYes => "likely yes",
        Verdict::WorthAsking => "worth asking",
        Verdict::LastResort => "last resort",
    }
}

/// A verdict in words and colour.
pub(super) fn verdict(verdict: Verdict) -> String {
    let style = match verdict {
        Verdict::LikelyYes => GOOD,
        Verdict::WorthAsking => FAIR,
        Verdict::LastResort => POOR,
    };
    styled(style, verdict_word(verdict))
}

/// A strength in a word: cold below .15, strong from .5.
pub(super) const fn band_word(strength: f64) -> &'static str {
    match Band::of(strength) {
        Band::Strong => "strong",
        Band::Warm => "warm",
        Band::Cold => "cold",
    }
}

/// A strength in a word and colour.
pub(super) fn band(strength: f64) -> String {
    let style = match band_word(strength) {
        "strong" => GOOD,
        "warm" => FAIR,
        _ => POOR,
    };
    styled(style, band_word(strength))
}

/// When a tie falls to a lower band, as a short clause.
pub(super) fn fade_words(fade: Fade) -> String {
    let to = format!("{:.2}", fade.to);
    format!("falls to {} on {} if nobody writes", to.trim_start_matches('0'), fade.on)
}

/// What is known of a tie, in one line.
pub(super) fn receipt_words(receipt: &Receipt, today: Day) -> String {
    if receipt.inferred {
        return "once at the same company".to_owned();
    }
    let mut parts = Vec::new();
    if receipt.connected_only {
        parts.push("connected on a network, no contact seen".to_owned());
    }
    if let Some(said) = &receipt.overridden {
        let reason = said.reason.as_ref().map(|reason| format!(" ({reason})"));
        parts.push(format!("overridden until {}{}", said.until, reason.unwrap_or_default()));
    }
    let kinds = receipt.by_kind();
    if !receipt.connected_only && !kinds.is_empty() {
        let kinds = kinds.iter().map(|(kind, count, _)| count_of(kind, *count));
        parts.push(kinds.collect::<Vec<_>>().join(", "));
    }
    if let Some(last) = receipt.last_contact {
        parts.push(format!("last contact {}", ago(last, today)));
    }
    if receipt.more_hidden {
        parts.push("the details are theirs".to_owned());
    }
    parts.join("; ")
}

fn count_of(kind: &str, count: usize) -> String {
    let name = kind.replace('_', " ");
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

/// How a title fits what was asked for: how it was read, and by which words.
pub(super) fn fit_words(found: &TargetMatch) -> String {
    let read = [found.seniority.map(Seniority::name), found.function.map(Function::name)];
    let read: Vec<String> = read.into_iter().flatten().map(|name| name.replace('_', " ")).collect();
    let by = found.words.join(" … ");
    if by.is_empty() { read.join(", ") } else { format!("{}: “{by}”", read.join(", ")) }
}

/// How long ago a day was.
pub(super) fn ago(day: Day, today: Day) -> String {
    let days = today.number() - day.number();
    match days {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=13 => format!("{days} days ago"),
        14..=59 => format!("{} weeks ago", days / 7),
        _ => format!("{} months ago", days * 12 / 365),
    }
}

/// A risk as a sentence about whoever would be asked.
pub(super) fn risk_words(risk: RiskKind, name: &str) -> String {
    match risk {
        RiskKind::OveraskedConnector => format!("{name} has been asked often of late"),
        RiskKind::OverTheirLimit => format!("{name} was asked this month as often as they wish"),
        RiskKind::ConnectedOnly => format!("the tie with {name} is only a connection on a network"),
        RiskKind::Inferred => {
            format!("nobody says that {name} is known there: both worked at the same company")
        }
        RiskKind::CoolingTie => format!("the tie with {name} is cooling: no contact for 90 days"),
    }
}

/// Why there is no path; `names` are those on the way that was not allowed.
pub(super) fn miss_words(miss: &Miss, names: &[String]) -> String {
    match miss {
        Miss::TooFar(_) => {
            format!("The nearest way has {} steps: {}", names.len() - 1, names.join(" → "))
        }
        Miss::OnlyExcluded(_) => {
            format!("The only way is one that you excluded: {}", names.join(" → "))
        }
        Miss::Island(people) => {
            format!("They and those who know them are an island of {people} people.")
        }
        Miss::Closed => "They do not want to be asked for introductions.".to_owned(),
        Miss::Unknown => "Nobody outside is known to know them.".to_owned(),
        Miss::NobodyThere => "Nobody is known to work there with such a title.".to_owned(),
        Miss::SeekerUnknown => "Nobody is known whom you could ask.".to_owned(),
        Miss::SamePerson => "That is you.".to_owned(),
    }
}
