//! `qupia calibrate`: measures the time of a hash on this machine, and proposes a cost for a given time.

use std::time::Duration;

use qupia::secrets::{
    calibrate::{Blocks, CalibrateError, Measured, Wish, measure, owasp_costs, recommend},
    hasher::Cost,
};

use super::{failure::Failure, output::say};

/// The requirements.
#[derive(clap::Args)]
pub struct Calibrate {
    /// The time that one hash may take, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 50)]
    millis: u64,
    /// The memory that all workers together may hold, MiB
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    memory_mib: u64,
    /// Threads that hash; as many as there are cores where not given
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Hashes measured on each worker
    #[arg(long, value_name = "N", default_value_t = 20)]
    rounds: usize,
    /// Measure this cost alone, such as 47104,1
    #[arg(long, value_name = "KIB,PASSES", value_parser = read_cost)]
    cost: Option<Cost>,
}

fn read_cost(text: &str) -> Result<Cost, String> {
    let number = |part: &str| part.trim().parse::<u32>().ok();
    let (memory_kib, passes) = text
        .split_once(',')
        .and_then(|(memory_kib, passes)| number(memory_kib).zip(number(passes)))
        .ok_or("a cost is KiB and passes, such as 47104,1")?;
    let lanes = 1;
    Ok(Cost {
        memory_kib,
        passes,
        lanes,
    })
}

impl Calibrate {
    pub fn run(&self) -> Result<(), Failure> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = self.workers.unwrap_or(cores);
        say(format_args!("{workers} workers on {cores} cores"))?;
        if let Some(cost) = self.cost {
            return print_measured(cost, workers, self.rounds);
        }
        say("\nOWASP's and ASVS's equal choices:")?;
        for cost in owasp_costs() {
            print_measured(cost, workers, self.rounds)?;
        }
        let wish = Wish {
            one_hash: Duration::from_millis(self.millis),
            memory_kib: self.memory_mib * 1_024,
            workers,
        };
        let best = recommend(&wish, self.rounds).map_err(unmeasured)?;
        print_settings(&best, self.millis)
    }
}

fn unmeasured(error: CalibrateError) -> Failure {
    Failure::other(error.to_string())
}

fn print_measured(cost: Cost, workers: usize, rounds: usize) -> Result<(), Failure> {
    let measured = |blocks| measure(cost, workers, blocks, rounds).map_err(unmeasured);
    let of_workers = measured(Blocks::OfWorkers)?;
    let reused = measured(Blocks::Reused)?;
    let fresh = measured(Blocks::Fresh)?;
    say(format_args!(
        "  memory_kib = {:>6}, passes = {}: {:>6.1} ms, {:>6.1} hashes/s in the workers' memory, \
         {:>6.1} with reused memory, {:>6.1} with fresh",
        cost.memory_kib,
        cost.passes,
        of_workers.one_hash.as_secs_f64() * 1_000.0,
        of_workers.per_second,
        reused.per_second,
        fresh.per_second,
    ))
}

fn print_settings(best: &Measured, wanted_millis: u64) -> Result<(), Failure> {
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = best.cost;
    say(format_args!(
        "\nFor {wanted_millis} ms a hash:\n\n[hash]\nmemory_kib = {memory_kib}\npasses = {passes}\n\
         lanes = {lanes}\nworkers = {}\n\n\
         # {:.1} ms a hash, {} MiB for all workers; expect {:.0} verifications/s where words are right\n\
         # at once, and a quarter of that where all are wrong: a refusal always costs four hashes",
        best.workers,
        best.one_hash.as_secs_f64() * 1_000.0,
        best.memory_kib / 1_024,
        best.per_second,
    ))
}
