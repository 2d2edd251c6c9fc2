"""Every frame of the end-to-end tests, both ways, is valid by Deriv's published schemas; and no token stands in any."""

import collections
import json

import jsonschema
import pytest

from harness import ROOT, TOKEN

SCHEMAS = ROOT.parent / "shared/data/deriv/schemas/v3"
# Payloads whose message type is not the name of their call.
CALLS = {"tick": "ticks", "history": "ticks_history", "candles": "ticks_history"}
OHLC = ROOT / "Tests/EndToEnd/schemas/ohlc.json"
TOKENS = (TOKEN, "peer-websockets", "peer-deriv-api", "peer-node", "demo-token", "peer-deriv-sdk", "peer-jiggon", "peer-limits-1", "peer-faults-1",
          "known-token-1", "peer-unknown-1")


@pytest.fixture(scope="module")
def files(frames, tmp_path_factory):
    """The frames that the other tests left, and those of one trade of its own."""
    from conftest import make_world
    for world in make_world(tmp_path_factory.mktemp("world"), frames):
        broker = world.broker()
        server = world.serve(broker.url)
        account = server.api.add_account()
        server.api.start_session(account, criteria={"symbols": ["1HZ100V"]}, strategies=[{"name": "even-odd", "parameters": {"ticks": 1}}])
        server.api.settled(server.api.buy("rise", duration="2t"))
        assert server.end() == 0
        assert broker.end() == 0
    return sorted(frames.glob("*.jsonl"))


def lines(file):
    """Whole lines: a broker that was killed may have left half of its last one."""
    text = file.read_text()
    return text[:text.rfind("\n") + 1].splitlines()


def test_no_token_in_any_frame(files):
    for file in files:
        text = file.read_text()
        assert not [token for token in TOKENS if token in text], file


def test_every_frame_is_valid_by_the_published_schemas(files):
    if not SCHEMAS.is_dir():
        pytest.skip("Deriv's schemas are not here: ../shared/data/deriv/schemas/v3 beside the repository")
    names, validators, counts, wrong = {path.name for path in SCHEMAS.iterdir()}, {}, collections.Counter(), []

    def check(call, way, frame):
        if (call, way) not in validators:
            path = OHLC if call == "ohlc" else SCHEMAS / call / f"{way}.json"
            validators[call, way] = jsonschema.Draft4Validator(json.loads(path.read_text()))
        counts[call, way] += 1
        fault = next(validators[call, way].iter_errors(frame), None)
        if fault:
            wrong.append(f"{way} {call}: {fault.message[:200]} at {list(fault.path)} in {json.dumps(frame)[:300]}")

    for file in files:
        for line in lines(file):
            entry = json.loads(line)
            frame, called = entry["frame"], entry["direction"] == "in"
            if called:
                [call] = [name for name in frame if name in names and not (name == "ticks" and "ticks_history" in frame)][:1] or [None]
                if call is None:
                    wrong.append(f"send: no call in {line[:300]}")
                else:
                    # A token is masked by words that no token could be.
                    check(call, "send", frame | {"authorize": "masked"} if call == "authorize" else frame)
            elif "error" in frame:
                counts["error", "receive"] += 1
                if not {"code", "message"} <= set(frame["error"]) or "echo_req" not in frame:
                    wrong.append(f"error: {line[:300]}")
            else:
                check(CALLS.get(frame["msg_type"], frame["msg_type"]), "receive", frame)
    assert not wrong, "\n".join(wrong[:20])
    for call in ("authorize", "balance", "buy", "contracts_for", "proposal_open_contract", "statement", "ticks_history", "time", "transaction"):
        assert counts[call, "send"] and counts[call, "receive"], (call, counts)
