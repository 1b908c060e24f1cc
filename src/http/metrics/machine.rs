//! Metrics of the process, under the names that Prometheus' own clients use, and of the data folder's file system. These calls may block.

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use procfs::{
    CurrentSI, KernelStats, ProcResult, WithCurrentSystemInfo,
    process::{LimitValue, Process, Stat},
};
use prometheus_client::{
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Registry,
};

use crate::app::last_backup;

/// What was found.
#[derive(Default)]
pub(super) struct Machine {
    cpu_seconds: Option<f64>,
    gauges: Vec<(&'static str, &'static str, f64)>,
    /// when the last backup was made
    pub(super) last_backup: Option<DateTime<Utc>>,
}

impl Machine {
    /// Asks the system; a metric that it does not have is absent.
    pub(super) fn ask(data_dir: &Path) -> Self {
        let mut machine = Self {
            last_backup: last_backup::at(data_dir),
            ..Self::default()
        };
        if let Ok(disk) = rustix::fs::statvfs(data_dir) {
            machine.gauges.extend([
                (
                    "qupia_data_free_bytes",
                    "Free bytes on the file system of the data folder",
                    disk.f_bavail.saturating_mul(disk.f_frsize) as f64,
                ),
                (
                    "qupia_data_size_bytes",
                    "The size of that file system",
                    disk.f_blocks.saturating_mul(disk.f_frsize) as f64,
                ),
            ]);
        }
        if let Ok(process) = Process::myself() {
            machine.ask_of(&process);
        }
        machine
    }

    fn ask_of(&mut self, process: &Process) {
        let stat = process.stat().ok();
        self.cpu_seconds = stat
            .as_ref()
            .map(|stat| seconds(stat.utime.saturating_add(stat.stime)));
        let metrics = [
            (
                "process_resident_memory_bytes",
                "Memory in use",
                stat.as_ref().map(|stat| stat.rss_bytes().get() as f64),
            ),
            (
                "qupia_memory_limit_bytes",
                "The most memory that the process may have, as its control group says",
                memory_limit(process),
            ),
            (
                "process_threads",
                "Threads",
                stat.as_ref().map(|stat| stat.num_threads as f64),
            ),
            (
                "process_start_time_seconds",
                "When the process started, seconds since 1970",
                stat.as_ref().and_then(|stat| started(stat).ok()),
            ),
            (
                "process_open_fds",
                "Open files and sockets",
                process.fd_count().ok().map(|count| count as f64),
            ),
            (
                "process_max_fds",
                "The most that may be open",
                most_files(process).ok(),
            ),
        ];
        let known = metrics
            .into_iter()
            .filter_map(|(name, help, value)| Some((name, help, value?)));
        self.gauges.extend(known);
    }

    pub(super) fn register(self, registry: &mut Registry) {
        if let Some(seconds) = self.cpu_seconds {
            registry.register(
                "process_cpu_seconds",
                "Time on the processor, seconds",
                ConstCounter::new(seconds),
            );
        }
        for (name, help, value) in self.gauges {
            registry.register(name, help, ConstGauge::new(value));
        }
    }
}

/// The least limit of the process' control group and of those that it is in (cgroup v2), as systemd's
/// `MemoryMax=` or a container's limit sets it.
fn memory_limit(process: &Process) -> Option<f64> {
    let groups = process.cgroups().ok()?;
    let group = groups.into_iter().find(|group| group.hierarchy == 0)?;
    let limits = Path::new(&group.pathname).ancestors().filter_map(|group| {
        let group = Path::new("/sys/fs/cgroup").join(group.strip_prefix("/").ok()?);
        let limit = fs::read_to_string(group.join("memory.max")).ok()?;
        // `max`, which is no number, is none.
        limit.trim().parse::<f64>().ok()
    });
    limits.reduce(f64::min)
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / procfs::ticks_per_second() as f64
}

fn started(stat: &Stat) -> ProcResult<f64> {
    Ok(KernelStats::current()?.btime as f64 + seconds(stat.starttime))
}

fn most_files(process: &Process) -> ProcResult<f64> {
    Ok(match process.limits()?.max_open_files.soft_limit {
        LimitValue::Value(most) => most as f64,
        LimitValue::Unlimited => f64::INFINITY,
    })
}
