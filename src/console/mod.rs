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

#[derive(RustEmbed)]
#[folder = "src/console/"]
#[include = "*.html"]
#[include = "*.js"]
#[include = "*.css"]
#[include = "*.svg"]
struct Files;

/// The page's words, beside those of this program, where a translator looks.
#[derive(RustEmbed)]
#[folder = "locales/"]
#[include = "*/console*.ftl"]
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
        let mut files: BTreeMap<String, Vec<u8>> = Files::iter()
            .filter_map(|path| Some((path.to_string(), Files::get(&path)?.data.into_owned())))
            .collect();
        files.extend(Words::iter().filter_map(|path| {
            let words = Words::get(&path)?.data.into_owned();
            Some((format!("words/{path}"), words))
        }));
        let mut hash = Sha256::new();
        for (path, bytes) in &files {
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
        for (path, bytes) in files {
            if path.ends_with(".html") {
                let text = String::from_utf8_lossy(&bytes).replace(PLACEHOLDER, &folder);
                let file = File::new(&path, text.into_bytes());
                console.documents.insert(path, file);
            } else {
                let file = File::new(&path, bytes);
                console.assets.insert(path, file);
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
    fn new(path: &str, bytes: Vec<u8>) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Nothing fails that writes to memory; what could not be compressed would be sent as it is.
        let gzip = encoder
            .write_all(&bytes)
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        Self {
            media_type: media_type(path),
            bytes,
            gzip,
        }
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}
