//! `qupia loans import`: reads a file to its end, or until a signal.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use qupia::{
    app::{clock::Clock, foundation::Foundation},
    domain::{
        calendar::parse_time, language::Language, loan::is_ahead, text::BYTE_ORDER_MARK,
        validation::ValidationError,
    },
    flows::{Refusal, sync::Stream},
    loans::{
        csv::{Csv, stated_delimiter},
        decode::{Decoded, Encoding, Sensible, find_encoding, unpacked},
        lines::{Form, Lines, MAX_LINE},
        ndjson::Ndjson,
    },
    locales,
    secrets::rng::SystemRng,
};
use tokio::signal::unix::{SignalKind, signal};

use super::rejects::Rejects;
use crate::commands::{
    failure::{DIFFERENT, Failure},
    location::Location,
    output::say,
    start::start_log,
};

#[derive(Args)]
#[group(id = "imported")]
pub struct Import {
    /// The file: NDJSON or CSV; either may be packed with gzip
    file: PathBuf,
    /// Its format; by default from its name: .csv or .csv.gz for CSV, else NDJSON
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Its encoding, where it is not recognised correctly
    #[arg(long, value_enum, ignore_case = true)]
    encoding: Option<NamedEncoding>,
    /// The time of the data (RFC 3339), where no column states it
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Where rejected lines are written; by default beside the file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Ndjson,
    Csv,
}

/// An encoding on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum NamedEncoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "utf-16le")]
    Utf16Le,
    #[value(name = "utf-16be")]
    Utf16Be,
    #[value(name = "windows-1251", alias = "cp1251")]
    Windows1251,
    #[value(name = "kz-1048", alias = "kz1048")]
    Kz1048,
    #[value(name = "koi8-r")]
    Koi8R,
    #[value(name = "cp866", alias = "ibm866")]
    Cp866,
}

impl From<NamedEncoding> for Encoding {
    fn from(named: NamedEncoding) -> Self {
        match named {
            NamedEncoding::Utf8 => Self::Utf8,
            NamedEncoding::Utf16Le => Self::Utf16Le,
            NamedEncoding::Utf16Be => Self::Utf16Be,
            NamedEncoding::Windows1251 => Self::Windows1251,
            NamedEncoding::Kz1048 => Self::Kz1048,
            NamedEncoding::Koi8R => Self::Koi8R,
            NamedEncoding::Cp866 => Self::Cp866,
        }
    }
}

/// Part of the message where an import is interrupted.
const CAN_BE_REPEATED: &str = "what was imported so far stays, and the file can be imported again";

/// Imports a file, and prints the number of lines by outcome.
pub(super) fn import(location: &Location, import: Import) -> Result<(), Failure> {
    let mut settings = location.settings(None)?;
    settings.store.is_load = true;
    start_log(&settings)?;
    // Errors of the file itself are found before anything is made.
    let opened = import.open()?;
    actix_web::rt::System::new().block_on(async move {
        let foundation = Foundation::build(settings, Clock::system(), SystemRng::os()).await?;
        opened.import(foundation).await
    })
}

type Text = BufReader<Decoded<Box<dyn Read>>>;

/// An open file: its encoding is known, and its header is read.
struct Opened {
    path: PathBuf,
    text: Text,
    /// its encoding, where that was recognised by the letters alone
    recognised: Option<Encoding>,
    /// the reader of its table, and the number of lines before the first row
    table: Option<(Csv, u64)>,
    rejects: Rejects,
    bar: ProgressBar,
}

impl Import {
    fn open(self) -> Result<Opened, Failure> {
        let path = self.file.clone();
        let failed = |error: io::Error| Failure::argument(format!("{}: {error}", path.display()));
        let format = self.check()?;
        let mut file = File::open(&path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            // The file is read twice, first to recognise its encoding.
            let why = format!("{}: it is no plain file", path.display());
            return Err(Failure::argument(why));
        }
        let found = unpacked(&mut file)
            .and_then(find_encoding)
            .map_err(failed)?;
        let encoding = self.encoding.map_or(found, Encoding::from);
        file.rewind().map_err(failed)?;
        let bar = progress(about.len());
        let bytes = unpacked(bar.wrap_read(file)).map_err(failed)?;
        let mut text = BufReader::new(Decoded::new(bytes, encoding));
        let table = match format {
            Format::Ndjson => None,
            Format::Csv => {
                let header = read_header(&mut text).map_err(failed)?;
                let lines = 1 + header.matches('\n').count() as u64;
                let table = Csv::of_header(&header, self.as_of);
                let named = |why| {
                    let (path, encoding) = (path.display(), encoding.name());
                    Failure::argument(format!("{path}: {why} (it was read as {encoding})"))
                };
                Some((table.map_err(named)?, lines))
            }
        };
        Ok(Opened {
            text,
            recognised: (self.encoding.is_none() && found.is_code_page()).then_some(found),
            rejects: Rejects::of(&path, self.rejects, table.is_some())?,
            table,
            path,
            bar,
        })
    }

