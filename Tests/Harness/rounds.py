"""Rounds of mishaps on the real processes: `signalist serve` trades at `signalist broker` through a bad network, both are
killed and paused at random, then there is calm, and our books must equal the broker's ledger.

Each round has a session of its own with limits that it may not pass. Seeds make the course of a round, not its interleaving
on this machine. Run by script/harness.
"""

import argparse
import http.client
import json
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

import harness  # noqa: E402
from proxy import CALM, Proxy, Weather  # noqa: E402

# Rounds on one database: more make the comparison slow and find nothing more.
ROUNDS_OF_A_WORLD = 20
# Broker seconds. The longest that anything is held up below must be well within the quarantine.
SETTINGS = {"answer_seconds": 40, "quarantine_seconds": 40, "quarantine_unclean_seconds": 40, "statement_lag_seconds": 2, "tombstone_seconds": 0,
            "sweep_seconds": 30, "settlement_seconds": 10}
PAUSE_MOST = 1.2
FAULTS = "reply-lost:0.04,request-lost:0.03,drop:0.03,doubled:0.05,late:0.03,late-most-ms:4000"


class Disagreement(Exception):
    """What must never be."""


class Signals(threading.Thread):
    """Hands in signals; one without an answer comes again with its key, as a careful client does."""

    def __init__(self, world, session, name, dice):
        super().__init__(daemon=True)
        self.world, self.session, self.label, self.dice = world, session, name, dice
        self.accepted, self.strange, self.running = [], [], True

    def run(self):
        number, wish = 0, None
        while self.running:
            if wish is None:
                number += 1
                wish = {"kind": self.dice.choice(["even", "odd", "rise", "fall"]), "duration": self.dice.choice(["1t", "2t"]),
                        "symbol": self.dice.choice(["1HZ100V", "1HZ10V", "R_10"]), "session": self.session, "validSeconds": 60}
            try:
                reply = self.world.server.api.ask("POST", "/signals", wish, {"Idempotency-Key": f"{self.label}-{number}"}, timeout=3)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.02)
                continue
            if reply.status == 202:
                self.accepted.append(reply["id"])
                wish = None
            elif reply.status == 503:
                time.sleep(0.02)
            else:
                self.strange.append(f"{reply.status} {reply.body[:300]!r}")
                wish = None
            time.sleep(self.dice.random() * 0.05)

    def stop(self):
        self.running = False
        self.join(20)
        if self.is_alive():
            raise Disagreement("a request to the server has no end")


