"""The disk that the data lies on is full: writes are refused with 503, and work again once there is room."""

import contextlib
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

from .ground import Postgres, audit_is_whole, house, log_is_clean, rows, until
from .kill import LONG_LOCKS
from .load import Town
from .postgres import Watch

SQLITE_MIB = 64
POSTGRES_MIB = 220
# The service looks for its database again with every request.
WELL_WITHIN = 5.0


@contextlib.contextmanager
def small_disk(mebibytes):
    folder = tempfile.mkdtemp(prefix="qupia-disk-")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0755", "qupia", folder], check=True)
    try:
        yield Path(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        os.rmdir(folder)


def fill(folder, leave):
    """Fills what is left of the disk, but for some bytes."""
    filler = folder / "filler"
    with open(filler, "ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65_536)
        except OSError:
            pass
        size = file.tell()
    os.truncate(filler, max(0, size - leave))
    return filler


def rehearse(report, kind, times, seed):
    if os.geteuid() != 0:
        report.skip("disk", kind, "not root, and a small disk has to be mounted")
        return
    chance = random.Random(seed)
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            disk = stack.enter_context(small_disk(SQLITE_MIB))
            service = stack.enter_context(house("sqlite", None, LONG_LOCKS, folder=disk))
            server = None
        else:
            disk = stack.enter_context(small_disk(POSTGRES_MIB))
            server = stack.enter_context(Postgres(disk))
            service = stack.enter_context(house("postgres", server, LONG_LOCKS))
        town = Town(service, report, f"disk, {kind}", chance.random())
        town.may_die = False
        for number in range(1, times + 1):
            town.ledger.where = f"disk, {kind}, {number}"
            fill_once(report, kind, service, server, town, disk, chance, number)
        promised = town.hold_all()
        report.say("disk", kind, f"{promised} acknowledged changes and looks, all of them there")


def fill_once(report, kind, service, server, town, disk, chance, number):
    where, ledger = town.ledger.where, town.ledger
    town.contest()
    watch = Watch(service)
    acknowledged, refused = len(ledger.acknowledged), ledger.refusals
    town.begin()
    watch.begin()
    time.sleep(0.5)
    leave = chance.choice([0, 4_096, 100_000, 700_000])
    filler = fill(disk, leave)
    full = until(lambda: ledger.refusals > refused + 20, 60)
    report.holds(full is not None, where, "nothing was refused, however full the disk")
    time.sleep(chance.uniform(1.0, 3.0))
    during = ledger.refusals - refused
    filler.unlink()
    helped = ""
    if server and not until(server.answers, 3):
        # PostgreSQL ends where it cannot write its log, and somebody has to start it again.
        server.start()
        helped = "; PostgreSQL had ended and was started again"
    served = len(ledger.acknowledged)
    well = until(lambda: len(ledger.acknowledged) > served + 20, 60)
    report.holds(well is not None and well <= WELL_WITHIN, where, f"well again after {well} s")
    time.sleep(1.0)
    town.end()
    watch.end()
    for status in watch.statuses - {200, 503}:
        report.breaks(where, f"/readyz was answered {status}")
    report.holds(service.process.poll() is None, where, "the service ended")
    time.sleep(2.0)
    town.settle()
    town.contested.clear()
    if kind == "sqlite":
        checked = rows(service, "PRAGMA integrity_check")
        report.holds(checked == [("ok",)], where, f"PRAGMA integrity_check says {checked[:3]}")
    events, seals = audit_is_whole(service, report, where)
    log_is_clean(service, report, where, 0)
    report.say(
        "disk",
        kind,
        f"{number:3}: full but for {leave} bytes: {during} told 503, {len(ledger.acknowledged) - acknowledged} "
        f"acknowledged in all; well again {well or 0:.2f} s after there was room{helped}; nothing corrupt, "
        f"audit whole ({events} events, {seals} seals)",
    )
