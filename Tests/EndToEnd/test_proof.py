"""The file that proves a trade: made by the server and by the command, verified by the command and by a second verifier
that knows docs/audit.md alone, and everything that somebody may do to it."""

import copy
import json
import random
import re
import subprocess

import pytest

import proof as independent
from harness import TOKEN, binary, signature, wait_until
from test_audit import Audit


class Proofs(Audit):
    def make(self, trade, code=0):
        return json.loads(self.run(trade, command="proof", code=code).stdout)

    def check(self, proof, code, *more):
        path = self.world.folder / "proof.json"
        path.write_text(json.dumps(proof))
        # Without the server's settings and folder: the file is enough.
        done = subprocess.run([binary(), "proof", "verify", path, "--json", *more], env={}, capture_output=True, text=True, timeout=60, cwd="/")
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    @property
    def public_key(self):
        return json.loads(self.checkpoints.read_text().splitlines()[-1])["key"]


@pytest.fixture(scope="module")
def run(shared_world):
    """Four trades that ended, of a request with a key, one without, an alert and a strategy; the server has ended, too."""
    broker = shared_world.broker("--seed", 4)
    server = shared_world.serve(broker.url)
    api, trades = server.api, {}
    account = api.add_account()
    api.ask("PUT", f"/accounts/{account}/limits", {"openContracts": 9, "lossPerDay": "900.00"}).expect(200)
    session = api.start_session(account, limits={"lossPerDay": "500.00", "tradesPerDay": 100, "drawdown": 50}, openContracts=5)
    trades["key"] = api.buy("even", key="mine")
    api.settled(trades["key"], 60)
    trades["chance"] = api.buy("odd")
    api.settled(trades["chance"], 60)
    hook = api.post("/hooks", {"name": "mine", "format": "signed", "session": session}, 201)
    body = json.dumps({"symbol": "1HZ100V", "kind": "even", "duration": "1t", "id": "alert-1"}).encode()
    reply = api.alert(hook["path"], body, signature(hook["secret"], body))
    trades["hook"] = api.intent({"id": reply["signal"]})
    api.settled(trades["hook"], 60)
    running = api.get(f"/trades/{trades['key']}/proof").json
    api.post(f"/sessions/{session}/stop")
    other = api.start_session(api.get("/accounts")["items"][0]["id"], criteria={"symbols": ["1HZ100V"]}, strategies=[{"name": "even-odd", "parameters": {"ticks": 1}}])
    wait_until("a strategy has traded", lambda: [row for row in api.trades(other) if row["state"] == "settled"], 90)
    trades["strategy"] = [row["id"] for row in api.trades(other) if row["state"] == "settled"][-1]
    server.end()
    made = Proofs(shared_world, broker.url)
    return made, {name: made.make(trade) for name, trade in trades.items()}, running, body


def test_every_way_in_is_proven(run):
    made, proofs, _, alert = run
    ways = {"key": "api", "chance": "api", "hook": "hook", "strategy": "strategy"}
    for name, proof in proofs.items():
        assert proof["state"] == "settled" and proof["missing"] == [] and proof["origin"]["way"] == ways[name]
        found = made.check(proof, 0, "--public-key", made.public_key)
        assert found["holds"] and found["complete"] and all(check["holds"] for check in found["checks"]), found
        assert independent.faults(proof, made.public_key) == []
    assert proofs["key"]["origin"]["key"] == "mine" and proofs["chance"]["origin"]["key"] is None
    assert bytes.fromhex(proofs["hook"]["origin"]["body"]) == alert, "byte for byte"
    decided = json.loads(bytes.fromhex(proofs["strategy"]["origin"]["body"]))
    assert decided["strategy"] == "even-odd" and decided["settings"] == {"ticks": 1} and decided["tick"]["symbol"] == "1HZ100V"
    names = {row["name"] for row in proofs["key"]["compared"]}
    assert {"balance", "stake_rule", "open_contracts", "loss_per_day", "trades_per_day", "drawdown"} <= names
    assert TOKEN not in json.dumps(list(proofs.values()))
    assert made.verify()["whole"]


