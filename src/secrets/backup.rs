//! Backups are encrypted in the age format (age-encryption.org/v1): to public keys, so that the
//! machine that makes them cannot read them, or under a passphrase.

use std::io::{BufRead, Read, Write};

use age::{scrypt, x25519};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// Who can decrypt a backup.
pub enum BackupLock {
    /// owners of these public keys
    Recipients(Vec<x25519::Recipient>),
    /// whoever knows this passphrase
    Passphrase(SecretString),
}

/// What decrypts a backup.
pub enum BackupKey {
    /// private keys
    Identities(Vec<x25519::Identity>),
    /// the passphrase
    Passphrase(SecretString),
}

/// Why a backup was not encrypted or decrypted. No variant contains a secret.
#[derive(Debug, Error)]
pub enum BackupLockError {
    #[error("`{0}` is no age recipient: it begins with `age1`")]
    NotARecipient(String),
    #[error("line {0} of the identity file is no age identity: it begins with `AGE-SECRET-KEY-1`")]
    NotAnIdentity(usize),
    #[error("a passphrase of a backup has at least 12 characters")]
    ShortPassphrase,
    #[error("it could not be encrypted: {0}")]
    Encrypt(#[from] age::EncryptError),
    #[error("it does not open: {0}")]
    Decrypt(#[from] age::DecryptError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl BackupLock {
    /// Recipients as age writes them, `age1…`.
    ///
    /// # Errors
    /// [`BackupLockError::NotARecipient`].
    pub fn to(recipients: &[String]) -> Result<Self, BackupLockError> {
        let parse = |text: &String| {
            text.parse()
                .map_err(|_| BackupLockError::NotARecipient(text.clone()))
        };
        Ok(Self::Recipients(
            recipients.iter().map(parse).collect::<Result<_, _>>()?,
        ))
    }

    /// A passphrase, the first line of a file.
    ///
    /// # Errors
    /// [`BackupLockError::ShortPassphrase`].
    pub fn passphrase(text: &SecretString) -> Result<Self, BackupLockError> {
        let line = first_line(text);
        match line.expose_secret().chars().count() {
            0..12 => Err(BackupLockError::ShortPassphrase),
            _ => Ok(Self::Passphrase(line)),
        }
    }

    /// Encrypts what `write` writes.
    pub(crate) fn encrypt<W: Write>(
        &self,
        out: W,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<W, BackupLockError> {
        let encryptor = match self {
            Self::Recipients(recipients) => age::Encryptor::with_recipients(
                recipients
                    .iter()
                    .map(|recipient| recipient as &dyn age::Recipient),
            )?,
            Self::Passphrase(passphrase) => {
                age::Encryptor::with_user_passphrase(passphrase.clone())
            }
        };
        let mut stream = encryptor.wrap_output(out)?;
        write(&mut stream)?;
        Ok(stream.finish()?)
    }
}

impl BackupKey {
    /// Reads a file of identities: one in a line; empty lines and those that begin with `#` are ignored.
    ///
    /// # Errors
    /// [`BackupLockError::NotAnIdentity`].
    pub fn identities(text: &SecretString) -> Result<Self, BackupLockError> {
        let mut identities = Vec::new();
        for (number, line) in text.expose_secret().lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let identity = line
                    .parse()
                    .map_err(|_| BackupLockError::NotAnIdentity(number + 1))?;
                identities.push(identity);
            }
        }
        Ok(Self::Identities(identities))
    }

    /// A passphrase, the first line of a file.
    pub fn passphrase(text: &SecretString) -> Self {
        Self::Passphrase(first_line(text))
    }

    /// Gives the decrypted content. A modified backup ends in an error while it is read.
    ///
    /// # Errors
    /// [`BackupLockError::Decrypt`].
    pub(crate) fn decrypt<'r, R: BufRead + 'r>(
        &self,
        from: R,
    ) -> Result<Box<dyn Read + 'r>, BackupLockError> {
        let decryptor = age::Decryptor::new_buffered(from)?;
        let stream = match self {
            Self::Identities(identities) => decryptor.decrypt(
                identities
                    .iter()
                    .map(|identity| identity as &dyn age::Identity),
            )?,
            Self::Passphrase(passphrase) => {
                let identity = scrypt::Identity::new(passphrase.clone());
                decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))?
            }
        };
        Ok(Box::new(stream))
    }
}

fn first_line(text: &SecretString) -> SecretString {
    SecretString::from(
        text.expose_secret()
            .lines()
            .next()
            .unwrap_or_default()
            .trim(),
    )
}
