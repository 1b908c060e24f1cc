"""PostgreSQL is restarted, frozen and cut off under load; the service says 503, and is back by itself."""

import random
import signal
import threading
import time

from .ground import audit_is_whole, house, log_is_clean, rows, until
from .kill import LONG_LOCKS
from .load import Line, Silence, Town

# What is promised of the service once its database is back.
READY_WITHIN = 5.0
FROZEN = 30.0


def rehearse(report, kind, server, times, seed, faults=("fast", "immediate", "cut", "frozen"), frozen=FROZEN):
    """`times` each, in turn; `server` is the PostgreSQL that suffers."""
    chance = random.Random(seed)
    with house(kind, server, LONG_LOCKS) as service:
        town = Town(service, report, f"postgres, {kind}", chance.random(), threads=8)
        town.may_die = False
        for number in range(1, times + 1):
            for fault in faults:
                town.ledger.where = f"postgres, {fault} {number}"
                suffer(report, service, server, town, fault, frozen, chance)
        promised = town.hold_all()
        audit_is_whole(service, report, "postgres")
        report.say("postgres", kind, f"{promised} acknowledged changes and looks, all of them there")


def suffer(report, service, server, town, fault, frozen, chance, ready_within=READY_WITHIN, name=None):
    where, ledger = town.ledger.where, town.ledger
    town.contest()
    acknowledged, refused = len(ledger.acknowledged), ledger.refusals
    doubted, counted = ledger.doubted, ledger.counted
    watch = Watch(service)
    town.begin()
    watch.begin()
    time.sleep(chance.uniform(0.5, 1.5))
    if fault == "cut":
        detail = cut_again_and_again(server, chance)
    elif fault == "frozen":
        server.freeze()
        time.sleep(frozen)
        watch.back_at = time.monotonic()
        server.freeze(signal.SIGCONT)
        detail = f"stood still for {frozen:.0f} s"
    else:
        server.stop(fault)
        time.sleep(chance.uniform(0.5, 3.0))
        began = time.monotonic()
        server.start()
        detail = f"stopped, and took {time.monotonic() - began:.1f} s to start"
    if watch.back_at is None:
        watch.back_at = time.monotonic()
    ready = until(lambda: watch.last_ready and watch.last_ready[0] > watch.back_at, 60)
    time.sleep(2.0)
    town.end()
    watch.end()
    took = watch.last_fault - watch.back_at if watch.last_fault and watch.last_fault > watch.back_at else 0.0
    took = max(took, watch.first_ready_after(watch.back_at))
    report.holds(ready is not None, where, "the service was not ready within 60 s of its database's return")
    report.holds(took <= ready_within, where, f"the service was ready {took:.2f} s after its database's return")
    for status in watch.statuses - {200, 503}:
        report.breaks(where, f"/readyz was answered {status}")
    # What was counted and could not be settled is settled now; until then its count may still be cleared.
    settled = until(lambda: not rows(service, "SELECT id FROM attempts LIMIT 1"), 60, 0.5)
    report.holds(settled is not None, where, "attempts were under way 60 s after the database's return")
    town.settle()
    doubted, counted = ledger.doubted - doubted, ledger.counted - counted
    log_is_clean(service, report, where, 0)
    # Everybody is served again, with what was in doubt decided.
    before = len(ledger.acknowledged)
    town.begin()
    time.sleep(0.7)
    town.end()
    report.holds(len(ledger.acknowledged) > before, where, "nobody was served after the fault")
    town.settle()
    town.contested.clear()
    audit_is_whole(service, report, where)
    report.say(
        "postgres",
        "postgres",
        f"{name or fault}: {detail}; {before - acknowledged} acknowledged, {ledger.refusals - refused} told 503, "
        f"{counted} of {doubted} attempts in doubt are counted, longest answer {watch.slowest:.1f} s; ready {took:.2f} s after its return",
    )


def cut_again_and_again(server, chance):
    cut = 0
    for _ in range(10):
        cut += server.cut()
        time.sleep(chance.uniform(0.0, 0.3))
    return f"{cut} connections ended in ten blows"


class Watch:
    """Asks `/readyz` again and again, as whoever balances load does."""

    def __init__(self, service):
        self.line = Line(service)
        self.statuses, self.readies, self.slowest = set(), [], 0.0
        self.last_ready, self.last_fault, self.back_at = None, None, None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.live, daemon=True)

    def begin(self):
        self.thread.start()

    def end(self):
        self.stop.set()
        self.thread.join()
        self.line.hang_up()

    def live(self):
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                status = self.line.send("GET", "/readyz").status
            except Silence:
                status = None
            ended = time.monotonic()
            self.slowest = max(self.slowest, ended - began)
            self.statuses.add(status)
            if status == 200:
                self.last_ready = (began, ended)
                self.readies.append((began, ended))
            else:
                self.last_fault = ended
            time.sleep(0.03)

    def first_ready_after(self, moment):
        """Seconds from a moment to the end of the first answer 200 that was asked for after it."""
        later = [ended - moment for began, ended in self.readies if ended > moment]
        return min(later, default=0.0)
