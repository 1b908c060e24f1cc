"""The service is killed at random moments under load, and started again on what it left."""

import random
import shutil
import tempfile
import time
from pathlib import Path

from service import GENEROUS, Service

from .ground import QUIET, RELEASE, audit_is_whole, house, log_is_clean, until
from .load import Line, Town

# The default lockout policy, with locks that do not run out while it is watched.
LONG_LOCKS = {"QUPIA_ATTEMPTS__LOCKS": "[{failures=3,minutes=600},{failures=6,minutes=1200},{failures=9,minutes=2880}]"}

# An instance that was killed leaves its lease behind; only one that lives for long seals again.
SEALED_EVERY = 10


def rehearse(report, kind, server, times, seed):
    chance = random.Random(seed)
    with house(kind, server, LONG_LOCKS) as service:
        town = Town(service, report, f"kill, {kind}", chance.random())
        for number in range(1, times + 1):
            town.ledger.where = f"kill, {kind}, {number}"
            kill_once(report, kind, service, town, chance, number)
        promised = town.hold_all()
        report.say("kill", kind, f"{times} kills: {promised} acknowledged changes and looks, all of them there")
    first_starts(report, kind, server, max(3, times // 5), chance)


def kill_once(report, kind, service, town, chance, number):
    where = town.ledger.where
    town.contest()
    before = len(town.ledger.acknowledged)
    lasted = chance.uniform(0.02, 0.9)
    if number % SEALED_EVERY == 0:
        # Now and then the new instance is let live until it seals, and killed while it does.
        wait_for_seal(report, where, service)
        lasted += chance.uniform(0.5, 2.0)
    town.begin()
    time.sleep(lasted)
    service.kill()
    town.end()
    acknowledged = len(town.ledger.acknowledged) - before
    doubtful = sum(bool(client.doubts) for client in town.clients())
    # Some starts are killed too; and the audit is verified now by a command, now beside the service.
    killed_starts = kill_starts(service, chance)
    verify_first = chance.random() < 0.5
    if verify_first:
        events, seals = audit_is_whole(service, report, where)
    began = time.monotonic()
    service.start()
    started = time.monotonic() - began
    town.settle()
    guess_on(town)
    if not verify_first:
        events, seals = audit_is_whole(service, report, where)
    log_is_clean(service, report, where, service.started_at)
    tried = [contested.rejected for contested in town.contested]
    town.contested.clear()
    report.say(
        "kill",
        kind,
        f"{number:3}: after {lasted:.2f} s, {acknowledged} acknowledged, {doubtful} in doubt, "
        f"{killed_starts} starts killed too; back in {started:.2f} s, audit whole ({events} events, {seals} seals), "
        f"contested guesses tried {tried}",
    )


def wait_for_seal(report, where, service):
    """The killed instance's duty is taken over: its lease has to stand still for ten seconds first."""
    report.holds(
        until(lambda: "audit sealed" in service.told(service.started_at), 20, 0.1) is not None,
        where,
        "nothing was sealed within 20 s of a start",
    )


def kill_starts(service, chance):
    killed = 0
    while chance.random() < 0.25:
        service.spawn()
        time.sleep(chance.uniform(0.0, 0.15))
        service.kill()
        killed += 1
    return killed


def guess_on(town):
    """Whoever guesses on after the restart gets no guess more than the lockout policy had left."""
    line = Line(town.service)
    for contested in town.contested:
        for _ in range(6):
            contested.guess(line, town.ledger)
    line.hang_up()
    town.settle()


def first_starts(report, kind, server, times, chance):
    """The very first start is killed: whatever it left, the next one serves, and knows its keys."""
    killed_at = []
    for number in range(times):
        folder = Path(tempfile.mkdtemp(prefix="qupia-first-"))
        url = server.make() if kind == "postgres" else None
        service = Service(kind, GENEROUS, environment=QUIET, binary=RELEASE, folder=folder, database_url=url)
        try:
            for _ in range(chance.randint(1, 3)):
                moment = chance.uniform(0.0, 0.08 if kind == "sqlite" else 0.2)
                service.spawn()
                time.sleep(moment)
                service.kill()
                killed_at.append(moment)
            service.start()
            service.hire()
            service.register(f"F-{number}")
            audit_is_whole(service, report, f"kill, {kind}, first start {number}")
        except SystemExit as failed:
            report.breaks(
                f"kill, {kind}, first start {number}", f"{failed}; {sorted(p.name for p in folder.iterdir())}"
            )
        finally:
            if service.process.poll() is None:
                service.stop()
            service.log.close()
            shutil.rmtree(folder, ignore_errors=True)
    report.say(
        "kill", kind, f"{times} first starts, killed {len(killed_at)} times within {max(killed_at):.2f} s: all serve"
    )
