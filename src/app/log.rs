//! Writes the log to standard error: a bounded queue, and a thread that writes. A reader that has stopped
//! reading blocks no request; a reader that has gone, or a full disk, ends nothing. Lines that cannot be
//! written are lost, and counted.

use std::{
    io::{self, ErrorKind, Write},
    panic,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// Maximum number of lines that wait for a slow reader; further ones are lost.
const MAX_QUEUE: usize = 8_192;

/// Number of lines that were lost. Cheap to clone; clones share the counter.
#[derive(Clone, Debug, Default)]
pub struct LostLines(Arc<AtomicU64>);

impl LostLines {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

enum Entry {
    Line(Vec<u8>),
    /// answered once everything before it is written
    Flush(flume::Sender<()>),
}

/// The log. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    queue: flume::Sender<Entry>,
    lost: LostLines,
}

impl Log {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// The system's, where it starts no thread.
    pub fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, entries) = flume::bounded(MAX_QUEUE);
        let lost = LostLines::default();
        let mut writer = Writer {
            out,
            is_cut: false,
            lost: lost.clone(),
            reported: 0,
        };
        let write = move || entries.iter().for_each(|entry| writer.take(entry));
        thread::Builder::new().name("log".to_owned()).spawn(write)?;
        Ok(Self { queue, lost })
    }

    pub fn lost(&self) -> &LostLines {
        &self.lost
    }

    /// Waits until everything logged before is written, at most this long.
    pub fn flush(&self, timeout: Duration) {
        let (written, is_written) = flume::bounded(1);
        if self
            .queue
            .send_timeout(Entry::Flush(written), timeout)
            .is_ok()
        {
            let _timed_out = is_written.recv_timeout(timeout);
        }
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// The subscriber writes one line at a time. It never gets an error, since it would report that to standard
/// error, and panic if that fails.
impl Write for &Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.queue.try_send(Entry::Line(line.to_vec())).is_err() {
            self.lost.increment();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The state of the thread that writes.
struct Writer<W> {
    out: W,
    /// whether the last line was written in part
    is_cut: bool,
    lost: LostLines,
    /// number of lost lines that the log has reported
    reported: u64,
}

impl<W: Write> Writer<W> {
    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Line(line) => {
                if self.write(line) {
                    self.report_lost();
                } else {
                    self.lost.increment();
                }
            }
            // The caller may have timed out.
            Entry::Flush(written) => drop(written.try_send(())),
        }
    }

    /// Writes a line, in one call where possible; returns whether all of it was written.
    fn write(&mut self, mut line: Vec<u8>) -> bool {
        if self.is_cut {
            line.insert(0, b'\n');
        }
        let mut rest = line.as_slice();
        while !rest.is_empty() {
            match self.out.write(rest) {
                Ok(0) => break,
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        if rest.len() < line.len() {
            self.is_cut = !rest.is_empty();
        }
        rest.is_empty()
    }

    fn report_lost(&mut self) {
        let lost = self.lost.count();
        if lost > self.reported {
            tracing::warn!(lines = lost - self.reported, "lines of the log were lost");
            self.reported = lost;
        }
    }
}

/// Has panics written to the log: the standard hook would block on standard error.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        let name = thread.name().unwrap_or("(unnamed)");
        tracing::error!("thread '{name}' {}", panic.to_string().replace('\n', " "));
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError, mpsc};

    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    /// A disk with room for so many bytes.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Disk {
        fn has_room_for(&self, bytes: usize) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = bytes;
        }

        fn text(&self) -> String {
            let disk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            String::from_utf8_lossy(&disk.0).into_owned()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut disk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = bytes.len().min(disk.1);
            if taken == 0 {
                return Err(io::Error::from(ErrorKind::StorageFull));
            }
            disk.0.extend_from_slice(&bytes[..taken]);
            disk.1 -= taken;
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn log(log: &Log, line: &str) {
        let mut writer = log.make_writer();
        writer.write_all(line.as_bytes()).expect("never refused");
    }

    #[test]
    fn a_full_disk_loses_lines_that_are_counted_and_the_next_begins_on_a_line_of_its_own() {
        let disk = Disk::default();
        disk.has_room_for(12);
        let queue = Log::to(disk.clone()).expect("a thread is started");
        for line in ["first\n", "second, cut\n", "third\n"] {
            log(&queue, line);
        }
        queue.flush(SOON);
        assert_eq!(disk.text(), "first\nsecond");
        assert_eq!(queue.lost().count(), 2);
        disk.has_room_for(1_000);
        log(&queue, "fourth\n");
        queue.flush(SOON);
        assert_eq!(disk.text(), "first\nsecond\nfourth\n");
        assert_eq!(queue.lost().count(), 2);
    }

    /// Reads nothing until the channel is closed.
    struct Stopped(mpsc::Receiver<()>);

    impl Write for Stopped {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _goes_on = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stopped_blocks_nobody_and_lines_beyond_the_queue_are_counted() {
        let (go_on, stopped) = mpsc::channel();
        let queue = Log::to(Stopped(stopped)).expect("a thread is started");
        // The thread has taken at most one line off the queue.
        for _ in 0..MAX_QUEUE + 1 + 100 {
            log(&queue, "a line\n");
        }
        let lost = queue.lost().count();
        assert!((100..=101).contains(&lost), "{lost}");
        queue.flush(Duration::from_millis(1));
        drop(go_on);
        queue.flush(SOON);
        log(&queue, "a line\n");
        assert_eq!(queue.lost().count(), lost);
    }
}
