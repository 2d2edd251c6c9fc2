"""A write error at the n-th durable call of the real server, for every n.

The server runs with a small library of ours before libc (durable_fault.c) that lets one fsync, fdatasync or pwrite in its data
folder fail. It must end by itself with an exit code that is not 0 and with words in its log; after a start without the fault,
what it had acknowledged is there, nothing was bought twice, and our books equal the broker's ledger. A short write that the
database finishes by itself is no error. Run by script/harness --write-errors.
"""

import argparse
import http.client
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[0] / "EndToEnd"))

import harness  # noqa: E402
from rounds import Disagreement, tell  # noqa: E402

# Broker seconds: nothing is held up here but by this machine.
SETTINGS = {"answer_seconds": 40, "quarantine_seconds": 10, "quarantine_unclean_seconds": 10, "statement_lag_seconds": 1, "tombstone_seconds": 0,
            "settlement_seconds": 10}
# Ends of the server that say what is wrong: it could not start, or could not go on. A broken invariant would be a trap.
LOUD = {1, 70}


def compile_shim(folder):
    compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
    assert compiler, "there is no C compiler (cc, clang or gcc) in PATH"
    library = folder / "durable_fault.so"
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, HERE / "durable_fault.c", "-ldl"], check=True)
    return library


class Run:
    """One database; an error at one durable call after the other, each in a process of its own."""

    def __init__(self, seed, counts):
        self.dice, self.counts = random.Random(seed), counts
        self.folder = Path(tempfile.mkdtemp(prefix="signalist-writes-"))
        self.world = harness.World(self.folder)
        self.library = compile_shim(self.folder)
        self.broker = self.world.broker(jsonl=False)
        server = self.world.serve(self.broker.url, **SETTINGS)
        self.account = server.api.add_account()
        self.session = server.api.start_session(self.account, openContracts=4)
        assert server.end() == 0

    def end(self):
        self.world.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def at(self, number):
        mark = self.folder / f"mark-{number}"
        fault = {"LD_PRELOAD": str(self.library), "FAULT_FOLDER": str(self.folder / "data"), "FAULT_AT": str(number), "FAULT_MARK": str(mark)}
        process = self.world._run("server", ["serve"], self.world.settings(self.broker.url, **SETTINGS) | fault)
        accepted = self._trade(process, mark, number)
        if not mark.exists():
            self.counts["not reached"] += 1
            process.kill()
        else:
            self._ended(process, mark.read_text().strip(), number)
        server = self.world.serve(self.broker.url, **SETTINGS)
        try:
            server.api.calm(self.session, self.account, 60)
            harness.agree(server.api, self.account, self.broker.url, seconds=20)
        except AssertionError as error:
            raise Disagreement(f"after the error at call {number}: {error}") from None
        for one in accepted:
            if server.api.ask("GET", f"/signals/{one}").status != 200:
                raise Disagreement(f"signal {one} was accepted before the error at call {number} and is gone")
        if server.api.session(self.session)["phase"] != "active":
            raise Disagreement(f"after the error at call {number} the session is {server.api.session(self.session)['phase']}")
        server.end()

    def _trade(self, process, mark, number):
        """Signals until the fault has struck and a little longer, or for some seconds."""
        accepted, deadline, api, sent = [], time.monotonic() + 20, None, 0
        while process.is_running() and time.monotonic() < deadline:
            if api is None:
                found = re.search(r"address=http://127\.0\.0\.1:(\d+)", process.log)
                if not found:
                    time.sleep(0.01)
                    continue
                api = harness.API(int(found[1]), self.world.key())
            try:
                sent += 1
                reply = api.ask("POST", "/signals", {"symbol": "1HZ100V", "kind": self.dice.choice(["even", "odd"]), "duration": "1t"},
                                {"Idempotency-Key": f"{number}-{sent}"}, timeout=3)
                if reply.status == 202:
                    accepted.append(reply["id"])
            except (OSError, http.client.HTTPException, ValueError):
                pass
            if mark.exists() and sent > 100 or sent > 400:
                break
        return accepted

    def _ended(self, process, what, number):
        try:
            code = process.ended(10)
        except subprocess.TimeoutExpired:
            # SQLite takes no notice of the one, and we sync the folder ourselves at each start; the other it finishes.
            call, path = what.split(" ", 1)
            if call == "fdatasync" and path == str(self.folder / "data"):
                self.counts["folder syncs of SQLite's own"] += 1
                return process.kill()
            if call == "pwrite" and number % 2 == 0:
                self.counts["short writes that were finished"] += 1
                return process.kill()
            process.kill()
            raise Disagreement(f"the server went on after {what} failed at call {number}: {process.log[-2000:]}") from None
        self.counts[f"{what.split()[0]} failed, exit code {code}"] += 1
        if code not in LOUD:
            raise Disagreement(f"exit code {code} after {what} failed at call {number}: {process.log[-3000:]}")
        if not process.log.strip() and not process.output.strip():
            raise Disagreement(f"not a word after {what} failed at call {number}")


def main():
    parser = argparse.ArgumentParser(prog="script/harness --write-errors", description=__doc__)
    parser.add_argument("--write-errors", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=1, help="the first call that fails (1)")
    parser.add_argument("--most", type=int, default=200, help="the last call that fails (200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the summary as one JSON object, nothing else on standard output")
    choice = parser.parse_args()
    counts, started, failure, done = Counter(), time.monotonic(), None, 0
    run = None
    try:
        for number in range(choice.first, choice.most + 1):
            # Thousands of trades make the comparison slow and find nothing more.
            if run is None or done % 20 == 0:
                if run:
                    run.end()
                run = Run(choice.seed + done, counts)
            run.at(number)
            done += 1
            if not choice.json:
                print(f"harness: error at call {number} of {choice.most}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    except (Disagreement, AssertionError) as error:
        failure = f"{type(error).__name__}: {error}"
    finally:
        if run:
            run.end()
    summary = {"calls": done, "seconds": round(time.monotonic() - started, 1), "disagreements": 0 if failure is None else 1, "counts": dict(sorted(counts.items()))}
    if failure:
        summary["failure"] = failure
    again = f"script/harness --write-errors --first {choice.first + done} --most {choice.first + done} --seed {choice.seed}"
    tell(choice, summary, f"errors at {done} calls", failure and f"{failure}\nagain: {again}")


if __name__ == "__main__":
    main()
