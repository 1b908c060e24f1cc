//! The console: the page in which staff work, and the one on which a client types a passphrase. Its files
//! stand in this folder as the browser reads them, and are compiled into the binary.
//!
//! Every file but the documents has an address that holds a digest of all of them, so that a browser may keep
//! it for good: another version has other addresses.

mod lean;
mod modules;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{LazyLock, OnceLock},
};

use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use self::{lean::lean, modules::imported};

/// What stands for the folder of the other files in a document.
const PLACEHOLDER: &str = "{assets}";
/// A digest of 64 bits tells one version from another.
const DIGEST_BYTES: usize = 8;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

#[derive(RustEmbed)]
#[folder = "src/console/"]
struct Files;

/// The page's words, beside those of this program, where a translator looks.
#[derive(RustEmbed)]
#[folder = "locales/"]
struct Words;

/// A file of the page.
#[derive(Debug)]
pub(crate) struct File {
    /// its media type
    pub media_type: &'static str,
    /// as it is
    pub bytes: Vec<u8>,
    gzip: OnceLock<Vec<u8>>,
}

/// The page: its documents and the files that they load.
#[derive(Debug)]
pub(crate) struct Console {
    /// the digest of all files, as hexadecimal digits
    pub digest: String,
    documents: BTreeMap<String, File>,
    assets: BTreeMap<String, File>,
}

static CONSOLE: LazyLock<Console> = LazyLock::new(Console::read);

/// The page that this binary has.
pub(crate) fn console() -> &'static Console {
    &CONSOLE
}

impl Console {
    fn read() -> Self {
        let sources = sources();
        let mut hash = Sha256::new();
        for (path, (_, text)) in &sources {
            hash.update(path);
            hash.update([0]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        let digest = hex::encode(&hash.finalize()[..DIGEST_BYTES]);
        let folder = format!("/console/a/{digest}");
        let mut console = Self {
            digest,
            documents: BTreeMap::new(),
            assets: BTreeMap::new(),
        };
        for (path, (media_type, text)) in &sources {
            if *media_type == HTML {
                let text = with_imports(text, &sources).replace(PLACEHOLDER, &folder);
                console
                    .documents
                    .insert(path.clone(), File::new(media_type, text));
            } else {
                console
                    .assets
                    .insert(path.clone(), File::new(media_type, text.clone()));
            }
        }
        console
    }

    /// A document: `index.html`, `enter.html` or `print.html`.
    pub(crate) fn document(&self, name: &str) -> Option<&File> {
        self.documents.get(name)
    }

    /// A file that a document loads, by its path within the folder of this version.
    pub(crate) fn asset(&self, path: &str) -> Option<&File> {
        self.assets.get(path)
    }
}

/// The files that a browser reads, by their paths: the media type, and what is sent.
type Sources = BTreeMap<String, (&'static str, String)>;

fn sources() -> Sources {
    let page = Files::iter().map(|path| (path.to_string(), Files::get(&path)));
    let words = Words::iter()
        .filter(|path| path.contains("/console"))
        .map(|path| (format!("words/{path}"), Words::get(&path)));
    let sources = page.chain(words).filter_map(|(path, file)| {
        let media_type = media_type(&path)?;
        let text = String::from_utf8_lossy(&file?.data).into_owned();
        let is_our_code = [SCRIPT, STYLE].contains(&media_type) && !path.starts_with("vendor/");
        let text = if is_our_code { lean(&text) } else { text };
        Some((path, (media_type, text)))
    });
    sources.collect()
}

/// A document with a link for each module that the modules which it names import.
fn with_imports(document: &str, sources: &Sources) -> String {
    let named: Vec<_> = document
        .split(&format!("{PLACEHOLDER}/"))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| path.ends_with(".js"))
        .map(str::to_owned)
        .collect();
    let text_of = |path: &str| sources.get(path).map(|(_, text)| text.as_str());
    let links: String = imported(&named, text_of)
        .iter()
        .map(|path| format!("<link rel=\"modulepreload\" href=\"{PLACEHOLDER}/{path}\">\n"))
        .collect();
    document.replace("</head>", &format!("{links}</head>"))
}

impl File {
    fn new(media_type: &'static str, text: String) -> Self {
        Self {
            media_type,
            bytes: text.into_bytes(),
            gzip: OnceLock::new(),
        }
    }

    /// Compressed by gzip, when it is first asked for: a start does not wait for it.
    pub(crate) fn gzip(&self) -> &[u8] {
        self.gzip.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            // Nothing fails that writes to memory; what could not be compressed would be sent as it is.
            encoder
                .write_all(&self.bytes)
                .and_then(|()| encoder.finish())
                .unwrap_or_default()
        })
    }
}

/// The media type of a file that a browser reads; the others in the folder are the server's.
fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "html" => Some(HTML),
        "js" => Some(SCRIPT),
        "css" => Some(STYLE),
        "svg" => Some("image/svg+xml"),
        "ftl" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
