//! Measures how long a hash takes on this machine, and finds the cost for a requested time.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Version};
use thiserror::Error;

use super::hash_worker::Memory;
use super::phc::{Cost, FLOOR_KIB_BY_PASSES, MAX_MEMORY_KIB};

/// The kind of memory that hashes use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// As the service's workers have it: the speed that verifications can reach.
    OfWorkers,
    /// Reused from hash to hash in normal pages, for comparison.
    Reused,
    /// Allocated for each hash, as the crate does by itself, for comparison.
    Fresh,
}

/// The measurement of one cost on this machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    pub cost: Cost,
    /// Number of threads that hashed at once.
    pub workers: usize,
    /// The median time of one hash while all workers hash.
    pub one_hash: Duration,
    /// Hashes a second of all workers together.
    pub per_second: f64,
    /// Memory of all workers together, in KiB.
    pub memory_kib: u64,
}

/// What an operator requests of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The time that one hash may take.
    pub one_hash: Duration,
    /// The memory that all workers together may use, in KiB.
    pub memory_kib: u64,
    /// Number of threads that hash.
    pub workers: usize,
}

/// Why there is no measurement.
#[derive(Debug, Error)]
pub enum CalibrateError {
    #[error("{0}")]
    Cost(String),
    #[error("the cheapest hash that the standards allow needs {needed_kib} KiB for all workers")]
    TooLittleMemory { needed_kib: u64 },
    #[error("there is no memory for a hash of {0} KiB")]
    OutOfMemory(u32),
    #[error("no thread to measure with: {0}")]
    Thread(#[from] io::Error),
    #[error("a measuring thread failed")]
    Failed,
}

/// The five costs that OWASP considers equal, the one with most memory first.
pub fn owasp_costs() -> [Cost; 5] {
    let mut passes = 0;
    FLOOR_KIB_BY_PASSES.map(|memory_kib| {
        passes += 1;
        Cost {
            memory_kib,
            passes,
            lanes: 1,
        }
    })
}

/// The cost that comes nearest to a request, with its measurement: as much memory as allowed, since that is
/// what an attacker pays for (RFC 9106 §4), and then as many passes as the time allows; never less than
/// OWASP's minimum, even if that is slower than requested.
///
/// # Errors
/// [`CalibrateError::TooLittleMemory`] where not even the minimum fits.
pub fn recommend(wish: &Wish, rounds: usize) -> Result<Measured, CalibrateError> {
    let workers = wish.workers.max(1);
    let own_kib = wish.memory_kib / workers as u64;
    let own_kib = u32::try_from(own_kib)
        .unwrap_or(u32::MAX)
        .min(MAX_MEMORY_KIB);
    let [.., cheapest] = owasp_costs();
    let floor = owasp_costs()
        .into_iter()
        .find(|cost| cost.memory_kib <= own_kib)
        .ok_or(CalibrateError::TooLittleMemory {
            needed_kib: u64::from(cheapest.memory_kib) * workers as u64,
        })?;
    let mut best = measure(floor, workers, Blocks::OfWorkers, rounds)?;
    // Time is nearly proportional to memory times passes: measure again, three times.
    for _ in 0..3 {
        let next = scaled(&best, floor, wish.one_hash, own_kib);
        if next == best.cost {
            break;
        }
        best = measure(next, workers, Blocks::OfWorkers, rounds)?;
    }
    Ok(best)
}

/// The cost at which `measured` would have taken the requested time.
fn scaled(measured: &Measured, floor: Cost, wanted: Duration, own_kib: u32) -> Cost {
    let ratio = wanted.as_secs_f64() / measured.one_hash.as_secs_f64().max(1e-9);
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = measured.cost;
    let work = f64::from(memory_kib) * f64::from(passes) * ratio;
    // Casts from floats saturate, as intended here.
    let whole_mib = (work / f64::from(floor.passes)) as u32 / 1024 * 1024;
    let memory_kib = whole_mib.min(own_kib).max(floor.memory_kib);
    let passes = (work / f64::from(memory_kib)) as u32;
    Cost {
        memory_kib,
        passes: passes.clamp(floor.passes, 100),
        lanes,
    }
}

/// Hashes `rounds` times on each of `workers` threads at once, after one round
/// that is not measured.
pub fn measure(
    cost: Cost,
    workers: usize,
    blocks: Blocks,
    rounds: usize,
) -> Result<Measured, CalibrateError> {
    if let Some(fault) = cost.fault() {
        return Err(CalibrateError::Cost(fault));
    }
    let (workers, rounds) = (workers.max(1), rounds.max(1));
    let each = thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, || time(cost, blocks, rounds));
        let threads: Vec<_> = (0..workers).map(start).collect();
        let join = |thread: io::Result<thread::ScopedJoinHandle<'_, _>>| {
            thread?.join().map_err(|_| CalibrateError::Failed)?
        };
        threads
            .into_iter()
            .map(join)
            .collect::<Result<Vec<_>, CalibrateError>>()
    })?;
    let whole = |times: &Vec<Duration>| times.iter().sum::<Duration>().as_secs_f64().max(1e-9);
    let per_second = each.iter().map(|times| rounds as f64 / whole(times)).sum();
    let mut times = each.concat();
    times.sort_unstable();
    Ok(Measured {
        cost,
        workers,
        one_hash: times[times.len() / 2],
        per_second,
        memory_kib: u64::from(cost.memory_kib) * workers as u64,
    })
}

