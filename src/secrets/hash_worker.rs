//! The threads that hash: each owns its argon2 memory, takes jobs from one queue, and wipes the memory as
//! soon as there is nothing to do.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use argon2::{Algorithm, Argon2, Block, Version};
use flume::TryRecvError;
use zeroize::{Zeroize, Zeroizing};

use super::{huge_pages, phc::Cost};

/// A job on a worker's memory; it sends its answer itself.
pub(super) type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// How much lower the workers' priority is than that of the web threads: reading loans stays fast while
/// every core hashes.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Number of blocks that are wiped between two checks of the queue: 256 KiB take some tens of microseconds,
/// so that a new job hardly waits.
const WIPE_STEP: usize = 256;

/// The jobs that wait for a worker. Admission limits their number, not the queue.
pub(super) struct Queue {
    /// `None` once closed: the workers end when the last job is done.
    sender: RwLock<Option<flume::Sender<Job>>>,
    jobs: flume::Receiver<Job>,
}

impl Queue {
    pub(crate) fn new() -> Self {
        let (sender, jobs) = flume::unbounded();
        Self {
            sender: RwLock::new(Some(sender)),
            jobs,
        }
    }

    /// Adds a job at the end; gives it back where the queue is closed.
    pub(crate) fn push(&self, job: Job) -> Result<(), Job> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        match &*sender {
            Some(sender) => sender.send(job).map_err(flume::SendError::into_inner),
            None => Err(job),
        }
    }

    /// Closes the queue: jobs in it are still done.
    pub(crate) fn close(&self) {
        *self.sender.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Starts a worker with memory for `cost`.
///
/// # Errors
/// The system refused a thread.
pub(super) fn start(queue: &Queue, cost: Cost, number: usize) -> io::Result<JoinHandle<()>> {
    let jobs = queue.jobs.clone();
    thread::Builder::new()
        .name(format!("hash-{number}"))
        .spawn(move || {
            lower_priority();
            work(&jobs, &mut Memory::new(cost));
        })
}

/// Does jobs until the queue is closed and empty. Memory that a job has used is wiped step by step while
/// there is none to do.
fn work(jobs: &flume::Receiver<Job>, memory: &mut Memory) {
    loop {
        let next = if memory.is_clean() {
            jobs.recv().map_err(|_| TryRecvError::Disconnected)
        } else {
            jobs.try_recv()
        };
        match next {
            Ok(job) => {
                // The caller of a job that panics gets "stopped"; the worker must not die of it.
                let _ = catch_unwind(AssertUnwindSafe(|| job(memory)));
                memory.shrink();
            }
            Err(TryRecvError::Empty) => memory.wipe_some(),
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

/// Lowers this thread's priority. Where that is not allowed the service is only slower under load.
fn lower_priority() {
    // Linux counts niceness by thread; elsewhere it is the whole process's.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

/// There is no memory for a hash.
#[derive(Debug)]
pub(super) struct NoMemory;

/// One worker's argon2 blocks.
pub(super) struct Memory {
    blocks: Vec<Block>,
    /// What it keeps between jobs.
    own: usize,
    /// The blocks that may contain something of a hash: `dirty_from..dirty_to`.
    dirty_from: usize,
    dirty_to: usize,
}

impl Memory {
    pub(crate) fn new(cost: Cost) -> Self {
        let own = cost.params().map_or(0, |params| params.block_count());
        let mut memory = Self {
            blocks: Vec::new(),
            own,
            dirty_from: 0,
            dirty_to: 0,
        };
        // If it fails now, it is tried again at the first hash, which reports the error.
        let _ = memory.resize(own);
        memory
    }

    /// argon2id of `secret` under `pepper` (RFC 9106 §3.1: the secret value K),
    /// 64 bytes. Takes more memory for the time being where `cost` needs it.
    pub(crate) fn hash(
        &mut self,
        cost: Cost,
        pepper: &[u8; 32],
        secret: &[u8],
        salt: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 64]>, NoMemory> {
        let params = cost.params().ok_or(NoMemory)?;
        let needed = params.block_count();
        if needed > self.blocks.len() {
            self.resize(needed)?;
        }
        self.dirty_from = 0;
        self.dirty_to = self.dirty_to.max(needed);
        let mut output = Zeroizing::new([0; 64]);
        Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
            .and_then(|argon2| {
                argon2.hash_password_into_with_memory(
                    secret,
                    salt,
                    &mut *output,
                    &mut self.blocks[..needed],
                )
            })
            // All other faults are lengths, and those are fixed by the types or
            // far below argon2's four gigabytes.
            .map_err(|_| NoMemory)?;
        Ok(output)
    }

    /// Frees what an unusually expensive hash allocated.
    fn shrink(&mut self) {
        if self.blocks.len() > self.own {
            let _ = self.resize(self.own);
        }
    }

    /// Replaces the blocks, which are wiped first: a vector that grows by itself would leave a copy behind.
    fn resize(&mut self, blocks: usize) -> Result<(), NoMemory> {
        self.wipe();
        self.blocks = Vec::new();
        let mut new: Vec<Block> = Vec::new();
        new.try_reserve_exact(blocks).map_err(|_| NoMemory)?;
        // Huge pages, where they are granted: a hash reads all over its memory, and with pages of 4 KiB the
        // processor has to look up nearly every one anew. Asked for before the memory is first touched,
        // which is when the system lays it out.
        huge_pages::ask_for(new.spare_capacity_mut());
        new.resize(blocks, Block::new());
        self.blocks = new;
        Ok(())
    }

    fn is_clean(&self) -> bool {
        self.dirty_from >= self.dirty_to
    }

    fn wipe_some(&mut self) {
        let to = self.dirty_to.min(self.dirty_from + WIPE_STEP);
        self.blocks[self.dirty_from..to]
            .iter_mut()
            .for_each(Zeroize::zeroize);
        self.dirty_from = to;
        if self.is_clean() {
            (self.dirty_from, self.dirty_to) = (0, 0);
        }
    }

    fn wipe(&mut self) {
        while !self.is_clean() {
            self.wipe_some();
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.wipe();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Cost = Cost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };
    const LARGE: Cost = Cost {
        memory_kib: 1024,
        passes: 1,
        lanes: 1,
    };

    fn is_zero(memory: &Memory) -> bool {
        memory
            .blocks
            .iter()
            .all(|block| block.as_ref().iter().all(|word| *word == 0))
    }

    #[test]
    fn a_hash_is_that_of_fresh_memory() {
        let mut memory = Memory::new(SMALL);
        for secret in [b"first".as_slice(), b"second"] {
            let got = memory
                .hash(SMALL, &[1; 32], secret, &[2; 16])
                .expect("64 KiB are there");
            let params = SMALL.params().expect("the cost is in bounds");
            let mut wanted = [0; 64];
            Argon2::new_with_secret(&[1; 32], Algorithm::Argon2id, Version::V0x13, params)
                .and_then(|argon2| argon2.hash_password_into(secret, &[2; 16], &mut wanted))
                .expect("the lengths are argon2's");
            assert_eq!(*got, wanted);
        }
    }

    #[test]
    fn memory_is_wiped_wholly_when_idle() {
        let mut memory = Memory::new(LARGE);
        assert!(memory.is_clean());
        memory
            .hash(LARGE, &[1; 32], b"word", &[2; 16])
            .expect("1 MiB is there");
        assert!(!memory.is_clean() && !is_zero(&memory));
        memory.wipe_some();
        assert!(!memory.is_clean(), "wiped more than a step at once");
        memory.wipe();
        assert!(memory.is_clean() && is_zero(&memory));
    }

    #[test]
    fn a_small_hash_after_a_large_one_leaves_nothing_unwiped() {
        let mut memory = Memory::new(LARGE);
        memory
            .hash(LARGE, &[1; 32], b"word", &[2; 16])
            .expect("1 MiB is there");
        memory
            .hash(SMALL, &[1; 32], b"word", &[2; 16])
            .expect("64 KiB are there");
        memory.wipe();
        assert!(is_zero(&memory));
    }

    #[test]
    fn memory_grows_for_a_dearer_hash_and_shrinks_again() {
        let mut memory = Memory::new(SMALL);
        memory
            .hash(LARGE, &[1; 32], b"word", &[2; 16])
            .expect("1 MiB is there");
        assert_eq!(memory.blocks.len(), 1024);
        memory.shrink();
        assert_eq!(memory.blocks.len(), 64);
    }

    #[test]
    fn a_worker_outlives_a_job_that_panics() {
        let queue = Queue::new();
        let worker = start(&queue, SMALL, 0).expect("a thread is to be had");
        let (sender, receiver) = std::sync::mpsc::channel();
        assert!(
            queue
                .push(Box::new(|_| panic!("a job that fails, on purpose")))
                .is_ok()
        );
        assert!(
            queue
                .push(Box::new(move |_| sender.send(()).expect("the test waits")))
                .is_ok()
        );
        receiver.recv().expect("the second job was done");
        queue.close();
        worker.join().expect("the worker ends of itself");
        assert!(queue.push(Box::new(|_| ())).is_err());
    }
}
