//! `credential:NAME` in place of a secret's path: what systemd hands over in a folder that only this service
//! can read (`LoadCredential=`, systemd.exec(5)).

use std::path::{Path, PathBuf};

use super::{error::SettingsError, written::Written};

const PREFIX: &str = "credential:";
/// The environment variable that names the folder.
pub const FOLDER: &str = "CREDENTIALS_DIRECTORY";

/// Puts the path of its file in the place of each credential.
///
/// # Errors
/// [`SettingsError`] for a name that is none, or where no folder was handed over.
pub(super) fn resolve(written: &mut Written, folder: Option<&Path>) -> Result<(), SettingsError> {
    let secrets: [(&str, &mut Option<PathBuf>); 6] = [
        ("keyring", &mut written.keyring),
        ("database_url_file", &mut written.database_url_file),
        (
            "bootstrap_admin_password_file",
            &mut written.bootstrap_admin_password_file,
        ),
        (
            "loans.credentials_file",
            &mut written.loans.credentials_file,
        ),
        ("tls.certificate", &mut written.tls.certificate),
        ("tls.key", &mut written.tls.key),
    ];
    for (setting, path) in secrets {
        let text = path.as_deref().and_then(Path::to_str);
        let Some(name) = text.and_then(|text| text.strip_prefix(PREFIX)) else {
            continue;
        };
        let is_name = !name.is_empty() && !name.contains('/') && !name.starts_with('.');
        if !is_name {
            let why = format!("{PREFIX} is followed by the name of a credential, not by {name:?}");
            return Err(SettingsError::of(setting, why));
        }
        let folder = folder.ok_or_else(|| {
            let why = format!(
                "it is the credential {name:?}, and ${FOLDER} is not set: \
                 systemd sets it for LoadCredential={name}:PATH"
            );
            SettingsError::of(setting, why)
        })?;
        *path = Some(folder.join(name));
    }
    Ok(())
}
