//! How the door to the network behaves.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::{BadSettings, DoorLimits};

/// Which statuses are given to clients that accept `application/graphql-response+json`. Those of
/// others are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HttpStatuses {
    /// 400 for all that is wrong with a request, 200 for all that ran: what the audit suite of the
    /// GraphQL Foundation's working group checks.
    #[default]
    Audit,
    /// As the draft of August 2026 has it: 422 for what could be read and cannot run, 294 for data
    /// with errors.
    Draft,
}

/// How the door to the network behaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Front {
    /// Which statuses are given; by default those of the audit suite.
    pub statuses: HttpStatuses,
    /// The only documents that are run, by the SHA-256 of their texts in hexadecimal digits; by
    /// default every valid one is.
    pub documents: Option<BTreeMap<String, String>>,
    /// Pages of these origins may ask and read the answers; by default none may.
    pub origins: Vec<String>,
    /// How much a connection, a request and a document may take.
    pub limits: DoorLimits,
}

/// The documents in a file: a JSON object of texts by their hash, as code generators write it.
pub(super) fn documents_in(file: &Path) -> Result<BTreeMap<String, String>, BadSettings> {
    let unreadable = |message: String| {
        let file = file.display().to_string();
        BadSettings::UnreadableDocuments { file, message }
    };
    let text = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))
}

/// An origin as browsers say it: a scheme, a host, a port where it is not the usual one.
pub(super) fn origin(text: String) -> Result<String, BadSettings> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
    match host {
        Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(text),
        _ => Err(BadSettings::NoOrigin(text)),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Flags, HttpStatuses, Settings};

    fn read(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.toml");
        std::fs::write(folder.path().join("documents.json"), r#"{"ab": "{ viewer { role } }"}"#)
            .unwrap();
        let listed = folder.path().join("documents.json").display().to_string();
        std::fs::write(&file, text.replace("LISTED", &listed)).unwrap();
        let store = Some("sqlite:x.sqlite".into());
        let flags = Flags { config: Some(file), store, ..Flags::default() };
        Settings::read(flags, None).map_err(|error| error.to_string())
    }

    #[test]
    fn the_door_behaves_as_the_file_says() {
        let settings = read("").unwrap();
        assert_eq!((settings.front, settings.metrics), (super::Front::default(), None));
        let settings = read(
            "http_statuses = \"draft\"\ndocuments = \"LISTED\"\nmetrics = \"127.0.0.1:9\"
             origins = [\"https://app.example.org\", \"http://[::1]:5173\"]",
        );
        let settings = settings.unwrap();
        assert_eq!(settings.front.statuses, HttpStatuses::Draft);
        assert_eq!(settings.front.documents.unwrap()["ab"], "{ viewer { role } }");
        assert_eq!(settings.front.origins, ["https://app.example.org", "http://[::1]:5173"]);
        assert_eq!(settings.metrics.unwrap().port(), 9);
    }

    #[test]
    fn what_is_wrong_with_the_door_is_named() {
        for (text, what) in [
            ("http_statuses = \"newest\"", "newest"),
            ("documents = \"nowhere.json\"", "nowhere.json"),
            ("origins = [\"*\"]", "`*` in `origins`"),
            ("origins = [\"https://app.example.org/\"]", "without a path"),
            ("origins = [\"https://App.example.org\"]", "is no origin"),
            ("metrics = \"9464\"", "metrics"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(what), "{text}: {said}");
        }
    }
}
