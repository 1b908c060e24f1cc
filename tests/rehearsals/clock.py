"""The clock is set back an hour under a running service, and two instances disagree by five minutes."""

import glob
import random
import threading
import time
from datetime import datetime, timezone

from service import Service

from .ground import QUIET, RELEASE, audit_is_whole, house, log_is_clean, rows, until
from .ledger import WRONG
from .kill import LONG_LOCKS
from .load import Contested, Line, Town

HOUR = 3_600
APART = 300
# A lease that stands still is dead after ten seconds; the sealer comes round every second.
TAKEN_OVER = 20


def lie_about_time(file=None, ahead=None):
    """The environment under which a program is told another time; None where libfaketime is missing."""
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
    if not found:
        return None
    lie = {"LD_PRELOAD": found[0], "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    if file:
        # Read with every look at the clock, so that it can be set under a running program.
        return lie | {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
    return lie | {"FAKETIME": f"{ahead:+}"}


def rehearse(report, kind, server, seed):
    if lie_about_time(ahead=0) is None:
        report.skip("clock", kind, "libfaketime is not installed (Debian's package libfaketime)")
        return
    set_back(report, kind, server, random.Random(seed))
    if kind == "postgres":
        apart(report, server, random.Random(seed))


def said_at(service, line, client_id):
    """How far the service's clock is from ours, in seconds, by what it says of a verification."""
    body = {"client_id": client_id, "passphrase": WRONG, "call_id": "clock"}
    told = line.send("POST", "/v1/verifications", body, "call_center").json()
    opened = datetime.fromisoformat(told["opened_at"].replace("Z", "+00:00"))
    return (opened - datetime.now(timezone.utc)).total_seconds(), told


def newest_seal(service):
    return int(rows(service, "SELECT coalesce(max(number), 0) FROM audit_seals")[0][0])


def set_clock(clock, town, seconds):
    clock.write_text(f"{seconds:+}")
    town.ledger.clock_off = seconds
    # What was opened under the other clock is over.
    for client in town.clients():
        client.verification = None


# -- set back ------------------------------------------------------------------------------------


def set_back(report, kind, server, chance):
    where = f"clock, {kind}, set back"
    with house(kind, server, LONG_LOCKS) as service:
        clock = service.folder / "clock"
        clock.write_text("+0")
        service.stop()
        service.more |= lie_about_time(clock)
        service.start()
        town = Town(service, report, where, chance.random(), threads=4)
        town.may_die = False
        tried, locked, opened = (town.enter() for _ in range(3))
        line = Line(service)
        for client in (tried, tried, locked, locked, locked):
            said_at(service, line, client[1])
        right = {"client_id": opened[1], "passphrase": opened[3], "call_id": "clock"}
        verification = line.send("POST", "/v1/verifications", right, "call_center").json()
        report.holds(verification["outcome"] == "verified", where, f"right words were {verification['outcome']}")
        work(town)
        set_clock(clock, town, -HOUR)
        nothing_is_open(report, where, service, line, verification)
        no_guess_is_gained(report, where, service, line, tried, locked)
        sealing = seals_on(report, where, town, "nothing was sealed after the clock was set back")
        # And an instance that starts under the clock that was set back takes the leases over.
        service.kill()
        line.hang_up()
        service.start()
        taken_over = seals_on(report, where, town, "a dead lease was not taken over under a clock set back")
        set_clock(clock, town, 0)
        all_are(report, where, "locked", [said_at(service, line, client[1])[1] for client in (tried, locked)])
        work(town)
        promised = town.hold_all()
        events, seals = audit_is_whole(service, report, where)
        log_is_clean(service, report, where)
    report.say(
        "clock",
        kind,
        f"set back an hour: old tokens refused, new ones taken, locks held, the third guess was the last; sealed "
        f"on after {sealing or 0:.1f} s, by a new instance after {taken_over or 0:.1f} s; {promised} acknowledged, "
        f"audit whole ({events} events, {seals} seals)",
    )


def work(town):
    town.begin()
    time.sleep(1.0)
    town.end()
    town.settle()


def all_are(report, where, outcome, told):
    outcomes = [each["outcome"] for each in told]
    report.holds(set(outcomes) == {outcome}, where, f"guesses were {outcomes} where {outcome} was due")


def nothing_is_open(report, where, service, line, verification):
    """What was opened in the time to come is not taken, and who signs in again is served."""
    refused = line.send("GET", "/v1/staff/me", role="call_center").status
    report.holds(refused == 401, where, f"a token of the time to come was answered {refused}")
    for role in list(service.tokens):
        service.renew(role)
    read = line.send("GET", f"/v1/verifications/{verification['id']}/loans", role="call_center").status
    report.holds(read == 410, where, f"loans of a verification of the time to come were answered {read}")


def no_guess_is_gained(report, where, service, line, tried, locked):
    off, told = said_at(service, line, tried[1])
    report.holds(abs(off + HOUR) < 30, where, f"the clock is {off:.0f} s off, not an hour")
    all_are(report, where, "rejected", [told])
    guesses = [said_at(service, line, client[1])[1] for client in (tried, locked) for _ in range(5)]
    all_are(report, where, "locked", guesses)


def seals_on(report, where, town, otherwise):
    number = newest_seal(town.service)
    work(town)
    took = until(lambda: newest_seal(town.service) > number, TAKEN_OVER, 0.1)
    report.holds(took is not None, where, otherwise)
    return took


# -- apart ---------------------------------------------------------------------------------------


def apart(report, server, chance):
    """One PostgreSQL, two instances, of which one is five minutes ahead."""
    where = "clock, postgres, apart"
    with house("postgres", server) as behind:
        ahead = Service(
            "postgres",
            binary=RELEASE,
            database_url=behind.database_url,
            environment=QUIET | lie_about_time(ahead=APART) | {"QUPIA_KEYRING": str(behind.folder / "keyring.toml")},
        )
        ahead.tokens, ahead.staff, ahead.account = behind.tokens, behind.staff, behind.account
        ahead.start()
        try:
            both = [behind, ahead]
            exchange_tokens(report, where, both)
            town = Town(behind, report, where, chance.random(), threads=2)
            town.may_die = False
            off, _ = said_at(ahead, Line(ahead), town.enter()[1])
            report.holds(abs(off - APART) < 30, where, f"the clocks are {off:.0f} s apart")
            tried = guess_at_both(report, where, town, both)
            ten = ten_in_all(report, where, behind, ahead, town)
            sealers, taken_over = one_sealer(report, where, town, behind, ahead)
            events, seals = audit_is_whole(behind, report, where)
            for service in both:
                log_is_clean(service, report, where)
        finally:
            if ahead.process.poll() is None:
                ahead.stop()
            ahead.log.close()
            ahead.temporary.cleanup()
    report.say(
        "clock",
        "postgres",
        f"two instances {APART} s apart: each takes the other's tokens; of 240 guesses at 4 clients {tried} were "
        f"tried, and {ten} at one whose locks were lifted; sealed by {sealers} at a time, taken over "
        f"{taken_over or 0:.1f} s after the sealer was killed; audit whole ({events} events, {seals} seals)",
    )


def exchange_tokens(report, where, both):
    for one, other in (both, both[::-1]):
        for role in ("call_center", "branch", "supervisor"):
            one.renew(role)
            status = Line(other).send("GET", "/v1/staff/me", role=role).status
            report.holds(status == 200, where, f"a token of the other instance was answered {status}")


def guess_at_both(report, where, town, both):
    """Threads on both instances guess at the same clients at once: three each are tried."""
    contested = [Contested(card_id, number) for number, card_id, *_ in (town.enter() for _ in range(4))]

    def guess(service):
        line = Line(service)
        for _ in range(10):
            for client in contested:
                client.guess(line, town.ledger)
        line.hang_up()

    threads = [threading.Thread(target=guess, args=(service,)) for service in both * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tried = [client.rejected for client in contested]
    report.holds(tried == [3] * len(tried), where, f"{tried} guesses were tried where three each are due")
    return tried


def ten_in_all(report, where, behind, ahead, town):
    """Locks set by one clock and lifted or looked at by the other: ten guesses in a row are tried, and no more."""
    _, client_id, *_ = town.enter()
    lines = [Line(behind), Line(ahead)]
    tried = 0
    for number in range(40):
        line = lines[number % 2]
        _, told = said_at(line.service, line, client_id)
        tried += told["outcome"] == "rejected"
        # A lock of a quarter of an hour and more is seen by both, five minutes apart.
        other = lines[(number + 1) % 2]
        if told["locked_until"]:
            _, seen = said_at(other.service, other, client_id)
            report.holds(seen["outcome"] == "locked", where, f"the other instance sees {seen['outcome']}, and no lock")
            path = f"/v1/clients/{client_id}/passphrase/unlock"
            other.send("POST", path, {"reason": "rehearsal"}, "supervisor")
    report.holds(tried == 10, where, f"{tried} guesses in a row were tried where ten are due")
    return tried


def one_sealer(report, where, town, behind, ahead):
    """Both live and work, one seals; where it is killed, the other goes on."""
    both = [behind, ahead]
    places = [service.told_so_far() for service in both]
    somebody = town.enter()[1]
    line = Line(ahead)
    town.begin()
    until(lambda: said_at(ahead, line, somebody) is None, 4.0, 0.05)
    town.end()
    sealed = [service.told(place).count("audit sealed") for service, place in zip(both, places)]
    report.holds(
        sorted(map(bool, sealed)) == [False, True], where, f"the instances sealed {sealed} times, not one of them"
    )
    sealer, other = (behind, ahead) if sealed[0] else (ahead, behind)
    sealer.kill()
    place = other.told_so_far()
    # There is something to seal, and the one that is left does it.
    said_at(other, Line(other), somebody)
    took = until(lambda: "audit sealed" in other.told(place), TAKEN_OVER, 0.1)
    report.holds(took is not None, where, f"the sealer's lease was not taken over within {TAKEN_OVER} s")
    if sealer is behind:
        behind.start()
    return sum(map(bool, sealed)), took
