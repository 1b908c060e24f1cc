//! `qupia loans`: clients and loans from files, and our open loans held against their source.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use qupia::{
    app::{clock::Clock, foundation::Foundation},
    domain::{calendar::parse_time, language::Language},
    flows::{
        Refusal,
        reconcile::{self, Broken, Difference},
        sync::{Rejected, Report, Stream},
    },
    loans::{
        csv::Csv,
        decode::{Decoded, Encoding, find_encoding},
        lines::{Form, Lines, MAX_LINE},
        ndjson::Ndjson,
    },
    secrets::chance::Chance,
};

use super::{Failure, Place, start_log};

/// Exit code where lines were rejected, or loans differ.
const DIFFERENT: u8 = 3;

#[derive(Subcommand)]
pub enum LoansCommand {
    /// Imports clients and loans; rejected lines are written beside the file
    Import {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        import: Import,
    },
    /// Holds our open loans against those of the loan source, and prints what differs
    Check {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub struct Import {
    /// The file: NDJSON, or CSV in UTF-8 or windows-1251
    file: PathBuf,
    /// How it is written; by its name where not given, .csv for CSV
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Of when the file is, as in RFC 3339, where no column says so
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Ndjson,
    Csv,
}

/// Carries out a command about loans.
pub fn obey(command: LoansCommand) -> Result<(), Failure> {
    match command {
        LoansCommand::Import { place, import } => import_file(&place, import),
        LoansCommand::Check { place } => check(&place),
    }
}

/// Prints one line a difference: client, ticket, in what, ours, theirs.
fn check(place: &Place) -> Result<(), Failure> {
    let settings = place.settings(None)?;
    start_log(&settings)?;
    let (mut differences, mut out) = (0_u64, io::stdout().lock());
    let clients = actix_web::rt::System::new().block_on(async {
        let house = Foundation::open(settings, Clock::system(), Chance::os()).await?;
        let Some(source) = house.loan_source()? else {
            let why = "loans.url: no loan source is set, so there is nothing to compare with";
            return Err(Failure::argument(why.to_owned()));
        };
        let compared = reconcile::compare(&house, &source, |found| {
            differences += 1;
            let Difference {
                client_number,
                ticket_number,
                what,
                ours,
                theirs,
            } = found;
            let _reader_may_be_gone = writeln!(
                out,
                "{client_number}\t{ticket_number}\t{what}\t{ours}\t{theirs}"
            );
        });
        compared.await.map_err(|broken| match broken {
            Broken::Source(number, fault) => {
                Failure::other(format!("client {}: {fault}", number.as_str()))
            }
            Broken::Refusal(refusal) => told(refusal),
        })
    })?;
    if differences > 0 {
        return Err(Failure {
            code: DIFFERENT,
            message: format!("{differences} differences among {clients} clients"),
        });
    }
    println!("no difference among {clients} clients");
    Ok(())
}

fn import_file(place: &Place, import: Import) -> Result<(), Failure> {
    let settings = place.settings(None)?;
    start_log(&settings)?;
    let file = import.open()?;
    let report = actix_web::rt::System::new().block_on(async move {
        let house = Foundation::lay(settings, Clock::system(), Chance::os()).await?;
        file.import(house).await
    })?;
    println!(
        "applied {}, unchanged {}, stale {}, rejected {}",
        report.applied, report.unchanged, report.stale, report.rejected_total
    );
    if report.rejected_total > 0 {
        return Err(Failure {
            code: DIFFERENT,
            message: format!("{} lines were rejected", report.rejected_total),
        });
    }
    Ok(())
}

/// A file that can be imported: how it is written is known, and its header is read.
struct Opened {
    path: PathBuf,
    encoding: Encoding,
    file: BufReader<File>,
    bytes: u64,
    header: Option<String>,
    as_of: Option<String>,
}

impl Import {
    fn open(self) -> Result<Opened, Failure> {
        let path = self.file;
        let failed = |error: io::Error| Failure::argument(format!("{}: {error}", path.display()));
        if let Some(text) = &self.as_of {
            parse_time(text).map_err(|flaw| {
                Failure::argument(format!("--as-of: {}", flaw.detail(Language::En)))
            })?;
        }
        let is_csv = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("csv"));
        let format = self
            .format
            .unwrap_or(if is_csv { Format::Csv } else { Format::Ndjson });
        if format == Format::Ndjson && self.as_of.is_some() {
            let why = "--as-of: every record of NDJSON states its own as_of";
            return Err(Failure::argument(why.to_owned()));
        }
        let mut file = File::open(&path).map_err(failed)?;
        let encoding = find_encoding(&mut file).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let mut file = BufReader::new(file);
        let header = match format {
            Format::Ndjson => None,
            Format::Csv => Some(read_header(&mut file, encoding).map_err(failed)?),
        };
        Ok(Opened {
            encoding,
            file,
            bytes,
            header,
            as_of: self.as_of,
            path,
        })
    }
}

fn read_header(file: &mut impl BufRead, encoding: Encoding) -> io::Result<String> {
    let mut line = Vec::new();
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    file.take(limit).read_until(b'\n', &mut line)?;
    let mut text = Vec::new();
    Decoded::new(line.as_slice(), encoding).next(&mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl Opened {
    async fn import(self, house: Foundation) -> Result<Report, Failure> {
        let rejects = Rejects::beside(&self.path, self.header.is_some());
        match &self.header {
            None => {
                let lines = Lines::after(0, Ndjson);
                self.stream(house, lines, rejects).await
            }
            Some(header) => {
                let csv = Csv::of_header(header, self.as_of.clone())
                    .map_err(|why| Failure::argument(format!("{}: {why}", self.path.display())))?;
                self.stream(house, Lines::after(1, csv), rejects).await
            }
        }
    }

    async fn stream<F: Form>(
        self,
        house: Foundation,
        mut lines: Lines<F>,
        mut rejects: Rejects,
    ) -> Result<Report, Failure> {
        let path = self.path.display().to_string();
        let failed = |error: io::Error| Failure::other(format!("{path}: {error}"));
        let bar = progress(self.bytes);
        let mut stream = Stream::imported(house);
        let mut file = Decoded::new(self.file, self.encoding);
        let (mut text, mut found) = (Vec::new(), Vec::new());
        loop {
            let read = file.next(&mut text).map_err(failed)?;
            lines.feed(&text, &mut found);
            if read == 0 {
                lines.end(&mut found);
            }
            stream.take(&mut found).await.map_err(told)?;
            rejects.write(stream.drain_rejected()).map_err(failed)?;
            bar.inc(read as u64);
            if read == 0 {
                break;
            }
        }
        let mut report = stream.finish().await.map_err(told)?;
        rejects
            .write(std::mem::take(&mut report.rejected))
            .and_then(|()| rejects.finish())
            .map_err(failed)?;
        bar.finish_and_clear();
        Ok(report)
    }
}

fn told(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Store(error) => Failure::other(format!(
            "{error}; what was imported so far stays, and the file can be imported again"
        )),
        other => Failure::other(format!("{other:?}")),
    }
}

fn progress(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = "{bar:40} {percent}% {binary_bytes_per_sec} {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

/// The file of rejected lines, beside the imported one; made with the first rejection.
struct Rejects {
    path: PathBuf,
    is_csv: bool,
    file: Option<BufWriter<File>>,
}

impl Rejects {
    fn beside(path: &Path, is_csv: bool) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(if is_csv {
            ".rejects.csv"
        } else {
            ".rejects.ndjson"
        });
        Self {
            path: name.into(),
            is_csv,
            file: None,
        }
    }

    fn write(&mut self, rejected: Vec<Rejected>) -> io::Result<()> {
        for one in rejected {
            let file = match &mut self.file {
                Some(file) => file,
                absent => {
                    let mut file = BufWriter::new(File::create(&self.path)?);
                    if self.is_csv {
                        writeln!(file, "line;code;detail")?;
                    }
                    absent.insert(file)
                }
            };
            let (line, code) = (one.line, one.code());
            let detail = one.detail(Language::En);
            if self.is_csv {
                writeln!(file, "{line};{code};\"{}\"", detail.replace('"', "\"\""))?;
            } else {
                let value = serde_json::json!({"line": line, "code": code, "detail": detail});
                writeln!(file, "{value}")?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.flush()?;
            println!("rejected lines: {}", self.path.display());
        }
        Ok(())
    }
}