/// The times of `rounds` hashes on this thread.
fn time(cost: Cost, blocks: Blocks, rounds: usize) -> Result<Vec<Duration>, CalibrateError> {
    let out_of_memory = || CalibrateError::OutOfMemory(cost.memory_kib);
    let mut hash = hashing(cost, blocks).ok_or_else(out_of_memory)?;
    let mut times = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        let began = Instant::now();
        hash().ok_or_else(out_of_memory)?;
        if round > 0 {
            times.push(began.elapsed());
        }
    }
    Ok(times)
}

/// Computes one hash at each call; `None` where there is no memory for it.
fn hashing(cost: Cost, blocks: Blocks) -> Option<Box<dyn FnMut() -> Option<()>>> {
    const SECRET: &[u8] = b"calibration";
    const PEPPER: &[u8; 32] = &[0; 32];
    const SALT: &[u8; 16] = &[0; 16];
    if blocks == Blocks::OfWorkers {
        let mut memory = Memory::new(cost);
        return Some(Box::new(move || {
            memory.hash(cost, PEPPER, SECRET, SALT).ok().map(drop)
        }));
    }
    let params = cost.params()?;
    let count = params.block_count();
    let bare = Argon2::new_with_secret(PEPPER, Algorithm::Argon2id, Version::V0x13, params).ok()?;
    if blocks == Blocks::Fresh {
        return Some(Box::new(move || {
            bare.hash_password_into(SECRET, SALT, &mut [0; 64]).ok()
        }));
    }
    let mut memory = Vec::new();
    memory.try_reserve_exact(count).ok()?;
    memory.resize(count, Block::new());
    Some(Box::new(move || {
        let hashed = bare.hash_password_into_with_memory(SECRET, SALT, &mut [0; 64], &mut memory);
        hashed.ok()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Cost = Cost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn every_owasp_cost_stands_on_the_floor() {
        assert!(owasp_costs().iter().all(|cost| !cost.below_floor()));
        assert_eq!(owasp_costs()[0].memory_kib, 46 * 1024);
        assert_eq!(owasp_costs()[4].passes, 5);
    }

    #[test]
    fn each_kind_of_memory_is_measured() {
        for blocks in [Blocks::OfWorkers, Blocks::Reused, Blocks::Fresh] {
            let measured = measure(SMALL, 2, blocks, 3).expect("64 KiB are there");
            assert!(measured.one_hash > Duration::ZERO && measured.per_second > 0.0);
            assert_eq!((measured.workers, measured.memory_kib), (2, 128));
        }
    }

    #[test]
    fn a_cost_out_of_bounds_is_not_measured() {
        let none = Cost { passes: 0, ..SMALL };
        assert!(matches!(
            measure(none, 1, Blocks::OfWorkers, 1),
            Err(CalibrateError::Cost(_))
        ));
    }

    #[test]
    fn too_little_memory_for_the_floor_is_told() {
        let wish = Wish {
            one_hash: Duration::from_millis(50),
            memory_kib: 1024,
            workers: 2,
        };
        let found = recommend(&wish, 1);
        assert!(matches!(
            found,
            Err(CalibrateError::TooLittleMemory { needed_kib: 14_336 })
        ));
    }

    #[test]
    fn a_recommendation_keeps_to_the_memory_and_never_falls_below_the_floor() {
        let wish = Wish {
            one_hash: Duration::from_millis(1),
            memory_kib: 2 * 8 * 1024,
            workers: 2,
        };
        let cost = recommend(&wish, 1).expect("8 MiB are there").cost;
        assert_eq!(
            cost,
            Cost {
                memory_kib: 7 * 1024,
                passes: 5,
                lanes: 1
            }
        );
    }

    #[test]
    fn memory_comes_before_passes() {
        let [floor, ..] = owasp_costs();
        let measured = |one_hash| Measured {
            cost: floor,
            workers: 1,
            one_hash,
            per_second: 1.0,
            memory_kib: 1,
        };
        let took = measured(Duration::from_millis(20));
        let cost = |wanted, own_mib: u32| {
            scaled(&took, floor, Duration::from_millis(wanted), own_mib * 1024)
        };
        assert_eq!(
            cost(60, 1024),
            Cost {
                memory_kib: 138 * 1024,
                passes: 1,
                lanes: 1
            }
        );
        assert_eq!(cost(60, 46), Cost { passes: 3, ..floor });
        assert_eq!(cost(1, 1024), floor);
    }
}
