//! `tertius introduction ID --link`: links by which people without a login answer.

use clap::Args;
use serde_json::json;

use crate::{
    model::{IntroductionId, Language},
    service::{ConsentLinkDraft, ServiceError, Tertius, Viewer},
};

use super::{Printed, target::person};

/// What `introduction` takes about links.
#[derive(Debug, Clone, Args)]
pub struct ConsentArgs {
    /// Make a link by which somebody who is no member answers, once; its page says this and no more
    #[arg(long, value_name = "MESSAGE", conflicts_with = "doing")]
    pub link: Option<String>,
    /// For whose answer the link is [default: whom it waits for]
    #[arg(long, value_name = "WHO", requires = "link")]
    pub link_for: Option<String>,
    /// For how many days the link is open, from 1 to 90 [default: 14]
    #[arg(long, value_name = "N", requires = "link")]
    pub link_days: Option<u16>,
    /// The language of its page [default: en]
    #[arg(long, value_name = "en|de", requires = "link", value_parser = parse_language)]
    pub language: Option<Language>,
    /// End the links that you made for it
    #[arg(long, conflicts_with_all = ["doing", "link"])]
    pub end_links: bool,
}

fn parse_language(text: &str) -> Result<Language, String> {
    super::introductions::parse_word(&[("en", Language::English), ("de", Language::German)], text)
}

/// Makes a link, whose path is printed this once.
pub(super) async fn link(
    tertius: &Tertius,
    viewer: &Viewer,
    (id, args, message): (IntroductionId, &ConsentArgs, &str),
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let of = match &args.link_for {
        Some(who) => Some(person(tertius, viewer, who).await?),
        None => None,
    };
    let (message, language) = (message.to_owned(), args.language.unwrap_or_default());
    let draft = ConsentLinkDraft { id, of, message, language, days: args.link_days };
    let made = tertius.offer_consent_link(viewer, &draft).await?;
    let newest = made.introduction.links.first();
    if as_json {
        let until = newest.map(|link| link.expires_at.to_string());
        let link = json!({ "path": made.path(), "expiresAt": until });
        return Ok(Printed::done(super::json::printed(&json!({ "link": link }))));
    }
    let until = newest.map_or_else(String::new, |link| format!(" until {}", link.expires_at));
    let text = format!(
        "{}\nSend it after the address of your server, to them alone. It is open{until}, takes one \
         answer, and is not shown again.\n",
        made.path()
    );
    Ok(Printed::done(text))
}