class World:
    """One database, one broker's ledger, one proxy."""

    def __init__(self, seed, counts):
        self.dice, self.counts = random.Random(seed), counts
        self.folder = Path(tempfile.mkdtemp(prefix="signalist-harness-"))
        self.world = harness.World(self.folder)
        self.state = self.folder / "broker"
        self.broker = self._broker(0)
        self.proxy = Proxy(self.broker.port, seed)
        self.server = self._server()
        self.account = self.server.api.add_account()

    def _broker(self, port):
        return self.world.broker("--state", self.state, "--fault", f"{FAULTS},seed:{self.dice.randint(1, 10**6)}", port=port, jsonl=False)

    def _server(self):
        return self.world.serve(self.proxy.url, **SETTINGS)

    def end(self, keep=False):
        self.proxy.close()
        self.world.end()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    # One round

    def round(self, name):
        dice = self.dice
        limits = {"tradesPerDay": dice.randint(5, 40), "lossPerDay": f"{dice.randint(3, 30)}.00"}
        plan = {"openContracts": dice.randint(1, 4), "limits": limits}
        session = self.server.api.start_session(self.account, **plan)
        signals = Signals(self, session, name, random.Random(dice.random()))
        signals.start()
        deadline = time.monotonic() + 0.5 + dice.random() * 1.5
        while time.monotonic() < deadline:
            time.sleep(dice.random() * 0.3)
            self._mishap()
        self.proxy.turn(CALM)
        if dice.random() < 0.8:
            self._kill_server()
        signals.stop()
        if signals.strange:
            raise Disagreement("strange answers: " + "; ".join(signals.strange[:5]))
        self._calm(session)
        self._agree(session, plan, signals.accepted)

    def _kill_server(self):
        self.server.kill()
        self.counts["server killed"] += 1
        self.server = self._server()

    def _mishap(self):
        dice = self.dice
        what = dice.choices(["weather", "cut", "kill server", "kill broker", "pause server", "pause broker"], [6, 2, 2, 1, 1, 1])[0]
        if what != "kill server":
            self.counts[what] += 1
        if what == "weather":
            chance = lambda most: dice.random() * most if dice.random() < 0.4 else 0
            self.proxy.turn(Weather(
                latency=chance(0.05), lost=chance(0.05), doubled=chance(0.2), late=chance(0.2), cut=chance(0.8), hold_up=dice.random() < 0.15,
                hold_down=dice.random() < 0.15, refuse=dice.random() < 0.1))
            if dice.random() < 0.3:
                time.sleep(dice.random() * 0.5)
                self.proxy.turn(CALM)
        elif what == "cut":
            self.proxy.cut_all()
        elif what == "kill server":
            self._kill_server()
        elif what == "kill broker":
            port = self.broker.port
            self.broker.kill()
            time.sleep(dice.random() * 0.2)
            self.broker = self._broker(port)
        else:
            process = (self.server if what == "pause server" else self.broker).process
            process.send_signal(signal.SIGSTOP)
            time.sleep(dice.random() * PAUSE_MOST)
            process.send_signal(signal.SIGCONT)
        for process in (self.server, self.broker):
            if not process.is_running():
                raise Disagreement(f"{process.name} ended by itself with {process.process.returncode}: {process.log[-3000:]}")

    def _calm(self, session):
        self.server.api.post(f"/sessions/{session}/stop")
        try:
            self.server.api.calm(session, self.account, 90)
        except AssertionError as error:
            raise Disagreement(f"no calm: {error}") from None

    def _agree(self, session, plan, accepted):
        api, deadline = self.server.api, time.monotonic() + 20
        while found := harness.mismatches(api, self.account, self.broker.url):
            if time.monotonic() > deadline:
                raise Disagreement("; ".join(found))
            time.sleep(0.1)
        for one in accepted:
            if api.ask("GET", f"/signals/{one}").status != 200:
                raise Disagreement(f"signal {one} was accepted and is gone")
        self._limits(api, session, plan)

    def _limits(self, api, session, plan):
        """The plan's limits at every prefix of the broker's ledger."""
        trades = api.trades(session)
        mine = {trade["contract"]["id"] for trade in trades if trade["contract"]}
        self.counts["contracts"] += len(mine)
        self.counts["trades"] += len(trades)
        for trade in trades:
            self.counts[f"trade {trade['state']}"] += 1
        rows = [row for row in reversed(harness.read_ledger(self.broker.url).rows) if str(row.get("contract_id")) in mine]
        if len({row["transaction_time"] // 86_400 for row in rows}) > 1:
            self.counts["round across midnight"] += 1
            return
        open_prices, realised, bought, loss_most = {}, Decimal(0), 0, Decimal(plan["limits"]["lossPerDay"])
        for row in rows:
            contract = row["contract_id"]
            if row["action_type"] == "buy":
                bought += 1
                open_prices[contract] = -row["amount"]
            else:
                realised += row["amount"] - open_prices.pop(contract)
            at_risk = sum(open_prices.values()) + max(Decimal(0), -realised)
            if at_risk > loss_most:
                raise Disagreement(f"session {session}: {at_risk} at risk or lost of {loss_most}, at transaction {row['transaction_id']}")
            if len(open_prices) > plan["openContracts"]:
                raise Disagreement(f"session {session}: {len(open_prices)} contracts open of {plan['openContracts']}, at transaction {row['transaction_id']}")
        if bought > plan["limits"]["tradesPerDay"]:
            raise Disagreement(f"session {session}: {bought} trades of {plan['limits']['tradesPerDay']}")


def main():
    parser = argparse.ArgumentParser(prog="script/harness", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how many rounds (20)")
    parser.add_argument("--seed", type=int, default=1, help="the first world's seed (1)")
    parser.add_argument("--json", action="store_true", help="the summary as one JSON object, nothing else on standard output")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a round that failed")
    choice = parser.parse_args()
    counts, started, world, done, failure = Counter(), time.monotonic(), None, 0, None
    try:
        while done < choice.rounds and failure is None:
            seed = choice.seed + done // ROUNDS_OF_A_WORLD
            world = World(seed, counts)
            for number in range(ROUNDS_OF_A_WORLD):
                if done == choice.rounds:
                    break
                try:
                    world.round(f"{seed}-{number}")
                except (Disagreement, AssertionError, OSError, ValueError) as error:
                    failure = {"seed": seed, "round": number, "what": f"{type(error).__name__}: {error}", "folder": str(world.folder) if choice.keep else None,
                               "again": f"script/harness --seed {seed} --rounds {number + 1}"}
                    break
                done += 1
                if not choice.json:
                    print(f"harness: round {done} of {choice.rounds}, {counts['server killed']} kills, {counts['contracts']} contracts, "
                          f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
            counts.update({f"frames {name}" if name in ("lost", "late", "doubled") else f"network {name}": count
                           for name, count in world.proxy.counts.items()})
            world.end(keep=choice.keep and failure is not None)
    except KeyboardInterrupt:
        if world:
            world.end()
        raise SystemExit(130)
    summary = {"rounds": done, "firstSeed": choice.seed, "seconds": round(time.monotonic() - started, 1), "disagreements": 0 if failure is None else 1,
               "counts": dict(sorted(counts.items()))}
    if failure:
        summary["failure"] = failure
    tell(choice, summary, f"{done} rounds", failure and f"world {failure['seed']}, round {failure['round']}: {failure['what']}\nagain: {failure['again']}")


def tell(choice, summary, what, failed):
    """Prints what came of it, and ends with 1 when something `failed`."""
    if choice.json:
        print(json.dumps(summary))
    else:
        for name, count in summary["counts"].items():
            print(f"  {name:<40} {count}")
        print(f"harness: {what} in {summary['seconds']} s, {summary['disagreements']} disagreements")
        if failed:
            print(f"harness: {failed}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
