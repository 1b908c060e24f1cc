"""HAProxy before instances, set up as docs/operations.md tells an operator, and what it thinks of them."""

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

# Seconds between checks, and failed ones in a row until an instance gets no more requests: a migration has that
# long until the instances of the old version are left out, and so much has the drain to outlast.
INTERVAL, FALL = 1, 5
DRAIN = 10
PAUSE = 0.05

SETTINGS = """\
global
  stats socket {folder}/socket mode 600

defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 2s

frontend api
  bind 127.0.0.1:{port}
  default_backend qupia

backend qupia
  balance leastconn
  option forwardfor
  # Every request goes over a connection of its own: one that is kept may be closed as a request is sent over it.
  # By default no more than a connection that was refused is tried again, elsewhere with redispatch.
  option http-server-close
  option redispatch 1
  option httpchk
  http-check send meth GET uri /readyz
  http-check expect status 200
  default-server check inter {interval}s downinter 500ms fall {fall} rise 1
{servers}"""
# For as long as nobody is ready; the lines of the servers follow.
ALIVE = "  option allbackups"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """HAProxy before the named ports. Use it in a `with`.

    With `asks_unready`, instances that are not ready are still asked where none is: as long as the first new one
    migrates, those of the old version are not ready, and serve."""

    def __init__(self, ports, asks_unready=True):
        self.binary = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin:/usr/local/bin")
        if not self.binary:
            raise SystemExit("haproxy is not installed (Debian's package haproxy)")
        self.folder = Path(tempfile.mkdtemp(prefix="qupia-haproxy-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        servers = [f"  server {name} 127.0.0.1:{port}" for name, port in ports.items()]
        if asks_unready:
            servers.append(ALIVE)
            servers += [f"  server {name}-alive 127.0.0.1:{port} no-check backup" for name, port in ports.items()]
        text = SETTINGS.format(
            folder=self.folder, port=self.port, interval=INTERVAL, fall=FALL, servers="\n".join(servers) + "\n"
        )
        self.settings = self.folder / "haproxy.cfg"
        self.settings.write_text(text)
        # Seconds in which no instance was up, and the moments at which one changed.
        self.without, self.changes = 0.0, []
        self.stop = threading.Event()

    def __enter__(self):
        ran = subprocess.run([self.binary, "-c", "-f", self.settings], capture_output=True, text=True)
        if ran.returncode or "WARNING" in ran.stderr:
            raise SystemExit(f"haproxy refuses its settings:\n{ran.stdout}{ran.stderr}")
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([self.binary, "-db", "-f", self.settings], stdout=log, stderr=log)
        log.close()
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.watcher.join()
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def states(self):
        """Which instances get requests, as HAProxy says; None where it does not answer."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.folder / "socket"))
                line.sendall(b"show stat\n")
                told = b""
                while more := line.recv(65536):
                    told += more
        except OSError:
            return None
        head, *rows = told.decode().lstrip("# ").strip().splitlines()
        names = head.split(",")
        lines = [dict(zip(names, row.split(","))) for row in rows]
        return {
            line["svname"]: line["status"].startswith("UP")
            for line in lines
            if line["pxname"] == "qupia" and line["svname"] != "BACKEND" and not line["svname"].endswith("-alive")
        }

    def watch(self):
        before, last = {}, time.monotonic()
        while not self.stop.is_set():
            now, states = time.monotonic(), self.states()
            if states is not None:
                if not any(states.values()):
                    self.without += now - last
                for name, is_up in states.items():
                    if before.get(name) != is_up:
                        self.changes.append((now, name, is_up))
                before = states
            last = now
            time.sleep(PAUSE)

    def wait_for(self, name, is_up=True, seconds=60):
        """Waits until HAProxy has seen that an instance is ready, or not."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            states = self.states()
            if states is not None and states.get(name) == is_up:
                return True
            time.sleep(PAUSE)
        return False
