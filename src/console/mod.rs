//! The console: the page in which staff work, and the one on which a client types a passphrase. Its files
//! stand in this folder as the browser reads them, and are compiled into the binary.
//!
//! Every file but the documents has an address that holds a digest of all of them, so that a browser may keep
//! it for good: another version has other addresses.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, io::Write, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// What stands for the folder of the other files in a document.
const PLACEHOLDER: &str = "{assets}";
/// A digest of 64 bits tells one version from another.
const DIGEST_BYTES: usize = 8;

const HTML: &str = "text/html; charset=utf-8";

#[derive(RustEmbed)]
#[folder = "src/console/"]
struct Files;

/// The page's words, beside those of this program, where a translator looks.
#[derive(RustEmbed)]
#[folder = "locales/"]
struct Words;

/// A file of the page.
#[derive(Debug)]
pub struct File {
    /// its media type
    pub media_type: &'static str,
    /// as it is
    pub bytes: Vec<u8>,
    /// compressed by gzip
    pub gzip: Vec<u8>,
}

/// The page: its documents and the files that they load.
#[derive(Debug)]
pub struct Console {
    /// the digest of all files, as hexadecimal digits
    pub digest: String,
    documents: BTreeMap<String, File>,
    assets: BTreeMap<String, File>,
}

static CONSOLE: LazyLock<Console> = LazyLock::new(Console::read);

/// The page that this binary has.
pub fn console() -> &'static Console {
    &CONSOLE
}

impl Console {
    fn read() -> Self {
        let files = Files::iter()
            .filter_map(|path| Some((path.to_string(), Files::get(&path)?.data.into_owned())));
        let words = Words::iter()
            .filter(|path| path.contains("/console"))
            .filter_map(|path| {
                Some((
                    format!("words/{path}"),
                    Words::get(&path)?.data.into_owned(),
                ))
            });
        let files: BTreeMap<String, (&str, Vec<u8>)> = files
            .chain(words)
            .filter_map(|(path, bytes)| Some((path.clone(), (media_type(&path)?, bytes))))
            .collect();
        let mut hash = Sha256::new();
        for (path, (_, bytes)) in &files {
            hash.update(path);
            hash.update([0]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let digest = hex::encode(&hash.finalize()[..DIGEST_BYTES]);
        let folder = format!("/console/a/{digest}");
        let mut console = Self {
            digest,
            documents: BTreeMap::new(),
            assets: BTreeMap::new(),
        };
        for (path, (media_type, bytes)) in files {
            if media_type == HTML {
                let text = String::from_utf8_lossy(&bytes).replace(PLACEHOLDER, &folder);
                let file = File::new(media_type, text.into_bytes());
                console.documents.insert(path, file);
            } else {
                console.assets.insert(path, File::new(media_type, bytes));
            }
        }
        console
    }

    /// A document: `index.html`, `enter.html` or `print.html`.
    pub fn document(&self, name: &str) -> Option<&File> {
        self.documents.get(name)
    }

    /// A file that a document loads, by its path within the folder of this version.
    pub fn asset(&self, path: &str) -> Option<&File> {
        self.assets.get(path)
    }
}

impl File {
    fn new(media_type: &'static str, bytes: Vec<u8>) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Nothing fails that writes to memory; what could not be compressed would be sent as it is.
        let gzip = encoder
            .write_all(&bytes)
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        Self {
            media_type,
            bytes,
            gzip,
        }
    }
}

/// The media type of a file that a browser reads; the others in the folder are the server's.
fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "html" => Some(HTML),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "ftl" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
