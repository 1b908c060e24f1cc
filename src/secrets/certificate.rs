//! The certificate and its key for HTTPS. The files are read again when they change, so that a renewed
//! certificate is served without a restart.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;

use super::private_file;

/// Why a certificate cannot be served. Names the file; never the key.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A file that cannot be read.
    #[error("{}: {source}", .file.display())]
    Io {
        /// which file
        file: PathBuf,
        /// why not
        source: io::Error,
    },
    /// A file with other content.
    #[error("{}: {problem}", .file.display())]
    Malformed {
        /// which file
        file: PathBuf,
        /// what is wrong with it
        problem: String,
    },
}

/// A certificate chain with its key, as they are in their files.
pub struct Certificate {
    chain_file: PathBuf,
    key_file: PathBuf,
    served: RwLock<Served>,
    read_at: Mutex<[Option<SystemTime>; 2]>,
}

/// What is served now.
struct Served {
    certified: Arc<CertifiedKey>,
    expires_at: DateTime<Utc>,
}

impl Certificate {
    /// Reads the chain (PEM, the server's own first) and its key (PEM: PKCS #8, SEC 1 or PKCS #1).
    ///
    /// # Errors
    /// [`CertificateError`] for the file that cannot be used.
    pub fn load(chain_file: &Path, key_file: &Path) -> Result<Arc<Self>, CertificateError> {
        let changed = [changed_at(chain_file), changed_at(key_file)];
        let served = read(chain_file, key_file)?;
        Ok(Arc::new(Self {
            chain_file: chain_file.to_owned(),
            key_file: key_file.to_owned(),
            served: RwLock::new(served),
            read_at: Mutex::new(changed),
        }))
    }

    /// Reads the files again if either changed. Where they cannot be read or do not belong together yet,
    /// the old ones are still served.
    ///
    /// # Errors
    /// [`CertificateError`]; it is tried again at the next call.
    pub(crate) fn reload(&self) -> Result<bool, CertificateError> {
        let changed = [changed_at(&self.chain_file), changed_at(&self.key_file)];
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if *read_at == changed {
            return Ok(false);
        }
        let renewed = read(&self.chain_file, &self.key_file)?;
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        *read_at = changed;
        Ok(true)
    }

    /// Until when the server's own certificate is valid.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.served().expires_at
    }

    fn served(&self) -> RwLockReadGuard<'_, Served> {
        self.served.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The TLS configuration: TLS 1.2 and 1.3, the library's own suites (ASVS 12.1.1).
    ///
    /// # Errors
    /// [`CertificateError::Malformed`] where the library refuses its own defaults.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, CertificateError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| malformed(&self.chain_file, error))?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        Ok(builder.with_no_client_auth().with_cert_resolver(resolver))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.served().certified))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.chain_file.display())
    }
}

fn read(chain_file: &Path, key_file: &Path) -> Result<Served, CertificateError> {
    let chain = CertificateDer::pem_slice_iter(&bytes(chain_file)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| malformed(chain_file, error))?;
    let Some(own) = chain.first() else {
        return Err(malformed(chain_file, "there is no certificate in it"));
    };
    let (_, parsed) =
        x509_parser::parse_x509_certificate(own).map_err(|error| malformed(chain_file, error))?;
    let expires_at = parsed.validity().not_after.timestamp();
    let expires_at = DateTime::from_timestamp(expires_at, 0)
        .ok_or_else(|| malformed(chain_file, "the end of its validity is no date"))?;
    let key = PrivateKeyDer::from_pem_slice(&bytes(key_file)?)
        .map_err(|error| malformed(key_file, error))?;
    let key = ring::sign::any_supported_type(&key).map_err(|error| malformed(key_file, error))?;
    let certified = CertifiedKey::new(chain, key);
    certified
        .keys_match()
        .map_err(|error| malformed(key_file, format!("not the certificate's key: {error}")))?;
    Ok(Served {
        certified: Arc::new(certified),
        expires_at,
    })
}

fn bytes(file: &Path) -> Result<zeroize::Zeroizing<Vec<u8>>, CertificateError> {
    let read = private_file::read_bytes(file);
    read.map_err(|source| CertificateError::Io {
        file: file.to_owned(),
        source,
    })
}

fn malformed(file: &Path, problem: impl fmt::Display) -> CertificateError {
    CertificateError::Malformed {
        file: file.to_owned(),
        problem: problem.to_string(),
    }
}

fn changed_at(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|facts| facts.modified()).ok()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Made, generate_simple_self_signed};

    use super::*;

    fn lay_out(folder: &Path) -> (PathBuf, PathBuf) {
        let Made { cert, signing_key } =
            generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
        fs::write(&chain, cert.pem()).unwrap();
        fs::write(&key, signing_key.serialize_pem()).unwrap();
        (chain, key)
    }

    fn set_changed(file: &Path, seconds: u64) {
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_modified(time)
            .unwrap();
    }

    #[test]
    fn a_renewed_certificate_is_served_and_half_of_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = lay_out(folder.path());
        let certificate = Certificate::load(&chain, &key).unwrap();
        let served = || certificate.served().certified.cert[0].clone();
        let first = served();
        assert!(!certificate.reload().unwrap());

        let other = tempfile::tempdir().unwrap();
        let (new_chain, new_key) = lay_out(other.path());
        fs::copy(&new_chain, &chain).unwrap();
        set_changed(&chain, 2_000_000_000);
        assert!(certificate.reload().is_err());
        assert_eq!(served(), first);

        fs::copy(&new_key, &key).unwrap();
        set_changed(&key, 2_000_000_000);
        assert!(certificate.reload().unwrap());
        assert_ne!(served(), first);
    }

    #[test]
    fn what_is_wrong_names_its_file_and_tells_nothing_of_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = lay_out(folder.path());
        let there_is_none = Certificate::load(&folder.path().join("none.pem"), &key).unwrap_err();
        assert!(there_is_none.to_string().contains("none.pem"));
        let swapped = Certificate::load(&key, &chain).unwrap_err().to_string();
        assert!(
            swapped.contains("key.pem") && !swapped.contains("BEGIN"),
            "{swapped}"
        );
    }
}
