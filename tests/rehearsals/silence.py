"""The network before PostgreSQL falls silent under load: connections stay, and nothing comes through them any more."""

import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from urllib.parse import urlsplit, urlunsplit

from service import Service

from .ground import QUIET, RELEASE, audit_is_whole, until
from .kill import LONG_LOCKS
from .load import Line, Town
from .postgres import FROZEN, suffer

# What is promised of the service once something comes through again: it waits for a connection no longer than a caller
# does, and finds the next one open.
READY_WITHIN = 10.0
# The process ends within this time whatever its database does, and a start comes to its end.
END_WITHIN = 30.0
START_WITHIN = 30.0


class Proxy:
    """Takes connections and carries them, until it falls silent. What went silent stays so, and stays open."""

    def __init__(self, url):
        self.parts = urlsplit(url)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.held, self.times, self.is_silent = [], 0, False
        threading.Thread(target=self.live, daemon=True).start()

    @property
    def url(self):
        user = f"{self.parts.username}@" if self.parts.username else ""
        return urlunsplit(self.parts._replace(netloc=f"{user}127.0.0.1:{self.listener.getsockname()[1]}"))

    def freeze(self, how=signal.SIGSTOP):
        """Falls silent, or serves new connections again; named as a server's own standstill is."""
        self.times += 1
        self.is_silent = how == signal.SIGSTOP

    def live(self):
        while True:
            caller, _ = self.listener.accept()
            self.held.append(caller)
            if self.is_silent:
                continue
            own = self.times
            server = socket.create_connection((self.parts.hostname, self.parts.port))
            self.held.append(server)
            for way in ((caller, server), (server, caller)):
                threading.Thread(target=self.carry, args=(*way, own), daemon=True).start()

    def carry(self, source, target, own):
        try:
            while data := source.recv(65_536):
                if self.times != own:
                    return
                target.sendall(data)
            if self.times == own:
                target.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def rehearse(report, kind, server, times, seed):
    if kind == "sqlite":
        return
    chance = random.Random(seed)
    direct = server.make()
    proxy = Proxy(direct)
    with Service(
        kind, binary=RELEASE, database_url=proxy.url, environment=QUIET | LONG_LOCKS
    ) as service:
        town = Town(service, report, "silence", chance.random(), threads=8)
        town.may_die = False
        for number in range(1, times + 1):
            town.ledger.where = f"silence, {number}"
            suffer(report, service, proxy, town, "frozen", FROZEN, chance, READY_WITHIN, "silence")
        promised = town.hold_all()
        report.say("silence", kind, f"{promised} acknowledged changes and looks, all of them there")
        end_in_silence(report, service, proxy, town)
        audit_is_whole(service, report, "silence")
    start_in_silence(report)


def end_in_silence(report, service, proxy, town):
    town.begin()
    time.sleep(0.5)
    proxy.freeze()
    watch = Line(service)
    report.holds(
        until(lambda: watch.send("GET", "/readyz").status == 503, 20) is not None, "silence", "it was ready in silence"
    )
    began = time.monotonic()
    # From here on connections are refused: that is what was asked for.
    town.may_die = True
    service.process.terminate()
    try:
        code, took = service.process.wait(END_WITHIN + 10), time.monotonic() - began
    except subprocess.TimeoutExpired:
        service.kill()
        code, took = None, time.monotonic() - began
    town.end()
    report.holds(code == 0, "silence, end", f"it ended with {code}")
    report.holds(took <= END_WITHIN, "silence, end", f"it ended {took:.1f} s after it was asked to")
    report.say("silence", "postgres", f"asked to stop in silence, it ended with {code} after {took:.1f} s")
    proxy.freeze(signal.SIGCONT)
    # What was answered until then is there; what was not may be.
    town.settle()


def start_in_silence(report):
    with socket.create_server(("127.0.0.1", 0)) as silent, tempfile.TemporaryDirectory() as folder:
        url = f"postgres://qupia:s3cret@127.0.0.1:{silent.getsockname()[1]}/qupia"
        environment = {"QUPIA_DATABASE_URL": url, "QUPIA_DATA_DIR": folder, "QUPIA_LISTEN": "127.0.0.1:0"}
        environment["QUPIA_DATABASE__START_WAIT_SECONDS"] = "5"
        began = time.monotonic()
        try:
            ran = subprocess.run([RELEASE, "serve"], env=environment, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            report.breaks("silence, start", "it still waits after 60 s")
            return
        took = time.monotonic() - began
    told = " ".join(ran.stderr.split())
    report.holds(ran.returncode == 1, "silence, start", f"it ended with {ran.returncode}: {told[-300:]}")
    report.holds(took <= START_WITHIN, "silence, start", f"it ended after {took:.1f} s")
    report.holds("waiting for the database" in told, "silence, start", f"it does not say what it waits for: {told}")
    report.holds("s3cret" not in told, "silence, start", f"it tells the password: {told}")
    report.say("silence", "postgres", f"started in silence, it said so and ended with 1 after {took:.1f} s")
