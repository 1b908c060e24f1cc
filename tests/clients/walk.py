"""Runs the stories of docs/api.md against the demonstration: in curl, in TypeScript, in Python. A receiver listens
to its webhooks, and the functions of the stories judge what arrived."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.dont_write_bytecode = True
from blocks import ROOT, code_of

MADE = ROOT / "target/clients"
SHOWN = "http://127.0.0.1:8080"
# Whatever language tells it.
OUTCOMES = ["rejected", "verified"]
LETTERS = "letters true true false false"


class Demonstration:
    """`qupia serve --demo` on a free port."""

    def __enter__(self):
        binary = os.environ.get("QUPIA_TEST_BINARY", ROOT / "target/debug/qupia")
        settings = {"QUPIA_WEBHOOKS__ALLOW_PRIVATE": "true"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QUPIA_")}
        self.process = subprocess.Popen(
            [binary, "serve", "--demo", "--listen", "127.0.0.1:0"],
            env=environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        told = []
        for line in self.process.stdout:
            told.append(line)
            if line.startswith("curl "):
                break
        told = "".join(told)
        found = re.search(r"Open the console: (http://\S+)/console/", told)
        if not found:
            raise SystemExit(f"the demonstration did not start: {told}")
        self.url = found.group(1)
        self.secret = re.search(r"loans-feed +- +(\S+)", told).group(1)
        self.admin = re.search(r"admin +admin +- +(\S.*)", told).group(1).strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def post(self, path, body, token=None):
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


class Receiver(ThreadingHTTPServer):
    """Takes letters, and keeps them."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taker)
        self.letters, self.arrived = [], threading.Condition()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait_for(self, event, client_number):
        def is_wanted(letter):
            message = json.loads(letter["body"])
            return message["type"] == event and message["data"]["client_number"] == client_number

        with self.arrived:
            if not self.arrived.wait_for(lambda: any(map(is_wanted, self.letters)), 30):
                raise SystemExit(f"no {event} about {client_number}: {self.letters}")
            return next(filter(is_wanted, self.letters))


class Taker(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.arrived:
            self.server.letters.append({"headers": headers, "body": body})
            self.server.arrived.notify_all()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def tell(name, command, environment, folder, expected):
    """Runs a story; what it prints has to be this, in this order."""
    done = subprocess.run(command, env=os.environ | environment, cwd=folder, capture_output=True, text=True)
    print(f"-- {name}\n{done.stdout}{done.stderr}", end="", flush=True)
    if done.returncode != 0:
        raise SystemExit(f"the story in {name} ended with {done.returncode}")
    rest = done.stdout
    for word in expected:
        _, found, rest = rest.partition(word)
        if not found:
            raise SystemExit(f"the story in {name} did not tell {word!r} where it should")


def main():
    with Demonstration() as demonstration, tempfile.TemporaryDirectory(prefix="clients-") as folder:
        folder = Path(folder)
        receiver = Receiver()
        login = {"login": "admin", "password": demonstration.admin}
        token = demonstration.post("/v1/sessions", login)["access_token"]
        registration = {"url": f"http://127.0.0.1:{receiver.server_port}/qupia"}
        secret = demonstration.post("/v1/webhooks", registration, token)["secret"]
        environment = {"SECRET": demonstration.secret, "LETTER": str(folder / "letter.json")}

        def here(text):
            if SHOWN not in text:
                raise SystemExit(f"a story does not name {SHOWN}")
            return text.replace(SHOWN, demonstration.url)

        shell = here(code_of("sh"))
        expected = ["completed", "true", *OUTCOMES[:1], "T-201", "not_found"]
        tell("curl", ["bash", "-euo", "pipefail", "-c", shell], environment, folder, expected)
        if "<html" not in (folder / "form.html").read_text():
            raise SystemExit("the form is no page")
        letter = receiver.wait_for("inquiry.made", "K-201")
        (folder / "letter.json").write_text(json.dumps({"secret": secret, **letter}))

        built = MADE / "node/client/built/story.js"
        built.write_text(here(built.read_text()))
        expected = [OUTCOMES[0], OUTCOMES[1], "T-202", "not_found", LETTERS]
        tell("TypeScript", ["node", built.parent / "letter.js"], environment, folder, expected)
        receiver.wait_for("inquiry.made", "K-202")

        generated = MADE / "generated"
        (folder / "story.py").write_text(here((generated / "story.py").read_text()))
        paths = {"PYTHONPATH": f"{folder}:{generated}", "PYTHONDONTWRITEBYTECODE": "1"}
        expected = [OUTCOMES[0], OUTCOMES[1], "T-203", "not_found", LETTERS]
        command = [MADE / "python/bin/python", ROOT / "tests/clients/letter.py"]
        tell("Python", command, environment | paths, folder, expected)
        receiver.wait_for("inquiry.made", "K-203")
        told = sorted({json.loads(letter["body"])["type"] for letter in receiver.letters})
        print(f"3 stories were walked; webhooks told {', '.join(told)}")


if __name__ == "__main__":
    main()