    /// Checks the arguments; returns the format.
    fn check(&self) -> Result<Format, Failure> {
        if let Some(text) = &self.as_of {
            let named = |error: ValidationError| {
                Failure::argument(format!(
                    "--as-of: {}",
                    locales::of_field(&error, Language::En)
                ))
            };
            let as_of = parse_time(text).map_err(named)?;
            if is_ahead(as_of, Clock::system().now()) {
                return Err(named(ValidationError::AsOfAhead));
            }
        }
        let name = self.file.to_string_lossy().to_lowercase();
        let is_csv = name.trim_end_matches(".gz").ends_with(".csv");
        let by_name = if is_csv { Format::Csv } else { Format::Ndjson };
        let format = self.format.unwrap_or(by_name);
        if format == Format::Ndjson && self.as_of.is_some() {
            let why = "--as-of: every record of NDJSON states its own as_of";
            return Err(Failure::argument(why.to_owned()));
        }
        Ok(format)
    }
}

/// Reads the header, with the line before it if that states the delimiter.
fn read_header(text: &mut Text) -> io::Result<String> {
    let mut line = || {
        let mut line = Vec::new();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        text.by_ref().take(limit).read_until(b'\n', &mut line)?;
        let line = String::from_utf8(line).map_err(io::Error::other)?;
        Ok::<_, io::Error>(line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let first = line()?.trim_start_matches(BYTE_ORDER_MARK).to_owned();
    Ok(match stated_delimiter(&first) {
        Some(_) => format!("{first}\n{}", line()?),
        None => first,
    })
}

fn progress(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = "{bar:40} {percent}% {binary_bytes_per_sec} {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

impl Opened {
    async fn import(mut self, foundation: Foundation) -> Result<(), Failure> {
        let is_recognised = self.recognised.is_some();
        match self.table.take() {
            Some((csv, read)) => {
                let form = Sensible::new(csv, is_recognised);
                self.stream(foundation, Lines::after(read, form)).await
            }
            None => {
                let form = Sensible::new(Ndjson, is_recognised);
                self.stream(foundation, Lines::after(0, form)).await
            }
        }
    }

    /// Imports what was read, even if reading ends early, and prints the counts.
    async fn stream<F: Form>(
        mut self,
        foundation: Foundation,
        mut lines: Lines<F>,
    ) -> Result<(), Failure> {
        let mut stream = Stream::imported(foundation);
        let read = self.read(&mut stream, &mut lines).await;
        let finished = stream.finish().await;
        self.bar.finish_and_clear();
        let mut report = match finished {
            Ok(report) => report,
            Err(refusal) => return Err(read.err().unwrap_or_else(|| interrupted(refusal))),
        };
        self.rejects.write(std::mem::take(&mut report.rejected))?;
        self.rejects.finish()?;
        if let Some(encoding) = self.recognised {
            say(format_args!("encoding recognised: {}", encoding.name()))?;
        }
        let said = say(format_args!(
            "applied {}, unchanged {}, stale {}, rejected {}",
            report.applied, report.unchanged, report.stale, report.rejected_total
        ));
        read?;
        if report.rejected_total > 0 {
            return Err(Failure {
                code: DIFFERENT,
                message: match report.rejected_total {
                    1 => "1 line was rejected".to_owned(),
                    many => format!("{many} lines were rejected"),
                },
            });
        }
        said
    }

    async fn read<F: Form>(
        &mut self,
        stream: &mut Stream,
        lines: &mut Lines<F>,
    ) -> Result<(), Failure> {
        let path = self.path.display().to_string();
        let failed =
            |error: io::Error| Failure::other(format!("{path}: {error}; {CAN_BE_REPEATED}"));
        let is_stopping = watch_signals().map_err(failed)?;
        let mut found = Vec::new();
        loop {
            let piece = self.text.fill_buf().map_err(failed)?;
            let read = piece.len();
            lines.feed(piece, &mut found);
            self.text.consume(read);
            if read == 0 {
                lines.end(&mut found);
            }
            stream.take(&mut found).await.map_err(interrupted)?;
            self.rejects.write(stream.drain_rejected())?;
            if read == 0 {
                return Ok(());
            }
            if is_stopping.load(Ordering::Relaxed) {
                let why = format!(
                    "{path}: stopped after line {}; {CAN_BE_REPEATED}",
                    lines.ended()
                );
                return Err(Failure::other(why));
            }
        }
    }
}

fn interrupted(refusal: Refusal) -> Failure {
    let failure = Failure::from(refusal);
    Failure::other(format!("{}; {CAN_BE_REPEATED}", failure.message))
}

/// Becomes true at a signal: the group of lines that is being written is then completed.
fn watch_signals() -> io::Result<Arc<AtomicBool>> {
    let received = Arc::new(AtomicBool::new(false));
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let (mut signals, received) = (signal(kind)?, Arc::clone(&received));
        tokio::spawn(async move {
            signals.recv().await;
            received.store(true, Ordering::Relaxed);
        });
    }
    Ok(received)
}
