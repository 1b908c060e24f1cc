"""A service to be measured: started, filled, put under load, and held against what it is made of."""

import http.client
import json
import os
import re
import selectors
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, "target", "dist", "qupia")
SPECIALISTS = 64
PHRASE = "қызыл алма тау"
PASSWORD = "lantern marmot orchard"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A running service in a folder of its own."""

    def __init__(self, folder, url, extra=None):
        self.folder, self.url, self.port = folder, url, free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("QUPIA_")},
            "QUPIA_BOOTSTRAP_ADMIN_PASSWORD": "one-time password for a bench",
            "QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE": "1000000",
            "QUPIA_LIMITS__CLIENTS_PER_HOUR": "1000000",
            "QUPIA_LIMITS__EMPTY_SEARCHES_PER_MINUTE": "1000000",
            "QUPIA_LIMITS__LOGINS_PER_MINUTE": "1000",
            "QUPIA_LIMITS__SIGN_INS_PER_MINUTE": "1000000",
            "QUPIA_HASH__QUEUE": "256",
            "QUPIA_LOG__FILTER": "warn,qupia::commands=info",
            **(extra or {}),
        }

    def __enter__(self):
        command = [BINARY, "serve", "--data-dir", self.folder, "--listen", f"127.0.0.1:{self.port}"]
        if self.url:
            command += ["--database-url", self.url]
        started = time.perf_counter()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=self.log)
        while True:
            if self.process.poll() is not None:
                sys.exit(f"the service ended: see {self.folder}/log")
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.002)
        self.start_seconds = time.perf_counter() - started
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()

    def call(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"content-type": "application/json"} if body is not None else {}
        if token:
            headers["authorization"] = f"Bearer {token}"
        connection.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def need(self, *args):
        status, body = self.call(*args)
        if status >= 300:
            sys.exit(f"{args[0]} {args[1]}: {status} {body}")
        return body

    def sign_in(self, login, one_time):
        token = self.need("POST", "/v1/sessions", {"login": login, "password": one_time})["access_token"]
        self.need("POST", "/v1/staff/me/password", {"current_password": one_time, "new_password": PASSWORD}, token)
        return token

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def peak_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def lay_out(service, clients):
    """One client through the API, the others as copies of its rows: they are looked up, never opened."""
    admin = service.sign_in("admin", "one-time password for a bench")
    service.need("POST", "/v1/branches", {"code": "ALA", "name": "ALA"}, admin)

    def enter(login, role, **more):
        return service.need("POST", "/v1/staff", {"login": login, "name": login, "role": role, **more}, admin)

    branch = service.sign_in("branch", enter("branch", "branch", branch_code="ALA")["password"])
    client = service.need(
        "POST",
        "/v1/clients",
        {"client_number": "K-0", "family_name": "Қасымова", "given_name": "Әсел", "phone": "+77012345667"},
        branch,
    )["id"]
    draft = service.need(
        "POST",
        "/v1/applications",
        {"client_id": client, "identity_document": {"kind": "identity_card", "seen": True}},
        branch,
    )
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 3600))
    service.need(
        "POST",
        f"/v1/applications/{draft['id']}/completion",
        {"signed_on": today, "passphrase": PHRASE, "passphrase_repeat": PHRASE},
        branch,
    )
    staff, tokens = [], []
    for number in range(SPECIALISTS):
        entered = enter(f"specialist-{number}", "call_center")
        staff.append(entered["id"])
        tokens.append(service.sign_in(entered["login"], entered["password"]))
    copy(service, client, staff, clients)
    return tokens


def copy(service, client, staff, clients):
    now = int(time.time() * 1_000_000)
    far = now + 3_000_000_000_000
    sqlite = not service.url
    number = "printf('%07d', n)" if sqlite else "lpad(n::text, 7, '0')"
    series = (
        f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {clients}) "
        if sqlite
        else f"WITH series(n) AS (SELECT generate_series(1, {clients})) "
    )
    loans = series.rstrip() + ", three(k) AS (VALUES (1), (2), (3)) "
    who = f"CASE n % {SPECIALISTS} " + " ".join(f"WHEN {i} THEN '{id}'" for i, id in enumerate(staff)) + " END"
    yes = "1" if sqlite else "true"
    statements = [
        series + "INSERT INTO clients SELECT 'c' || " + number + ", 'B-' || " + number + ", family_name_encrypted, "
        "given_name_encrypted, patronymic_encrypted, phone_encrypted, phone_index, as_of, created_at, last_push_encrypted "
        f"FROM clients, series WHERE clients.id = '{client}'",
        series + "INSERT INTO passphrases SELECT 'c' || " + number + ", state, hash, fold_version, exact_tag, "
        f"generation, 0, NULL, set_at, application_id FROM passphrases, series WHERE client_id = '{client}'",
        loans + "INSERT INTO loans SELECT 'T' || " + number + " || '-' || k, 'c' || " + number + ", 'Алтын', "
        f"'2026-12-0' || k, 12500000, 'KZT', 20, {yes}, {now} FROM series, three",
        series + "INSERT INTO verifications SELECT 'v' || " + number + ", 'c' || " + number + f", {who}, 'bench', "
        f"'verified', {now}, {far}, NULL, 3, NULL FROM series",
    ]
    if sqlite:
        database = sqlite3.connect(os.path.join(service.folder, "qupia.sqlite"), timeout=600, isolation_level=None)
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        for statement in statements:
            database.execute(statement)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
    else:
        # Left to itself, the server would clean up after this while it is measured.
        script = ";\n".join([*statements, "VACUUM ANALYZE", "CHECKPOINT"]) + ";\n"
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", service.url], input=script.encode(), check=True)


LUA = r"""
local tokens = {}
for line in io.lines("%(tokens)s") do tokens[#tokens + 1] = line end
local count = 0
function init() math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) %% 100000) end
function request()
  count = count + 1
  local n = math.random(1, %(clients)d)
  local token = tokens[n %% #tokens + 1]
  local headers = { ["authorization"] = "Bearer " .. token }
  if "%(what)s" == "inquiries" then
    return wrk.format("GET", string.format("/v1/verifications/v%%07d/loans", n), headers)
  end
  headers["content-type"] = "application/json"
  local body = string.format('{"client_id":"c%%07d","passphrase":"%(phrase)s","call_id":"bench"}', n)
  return wrk.format("POST", "/v1/verifications", headers, body)
end
"""


def put(path, text):
    """Writes a file at once, since another load may be reading it."""
    with open(f"{path}.new", "w") as file:
        file.write(text)
    os.replace(f"{path}.new", path)


def load(service, tokens, clients, what, at_once, seconds):
    """Starts wrk; `finish` tells what came of it."""
    tokens_file = os.path.join(service.folder, "tokens")
    put(tokens_file, "\n".join(tokens))
    script = os.path.join(service.folder, f"{what}.lua")
    put(script, LUA % {"tokens": tokens_file, "clients": clients, "what": what, "phrase": PHRASE})
    threads = 1 if at_once < 32 else 2
    command = ["wrk", "--latency", "--timeout", "30s", f"-t{threads}", f"-c{at_once}", f"-d{seconds}s", "-s", script]
    return subprocess.Popen(command + [f"http://127.0.0.1:{service.port}"], stdout=subprocess.PIPE, text=True)


def finish(process):
    """Gives (2xx a second, p99 of all answers in ms, answers that were not 2xx)."""
    text, _ = process.communicate()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    every = int(re.search(r"(\d+) requests in", text)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    bad = int(bad[1]) if bad else 0
    return rate * (every - bad) / max(1, every), percentile(text, 99), bad


def percentile(text, share):
    """A latency as wrk tells it, in ms."""
    value, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def bare_hash():
    """Hashes a second on all cores at 46 MiB t=1: in the workers' memory, with reused memory, with fresh."""
    command = [BINARY, "calibrate", "--cost", "47104,1", "--rounds", "60"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return tuple(float(rate) for rate in re.findall(r"([\d.]+) (?:hashes/s in|with)", text))


def flood(service, token, clients, how_many):
    """Sends verifications all at once; gives of each its status, its outcome and how long it took, in ms."""
    lines = selectors.DefaultSelector()
    for number in range(how_many):
        line = socket.create_connection(("127.0.0.1", service.port))
        body = json.dumps({"client_id": f"c{number % clients + 1:07d}", "passphrase": PHRASE, "call_id": "flood"})
        head = (
            f"POST /v1/verifications HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token(number)}\r\n"
            f"content-type: application/json\r\nconnection: close\r\ncontent-length: {len(body.encode())}\r\n\r\n"
        )
        lines.register(line, selectors.EVENT_READ, [(head + body).encode(), 0.0, []])
    open_lines = list(lines.get_map().values())
    for key in open_lines:
        key.data[1] = time.perf_counter()
        key.fileobj.send(key.data[0])
    done = []
    while len(done) < how_many:
        for key, _ in lines.select(60):
            _, began, parts = key.data
            chunk = key.fileobj.recv(65_536)
            if chunk:
                parts.append(chunk)
                continue
            done.append(((time.perf_counter() - began) * 1000, b"".join(parts)))
            lines.unregister(key.fileobj)
            key.fileobj.close()
    answers = []
    for millis, answer in done:
        outcome = json.loads(answer.split(b"\r\n\r\n", 1)[1]).get("outcome")
        answers.append((int(answer.split(b" ", 2)[1]), outcome, millis))
    return answers


def pgbench(url, clients, seconds):
    script = (
        f"\\set n random(1, {clients})\n"
        "INSERT INTO audit_events (at, actor_id, actor_login, actor_role, action, client_id, subject_id, call_id, "
        "outcome, request_id) VALUES (1, 'a', 'a', 'call_center', 'inquiry.made', 'c' || :n, 'v' || :n, 'bench', "
        "'read', 'r');\n"
        "SELECT * FROM loans WHERE client_id = 'c' || lpad(:n::text, 7, '0') AND is_open ORDER BY due_on;\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = ["pgbench", "-n", "-M", "prepared", "-c", "32", "-j", "2", "-T", str(seconds), "-f", file.name, url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", text)[1])
