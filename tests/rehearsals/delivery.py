"""The service is killed in the middle of deliveries to a receiver that writes down what it takes."""

import http.server
import json
import random
import threading
import time

from .ground import audit_is_whole, house, log_is_clean, rows, until
from .kill import LONG_LOCKS
from .load import Town

# A lease that a killed instance left is taken over when it stood still for ten seconds.
TAKEN_OVER = 25


class Receiver(http.server.ThreadingHTTPServer):
    """Takes messages, slowly and in no hurry, and notes when each came and whether it was answered."""

    daemon_threads = True

    def __init__(self, chance):
        super().__init__(("127.0.0.1", 0), Taking)
        self.chance, self.lock = chance, threading.Lock()
        self.arrivals = []
        self.alarm = None
        self.fuse = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/told"

    def light(self, after):
        """Sounds the alarm at one of the next arrivals: before it is answered, or right after."""
        with self.lock:
            self.alarm = threading.Event()
            self.fuse = (len(self.arrivals) + after, self.chance.choice(["before the answer", "after the answer"]))
        return self.alarm

    def handle_error(self, request, client_address):
        """Whoever is killed hangs up; that is what is rehearsed."""


class Taking(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        told = json.loads(body)
        receiver = self.server
        arrival = {"id": self.headers["webhook-id"], "body": body, "client": told["data"]["client_id"], "ended": None}
        with receiver.lock:
            arrival["began"] = time.monotonic()
            receiver.arrivals.append(arrival)
            place, moment = receiver.fuse or (None, None)
            is_last = place is not None and len(receiver.arrivals) >= place
        time.sleep(receiver.chance.uniform(0.0, 0.03))
        if is_last and moment == "before the answer":
            receiver.alarm.set()
        self.send_response(204)
        self.end_headers()
        self.wfile.flush()
        arrival["ended"] = time.monotonic()
        if is_last:
            receiver.alarm.set()

    def log_message(self, *_):
        pass


def rehearse(report, kind, server, times, seed):
    chance = random.Random(seed)
    receiver = Receiver(random.Random(chance.random()))
    environment = LONG_LOCKS | {"QUPIA_WEBHOOKS__ALLOW_PRIVATE": "true"}
    with house(kind, server, environment) as service:
        registered = {"url": receiver.address, "description": "rehearsal"}
        service.expect(201, "POST", "/v1/webhooks", registered, "admin")
        town = Town(service, report, f"delivery, {kind}", chance.random())
        for number in range(1, times + 1):
            town.ledger.where = f"delivery, {kind}, {number}"
            kill_once(report, kind, service, town, receiver, chance, number)
        until(lambda: waiting(service) == 0, 60, 0.1)
        repeats = hold_arrivals(report, f"delivery, {kind}", service, receiver)
        town.hold_all()
        audit_is_whole(service, report, f"delivery, {kind}")
        log_is_clean(service, report, f"delivery, {kind}")
        report.say(
            "delivery",
            kind,
            f"{times} kills: {len(receiver.arrivals)} arrivals, {repeats} of them repeats under the same id; "
            "none missing, none out of order",
        )
    receiver.shutdown()
    receiver.server_close()


def waiting(service):
    return int(rows(service, "SELECT count(*) FROM webhook_deliveries WHERE state = 'pending'")[0][0])


def kill_once(report, kind, service, town, receiver, chance, number):
    where = town.ledger.where
    # There is always a heap to deliver, and somebody who delivers it.
    town.begin()
    time.sleep(chance.uniform(0.3, 1.0))
    taking = until(
        lambda: len(receiver.arrivals) > 0 and receiver.arrivals[-1]["began"] > time.monotonic() - 1, TAKEN_OVER
    )
    report.holds(taking is not None, where, f"nothing was delivered within {TAKEN_OVER} s")
    alarm = receiver.light(chance.randrange(1, 40))
    alarm.wait(TAKEN_OVER)
    time.sleep(chance.choice([0.0, 0.0, chance.uniform(0.0, 0.003)]))
    service.kill()
    town.end()
    # What is on its way to the receiver still arrives there.
    time.sleep(0.1)
    known = {row[0] for row in rows(service, "SELECT message_id FROM webhook_deliveries WHERE state = 'delivered'")}
    before = len(receiver.arrivals)
    moment = receiver.fuse[1]
    receiver.fuse = None
    service.start()
    town.settle()
    left = waiting(service)
    took = until(lambda: waiting(service) == 0, 60, 0.1)
    report.holds(took is not None, where, f"{waiting(service)} messages still wait after 60 s")
    later = receiver.arrivals[before:]
    twice = [arrival["id"] for arrival in later if arrival["id"] in known]
    report.holds(not twice, where, f"{len(twice)} messages were recorded as delivered and sent again: {twice[:3]}")
    earlier = {arrival["id"] for arrival in receiver.arrivals[:before]}
    repeated = len({arrival["id"] for arrival in later} & earlier)
    report.say(
        "delivery",
        kind,
        f"{number:3}: killed {moment}, {len(known)} recorded as delivered, {left} waiting; all taken "
        f"{took or 0:.1f} s after the start, {repeated} of them for the second time",
    )


def hold_arrivals(report, where, service, receiver):
    """Every message at least once, in order for each client, the same under one id."""
    found = rows(service, "SELECT message_id, client_id, payload FROM webhook_deliveries ORDER BY seq")
    first, ends = {}, {}
    repeats = 0
    for arrival in receiver.arrivals:
        ends.setdefault(arrival["id"], []).append(arrival["ended"])
        known = first.setdefault(arrival["id"], arrival)
        if known is not arrival:
            repeats += 1
            report.holds(known["body"] == arrival["body"], where, f"{arrival['id']} came with another body")
    order = {}
    for message, client, payload in found:
        arrival = first.get(message)
        if not report.holds(arrival is not None, where, f"{message} never came: {payload[:120]}"):
            continue
        report.holds(json.loads(arrival["body"]) == json.loads(payload), where, f"{message} is not what was written")
        before = order.get(client)
        if before is not None:
            # The earlier one was taken before the later one was first sent.
            report.holds(before["began"] < arrival["began"], where, f"{message} came before an earlier one of {client}")
            taken = any(ended is not None and ended <= arrival["began"] for ended in ends[before["id"]])
            report.holds(taken, where, f"{message} did not wait for its turn")
        order[client] = arrival
    written = {message for message, *_ in found}
    report.holds(first.keys() <= written, where, "something was told that was never written")
    # One change, one message.
    facts = {}
    for message, _, payload in found:
        told = json.loads(payload)
        facts.setdefault(json.dumps(told["data"], sort_keys=True) + told["type"] + told["timestamp"], []).append(
            message
        )
    doubled = [messages for messages in facts.values() if len(messages) > 1]
    report.holds(not doubled, where, f"one change was told under two ids: {doubled[:3]}")
    return repeats
