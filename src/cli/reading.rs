//! Words of arguments that are values of lower layers.

use crate::{config::Access, service::FileFormat};

pub(super) fn format(text: &str) -> Result<FileFormat, String> {
    let known = FileFormat::ALL.iter().find(|(name, _)| *name == text);
    known.map(|(_, format)| *format).ok_or_else(|| {
        let names: Vec<&str> = FileFormat::ALL.iter().map(|(name, _)| *name).collect();
        format!("`{text}` is none of {}", names.join(", "))
    })
}

pub(super) fn access(text: &str) -> Result<Access, String> {
    match text {
        "token" => Ok(Access::Token),
        "open" => Ok(Access::Open),
        other => Err(format!("`{other}` is neither `token` nor `open`")),
    }
}
