"""Processes of signalist; their clients (`clients.py`) and our books held against the broker's (`books.py`) can be had from here, too.

Every process listens on a port that the system chose, keeps its files in a temporary folder and is killed in teardown.
Nothing sleeps for a fixed time: `wait_until` asks until something is so, or fails with what it saw last.
"""

import atexit
import os
import re
import signal
import stat
import subprocess
import time
from pathlib import Path

from books import BrokerClient, Ledger, agree, mismatches, read_ledger  # noqa: F401
from clients import API, TOKEN, Browser, Events, People, Reply, decoded, raw, signature, wait_until  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
# Broker seconds per second, for broker and server alike.
SPEED = 20


def binary():
    """The built executable: SIGNALIST_BINARY, or what `swift build` made."""
    path = Path(os.environ.get("SIGNALIST_BINARY") or ROOT / ".build/debug/signalist")
    assert path.is_file(), f"there is no {path}; build first (swift build) or set SIGNALIST_BINARY"
    return str(path)


# Processes

class Process:
    """A command of signalist with its log in a file."""
    alive = []

    def __init__(self, name, folder, arguments, environment=None):
        self.name = name
        self.log_path = Path(folder) / f"{name}-{time.monotonic_ns()}.log"
        self.output_path = self.log_path.with_suffix(".out")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SIGNALIST_")}
        with open(self.log_path, "wb") as log, open(self.output_path, "wb") as output:
            self.process = subprocess.Popen([binary(), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=output, stderr=log,
                                            cwd=folder, env=kept | (environment or {}))
        Process.alive.append(self)

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def output(self):
        return self.output_path.read_text(errors="replace")

    def wait_for(self, pattern, seconds=30):
        """The match of `pattern` in log or output, once it is there."""
        def look():
            found = re.search(pattern, self.log) or re.search(pattern, self.output)
            assert found or self.process.poll() is None, f"{self.name} ended with {self.process.returncode}: {self.log[-2000:]}{self.output[-2000:]}"
            return found
        return wait_until(f"{self.name} says {pattern}", look, seconds)

    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        """SIGKILL: nothing is said, nothing is finished."""
        self.process.kill()
        self.process.wait()
        if self in Process.alive:
            Process.alive.remove(self)

    def end(self, how=signal.SIGTERM, seconds=30):
        """Asks the process to end and returns its exit code."""
        self.process.send_signal(how)
        return self.ended(seconds)

    def ended(self, seconds=30):
        code = self.process.wait(timeout=seconds)
        if self in Process.alive:
            Process.alive.remove(self)
        return code


@atexit.register
def _kill_all():
    for process in list(Process.alive):
        process.kill()


class World:
    """Brokers and servers of one test, in one folder."""

    def __init__(self, folder, frames=None):
        self.folder, self.frames, self.processes = Path(folder), frames, []

    def _run(self, name, arguments, environment=None):
        process = Process(name, self.folder, arguments, environment)
        self.processes.append(process)
        return process

    def broker(self, *arguments, port=0, speed=SPEED, jsonl=True, limits="off"):
        """A simulated broker. Its frames are judged by test_frames unless `jsonl` is false. These tests ask faster than
        Deriv allows, so its limits are off unless a test is about them."""
        extra = ["--jsonl", self.frames / f"frames-{time.monotonic_ns()}.jsonl"] if jsonl and self.frames else []
        process = self._run("broker", ["broker", "--port", port, "--speed", speed, "--rate-limits", limits, *extra, *arguments])
        process.url = process.wait_for(r"(ws://127\.0\.0\.1:\d+/websockets/v3)")[1]
        process.port = int(re.search(r":(\d+)/", process.url)[1])
        return process

    def settings(self, broker_url, speed=SPEED, **settings):
        """The environment of `signalist serve` in this world's folder."""
        return {
            "SIGNALIST_PORT": "0", "SIGNALIST_DATA_DIR": str(self.folder / "data"), "SIGNALIST_KEY_RING": str(self.folder / "keys/key-ring.json"),
            "SIGNALIST_API_KEY_FILE": str(self.folder / "api-key"), "SIGNALIST_AUDIT_CHECKPOINTS": str(self.folder / "checkpoints/audit"),
            "SIGNALIST_SET_UP_FILE": str(self.folder / "set-up-code"),
            "SIGNALIST_BROKER_URL": broker_url, "SIGNALIST_BROKER_SPEED": str(speed),
            # Broker seconds: three of ours.
            "SIGNALIST_ANSWER_SECONDS": "60", "SIGNALIST_QUARANTINE_SECONDS": "5", "SIGNALIST_QUARANTINE_UNCLEAN_SECONDS": "5",
            "SIGNALIST_STATEMENT_LAG_SECONDS": "1", "SIGNALIST_SWEEP_SECONDS": "30",
        } | {f"SIGNALIST_{name.upper()}": str(value) for name, value in settings.items()}

    def serve(self, broker_url, **settings):
        """The server, once it listens."""
        process = self._run("server", ["serve"], self.settings(broker_url, **settings))
        process.port = int(process.wait_for(r"address=http://127\.0\.0\.1:(\d+)")[1])
        process.api = API(process.port, self.key())
        return process

    def key(self):
        return (self.folder / "api-key").read_text().strip()

    def set_up_code(self):
        return (self.folder / "set-up-code").read_text().strip()

    def key_mode(self):
        return stat.S_IMODE((self.folder / "api-key").stat().st_mode)

    def end(self):
        for process in self.processes:
            if process.is_running():
                process.kill()
            elif process in Process.alive:
                Process.alive.remove(process)
