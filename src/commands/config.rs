//! `qupia config check`: the settings in force, after the files that they name were read.

use qupia::{
    app::{StartError, settings::Settings},
    domain::calendar::write_time,
    secrets::{
        certificate::Certificate,
        keyring::{Keyring, KeyringError},
    },
};

use super::{
    failure::Failure,
    output::{note, say},
};

/// Prints the settings, after the files that they name were read.
pub fn check(settings: Settings) -> Result<(), Failure> {
    say(settings.masked().trim_end())?;
    match Keyring::load(&settings.keyring) {
        Ok(keyring) => keyring.warnings().iter().for_each(note),
        Err(KeyringError::NotThere(path)) => note(format_args!(
            "there is no keyring {} yet: it is made at the first start",
            path.display()
        )),
        Err(error) => return Err(StartError::from(error).into()),
    }
    if let Some((chain, key)) = &settings.tls {
        let certificate = Certificate::load(chain, key).map_err(StartError::from)?;
        note(format_args!(
            "the certificate is valid until {}",
            write_time(certificate.expires_at())
        ));
    }
    Ok(())
}
