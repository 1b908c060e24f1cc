//! The log's way to standard error: a bounded queue, and a thread that writes. A reader who has stopped
//! reading holds nobody up; one who has gone, or a full disk, ends nothing. What cannot be written is
//! lost, and counted.

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

/// So many lines wait for a slow reader; those beyond are lost.
const LONGEST_QUEUE: usize = 8_192;

/// How many lines of the log were lost. Cheap to clone; all clones count together.
#[derive(Clone, Debug, Default)]
pub struct LostLines(Arc<AtomicU64>);

impl LostLines {
    /// How many were lost so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn one_more(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

enum Entry {
    Line(Vec<u8>),
    /// to be answered once all before it is written
    Flush(flume::Sender<()>),
}

/// What the log is written through. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    queue: flume::Sender<Entry>,
    lost: LostLines,
}

impl Log {
    /// Starts the thread that writes.
    ///
    /// # Errors
    /// That no thread is to be had.
    pub fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, entries) = flume::bounded(LONGEST_QUEUE);
        let lost = LostLines::default();
        let mut pen = Pen {
            out,
            is_torn: false,
            lost: lost.clone(),
            told: 0,
        };
        let write = move || entries.iter().for_each(|entry| pen.take(entry));
        thread::Builder::new().name("log".to_owned()).spawn(write)?;
        Ok(Self { queue, lost })
    }

    /// The lines that were lost.
    #[must_use]
    pub fn lost(&self) -> &LostLines {
        &self.lost
    }

    /// Waits until what was logged before is written, and no longer than this.
    pub fn flush(&self, within: Duration) {
        let (written, is_written) = flume::bounded(1);
        if self
            .queue
            .send_timeout(Entry::Flush(written), within)
            .is_ok()
        {
            // A reader who does not read is not waited for.
            let _given_up = is_written.recv_timeout(within);
        }
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// The subscriber hands over one line at a time. It is never told of a failure: it would report that to
/// standard error, and panic where that is what failed.
impl Write for &Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.queue.try_send(Entry::Line(line.to_vec())).is_err() {
            self.lost.one_more();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the thread holds.
struct Pen<W> {
    out: W,
    /// the last line was cut off in the middle
    is_torn: bool,
    lost: LostLines,
    /// so many lost lines were told of
    told: u64,
}

impl<W: Write> Pen<W> {
    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Line(line) => {
                if self.write(line) {
                    self.tell_of_lost();
                } else {
                    self.lost.one_more();
                }
            }
            // Whoever waited may have given up.
            Entry::Flush(written) => drop(written.try_send(())),
        }
    }

    /// Writes a line in one piece, where the system takes it so; says whether all of it was written.
    fn write(&mut self, mut line: Vec<u8>) -> bool {
        if self.is_torn {
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
            self.is_torn = !rest.is_empty();
        }
        rest.is_empty()
    }

    fn tell_of_lost(&mut self) {
        let lost = self.lost.count();
        if lost > self.told {
            tracing::warn!(lines = lost - self.told, "lines of the log were lost");
            self.told = lost;
        }
    }
}

/// Panics are told in the log: the standard hook would wait for whoever reads standard error.
pub fn tell_panics() {
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

    /// Takes so many bytes and no more, until there is room again.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Disk {
        fn has_room_for(&self, bytes: usize) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = bytes;
        }

        fn text(&self) -> String {
            let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            String::from_utf8_lossy(&held.0).into_owned()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = bytes.len().min(held.1);
            if taken == 0 {
                return Err(io::Error::from(ErrorKind::StorageFull));
            }
            held.0.extend_from_slice(&bytes[..taken]);
            held.1 -= taken;
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
        let queue = Log::to(disk.clone()).expect("a thread is to be had");
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

    /// Reads nothing until it is told to.
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
    fn a_reader_who_does_not_read_holds_nobody_up_and_what_is_too_much_for_the_queue_is_counted() {
        let (go_on, stopped) = mpsc::channel();
        let queue = Log::to(Stopped(stopped)).expect("a thread is to be had");
        // One line is in the thread's hand at the most.
        for _ in 0..LONGEST_QUEUE + 1 + 100 {
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
