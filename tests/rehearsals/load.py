"""Load: threads that each own some clients, do with them what a day does, and hammer some together."""

import http.client
import itertools
import json
import random
import threading
import time
import uuid
from urllib.parse import urlsplit

from .ground import rows
from .ledger import WRONG, Client, Ledger, Refused, Silence, phrase, today

NUMBERS = itertools.count(1)
# Longer than the service lets anybody wait for its database and its hashes together.
PATIENCE = 20


class Spoken:
    """An answer that came whole."""

    def __init__(self, status, body):
        self.status, self.body = status, body

    def json(self):
        return json.loads(self.body)


class Line:
    """One connection that is kept, and opened again where it was closed."""

    def __init__(self, service, patience=PATIENCE):
        self.service, self.patience, self.connection = service, patience, None

    def send(self, method, path, body=None, role=None, request_id=None, headers=None):
        sent = {"x-request-id": request_id or uuid.uuid4().hex} | (headers or {})
        if role:
            sent["authorization"] = f"Bearer {self.service.tokens[role]}"
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        try:
            if self.connection is None:
                place = urlsplit(self.service.url)
                self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=self.patience)
            self.connection.request(method, path, data, sent)
            answer = self.connection.getresponse()
            return Spoken(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as silence:
            self.hang_up()
            raise Silence(str(silence) or type(silence).__name__) from silence

    def hang_up(self):
        if self.connection:
            self.connection.close()
            self.connection = None


class Contested:
    """A client whom every thread tries with wrong words at once: three of them are tried, and no more."""

    def __init__(self, card_id, number):
        self.id, self.number = card_id, number
        self.lock = threading.Lock()
        self.rejected = 0

    def guess(self, line, ledger):
        body = {"client_id": self.id, "passphrase": WRONG, "call_id": "contested"}
        request_id = f"contested-{uuid.uuid4().hex}"
        answer = line.send("POST", "/v1/verifications", body, "call_center", request_id)
        if answer.status == 503:
            ledger.refusals += 1
            raise Refused
        if answer.status != 201:
            ledger.report.breaks(ledger.where, f"a guess was answered {answer.status}: {answer.body[:300]!r}")
            raise Refused
        told = answer.json()
        ledger.acknowledged.append((request_id, told["id"], told["outcome"]))
        with self.lock:
            if told["outcome"] == "rejected":
                self.rejected += 1
                if self.rejected > 3:
                    ledger.report.breaks(ledger.where, f"{self.rejected} guesses at one client were tried")
            elif told["outcome"] != "locked":
                ledger.report.breaks(ledger.where, f"a wrong guess was answered {told['outcome']}")


class Town:
    """Clients, their ledger, and the threads that serve them."""

    def __init__(self, service, report, where, seed, threads=6, each=4):
        self.service, self.ledger = service, Ledger(report, where)
        self.chance = random.Random(seed)
        self.lines = [Line(service) for _ in range(threads)]
        self.own = [[self.register() for _ in range(each)] for _ in range(threads)]
        self.contested = []
        self.stop = threading.Event()
        self.threads = []
        # Whether the service may be gone, or has to answer whatever happens around it.
        self.may_die = True
        self.checked = 0

    def enter(self):
        """A client with a passphrase; gives the number, the card's id, the application and the words."""
        number = f"K-{next(NUMBERS):06}"
        words = phrase(int(number.rsplit("-", 1)[1]) % 64)
        person = {"client_number": number, "family_name": "Қасымова", "given_name": "Әсел", "phone": "+77012345667"}
        card = self.service.expect(201, "POST", "/v1/clients", person, "branch").json()
        draft = {"client_id": card["id"], "identity_document": {"kind": "identity_card", "seen": True}}
        paper = self.service.expect(201, "POST", "/v1/applications", draft, "branch").json()
        signed = {"signed_on": today(self.ledger.clock_off), "passphrase": words, "passphrase_repeat": words}
        self.service.expect(200, "POST", f"/v1/applications/{paper['id']}/completion", signed, "branch")
        return number, card["id"], paper["id"], words

    def clients(self):
        return list(itertools.chain(*self.own))

    def register(self):
        return Client(self.ledger, *self.enter())

    def contest(self, how_many=2):
        """New clients for everybody to guess at."""
        for _ in range(how_many):
            number, card_id, *_ = self.enter()
            self.contested.append(Contested(card_id, number))

    def begin(self):
        self.stop.clear()
        seeds = [self.chance.random() for _ in self.lines]
        self.threads = [
            threading.Thread(target=self.live, args=(*each,), daemon=True) for each in zip(self.lines, self.own, seeds)
        ]
        for thread in self.threads:
            thread.start()

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        for line in self.lines:
            line.hang_up()

    def live(self, line, clients, seed):
        chance = random.Random(seed)
        while not self.stop.is_set():
            try:
                self.step(line, clients, chance)
            except Refused:
                time.sleep(0.01)
            except Silence as silence:
                if not self.goes_on_after(silence):
                    return
                time.sleep(0.05)

    def goes_on_after(self, silence):
        """Whoever meets a service that is killed ends; where it should live, silence is a fault."""
        if self.may_die:
            return False
        self.ledger.report.breaks(self.ledger.where, f"the service did not answer: {silence}")
        return not self.stop.is_set()

    def step(self, line, clients, chance):
        if self.contested and chance.random() < 0.2:
            chance.choice(self.contested).guess(line, self.ledger)
            return
        client = chance.choice(clients)
        dice = chance.random()
        if client.state != "active" and dice < 0.5:
            client.renew(line)
        elif dice < 0.28:
            client.verify(line, True)
        elif dice < 0.52:
            client.verify(line, False)
        elif dice < 0.66:
            client.inquire(line)
        elif dice < 0.82:
            client.push(line)
        elif dice < 0.92:
            client.unlock(line)
        elif dice < 0.97:
            client.renew(line)
        else:
            client.block(line)

    # -- afterwards ----------------------------------------------------------------------------

    def settle(self):
        """Holds all that was acknowledged since the last time against what the database holds."""
        service = self.service
        columns = ["state", "failed_attempts", "locked_until", "application_id"]
        kept = {
            row[0]: dict(zip(columns, row[1:]))
            for row in rows(service, f"SELECT client_id, {', '.join(columns)} FROM passphrases")
        }
        drafts = dict(rows(service, "SELECT client_id, id FROM applications WHERE progress = 'draft'"))
        loans = {
            ticket: int(minor) // 100
            for ticket, minor in rows(service, "SELECT ticket_number, balance_minor_units FROM loans")
        }
        now = int((time.time() + self.ledger.clock_off) * 1_000_000)
        for client in self.clients():
            client.settle(kept[client.id], drafts.get(client.id), loans.get(f"T-{client.number}", 0), now)
        for contested in self.contested:
            count = int(kept[contested.id]["failed_attempts"])
            if count < contested.rejected or count > 3:
                self.ledger.report.breaks(
                    self.ledger.where, f"{count} failures are kept after {contested.rejected} contested guesses"
                )
        self.hold_acknowledged()

    def hold_acknowledged(self):
        """Every 2xx has its event in the audit, and every verification its row."""
        news = self.ledger.acknowledged[self.checked :]
        self.checked = len(self.ledger.acknowledged)
        self.hold(news)

    def hold(self, promised):
        events = dict(rows(self.service, "SELECT request_id, count(*) FROM audit_events GROUP BY request_id"))
        verifications = dict(rows(self.service, "SELECT id, outcome FROM verifications"))
        # Right words are two events: what came of them, and that loans were read out.
        due = {request_id: 2 if outcome == "verified" else 1 for request_id, _, outcome in promised}
        lost = [request_id for request_id, least in due.items() if int(events.get(request_id, 0)) < least]
        if lost:
            self.ledger.report.breaks(self.ledger.where, f"{len(lost)} acknowledged without their events: {lost[:5]}")
        for request_id, verification, outcome in promised:
            if verification and verifications.get(verification) != outcome:
                found = verifications.get(verification)
                self.ledger.report.breaks(self.ledger.where, f"{request_id}: {outcome} was told, {found} is kept")

    def hold_all(self):
        """Once more, everything that was ever acknowledged."""
        self.hold(self.ledger.acknowledged)
        return len(self.ledger.acknowledged)
