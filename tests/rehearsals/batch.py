"""A batch and an import are killed in the middle, and sent again."""

import http.client
import json
import random
import re
import subprocess
import threading
import time
from urllib.parse import urlsplit

from .ground import audit_is_whole, house, log_is_clean, rows, until

# As many lines are committed together, with one event.
GROUP = 4_000


def as_of(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_735_689_600 + second))


def write_batch(chance, name, lines):
    """Clients, loans, newer and older words about the same, and lines that are no record."""
    clients = max(10, lines // 4)
    batch = []
    for number in range(clients):
        batch.append(client(f"{name}-{number}", number, 5_000_000))
    while len(batch) < lines:
        dice, number = chance.random(), chance.randrange(clients)
        if dice < 0.02:
            batch.append("{not a record")
        elif dice < 0.04:
            batch.append(loan(f"{name}-{len(batch)}", f"{name}-nobody", 1, 0))
        elif dice < 0.10:
            batch.append(client(f"{name}-{number}", number, chance.randrange(10_000_000)))
        else:
            ticket = len(batch) if dice < 0.7 else chance.randrange(len(batch))
            batch.append(
                loan(f"{name}-{ticket}", f"{name}-{ticket % clients}", len(batch), chance.randrange(10_000_000))
            )
    return batch


def client(number, at, second):
    record = {"type": "client", "client_number": number, "family_name": "Қасымова", "given_name": "Әсел"}
    return json.dumps(record | {"phone": f"+7701{at % 10_000_000:07}", "as_of": as_of(second)}, ensure_ascii=False)


def loan(ticket, of_client, balance, second):
    record = {"type": "loan", "ticket_number": ticket, "client_number": of_client, "product": "Алтын"}
    record |= {"due_on": "2030-01-31", "balance": {"amount": f"{balance}.00", "currency": "KZT"}}
    return json.dumps(record | {"grace_days": 20, "status": "open", "as_of": as_of(second)}, ensure_ascii=False)


class Held:
    """What a loan system's lines leave behind, by the contract's rule of `as_of`."""

    def __init__(self):
        self.clients, self.loans = {}, {}

    def take(self, lines):
        counts = {"applied": 0, "unchanged": 0, "stale": 0, "rejected": 0}
        for line in lines:
            counts[self.take_one(line)] += 1
        return counts

    def take_one(self, line):
        try:
            record = json.loads(line)
        except ValueError:
            return "rejected"
        if record["type"] == "client":
            held, key = self.clients, record["client_number"]
            content = (record["phone"],)
        else:
            if record["client_number"] not in self.clients:
                return "rejected"
            held, key = self.loans, record["ticket_number"]
            content = (record["client_number"], int(float(record["balance"]["amount"])))
        second = int(time.mktime(time.strptime(record["as_of"], "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone
        before = held.get(key)
        if before and before[0] > second:
            return "stale"
        if before == (second, content):
            return "unchanged"
        held[key] = (second, content)
        return "applied"


def kept(service, name):
    """The clients and loans of one batch as the database holds them; phones are encrypted."""
    clients = {
        number: int(micros) // 1_000_000
        for number, micros in rows(
            service, f"SELECT client_number, as_of FROM clients WHERE client_number LIKE '{name}-%'"
        )
    }
    found = rows(
        service,
        "SELECT ticket_number, client_number, balance_minor_units, loans.as_of FROM loans "
        f"JOIN clients ON clients.id = client_id WHERE ticket_number LIKE '{name}-%'",
    )
    loans = {ticket: (int(micros) // 1_000_000, (number, int(minor) // 100)) for ticket, number, minor, micros in found}
    return clients, loans


def counted(service, after):
    """What the events of groups say was done, and how many there are."""
    total, groups = {"applied": 0, "unchanged": 0, "stale": 0, "rejected": 0}, 0
    for (details,) in rows(service, f"SELECT details FROM audit_events WHERE action = 'sync.batch' AND seq > {after}"):
        groups += 1
        records = json.loads(details)["records"]
        for name in total:
            total[name] += records[name]
    return total, groups


def newest_event(service):
    return int(rows(service, "SELECT coalesce(max(seq), 0) FROM audit_events")[0][0])


def rehearse(report, kind, server, times, seed, between=(20_000, 60_000)):
    chance = random.Random(seed)
    with house(kind, server) as service:
        for number in range(1, times + 1):
            for way, send in (("batch", Push), ("import", Import)):
                name = f"{way[0].upper()}{number}"
                lines = write_batch(chance, name, chance.randrange(*between))
                kill_once(report, kind, service, send(service, lines), lines, name, chance)
        audit_is_whole(service, report, f"batch, {kind}")
        log_is_clean(service, report, f"batch, {kind}")


def kill_once(report, kind, service, way, lines, name, chance):
    where = f"batch, {kind}, {name}"
    before = newest_event(service)
    after_groups = chance.randrange(0, max(1, len(lines) // GROUP - 2))
    way.begin()
    until(lambda: counted(service, before)[1] >= after_groups, 60, 0.005)
    time.sleep(chance.uniform(0.0, 0.05))
    way.kill()
    # What was committed is whole groups, from the first line on, and nothing else.
    done, groups = counted(service, before)
    held = Held()
    expected = held.take(lines[: groups * GROUP])
    report.holds(done == expected, where, f"{groups} groups were committed as {done}, and ought to be {expected}")
    compare(report, where, "after the kill", service, name, held)
    # The same again: what is held already is unchanged or stale, and nothing is applied twice.
    for again in ("again", "once more"):
        before = newest_event(service)
        expected = held.take(lines)
        told = way.send_whole()
        report.holds(told == expected, where, f"sent {again} it was told {told}, and ought to be {expected}")
        in_events, _ = counted(service, before)
        report.holds(in_events == expected, where, f"sent {again} the events say {in_events} of {expected}")
        compare(report, where, f"sent {again}", service, name, held)
        if again == "again":
            applied = expected["applied"]
    report.say(
        "batch",
        kind,
        f"{name}: {len(lines)} lines, killed after {groups} groups ({done['applied']} applied); sent again {applied} "
        f"were applied, once more {expected['applied']}; the end is the same",
    )


def compare(report, where, when, service, name, held):
    clients, loans = kept(service, name)
    due = {number: second for number, (second, _) in held.clients.items()}
    report.holds(clients == due, where, f"{when}: {len(clients)} clients are kept, not the {len(due)} that were due")
    wrong = [ticket for ticket in held.loans.keys() | loans.keys() if held.loans.get(ticket) != loans.get(ticket)]
    report.holds(not wrong, where, f"{when}: {len(wrong)} of {len(held.loans)} loans are not as due: {wrong[:5]}")


class Push:
    """`POST /v1/loan-system/batches`, and the service that takes it is killed."""

    def __init__(self, service, lines):
        self.service, self.body = service, ("\n".join(lines) + "\n").encode()

    def begin(self):
        self.thread = threading.Thread(target=self.post_and_lose, daemon=True)
        self.thread.start()

    def post(self):
        place = urlsplit(self.service.url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=300)
        token = self.service.tokens["loan_system"]
        headers = {"authorization": f"Bearer {token}", "content-type": "application/x-ndjson"}
        connection.request("POST", "/v1/loan-system/batches", self.body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"a whole batch was answered {answer.status}: {text!r}")
        return json.loads(text)

    def post_and_lose(self):
        try:
            self.post()
        except (OSError, http.client.HTTPException):
            pass

    def kill(self):
        self.service.kill()
        self.thread.join()
        self.service.start()

    def send_whole(self):
        told = self.post()
        return {name: told[name] for name in ("applied", "unchanged", "stale")} | {"rejected": told["rejected_total"]}


class Import:
    """`qupia loans import`, which is killed itself while the service goes on."""

    def __init__(self, service, lines):
        self.service = service
        self.file = service.folder / "lines.ndjson"
        self.file.write_text("\n".join(lines) + "\n")
        self.command = [service.binary, "loans", "import", str(self.file)]

    def begin(self):
        self.process = subprocess.Popen(
            self.command, env=self.service.surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self):
        self.process.kill()
        self.process.wait()

    def send_whole(self):
        ran = self.service.command("loans", "import", str(self.file))
        # Lines that are no record end it with 3.
        if ran.returncode not in (0, 3):
            raise SystemExit(f"an import ended with {ran.returncode}: {ran.stderr[-400:]}")
        names = ("applied", "unchanged", "stale", "rejected")
        return {name: int(re.search(rf"{name} (\d+)", ran.stdout)[1]) for name in names}
