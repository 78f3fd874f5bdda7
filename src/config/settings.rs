//! Where settings come from: a file, then the environment, then flags.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::Deserialize;

use super::{
    Front, HttpStatuses, Neo4jServer, Oidc,
    front::{documents_in, origin},
    neo4j::WrittenNeo4j,
    oidc::WrittenOidc,
};

/// A setting that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// The file or the environment cannot be read as settings.
    #[error("the settings cannot be read: {0}")]
    Unreadable(#[from] ::config::ConfigError),
    /// A store that is not known.
    #[error(
        "`{0}` is no store; take `sqlite:FILE` (the default is a file in your data folder), or \
         `bolt://HOST` or `neo4j://HOST` for a Neo4j server"
    )]
    UnknownStore(String),
    /// A server whose name has a password in it, which would be printed.
    #[error(
        "the name of a Neo4j server has no `@`: its user and password are TERTIUS_NEO4J_USER and \
         TERTIUS_NEO4J_PASSWORD"
    )]
    LoginInStore,
    /// Anybody on the network could act as a member.
    #[error(
        "{0} is not a loopback address, and access without tokens is for loopback alone: \
         listen on 127.0.0.1, or leave `--access open` out"
    )]
    OpenBeyondLoopback(SocketAddr),
    /// Nothing would be kept at all.
    #[error("`evidence_years` is 0: say for how many years evidence is kept, or leave it out")]
    KeptForNoTime,
    /// There is no folder to keep the store in.
    #[error("no data folder is known: name a file with `--store sqlite:FILE`")]
    NoDataFolder,
    /// The list of documents cannot be read.
    #[error("`documents` is {file}, which cannot be read as documents by their hash: {message}")]
    UnreadableDocuments {
        /// Which file.
        file: String,
        /// What is wrong with it.
        message: String,
    },
    /// Something that is no origin of a page.
    #[error("`{0}` in `origins` is no origin: write it as https://app.example.org, without a path")]
    NoOrigin(String),
    /// Something of whose JWTs let members in.
    #[error("`{setting}` in [oidc]: {message}")]
    Oidc {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it, and what to do.
        message: String,
    },
}

/// Where facts are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// SQLite in this file.
    Sqlite(PathBuf),
    /// A Neo4j server, or a cluster.
    Neo4j(Neo4jServer),
}

impl FromStr for StoreUrl {
    type Err = BadSettings;

    fn from_str(text: &str) -> Result<Self, BadSettings> {
        match text.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => Ok(Self::Sqlite(PathBuf::from(file))),
            Some((scheme, rest)) if Neo4jServer::SCHEMES.contains(&scheme) => {
                let host = rest.strip_prefix("//").filter(|host| !host.is_empty());
                let Some(host) = host else {
                    return Err(BadSettings::UnknownStore(text.to_owned()));
                };
                if host.contains('@') {
                    return Err(BadSettings::LoginInStore);
                }
                Ok(Self::Neo4j(Neo4jServer::at(text)))
            }
            _ => Err(BadSettings::UnknownStore(text.to_owned())),
        }
    }
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Whoever has a token.
    #[default]
    Token,
    /// Whoever reaches the port, which must be on loopback.
    Open,
}

/// What flags say; they win over the environment and the file.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: the file.
    pub config: Option<PathBuf>,
    /// `--store`.
    pub store: Option<String>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
    /// `--access`.
    pub access: Option<Access>,
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where facts are recorded; by default `tertius/tertius.sqlite` in the data folder.
    pub store: StoreUrl,
    /// Where the service listens; by default 127.0.0.1:7878.
    pub listen: SocketAddr,
    /// Who may ask; by default whoever has a token.
    pub access: Access,
    /// Whose JWTs let members in; by default nobody's.
    pub oidc: Option<Oidc>,
    /// For how many years evidence is kept; by default for ever.
    pub evidence_years: Option<u16>,
    /// How the door to the network behaves.
    pub front: Front,
    /// Where counters are told to a watcher; by default nowhere.
    pub metrics: Option<SocketAddr>,
}

/// What a file and the environment may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    store: Option<String>,
    listen: Option<SocketAddr>,
    access: Option<Access>,
    oidc: Option<WrittenOidc>,
    neo4j: Option<WrittenNeo4j>,
    evidence_years: Option<u16>,
    #[serde(default)]
    http_statuses: HttpStatuses,
    documents: Option<PathBuf>,
    #[serde(default)]
    origins: Vec<String>,
    metrics: Option<SocketAddr>,
}

/// What is read of the environment.
const ENVIRONMENT_PREFIX: &str = "TERTIUS";
/// The settings that the environment may hold.
const NAMES: [&str; 13] = [
    "store",
    "listen",
    "access",
    "evidence_years",
    "http_statuses",
    "documents",
    "metrics",
    "oidc.issuer",
    "oidc.audience",
    "oidc.jwks_uri",
    "neo4j.user",
    "neo4j.password",
    "neo4j.database",
];

