"""Two instances behind HAProxy are upgraded one after the other under load, and rolled back."""

import http.client
import subprocess
import time

from service import Service

from .ground import QUIET, audit_is_whole, log_is_clean, rows
from .proxy import DRAIN, Proxy, free_port
from .traffic import Traffic

# A version later than any.
NEWER = "99991231000001"
WHERE = "upgrade"


class Instance:
    """One of the two: a program at an address of its own, on the database and with the keyring of both."""

    def __init__(self, name, folder, database_url, binary, drain=DRAIN):
        self.name, self.port = name, free_port()
        environment = QUIET | {
            "QUPIA_LISTEN": f"127.0.0.1:{self.port}",
            "QUPIA_KEYRING": str(folder / "keyring.toml"),
            "QUPIA_DRAIN_SECONDS": str(drain),
            "QUPIA_PROXY__TRUSTED": '["127.0.0.0/8"]',
        }
        (folder / name).mkdir()
        self.service = Service(
            "postgres", binary=binary, folder=folder / name, database_url=database_url, environment=environment
        )

    def replace(self, binary, proxy, report):
        """Stops it as a service manager does, starts the other program, and waits until the proxy sends to it."""
        began = time.monotonic()
        code = self.service.stop()
        stopped = time.monotonic()
        report.holds(code == 0, WHERE, f"instance {self.name} ended with {code}")
        self.service.binary = binary
        self.service.start()
        started = time.monotonic()
        report.holds(proxy.wait_for(self.name), WHERE, f"HAProxy did not take {self.name} back")
        up = time.monotonic()
        seconds = f"stopped in {stopped - began:.1f} s, listening after {started - stopped:.1f} s"
        report.say(WHERE, self.name, f"{seconds}, sent to after {up - started:.1f} s more")


def asked(port, path):
    """The status that an instance answers with, itself and not through the proxy."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", path)
        return line.getresponse().status
    finally:
        line.close()


def migrations(service):
    return {version for (version,) in rows(service, "SELECT version FROM __diesel_schema_migrations")}


def rehearse(report, server, folder, old, new, *, rate, seconds, seed, asks_unready=True, before=None):
    """`before` is SQL that is run on the database once both instances of the old program serve."""
    database_url = server.make()
    a, b = (Instance(name, folder, database_url, old) for name in "ab")
    try:
        a.service.start()
        a.service.hire()
        b.service.start()
        if before:
            subprocess.run(["psql", "-q", database_url, "-c", before], check=True)
        with Proxy({"a": a.port, "b": b.port}, asks_unready) as proxy:
            for one in (a, b):
                report.holds(proxy.wait_for(one.name), WHERE, f"HAProxy sends nothing to {one.name}")
            upgrade(report, a, b, proxy, old, new, rate, seconds, seed)
        newer_schema(report, a, b, old)
    finally:
        for one in (a, b):
            one.service.__exit__()


def upgrade(report, a, b, proxy, old, new, rate, seconds, seed):
    direct, a.service.url = a.service.url, proxy.url
    traffic = Traffic(a.service, report, WHERE, seed, rate)
    # A program from before there was a console is not asked for it.
    traffic.has_console = asked(a.port, "/console/") == 200
    tally = traffic.tally
    known = migrations(a.service)

    def phase(name):
        # From here on `service.url` is where the load goes, and `start` sets it to the instance's own.
        a.service.url = proxy.url
        tally.begin(name)

    phase("both old")
    traffic.begin()
    try:
        time.sleep(seconds)
        for one in (a, b):
            swap(one, new, "upgraded", proxy, report, phase, seconds)
        phase("both new")
        time.sleep(seconds)
        added = migrations(a.service) - known
        if added:
            report.say(WHERE, "schema", f"migrations {sorted(added)}: there is no way back to the old program")
        else:
            for one in (a, b):
                swap(one, old, "rolled back", proxy, report, phase, seconds)
            phase("both old again")
            time.sleep(seconds)
    finally:
        traffic.end()
    judge(report, traffic, proxy, a, b)
    a.service.url = direct


def swap(one, binary, word, proxy, report, phase, seconds):
    phase(f"{one.name} is {word}")
    url = one.service.url
    one.replace(binary, proxy, report)
    one.service.url = url
    time.sleep(seconds / 4)


def judge(report, traffic, proxy, a, b):
    tally = traffic.tally
    print(tally.table(), flush=True)
    for phase, _, what, failure in tally.failed[:20]:
        report.breaks(f"{WHERE}, {phase}", f"{what}: {failure}")
    for took, began, phase, what in reversed(tally.slowest):
        report.say(WHERE, "slow", f"{took:.1f} s from {began - tally.began:.1f} s on, {phase}: {what}")
    report.holds(not tally.failed, WHERE, f"{tally.failures()} requests failed")
    for moment, name, is_up in proxy.changes:
        report.say(WHERE, "proxy", f"{moment - tally.began:.1f} s: {name} {'up' if is_up else 'down'}")
    report.say(WHERE, "proxy", f"no instance was ready for {proxy.without:.1f} s")
    # What was acknowledged is there, whichever program did it.
    traffic.settle()
    report.say(WHERE, "data", f"{traffic.hold_all()} acknowledged changes and looks, all of them there")
    audit_is_whole(a.service, report, WHERE)
    for one in (a, b):
        log_is_clean(one.service, report, WHERE)


def newer_schema(report, a, b, old):
    """A schema of a later version: whoever serves says so and still answers, and nobody starts."""
    subprocess.run(
        [
            "psql",
            "-q",
            a.service.database_url,
            "-c",
            f"INSERT INTO __diesel_schema_migrations (version) VALUES ('{NEWER}')",
        ],
        check=True,
    )
    for one in (a, b):
        report.holds(asked(one.port, "/readyz") == 503, WHERE, f"{one.name} is ready on a newer schema")
        report.holds(asked(one.port, "/healthz") == 200, WHERE, f"{one.name} does not live on a newer schema")
        # Requests that are there already are answered: 401, since nobody is signed in here.
        report.holds(asked(one.port, "/v1/staff/me") == 401, WHERE, f"{one.name} does not serve on a newer schema")
    a.service.stop()
    a.service.binary = old
    ran = a.service.command("serve")
    told = ran.stdout + ran.stderr
    report.holds(ran.returncode == 2, WHERE, f"an older program on a newer schema ended with {ran.returncode}")
    report.holds("newer than this program" in told, WHERE, f"it does not say why: {told[-300:]}")
    report.say(WHERE, "schema", "newer than the program: 503 on /readyz, requests served, exit code 2 at the start")
