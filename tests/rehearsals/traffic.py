"""The main job at a steady rate through a load balancer, with every request counted and every failure kept."""

import random
import threading
import time

from service import PASSWORD

from .ledger import Refused, Silence
from .load import Line, Town

# Longer than a drain and all of the proxy's attempts.
PATIENCE = 60


class Tally:
    """Requests by phase: how long each took, and which failed."""

    def __init__(self):
        self.phase, self.took, self.failed, self.slowest = None, {}, [], []
        self.began = time.monotonic()
        self.lock = threading.Lock()

    def begin(self, phase):
        with self.lock:
            self.phase = phase
            self.took.setdefault(phase, [])

    def count(self, phase, began, what, failure):
        with self.lock:
            took = time.monotonic() - began
            self.took[phase].append(took)
            self.slowest = sorted([*self.slowest, (took, began, phase, what)])[-5:]
            if failure:
                self.failed.append((phase, began, what, failure))

    def failures(self, phase=None):
        return sum(phase in (None, failed[0]) for failed in self.failed)

    def table(self):
        lines = ["| phase | requests | failed | p50, ms | p99, ms |", "|---|--:|--:|--:|--:|"]
        everything = []
        for phase, took in self.took.items():
            everything += took
            lines.append(row(phase, took, self.failures(phase)))
        lines.append(row("all", everything, self.failures()))
        return "\n".join(lines)


def row(name, took, failures):
    took = sorted(took)
    share = lambda part: f"{1000 * took[min(len(took) - 1, int(part * len(took)))]:.1f}" if took else "–"
    return f"| {name} | {len(took):,} | {failures} | {share(0.5)} | {share(0.99)} |"


class CountedLine(Line):
    """A line that counts. Every other one is a connection for each request, as of callers without keep-alive."""

    def __init__(self, service, tally, is_kept):
        super().__init__(service, PATIENCE)
        self.tally, self.is_kept = tally, is_kept

    def send(self, method, path, body=None, role=None, request_id=None, headers=None):
        phase, began, what = self.tally.phase, time.monotonic(), f"{method} {path}"
        try:
            answer = super().send(method, path, body, role, request_id, headers)
        except Silence as silence:
            self.tally.count(phase, began, what, str(silence))
            raise
        failure = None if 200 <= answer.status < 300 else f"{answer.status} {answer.body[:120]!r}"
        self.tally.count(phase, began, what, failure)
        if not self.is_kept:
            self.hang_up()
        return answer


class Traffic(Town):
    """A town whose threads keep a pace between them: verifications right and wrong, inquiries, pushes, unlocks,
    applications and blocks as in a town; sign-ins, searches, batches and the console besides."""

    def __init__(self, service, report, where, seed, rate, threads=12):
        super().__init__(service, report, where, seed, threads)
        self.tally, self.pause, self.has_console = Tally(), threads / rate, True
        self.lines = [CountedLine(service, self.tally, number % 2 == 0) for number in range(threads)]

    def live(self, line, clients, seed):
        chance = random.Random(seed)
        due = time.monotonic() + chance.random() * self.pause
        while not self.stop.wait(max(0.0, due - time.monotonic())):
            # Whoever is late does not hurry, or a pause of the machine would become a flood.
            due = max(due + self.pause, time.monotonic())
            try:
                self.step(line, clients, chance)
            except (Refused, Silence):
                # It is in the tally; what it may have changed is in doubt, and settled at the end.
                pass

    def step(self, line, clients, chance):
        dice = chance.random()
        client = chance.choice(clients)
        if dice < 0.15:
            line.send("POST", "/v1/clients/search", {"client_number": client.number}, "call_center")
        elif dice < 0.20 and self.has_console:
            line.send("GET", "/console/")
        elif dice < 0.23:
            line.send("POST", "/v1/sessions", {"login": "call-center.1", "password": PASSWORD})
        elif dice < 0.26:
            line.send("POST", "/v1/loan-system/batches", self.batch(client), "loan_system", headers=NDJSON)
        else:
            super().step(line, clients, chance)

    @staticmethod
    def batch(client):
        """Known facts once more: nothing changes by them."""
        record = (
            f'{{"type":"client","client_number":"{client.number}","family_name":"Қасымова","given_name":"Әсел",'
            '"phone":"+77012345667","as_of":"2026-01-01T00:00:00Z"}\n'
        )
        return record.encode()


NDJSON = {"content-type": "application/x-ndjson"}
