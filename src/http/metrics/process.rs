//! What the process uses, by the names that Prometheus' own clients give it. Linux alone tells.

use procfs::{
    CurrentSI, ProcResult, WithCurrentSystemInfo,
    process::{LimitValue, Process},
};
use prometheus_client::{
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Registry,
};

/// Adds them, where the system tells.
pub(super) fn register(registry: &mut Registry) {
    if let Err(error) = try_to_register(registry) {
        tracing::debug!("the figures of the process: {error}");
    }
}

fn try_to_register(registry: &mut Registry) -> ProcResult<()> {
    let process = Process::myself()?;
    let stat = process.stat()?;
    let ticks = procfs::ticks_per_second() as f64;
    let cpu = (stat.utime + stat.stime) as f64 / ticks;
    let booted = procfs::KernelStats::current()?.btime as f64;
    let started = booted + stat.starttime as f64 / ticks;
    let resident = stat.rss_bytes().get();
    let most_files = match process.limits()?.max_open_files.soft_limit {
        LimitValue::Value(most) => most,
        LimitValue::Unlimited => u64::MAX,
    };
    registry.register(
        "process_cpu_seconds",
        "Time on the processor, seconds",
        ConstCounter::new(cpu),
    );
    let gauges = [
        (
            "process_resident_memory_bytes",
            "Memory in use",
            resident as f64,
        ),
        (
            "process_open_fds",
            "Open files and sockets",
            process.fd_count()? as f64,
        ),
        (
            "process_max_fds",
            "The most that may be open",
            most_files as f64,
        ),
        (
            "process_start_time_seconds",
            "When the process started, seconds since 1970",
            started,
        ),
        ("process_threads", "Threads", stat.num_threads as f64),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, ConstGauge::new(value));
    }
    Ok(())
}