def test_a_proof_without_a_checkpoint_says_so(run):
    made, _, running, _ = run
    assert [missing["what"] for missing in running["missing"]] == ["checkpoint"]
    assert 0 < running["nextCheckpointBy"] - running["madeAt"] <= 301_000
    found = made.check(running, 4)
    assert found["holds"] and not found["complete"] and found["missing"] == ["checkpoint"]
    assert "no checkpoint" in independent.faults(running, made.public_key)


def leaves(value, way=()):
    """Every way to a number, text or null in the file."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*way, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from leaves(member, (*way, place))
    else:
        yield way, value


# Said for a person; nothing follows from them.
FREE = {"nextCheckpointBy"}


def test_whatever_is_changed_shows(run):
    made, proofs, _, _ = run
    proof, key, missed = proofs["key"], made.public_key, []
    for way, value in leaves(proof):
        if way[0] in FREE or way[-1] == "line" or way[0] in ("format", "version"):
            continue
        changed = copy.deepcopy(proof)
        holder = changed
        for name in way[:-1]:
            holder = holder[name]
        if isinstance(value, str):
            place = len(value) // 2
            holder[way[-1]] = value[:place] + ("1" if value[place:place + 1] != "1" else "2") + value[place + 1:]
        else:
            holder[way[-1]] = (value or 0) + 1
        try:
            if not independent.faults(changed, key):
                missed.append(way)
        except (KeyError, ValueError, TypeError, AttributeError):
            pass
    assert missed == []
    # The command, at one place of each kind. Without the account's limits the rest holds, but for what was stated of the whole.
    limits = [fact["kind"] for fact in proof["facts"]].index("account_limits_set")
    intended = [fact["kind"] for fact in proof["facts"]].index("buy_intended")
    for change, name in [
        (lambda p: p["facts"][intended].update(body=p["facts"][intended]["body"].replace('"units":100', '"units":900')), "chain"),
        (lambda p: p["facts"][intended].update(at=p["facts"][intended]["at"] + 1), "chain"),
        (lambda p: p["facts"][intended].update(line="nothing happened"), "facts"),
        (lambda p: p["origin"].update(key="another"), "signal"),
        (lambda p: p["result"].update(profit=p["result"]["profit"] + 1), "money"),
        (lambda p: p["compared"][0].update(limit=1), "limits"),
        (lambda p: p["compared"].pop(), "limits"),
        (lambda p: p.update(state="open"), "state"),
        (lambda p: p["chain"][0]["checkpoint"].update(at=1), "signature"),
        (lambda p: p["chain"][0].update(before="00" * 32), "chain"),
        (lambda p: p["facts"].pop(), "money"),
        (lambda p: p["statement"].update(signature="00" * 64), "statement"),
        (lambda p: (p["facts"].pop(limits), [p["compared"].remove(row) for row in list(p["compared"]) if row["name"].startswith("account_")]), "statement"),
    ]:
        changed = copy.deepcopy(proof)
        change(changed)
        found = made.check(changed, 3, "--public-key", key)
        assert name in [check["name"] for check in found["checks"] if not check["holds"]], (name, found)


def test_a_hostile_file_never_ends_the_verifier(run):
    """Numbers at the edge of what can be, in whichever place, and text that ends anywhere: an answer, never a trap."""
    made, proofs, _, _ = run
    dice, numbers = random.Random(7), [0, -1, 10**12 + 1, 2**61, 2**61 + 1, 2**63 - 1, -2**63, 10**18, 2**64, 10**400]
    text = json.dumps(proofs["hook"])
    places = [match.span() for match in re.finditer(r"(?<![0-9a-zA-Z.])-?[0-9]+(?![0-9a-fA-F.])", text)]
    assert len(places) > 100
    path = made.world.folder / "hostile.json"

    def verified(changed):
        path.write_text(changed)
        done = subprocess.run([binary(), "proof", "verify", path, "--json"], env={}, capture_output=True, text=True, timeout=60, cwd="/")
        assert done.returncode in (0, 1, 3, 4), (done.returncode, done.stderr[-2000:], changed[:300])
        return done.returncode

    for _ in range(150):
        changed = text
        # From the end, so that the places before stay.
        for start, end in sorted(dice.sample(places, dice.choice([1, 1, 2, 40])), reverse=True):
            changed = f"{changed[:start]}{dice.choice(numbers)}{changed[end:]}"
        verified(changed)
    for _ in range(30):
        start = dice.randrange(len(text))
        assert verified(text[:start] + text[start + dice.randrange(1, 200):]) != 0
    for hostile in ("", "[" * 100_000, '{"format":' * 50_000, "null", "7", '"' + "x" * 1_000_000 + '"'):
        assert verified(hostile) != 0
    huge = proofs["hook"] | {"compared": [row | {"share": {"of": 2**61, "basisPoints": 2**61}} for row in proofs["hook"]["compared"]]}
    assert verified(json.dumps(huge)) != 0
    first = copy.deepcopy(proofs["hook"])
    for segment in first["chain"]:
        segment["first"] = 2**63 - 1
    assert verified(json.dumps(first)) != 0


def test_another_trades_settlement_spliced_in_shows(run):
    made, proofs, _, _ = run
    spliced, other = copy.deepcopy(proofs["key"]), proofs["hook"]
    settled = lambda proof: [place for place, fact in enumerate(proof["facts"]) if fact["kind"] == "settled"][0]
    spliced["facts"][settled(spliced)] = other["facts"][settled(other)]
    spliced["chain"] += [segment for segment in other["chain"] if segment["first"] != spliced["chain"][0]["first"]]
    found = made.check(spliced, 3)
    assert "trade" in [check["name"] for check in found["checks"] if not check["holds"]]
    assert any("of another trade" in fault for fault in independent.faults(spliced, made.public_key))


def test_another_key_shows_and_no_proof_is_none(run):
    made, proofs, _, _ = run
    found = made.check(proofs["key"], 3, "--public-key", "00" * 32)
    assert [check["name"] for check in found["checks"] if not check["holds"]] == ["signature", "statement"]
    assert made.check(proofs["key"], 0, "--public-key", "00" * 32, "--public-key", made.public_key)["complete"], "one of a ring's keys"
    assert made.check(proofs["key"], 0)["keyGiven"] is False
    assert "expected JSON" in made.check([], 1) or "expected" in made.check([], 1)
    made.check(proofs["key"], 64, "--public-key", "12")
    assert "no trade" in made.run("1." + "0" * 32, command="proof", code=1).stderr
    made.run("seven", command="proof", code=64)


def test_a_buy_given_up_has_a_proof_and_one_in_doubt_says_what_it_waits_for(world):
    broker = world.broker("--fault", "request-lost:1")
    server = world.serve(broker.url, answer_seconds=20, tombstone_seconds=0)
    api = server.api
    api.start_session(api.add_account())
    trade = api.buy("even", key="lost")
    waiting = api.get(f"/trades/{trade}/proof").json
    assert {"answer", "checkpoint"} <= {missing["what"] for missing in waiting["missing"]} or waiting["state"] == "abandoned"
    wait_until("the buy is given up", lambda: api.get(f"/trades/{trade}")["state"] == "abandoned", 60)
    server.end()
    made = Proofs(world, broker.url)
    proof = made.make(trade)
    assert proof["state"] == "abandoned" and proof["result"] is None and proof["missing"] == []
    assert {"buy_in_doubt", "doubt_looked_into", "buy_abandoned"} <= {fact["kind"] for fact in proof["facts"]}
    assert made.check(proof, 0, "--public-key", made.public_key)["complete"]
    assert independent.faults(proof, made.public_key) == []