impl Settings {
    /// Reads the file, then the environment (`TERTIUS_STORE`, `TERTIUS_LISTEN`, …), then flags.
    /// `data_folder` is where the store is by default.
    ///
    /// # Errors
    /// When a setting is unknown or cannot be; the message names it.
    pub fn read(flags: Flags, data_folder: Option<&Path>) -> Result<Self, BadSettings> {
        let mut sources = ::config::Config::builder();
        if let Some(file) = &flags.config {
            let file = ::config::File::from(file.as_path()).format(::config::FileFormat::Toml);
            sources = sources.add_source(file);
        }
        for name in NAMES {
            let variable =
                format!("{ENVIRONMENT_PREFIX}_{}", name.to_uppercase().replace('.', "_"));
            if let Some(value) = std::env::var_os(&variable).filter(|value| !value.is_empty()) {
                sources = sources.set_override(name, value.to_string_lossy().into_owned())?;
            }
        }
        let written: Written = sources.build()?.try_deserialize()?;
        let mut store = match flags.store.or(written.store) {
            Some(url) => url.parse()?,
            None => StoreUrl::Sqlite(
                data_folder.ok_or(BadSettings::NoDataFolder)?.join("tertius.sqlite"),
            ),
        };
        if let (StoreUrl::Neo4j(server), Some(login)) = (&mut store, written.neo4j) {
            login.complete(server);
        }
        let listen = flags.listen.or(written.listen);
        let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7878)));
        let access = flags.access.or(written.access).unwrap_or_default();
        if access == Access::Open && !listen.ip().is_loopback() {
            return Err(BadSettings::OpenBeyondLoopback(listen));
        }
        let oidc = written.oidc.map(WrittenOidc::read).transpose()?;
        let evidence_years = written.evidence_years;
        if evidence_years == Some(0) {
            return Err(BadSettings::KeptForNoTime);
        }
        let documents = written.documents.as_deref().map(documents_in).transpose()?;
        let origins = written.origins.into_iter().map(origin).collect::<Result<_, _>>()?;
        let front =
            Front { statuses: written.http_statuses, documents, origins, ..Front::default() };
        let metrics = written.metrics;
        Ok(Self { store, listen, access, oidc, evidence_years, front, metrics })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> Flags {
        Flags { store: Some("sqlite:x.sqlite".into()), ..Flags::default() }
    }

    #[test]
    fn a_server_beyond_loopback_without_tokens_is_refused() {
        let open = |listen: &str| {
            let listen = Some(listen.parse().unwrap());
            Settings::read(Flags { access: Some(Access::Open), listen, ..flags() }, None)
        };
        assert!(open("127.0.0.1:7878").is_ok() && open("[::1]:7878").is_ok());
        let error = open("0.0.0.0:7878").unwrap_err().to_string();
        assert!(error.contains("loopback"), "{error}");
        let with_tokens = Flags { listen: Some("0.0.0.0:7878".parse().unwrap()), ..flags() };
        assert!(Settings::read(with_tokens, None).is_ok());
    }

    #[test]
    fn an_unknown_setting_or_store_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.toml");
        std::fs::write(&file, "lisen = \"127.0.0.1:1\"").unwrap();
        let read = Settings::read(Flags { config: Some(file), ..flags() }, None);
        assert!(read.unwrap_err().to_string().contains("lisen"));
        let store = |url: &str| url.parse::<StoreUrl>().unwrap_err().to_string();
        assert!(store("postgres:x").contains("sqlite:FILE"));
        assert!(store("neo4j:localhost").contains("neo4j://HOST"));
        let with_password = store("bolt://neo4j:secret@localhost");
        assert!(with_password.contains("TERTIUS_NEO4J_PASSWORD"), "{with_password}");
        assert!(!with_password.contains("secret"), "{with_password}");
    }

    #[test]
    fn a_neo4j_server_gets_its_login_from_the_file_and_prints_no_password() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.toml");
        let text =
            "store = \"bolt://db.example\"\n[neo4j]\nuser = \"tertius\"\npassword = \"hunter2\"";
        std::fs::write(&file, text).unwrap();
        let read = Settings::read(Flags { config: Some(file), ..Flags::default() }, None).unwrap();
        assert!(!format!("{read:?}").contains("hunter2"));
        let StoreUrl::Neo4j(server) = read.store else { panic!("it is a server") };
        assert_eq!((server.url.as_str(), server.user.as_str()), ("bolt://db.example", "tertius"));
        assert_eq!((server.password.as_str(), server.database), ("hunter2", None));
    }

    #[test]
    fn whose_jwts_let_in_is_a_part_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Settings::read(Flags { config: Some(file.clone()), ..flags() }, None)
        };
        assert_eq!(read("").unwrap().oidc, None);
        let text = "[oidc]\nissuer = \"https://login.example.org\"\naudience = \"tertius\"";
        assert_eq!(read(text).unwrap().oidc.unwrap().audience, "tertius");
        let error = read("[oidc]\naudience = \"tertius\"").unwrap_err().to_string();
        assert!(error.starts_with("`issuer` in [oidc]"), "{error}");
        let error = read(&format!("{text}\nleeway = 5")).unwrap_err().to_string();
        assert!(error.contains("leeway"), "{error}");
    }

    #[test]
    fn for_how_many_years_evidence_is_kept_is_said_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Settings::read(Flags { config: Some(file.clone()), ..flags() }, None)
        };
        assert_eq!(read("").unwrap().evidence_years, None);
        assert_eq!(read("evidence_years = 7").unwrap().evidence_years, Some(7));
        assert!(read("evidence_years = 0").unwrap_err().to_string().contains("leave it out"));
        assert!(read("evidence_years = -1").is_err());
    }

    #[test]
    fn flags_win_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.toml");
        std::fs::write(&file, "store = \"sqlite:a.sqlite\"\nlisten = \"127.0.0.1:1\"").unwrap();
        let read = |store: Option<String>| {
            Settings::read(Flags { config: Some(file.clone()), store, ..Flags::default() }, None)
        };
        assert_eq!(read(None).unwrap().store, StoreUrl::Sqlite("a.sqlite".into()));
        let won = read(Some("sqlite:b.sqlite".into())).unwrap();
        assert_eq!(won.store, StoreUrl::Sqlite("b.sqlite".into()));
        assert_eq!(won.listen.port(), 1);
    }
}
