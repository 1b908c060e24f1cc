"""Whoever reads the log goes away or stops reading, or the log's disk is full, under load: nobody is answered worse."""

import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from service import GENEROUS, Service

from .disk import fill, small_disk
from .ground import RELEASE, until
from .kill import LONG_LOCKS
from .load import Line, Town

# A line for each request, so that there is something to lose.
TALKATIVE = {"QUPIA_LOG__FILTER": "info"}
LOST = "qupia_log_lines_lost_total"
LOG_MIB = 4
# A pipe takes 64 KiB, and a line is some 200 bytes.
MORE_THAN_A_PIPE = 600


class Read(Service):
    """A service whose log is read through a pipe, by somebody who may go or stop."""

    def spawn(self):
        self.started_at = self.told_so_far()
        self.process = subprocess.Popen(
            [self.binary, "serve"],
            env=self.surroundings(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self.folder,
        )
        self.reads = threading.Event()
        self.reads.set()
        self.reader = threading.Thread(target=self.read, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def read(self, pipe):
        with open(self.log.name, "ab", buffering=0) as log:
            while self.reads.is_set() and (line := pipe.readline()):
                log.write(line)

    def lose_reader(self):
        """The next line is the last that is read; then nobody is there."""
        self.stop_reading()
        self.process.stderr.close()

    def stop_reading(self):
        self.reads.clear()
        Line(self).send("GET", "/healthz")
        self.reader.join()


def lost_lines(service):
    told = service.expect(200, "GET", "/metrics").body.decode()
    return int(re.search(rf"^{LOST} (\d+)$", told, re.MULTILINE).group(1))


def place(kind, server):
    return {
        "binary": RELEASE,
        "database_url": server.make() if kind == "postgres" else None,
        "environment": TALKATIVE | LONG_LOCKS,
    }


def rehearse_reader(report, kind, server, times, seed):
    """The reader goes, and the reader stops."""
    chance = random.Random(seed)
    with Read(kind, **place(kind, server)) as service:
        town = Town(service, report, f"reader, {kind}", chance.random())
        for number in range(1, times + 1):
            for lose in (service.lose_reader, service.stop_reading):
                how = lose.__name__.replace("_", " ")
                suffer(report, kind, service, town, f"reader, {kind}, {how}, {number}", lose)
        promised = town.hold_all()
        report.say("reader", kind, f"{promised} acknowledged changes and looks, all of them there")


def suffer(report, kind, service, town, where, lose):
    town.ledger.where, town.may_die = where, False
    before = len(town.ledger.acknowledged)
    town.begin()
    time.sleep(0.5)
    lose()
    at = len(town.ledger.acknowledged)
    if lose == service.lose_reader:
        is_lost = until(lambda: lost_lines(service) > 0, 60, 0.2)
        report.holds(is_lost is not None, where, "no line was lost")
    else:
        # More lines than a pipe takes; the service's own queue holds the next thousands.
        goes_on = until(lambda: len(town.ledger.acknowledged) > at + MORE_THAN_A_PIPE, 60, 0.2)
        report.holds(goes_on is not None, where, "it does not go on while nobody reads")
    time.sleep(1.0)
    town.end()
    lost, after = lost_lines(service), len(town.ledger.acknowledged) - at
    report.holds(after > 0, where, "nobody was served without a reader")
    report.holds(service.process.poll() is None, where, "the service ended")
    code = service.stop()
    report.holds(code == 0, where, f"asked to stop, it ended with {code}")
    service.process.stderr.close()
    service.start()
    town.settle()
    audit_is_whole_without_log(service, report, where)
    report.say(
        "reader",
        kind,
        f"{where.split(', ', 2)[2]}: {at - before} acknowledged before and {after} after; {lost} lines lost and counted, "
        "nothing else",
    )


def audit_is_whole_without_log(service, report, where):
    """The log lacks seals, and so it is not asked for them."""
    ran = service.command("audit", "verify")
    told = " ".join((ran.stdout + ran.stderr).split())
    report.holds(ran.returncode == 0, where, f"qupia audit verify ended with {ran.returncode}: {told[-400:]}")


def rehearse_disk(report, kind, server, times, seed):
    """The disk of the log alone is full, and has room again."""
    if os.geteuid() != 0:
        report.skip("logdisk", kind, "not root, and a small disk has to be mounted")
        return
    chance = random.Random(seed)
    with small_disk(LOG_MIB) as disk:
        folder = Path(tempfile.mkdtemp(prefix="qupia-logdisk-"))
        try:
            with Logged(kind, disk, folder=folder, **place(kind, server)) as service:
                town = Town(service, report, f"logdisk, {kind}", chance.random())
                for number in range(1, times + 1):
                    fill_once(report, kind, service, town, disk, f"logdisk, {kind}, {number}", chance)
                promised = town.hold_all()
                audit_is_whole_without_log(service, report, f"logdisk, {kind}")
                report.say("logdisk", kind, f"{promised} acknowledged changes and looks, all of them there")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class Logged(Service):
    """A service whose log lies on a small disk."""

    def __init__(self, kind, disk, **more):
        super().__init__(kind, GENEROUS, **more)
        self.log.close()
        self.log = tempfile.NamedTemporaryFile(prefix="qupia-log-", dir=disk)


def fill_once(report, kind, service, town, disk, where, chance):
    town.ledger.where, town.may_die = where, False
    lost_before, before = lost_lines(service), len(town.ledger.acknowledged)
    town.begin()
    time.sleep(0.3)
    # Lines end in the middle, or find no room at all.
    filler = fill(disk, chance.choice([0, 100, 4_096]))
    at = len(town.ledger.acknowledged)
    is_lost = until(lambda: lost_lines(service) > lost_before, 60, 0.2)
    report.holds(is_lost is not None, where, "no line was lost, however full the disk")
    time.sleep(chance.uniform(0.5, 2.0))
    after = len(town.ledger.acknowledged) - at
    report.holds(after > 0, where, "nobody was served with a full log")
    # In this order: what is written as soon as there is room must not be cut off with the rest.
    os.truncate(service.log.name, 0)
    filler.unlink()
    told = until(lambda: "lines of the log were lost" in service.told(), 20, 0.05)
    report.holds(told is not None, where, "it does not say that lines were lost, once there is room")
    town.end()
    report.holds(service.process.poll() is None, where, "the service ended")
    town.settle()
    for line in service.told().splitlines()[1:]:
        report.holds(re.match(r"^\S+Z +(INFO|WARN|ERROR) ", line), where, f"a torn line: {line[:200]!r}")
    report.say(
        "logdisk",
        kind,
        f"{where.rsplit(' ', 1)[1]:>3}: {at - before} acknowledged before and {after} after it was full; "
        f"{lost_lines(service) - lost_before} lines lost, counted and told of, nothing else",
    )
