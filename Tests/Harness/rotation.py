"""From one key to the next under load: many stored tokens, many sessions that trade, `signalist keys` beside the running server;
and the process that moves the tokens killed at random rows, again and again. No buy may fail for a key, no token may be lost.

Run by script/harness --rotation.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

import harness  # noqa: E402
from test_keys import Keys, rows  # noqa: E402

PLENTY = {name: 100_000 for name in ("writes_per_minute", "reads_per_minute", "signals_per_minute", "unknown_per_minute")}
STEPS = [["add"], ["promote"], ["reseal"], ["verify"], ["retire"]]


class Failed(Exception):
    """What must never be."""


def side_by_side(count, work, threads=1):
    """Does `work(number)` for each number; the results by number."""
    results, numbers, failures = {}, iter(range(count)), []
    lock = threading.Lock()

    def run():
        while not failures:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                results[number] = work(number)
            except BaseException as failure:  # Told by the one who waits.
                failures.append(failure)
    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return results


class Trade(threading.Thread):
    """Hands in signals to the sessions in turn, and counts."""

    def __init__(self, api, sessions, number):
        super().__init__(daemon=True)
        self.api, self.sessions, self.number, self.running = api, sessions, number, True
        self.statuses = Counter()

    def run(self):
        while self.running:
            session = self.sessions[self.number % len(self.sessions)]
            try:
                reply = self.api.ask("POST", "/signals", {"symbol": "1HZ100V", "kind": "even", "duration": "1t", "session": session}, {"Idempotency-Key": f"r{self.number}"})
                self.statuses[reply.status] += 1
            except OSError:
                self.statuses["no answer"] += 1
            self.number += 4

    def stop(self):
        self.running = False
        self.join(60)


def pace_of(tokens):
    """Each account has a line of its own: thousands of them are too many for a day that goes twenty times as fast."""
    return {"speed": 1} if tokens > 500 else {}


def filled(folder, tokens):
    world = harness.World(folder)
    pace = pace_of(tokens)
    broker = world.broker(jsonl=False, **pace)
    server = world.serve(broker.url, **PLENTY, **pace)
    began = time.monotonic()
    accounts = side_by_side(tokens, lambda number: server.api.add_account(f"tokenOfAccount{number}"))
    print(f"rotation: {tokens} tokens stored in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return world, broker, server, [accounts[number] for number in range(tokens)]


def under_load(folder, tokens, sessions):
    world, broker, server, accounts = filled(folder, tokens)
    try:
        began = time.monotonic()
        started = side_by_side(sessions, lambda number: server.api.start_session(accounts[number], openContracts=10))
        print(f"rotation: {sessions} sessions active after {time.monotonic() - began:.0f} s", file=sys.stderr)
        keys = Keys(world, broker.url)
        traders = [Trade(server.api, [started[number] for number in range(sessions)], number) for number in range(4)]
        for trader in traders:
            trader.start()
        time.sleep(2)  # So that each step finds trading under way.
        spent, began = {}, time.monotonic()
        for step in STEPS:
            at = time.monotonic()
            keys.run(*step)
            spent[step[0]] = round(time.monotonic() - at, 2)
        took = time.monotonic() - began
        for trader in traders:
            trader.stop()
        statuses = sum((trader.statuses for trader in traders), Counter())
        verified = keys.json("verify")
        # Every line still logs in with what was moved.
        side_by_side(min(tokens, 50), lambda number: server.api.post(f"/accounts/{accounts[number * (tokens // min(tokens, 50))]}/check"))
        with sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True) as database:
            kinds = dict(database.execute("SELECT kind, count(*) FROM journal GROUP BY kind"))
        failed = {kind: kinds[kind] for kind in ("buy_rejected", "buy_unsent", "login_refused") if kinds.get(kind)}
        report = {"tokens": tokens, "sessions": sessions, "seconds": round(took, 1), "steps": spent, "signals": {str(name): count for name, count in statuses.items()},
                  "bought": kinds.get("buy_confirmed", 0), "failedForAKey": failed, "sealed": verified["sealed"], "byKey": verified["byKey"], "unopened": len(verified["unopened"])}
        if failed or verified["sealed"] != tokens or verified["unopened"] or verified["byKey"] != {"2": tokens} or not report["bought"] or set(statuses) - {202}:
            raise Failed(json.dumps(report))
        return report
    finally:
        world.end()


def killed(folder, tokens, kills, seed):
    dice = random.Random(seed)
    world, broker, server, accounts = filled(folder, tokens)
    try:
        if server.end() != 0:
            raise Failed("the server did not end in order")
        keys, version, deaths, died_at = Keys(world, broker.url), 1, 0, []
        while deaths < kills:
            keys.run("add")
            keys.run("promote")
            version += 1
            for _ in range(min(10, kills - deaths)):
                moved = lambda: sum(sealed[8] == version for sealed in rows(world).values())
                before = moved()
                if before >= tokens - 1:
                    break
                reseal, wanted = keys.start("reseal", "--rate", "400"), dice.randint(before, min(tokens - 1, before + tokens // 10))
                harness.wait_until(f"{wanted} rows are moved", lambda: moved() >= wanted or not reseal.is_running(), 120, every=0.001)
                time.sleep(dice.random() * 0.01)  # The moment of death is a matter of chance.
                if reseal.is_running():
                    reseal.kill()
                    deaths += 1
                    died_at.append(moved())
                left = keys.json("verify")
                if left["sealed"] != tokens or left["unopened"]:
                    raise Failed(f"after death {deaths}: {left}")
            keys.run("reseal")
            keys.run("retire")
        left = keys.json("verify")
        if left["sealed"] != tokens or left["unopened"] or left["byKey"] != {str(version): tokens}:
            raise Failed(f"at the end: {left}")
        server = world.serve(broker.url, **PLENTY, **pace_of(tokens))
        harness.wait_until("every line is up", lambda: all(row["line"] == "up" for row in server.api.get("/accounts")["items"]), 180, every=0.5)
        return {"tokens": tokens, "kills": deaths, "seed": seed, "rotations": version - 1, "rowsMovedAtDeath": [min(died_at), max(died_at)], "sealed": left["sealed"], "unopened": 0,
                "linesUp": len(server.api.get("/accounts")["items"])}
    finally:
        world.end()


def main():
    parser = argparse.ArgumentParser(prog="script/harness --rotation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rotation", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--tokens", type=int, default=10_000, help="stored tokens under load (10000)")
    parser.add_argument("--sessions", type=int, default=1_000, help="sessions that trade (1000)")
    parser.add_argument("--kills", type=int, default=200, help="deaths of the process that moves tokens (200); 0 leaves that part out")
    parser.add_argument("--killed-tokens", type=int, default=200, help="tokens that it moves (200)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="keep the folder of a part that failed")
    chosen = parser.parse_args()
    if min(chosen.tokens, chosen.kills) < 0 or chosen.killed_tokens < 1 or (chosen.tokens and not 1 <= chosen.sessions <= chosen.tokens):
        parser.error("each session takes a token of its own: expected 1 to as many sessions as tokens, and no number below 0")
    for part, work in (("under load", lambda folder: under_load(folder, chosen.tokens, chosen.sessions) if chosen.tokens else None),
                       ("killed", lambda folder: killed(folder, chosen.killed_tokens, chosen.kills, chosen.seed) if chosen.kills else None)):
        folder = Path(tempfile.mkdtemp(prefix="signalist-rotation-"))
        kept = chosen.keep
        try:
            report = work(folder)
            kept = False
        except (Failed, AssertionError) as failure:
            sys.exit(f"rotation, {part}: {failure}" + (f"\nits folder: {folder}" if kept else ""))
        finally:
            if not kept:
                shutil.rmtree(folder, ignore_errors=True)
        if report:
            print(json.dumps({part: report}))


if __name__ == "__main__":
    main()
