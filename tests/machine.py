"""An empty Debian, booted with its own systemd in a container of systemd-nspawn; it reaches no network.

Its packages come from the mirror that this machine's apt is configured with. Everything is thrown away at the end,
without the first installation, which is kept for the next run."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def install_missing():
    """What this needs beyond Debian's base: debootstrap and systemd-nspawn."""
    if os.geteuid() != 0:
        raise SystemExit("a root of its own is made and booted here: run this as root")
    missing = [
        package
        for program, package in [
            ("debootstrap", "debootstrap"),
            ("systemd-nspawn", "systemd-container"),
            ("age-keygen", "age"),
        ]
        if not shutil.which(program)
    ]
    if missing:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def mirrors():
    """(address, suite) of each of Debian's archives that apt here is configured with."""
    told = subprocess.check_output(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages", "Origin: Debian"],
        text=True,
    )
    # Before `apt-get update` it names none.
    return list(dict.fromkeys(tuple(line.split()[:2]) for line in told.splitlines()))


def empty_debian(kept):
    """An archive of a Debian with nothing but its base and systemd, made once."""
    if kept.exists():
        return
    archives = mirrors()
    if not archives:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        archives = mirrors()
    address, suite = archives[0]
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qupia-debian-") as folder:
        # curl is what the test calls the API with.
        command = ["debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus,curl", suite, folder, address]
        made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if made.returncode != 0:
            raise SystemExit(f"debootstrap failed:\n{made.stdout[-2000:]}")
        lines = [f"deb {address} {suite} main" for address, suite in archives]
        Path(folder, "etc/apt/sources.list").write_text("\n".join(lines) + "\n")
        # It was made for root alone, and would be so as the machine's root directory.
        Path(folder).chmod(0o755)
        unfinished = kept.with_suffix(".new")
        subprocess.run(["tar", "-C", folder, "-cf", unfinished, "."], check=True)
        unfinished.rename(kept)


class Machine:
    """A booted Debian. Use it in a `with`. `packages` are fetched before, so that apt finds them without a network."""

    def __init__(self, kept, packages):
        self.kept, self.packages = kept, packages
        self.process = self.leader = None

    def __enter__(self):
        empty_debian(self.kept)
        self.root = Path(tempfile.mkdtemp(prefix="qupia-machine-"))
        self.log = tempfile.TemporaryFile(prefix="qupia-machine-log-")
        self.groups = []
        try:
            subprocess.run(["tar", "-C", self.root, "-xf", self.kept], check=True)
            self.fetch()
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.leader:
            # Nothing in it is kept: no service has to end in order.
            self.run("systemctl poweroff --force --force", may_fail=True)
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        for group in self.groups:
            for folder, _, _ in os.walk(group, topdown=False):
                os.rmdir(folder)
        shutil.rmtree(self.root, ignore_errors=True)

    def fetch(self):
        """Downloads the packages that the machine will install, with what they need, into its apt's cache."""
        for package in self.packages:
            if isinstance(package, Path):
                shutil.copy(package, self.root / "root")
        get = ["apt-get", "-qq", "-y"]
        steps = [[*get, "update"]]
        for package in self.packages:
            what = [f"./{package.name}"] if isinstance(package, Path) else ["--no-install-recommends", package]
            steps.append([*get, "--download-only", "install", *what])
        for step in steps:
            command = ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "--pipe", "--chdir=/root"]
            done = subprocess.run([*command, "-D", self.root, *step], capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"{' '.join(step)}: {done.stdout}{done.stderr}")

    def boot(self):
        # A group of its own keeps the machine's systemd away from the processes of this one.
        name = self.root.name
        for hierarchy in (Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")):
            if (hierarchy / "cgroup.procs").exists():
                self.groups.append(hierarchy / name)
                self.groups[-1].mkdir()

        def enter():
            for group in self.groups:
                (group / "cgroup.procs").write_text(str(os.getpid()))

        command = ["systemd-nspawn", "--boot", "--register=no", "--keep-unit", "--private-network"]
        command += ["--hostname=qupia-test", "--console=passive", "--directory", self.root]
        environment = os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment, preexec_fn=enter
        )
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            self.leader = next(iter(children.read_text().split()), None)
            if self.leader:
                state = self.run("systemctl is-system-running", may_fail=True).stdout.strip()
                if state in ("running", "degraded"):
                    return
            time.sleep(0.5)
        self.log.seek(0)
        raise SystemExit(f"the machine did not boot:\n{self.log.read().decode(errors='replace')[-2000:]}")

    def run(self, script, may_fail=False, stdin=None):
        """Runs a script in bash as root's shell would, and gives its result."""
        environment = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        command = ["nsenter", "--target", self.leader, "--all", "--wdns=/root", "bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, timeout=300)
        if done.returncode != 0 and not may_fail:
            raise SystemExit(f"failed with {done.returncode}:\n{script}\n{done.stdout}{done.stderr}")
        return done
