"""Starts the built program on a database of its own, with staff of every role signed in."""

import json
import os
import re
import subprocess
import tempfile
import urllib.error
import urllib.request
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = ["call_center", "branch", "supervisor", "auditor", "admin", "loan_system"]
PASSWORD = "lantern marmot orchard"
GENEROUS = {
    "QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE": "1000000",
    "QUPIA_LIMITS__CLIENTS_PER_HOUR": "1000000",
    "QUPIA_LIMITS__EMPTY_SEARCHES_PER_MINUTE": "1000000",
    "QUPIA_LIMITS__LOGINS_PER_MINUTE": "1000000",
    "QUPIA_LIMITS__SIGN_INS_PER_MINUTE": "1000000",
}
# The cost of a hash is not what is tested here.
CHEAP = {"QUPIA_HASH__MEMORY_KIB": "64", "QUPIA_HASH__QUEUE": "1000"}


class Answer:
    """What came back: status, headers by lower-case name, body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json().get("code")


class Service:
    """The program, running. Use it in a `with`.

    `environment` is laid over everything else, `costs` are those of a hash, and `binary` is the
    program where it is not the one of QUPIA_TEST_BINARY. `folder` and `database_url` are places that
    the caller made and looks after; without them both are made, and thrown away at the end."""

    def __init__(
        self, kind, limits=GENEROUS, *, costs=CHEAP, environment=None, binary=None, folder=None, database_url=None
    ):
        self.kind, self.limits, self.costs = kind, limits, costs
        self.more = environment or {}
        self.binary = binary or os.environ.get("QUPIA_TEST_BINARY", ROOT / "target/debug/qupia")
        self.temporary = None if folder else tempfile.TemporaryDirectory(prefix="qupia-")
        self.folder = Path(folder or self.temporary.name)
        # The log stands apart from the data, which may be full or in the way.
        self.log = tempfile.NamedTemporaryFile(prefix="qupia-log-")
        self.database, self.database_url = None, database_url
        self.process = None
        self.tokens, self.staff = {}, {}

    def __enter__(self):
        if self.kind == "postgres" and not self.database_url:
            self.make_database()
        try:
            self.start()
            self.hire()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.stop()
        if self.database:
            server, name = self.database
            psql(server, f"drop database {name} with (force)")
        self.log.close()
        if self.temporary:
            self.temporary.cleanup()

    def surroundings(self):
        """The environment of the program and of its commands."""
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("QUPIA_")}
        surroundings |= self.limits | self.costs
        surroundings["QUPIA_LISTEN"] = "127.0.0.1:0"
        surroundings["QUPIA_DATA_DIR"] = str(self.folder)
        surroundings["QUPIA_BOOTSTRAP_ADMIN_PASSWORD"] = "one-time kettle willow"
        if self.database_url:
            surroundings["QUPIA_DATABASE_URL"] = self.database_url
        return surroundings | self.more

    def spawn(self):
        """Starts the program, and does not wait for it."""
        self.started_at = self.told_so_far()
        log = open(self.log.name, "ab")
        self.process = subprocess.Popen(
            [self.binary, "serve"], env=self.surroundings(), stdout=subprocess.DEVNULL, stderr=log, cwd=self.folder
        )
        log.close()

    def start(self):
        """Starts the program, the first time or again on the same data, and waits until it listens."""
        self.spawn()
        self.url = self.wait_for_address()

    def stop(self):
        """Asks the program to stop, and gives its exit code."""
        self.process.terminate()
        return self.process.wait(60)

    def kill(self):
        """Takes the program away in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()

    def command(self, *arguments):
        """Runs a command of the program on the same data, to its end."""
        return subprocess.run([self.binary, *arguments], env=self.surroundings(), capture_output=True, text=True)

    def make_database(self):
        server = os.environ["QUPIA_TEST_POSTGRES"]
        name = f"conformance_{uuid.uuid4().hex[:12]}"
        psql(server, f"create database {name}")
        self.database = (server, name)
        head, _, rest = server.partition("://")
        place, _, options = rest.partition("?")
        host = place.split("/")[0]
        self.database_url = f"{head}://{host}/{name}" + (f"?{options}" if options else "")
        return self.database_url

    def wait_for_address(self):
        while self.process.poll() is None:
            found = re.search(r"listening on (http://\S+)", self.told(self.started_at))
            if found:
                return found.group(1)
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
        raise SystemExit(f"the service did not start:\n{self.told()}")

    def told_so_far(self):
        """The place in the log where it ends now."""
        return Path(self.log.name).stat().st_size

    def told(self, since=0):
        """The log, from a place in it on."""
        return Path(self.log.name).read_bytes()[since:].decode(errors="replace")

    def call(self, method, path, body=None, role=None, raw=None, **headers):
        """Sends one request. `headers` are written with `_` for `-`; None leaves one out."""
        data = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        sent = {}
        if body is not None:
            sent["content-type"] = "application/json"
        if role:
            sent["authorization"] = f"Bearer {self.tokens[role]}"
        for name, value in headers.items():
            name = name.replace("_", "-").lower()
            sent.pop(name, None)
            if value is not None:
                sent[name] = value
        if data is not None:
            # urllib would call it a form.
            sent.setdefault("content-type", "")
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=sent)
        try:
            with urllib.request.build_opener(Straight).open(request) as answer:
                return taken(answer)
        except urllib.error.HTTPError as error:
            return taken(error)

    def expect(self, status, method, path, body=None, role=None, **headers):
        answer = self.call(method, path, body, role, **headers)
        if answer.status != status:
            raise SystemExit(f"{method} {path}: {answer.status} where {status} was expected: {answer.body!r}")
        return answer

    def sign_in(self, role, login, password):
        session = self.expect(201, "POST", "/v1/sessions", {"login": login, "password": password}).json()
        self.tokens[role] = session["access_token"]
        self.staff[role] = session["staff"]

    def settle(self, role, login, one_time):
        """Changes a one-time password, and signs in with the new one."""
        self.sign_in(role, login, one_time)
        change = {"current_password": one_time, "new_password": PASSWORD}
        self.expect(204, "POST", "/v1/staff/me/password", change, role)
        self.sign_in(role, login, PASSWORD)

    def hire(self):
        self.settle("admin", "admin", "one-time kettle willow")
        self.expect(201, "POST", "/v1/branches", {"code": "ALA-1", "name": "Абай"}, "admin")
        for role in ROLES:
            if role in ("admin", "loan_system"):
                continue
            person = {"login": f"{role}.1".replace("_", "-"), "name": "Айгүл", "role": role}
            if role == "branch":
                person["branch_code"] = "ALA-1"
            entered = self.expect(201, "POST", "/v1/staff", person, "admin").json()
            self.settle(role, person["login"], entered["password"])
        account = {"login": "loans", "name": "Loans", "role": "loan_system"}
        self.account = self.expect(201, "POST", "/v1/staff", account, "admin").json()
        self.renew_token()

    def holds(self, text):
        """Whether the database holds a text in clear."""
        if self.database:
            server, name = self.database
            dumped = subprocess.run(["pg_dump", "-d", self.database_url], check=True, stdout=subprocess.PIPE)
            return text.encode() in dumped.stdout
        return any(text.encode() in path.read_bytes() for path in self.folder.rglob("*sqlite*"))

    def renew_token(self):
        form = "grant_type=client_credentials&client_id=loans&client_secret=" + urllib.request.quote(
            self.account["client_secret"]
        )
        answer = self.call(
            "POST", "/v1/oauth/token", raw=form.encode(), content_type="application/x-www-form-urlencoded"
        )
        self.tokens["loan_system"] = answer.json()["access_token"]

    def renew(self, role):
        """A fresh session, where the last one may have been ended."""
        if role == "loan_system":
            self.renew_token()
        else:
            self.sign_in(role, self.staff[role]["login"], PASSWORD)

    def register(self, number, passphrase="қызыл алма таулы жер"):
        """A client with a passphrase and one open loan."""
        client = {
            "client_number": number,
            "family_name": "Қасымова",
            "given_name": "Әсел",
            "patronymic": "Нұрланқызы",
            "phone": "+77012345667",
        }
        card = self.expect(201, "POST", "/v1/clients", client, "branch").json()
        draft = {"client_id": card["id"], "identity_document": {"kind": "identity_card", "seen": True}}
        paper = self.expect(201, "POST", "/v1/applications", draft, "branch").json()
        today = subprocess.check_output(["date", "+%F"], env=os.environ | {"TZ": "Asia/Almaty"}, text=True).strip()
        signed = {"signed_on": today, "passphrase": passphrase, "passphrase_repeat": passphrase}
        self.expect(200, "POST", f"/v1/applications/{paper['id']}/completion", signed, "branch")
        loan = {
            "client_number": number,
            "product": "Алтын",
            "due_on": "2030-01-31",
            "balance": {"amount": "125000.00", "currency": "KZT"},
            "grace_days": 20,
            "status": "open",
            "as_of": "2026-01-01T00:00:00Z",
        }
        self.expect(201, "PUT", f"/v1/loan-system/loans/T-{number}", loan, "loan_system")
        return card | {"application_id": paper["id"]}


class Straight(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_):
        return None


def taken(answer):
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers, answer.read())


def psql(server, statement):
    subprocess.run(["psql", "-q", server, "-c", statement], check=True, stdout=subprocess.DEVNULL)


def kinds():
    """The databases that there are to test on."""
    if "QUPIA_TEST_POSTGRES" in os.environ:
        return ["sqlite", "postgres"]
    print("QUPIA_TEST_POSTGRES names no PostgreSQL: SQLite alone is tested", flush=True)
    return ["sqlite"]
