//! The file of rejected lines beside the imported file; created at the first rejection.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use qupia::{domain::language::Language, flows::sync::Rejected, secrets::private_file};

use crate::commands::{failure::Failure, output::say};

/// Writes rejected lines, each with its number, code and detail.
pub(super) struct Rejects {
    path: PathBuf,
    is_csv: bool,
    file: Option<BufWriter<File>>,
}

impl Rejects {
    /// Beside the imported file, unless a path is given. Removes the file of an earlier import, which has other
    /// lines.
    pub(super) fn of(
        imported: &Path,
        named: Option<PathBuf>,
        is_csv: bool,
    ) -> Result<Self, Failure> {
        let mut beside = imported.as_os_str().to_owned();
        beside.push(if is_csv {
            ".rejects.csv"
        } else {
            ".rejects.ndjson"
        });
        let path = named.unwrap_or_else(|| beside.into());
        let is_itself = |path: &Path| path.canonicalize().ok() == imported.canonicalize().ok();
        if path.exists() && is_itself(&path) {
            let why = "--rejects: it is the file that is imported";
            return Err(Failure::argument(why.to_owned()));
        }
        let rejects = Self {
            path,
            is_csv,
            file: None,
        };
        match fs::remove_file(&rejects.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(rejects.failed(&error)),
            _ => Ok(rejects),
        }
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::other(format!(
            "{}: {error}; another place for rejected lines is named by --rejects",
            self.path.display()
        ))
    }

    pub(super) fn write(&mut self, rejected: Vec<Rejected>) -> Result<(), Failure> {
        self.try_to_write(rejected)
            .map_err(|error| self.failed(&error))
    }

    fn try_to_write(&mut self, rejected: Vec<Rejected>) -> io::Result<()> {
        for one in rejected {
            let file = match &mut self.file {
                Some(file) => file,
                absent => {
                    // It may quote personal data.
                    let mut file = BufWriter::new(private_file::create(&self.path)?);
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

    /// Prints the path of the rejected lines, if there are any.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let flushed = file.flush();
        flushed.map_err(|error| self.failed(&error))?;
        say(format_args!("rejected lines: {}", self.path.display()))
    }
}
