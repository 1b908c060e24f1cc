"""What every rehearsal stands on: a report, a PostgreSQL of its own, and a look into the database."""

import csv
import io
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from service import ROOT, Service

RELEASE = os.environ.get("QUPIA_TEST_BINARY", ROOT / "target/release/qupia")
# What a line of the log must not hold, whatever happens around the service.
PANIC = "panicked at"


class Report:
    """One line a fault, and every promise that was broken."""

    def __init__(self):
        self.broken, self.skipped = [], []
        self.lock = threading.Lock()
        self.began = time.monotonic()

    def say(self, part, kind, text):
        print(f"{part:8} {kind:8} {text}", flush=True)

    def skip(self, part, kind, why):
        self.skipped.append(f"{part}, {kind}: {why}")
        self.say(part, kind, f"skipped: {why}")

    def breaks(self, where, what):
        with self.lock:
            self.broken.append(f"{where}: {what}")
            print(f"BROKEN   {where}: {what}", flush=True)

    def holds(self, promise, where, what):
        """Notes a broken promise where it does not hold."""
        if not promise:
            self.breaks(where, what)
        return promise

    def end(self):
        for line in self.skipped:
            print(f"skipped  {line}")
        seconds = time.monotonic() - self.began
        if self.broken:
            print(f"FAILED: {len(self.broken)} broken promises in {seconds:.0f} s", *self.broken[:20], sep="\n  ")
        else:
            print(f"all promises were kept, in {seconds:.0f} s")
        return 1 if self.broken else 0


class Postgres:
    """A PostgreSQL in a folder of its own, which may be stopped, frozen and cut off."""

    def __init__(self, parent=None):
        self.binaries = server_binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="qupia-postgres-", dir=parent))
        self.data = self.folder / "data"
        self.number = 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def __enter__(self):
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        # Synced as in earnest: what it acknowledged has to be there after a crash of its own.
        self.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", self.data)
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{self.folder}'\n"
                "max_connections = 200\nmax_wal_size = '128MB'\nmin_wal_size = '32MB'\n"
            )
        self.start()
        return self

    def __exit__(self, *_):
        if self.is_running():
            self.freeze(signal.SIGCONT)
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments, check=True):
        """Runs one of the server's programs; it refuses to be root."""
        command = [self.binaries / program, *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        ran = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        if check and ran.returncode:
            raise SystemExit(f"{program} ended with {ran.returncode}: {self.told()}")
        return ran.returncode == 0

    def told(self):
        log = self.folder / "log"
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    def start(self, check=True):
        return self.run(
            "pg_ctl", "start", "-D", self.data, "-w", "-t", "60", "-s", "-l", self.folder / "log", check=check
        )

    def stop(self, mode):
        self.run("pg_ctl", "stop", "-D", self.data, "-w", "-t", "60", "-s", "-m", mode)

    def is_running(self):
        return (self.data / "postmaster.pid").exists() and self.run(
            "pg_ctl", "status", "-D", self.data, "-s", check=False
        )

    def answers(self):
        ran = subprocess.run(["psql", "-qAt", self.url, "-c", "select 1"], capture_output=True)
        return ran.returncode == 0

    def processes(self):
        """The postmaster and its children, which are the server's own and nobody else's."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True)
        return [postmaster, *map(int, listed.stdout.split())]

    def freeze(self, how=signal.SIGSTOP):
        for process in self.processes():
            try:
                os.kill(process, how)
            except ProcessLookupError:
                pass

    def cut(self):
        """Ends every connection of the service."""
        statement = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'qupia'"
        ran = subprocess.run(["psql", "-qAt", self.url, "-c", statement], check=True, capture_output=True, text=True)
        return int(ran.stdout)

    def make(self):
        """An empty database; gives its URL."""
        self.number += 1
        name = f"faults_{self.number}"
        subprocess.run(["psql", "-q", self.url, "-c", f"create database {name}"], check=True, stdout=subprocess.DEVNULL)
        return self.url.removesuffix("/postgres") + f"/{name}"


def server_binaries():
    """The newest PostgreSQL that is installed; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        on_path = shutil.which("initdb")
        found = [Path(on_path).resolve()] if on_path else []
    if not found:
        raise SystemExit("PostgreSQL's server is not installed: tests/run --install brings it")
    return found[-1].parent


def rows(service, statement):
    """What the database holds, as rows of text; None is ''."""
    if service.database_url:
        command = ["psql", "-q", "--csv", "-t", service.database_url, "-c", statement]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        return [tuple(row) for row in csv.reader(io.StringIO(ran.stdout))]
    database = sqlite3.connect(f"file:{service.folder}/qupia.sqlite?mode=ro", uri=True, timeout=30)
    try:
        return [tuple("" if value is None else str(value) for value in row) for row in database.execute(statement)]
    finally:
        database.close()


def audit_is_whole(service, report, where):
    """Whether `qupia audit verify` finds the audit as it was sealed, against the log as well."""
    known = ["--seal-log", service.log.name] if "audit sealed" in service.told() else []
    ran = service.command("audit", "verify", *known)
    told = " ".join((ran.stdout + ran.stderr).split())
    report.holds(ran.returncode == 0, where, f"qupia audit verify ended with {ran.returncode}: {told[-400:]}")
    found = re.search(r"(\d+) events under (\d+) seals", ran.stdout)
    return found.groups() if found else ("?", "?")


def log_is_clean(service, report, where, since=0):
    """No panic, and no fault that the service calls one of its own."""
    for line in service.told(since).splitlines():
        if PANIC in line or "database fault" in line or "corrupt row" in line:
            report.breaks(where, f"the log says: {line[:300]}")
            break


def until(condition, seconds, pause=0.02):
    """Waits for something; gives how long that took, or None where it did not come."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(pause)
    return None


# Under load a line for each request would be most of the work.
QUIET = {"QUPIA_LOG__FILTER": "warn,qupia::flows::seal_audit=info,qupia::commands=info"}


def house(kind, server, environment=None, **more):
    """A service of the release binary on an empty database of its kind."""
    url = server.make() if kind == "postgres" else None
    return Service(kind, binary=RELEASE, database_url=url, environment=QUIET | (environment or {}), **more)
