"""Every frame of the end-to-end tests, both ways, has the shape a client relies on and, where Deriv's published schemas
are at hand, is valid by them; and no token stands in any.

The schemas are Deriv's and not ours to copy, so a clone of this repository alone has only the shapes below."""

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


NUMBER, WHOLE, TEXT, LIST, OBJECT = (int, float), int, str, list, dict
# By message type, what its payload is or what members it has at least. Closed lists of members are the schemas' business.
SHAPES = {
    "authorize": {"account_list": LIST, "balance": NUMBER, "currency": TEXT, "is_virtual": WHOLE, "loginid": TEXT, "scopes": LIST, "user_id": WHOLE},
    "tick": {"ask": NUMBER, "bid": NUMBER, "epoch": WHOLE, "id": TEXT, "pip_size": WHOLE, "quote": NUMBER, "symbol": TEXT},
    "history": {"prices": LIST, "times": LIST},
    "candles": [{"close": NUMBER, "epoch": WHOLE, "high": NUMBER, "low": NUMBER, "open": NUMBER}],
    "ohlc": {"close": TEXT, "epoch": WHOLE, "granularity": WHOLE, "high": TEXT, "id": TEXT, "low": TEXT, "open": TEXT, "open_time": WHOLE, "symbol": TEXT},
    "proposal": {"ask_price": NUMBER, "date_start": WHOLE, "display_value": TEXT, "id": TEXT, "longcode": TEXT, "payout": NUMBER, "spot": NUMBER,
                 "spot_time": WHOLE},
    "buy": {"balance_after": NUMBER, "buy_price": NUMBER, "contract_id": WHOLE, "longcode": TEXT, "payout": NUMBER, "purchase_time": WHOLE,
            "shortcode": TEXT, "start_time": WHOLE, "transaction_id": WHOLE},
    "sell": {"balance_after": NUMBER, "contract_id": WHOLE, "reference_id": WHOLE, "sold_for": NUMBER, "transaction_id": WHOLE},
    "proposal_open_contract": {"bid_price": NUMBER, "buy_price": NUMBER, "contract_id": WHOLE, "contract_type": TEXT, "currency": TEXT, "date_expiry": WHOLE,
                               "is_expired": WHOLE, "is_sold": WHOLE, "is_valid_to_sell": WHOLE, "payout": NUMBER, "profit": NUMBER,
                               "purchase_time": WHOLE, "status": TEXT, "transaction_ids": OBJECT, "underlying": TEXT},
    "balance": {"balance": NUMBER, "currency": TEXT, "loginid": TEXT}, "transaction": {"id": TEXT},
    "statement": {"count": WHOLE, "transactions": LIST}, "profit_table": {"count": WHOLE, "transactions": LIST}, "portfolio": {"contracts": LIST},
    "contracts_for": {"available": LIST, "spot": NUMBER}, "trading_times": {"markets": LIST}, "website_status": {"site_status": TEXT},
    "active_symbols": [{"display_name": TEXT, "exchange_is_open": WHOLE, "market": TEXT, "pip": NUMBER, "symbol": TEXT}],
    "topup_virtual": {"amount": NUMBER, "currency": TEXT}, "sell_expired": {"count": WHOLE},
    "contract_update": {"stop_loss": OBJECT, "take_profit": OBJECT},
    "contract_update_history": [{"display_name": TEXT, "order_amount": TEXT, "order_date": WHOLE, "order_type": TEXT}],
    "payout_currencies": [TEXT], "forget_all": [TEXT], "ping": TEXT, "time": WHOLE, "forget": WHOLE, "logout": WHOLE,
}


def misshapen(value, shape):
    """What is wrong with a payload, or None."""
    if isinstance(shape, list):
        return "no list" if not isinstance(value, list) else next(filter(None, (misshapen(item, shape[0]) for item in value)), None)
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return "no object"
        return next((f"{name}: {value.get(name)!r}" for name, kind in shape.items() if misshapen(value.get(name), kind)), None)
    return None if isinstance(value, shape) and not isinstance(value, bool) else repr(value)


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


def fault_of(frame):
    """What is wrong with a frame of the broker by the words above, or None."""
    asked, kind = frame.get("echo_req"), frame.get("msg_type")
    if not isinstance(asked, dict) or not isinstance(kind, str):
        return "no echo or no type"
    for name in ("req_id", "passthrough"):
        if frame.get(name) != asked.get(name):
            return f"{name} is not the request's"
    if "error" in frame:
        return misshapen(frame["error"], {"code": TEXT, "message": TEXT}) or (kind in frame and "a payload beside an error")
    payload = frame.get(kind)
    if kind == "proposal_open_contract" and payload == {}:
        return None
    if kind not in SHAPES or misshapen(payload, SHAPES[kind]):
        return misshapen(payload, SHAPES.get(kind, {})) or "an unknown type"
    if isinstance(payload, dict) and "id" in payload and "subscription" in frame and payload["id"] != frame["subscription"]["id"]:
        return "a payload of another stream"
    return None


def test_every_frame_has_its_shape(files):
    wrong, kinds = [], collections.Counter()
    for file in files:
        for line in lines(file):
            entry = json.loads(line)
            if entry["direction"] == "out":
                kinds[entry["frame"].get("msg_type")] += 1
                if fault := fault_of(entry["frame"]):
                    wrong.append(f"{fault} in {line[:400]}")
    assert not wrong, "\n".join(wrong[:20])
    assert kinds.keys() >= {"authorize", "balance", "buy", "contracts_for", "proposal_open_contract", "statement", "time", "transaction"}, kinds


def test_a_frame_of_another_shape_is_seen():
    good = {"echo_req": {"time": 1, "req_id": 3}, "msg_type": "time", "req_id": 3, "time": 7}
    assert fault_of(good) is None
    for change in ({"time": "7"}, {"time": True}, {"req_id": 4}, {"echo_req": None}, {"msg_type": "times"}, {"error": {"code": "X"}}):
        assert fault_of(good | change), change
    tick = {"ask": 1, "bid": 1, "epoch": 1, "id": "a", "pip_size": 2, "quote": 1.5, "symbol": "R_100"}
    assert fault_of({"echo_req": {}, "msg_type": "tick", "tick": tick, "subscription": {"id": "a"}}) is None
    assert fault_of({"echo_req": {}, "msg_type": "tick", "tick": tick, "subscription": {"id": "b"}})
    assert fault_of({"echo_req": {}, "msg_type": "tick", "tick": tick | {"quote": "1.5"}})


def test_every_frame_is_valid_by_the_published_schemas(files):
    if not SCHEMAS.is_dir():
        pytest.skip("Deriv's published schemas are not ours to copy and not here (../shared/data/deriv/schemas/v3 beside the repository): "
                    "frames were held against the shapes of this file only")
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
