"""Talks to a running simulator and holds every frame, both ways, against Deriv's published v3 schemas.

    python3 -m venv venv && venv/bin/pip install websockets jsonschema
    venv/bin/python validate_frames.py ws://127.0.0.1:18800/websockets/v3?app_id=1089 SCHEMAS

SCHEMAS holds <call>/send.json and <call>/receive.json. Run the simulator at --speed 10 or so: the script waits for
contracts over ticks and one of 15 seconds to settle. It ends with 0 when every frame was valid and as expected.
"""
import asyncio, json, re, sys, pathlib, collections
import jsonschema, websockets

url, schemas = sys.argv[1], pathlib.Path(sys.argv[2])
count = collections.Counter()
validators = {}

def check(call, way, frame):
    key = (call, way)
    if key not in validators:
        validators[key] = jsonschema.Draft4Validator(json.loads((schemas / call / f"{way}.json").read_text()))
    errors = list(validators[key].iter_errors(frame))
    if errors:
        print("INVALID", way, call, errors[0].message, list(errors[0].path), json.dumps(frame)[:600])
        sys.exit(1)
    count[key] += 1

CALLS = [d.name for d in schemas.iterdir()]

class Peer:
    def __init__(self, socket):
        self.socket, self.next, self.calls, self.queue, self.requests = socket, 1, {}, [], {}

    async def ask(self, valid=True, **request):
        request["req_id"] = self.next
        self.next += 1
        call = next((k for k in request if k in CALLS), None)
        if valid: check(call, "send", request)
        self.calls[request["req_id"]] = call
        self.requests[request["req_id"]] = request
        await self.socket.send(json.dumps(request))
        while True:
            frame = await self.read()
            if frame.get("req_id") == request["req_id"]: return frame
            self.queue.append(frame)

    async def read(self):
        text = await asyncio.wait_for(self.socket.recv(), 60)
        frame = json.loads(text)
        call = self.calls.get(frame.get("req_id"))
        assert "echo_req" in frame and "msg_type" in frame, frame
        if frame["msg_type"] not in ("error", "ohlc") and "error" not in frame:
            shape = {"tick": "ticks", "history": "ticks_history", "candles": "ticks_history"}.get(frame["msg_type"], frame["msg_type"])
            check(shape, "receive", frame)
            assert frame["msg_type"] in frame, frame
        else:
            count[("errors or ohlc", "receive")] += 1
        sent = self.requests.get(frame.get("req_id"))
        if sent and call != "authorize": assert frame["echo_req"] == sent, (frame, sent)
        if sent and "passthrough" in sent: assert frame["passthrough"] == sent["passthrough"], frame
        for word in re.findall(r"-?\d+\.\d+", text): assert len(word.split(".")[1]) <= 4, text
        return frame

    async def stream(self, type, test=lambda f: True):
        for index, frame in enumerate(self.queue):
            if frame["msg_type"] == type and test(frame): return self.queue.pop(index)
        while True:
            frame = await self.read()
            if frame["msg_type"] == type and test(frame): return frame
            self.queue.append(frame)

def code(frame): return frame["error"]["code"]
RISE = dict(contract_type="CALL", currency="USD", symbol="1HZ100V", duration=2, duration_unit="t", amount=10, basis="stake")

async def main():
    async with websockets.connect(url) as socket:
        p = Peer(socket)
        assert (await p.ask(ping=1))["ping"] == "pong"
        assert (await p.ask(time=1))["time"] > 1_000_000_000
        assert code(await p.ask(balance=1)) == "AuthorizationRequired"
        assert code(await p.ask(buy="1", price=1, parameters=RISE)) == "AuthorizationRequired"
        a = await p.ask(authorize="demo-1")
        assert a["echo_req"]["authorize"] == "<not shown>" and a["authorize"]["is_virtual"] == 1 and a["authorize"]["loginid"].startswith("VRTC")
        assert a["authorize"]["balance"] == 10000
        symbols = (await p.ask(active_symbols="full", product_type="basic"))["active_symbols"]
        assert len((await p.ask(active_symbols="brief"))["active_symbols"]) == len(symbols) >= 10
        for s in symbols:
            offers = (await p.ask(contracts_for=s["symbol"], currency="USD", product_type="basic"))["contracts_for"]["available"]
            assert {o["contract_type"] for o in offers} == {"CALL", "PUT", "DIGITEVEN", "DIGITODD"}
        assert code(await p.ask(contracts_for="R_999")) == "InvalidSymbol"
        await p.ask(website_status=1, subscribe=1); await p.ask(payout_currencies=1)
        # streams
        b = await p.ask(balance=1, subscribe=1)
        assert b["subscription"]["id"] == b["balance"]["id"] and len(b["balance"]["id"]) == 36
        assert code(await p.ask(balance=1, subscribe=1)) == "AlreadySubscribed"
        t = await p.ask(transaction=1, subscribe=1)
        assert list(t["transaction"]) == ["id"]
        await p.ask(proposal_open_contract=1, subscribe=1)
        tick = await p.ask(ticks="R_100", passthrough={"a": [1, {"b": None}], "x": 1.50})
        assert tick["msg_type"] == "tick" and tick["tick"]["pip_size"] == 2
        assert code(await p.ask(ticks="R_100")) == "AlreadySubscribed"
        assert code(await p.ask(ticks="R_999")) == "InvalidSymbol"
        again = await p.stream("tick", lambda f: f["tick"]["symbol"] == "R_100" and f["tick"]["epoch"] > tick["tick"]["epoch"])
        assert again["tick"]["epoch"] == tick["tick"]["epoch"] + 2 and again["subscription"] == tick["subscription"]
        await p.ask(ticks=["1HZ10V", "1HZ25V"])
        for style in ("ticks", "candles"):
            h = await p.ask(ticks_history="1HZ100V", end="latest", count=5000, style=style, subscribe=1, passthrough={"style": style})
            if style == "ticks":
                assert len(h["history"]["times"]) == 5000 and h["history"]["times"] == list(range(h["history"]["times"][0], h["history"]["times"][0] + 5000))
                last = h["history"]["times"][-1]
                assert (await p.stream("tick", lambda f: f["tick"]["symbol"] == "1HZ100V"))["tick"]["epoch"] == last + 1
            else:
                assert len(h["candles"]) >= 82
                o = (await p.stream("ohlc"))["ohlc"]
                assert isinstance(o["open"], str) and o["epoch"] >= o["open_time"] and o["granularity"] == 60
        h = await p.ask(ticks_history="R_50", end=str(last), start=last - 100)
        assert len(h["history"]["times"]) in (50, 51) and h["pip_size"] == 4
        # quotes
        q = await p.ask(proposal=1, subscribe=1, **RISE)
        assert q["proposal"]["payout"] == 19.55 and q["proposal"]["ask_price"] == 10 and q["proposal"]["id"] == q["subscription"]["id"]
        assert code(await p.ask(proposal=1, subscribe=1, **RISE)) == "AlreadySubscribed"
        assert (await p.ask(proposal=1, **RISE | dict(contract_type="DIGITODD")))["proposal"]["payout"] == 19.60
        assert (await p.ask(proposal=1, **RISE | dict(basis="payout", amount=100)))["proposal"]["ask_price"] == 51.15
        e = await p.ask(proposal=1, **RISE | dict(amount=0.1)); assert code(e) == "ContractBuyValidationError" and e["error"]["details"]["field"] == "amount"
        assert code(await p.ask(proposal=1, **RISE | dict(amount=40000))) == "ContractBuyValidationError"
        assert code(await p.ask(proposal=1, **RISE | dict(amount=1.005))) == "IncorrectStakeDecimals"
        assert code(await p.ask(proposal=1, **RISE | dict(duration=11))) == "OfferingsValidationError"
        assert code(await p.ask(proposal=1, **RISE | dict(contract_type="ONETOUCH", barrier="+1"))) == "OfferingsValidationError"
        assert code(await p.ask(proposal=1, **RISE | dict(symbol="frxEURUSD"))) == "InvalidSymbol"
        e = await p.ask(valid=False, proposal=1, **RISE | dict(amount=-3)); assert code(e) == "InputValidationFailed" and "amount" in e["error"]["details"]
        e = await p.ask(valid=False, proposal=1, hello=1, **RISE); assert code(e) == "InputValidationFailed" and "hello" in e["error"]["details"]
        # purchases
        r = await p.ask(buy=q["proposal"]["id"], price=10, subscribe=1, passthrough={"intent": "7.abc"})
        buy, rid = r["buy"], r["req_id"]
        assert buy["balance_after"] == 9990 and buy["payout"] == 19.55 and re.fullmatch(r"CALL_1HZ100V_19.55_\d+_2T_S0P_0", buy["shortcode"])
        assert code(await p.ask(buy=q["proposal"]["id"], price=10)) == "InvalidContractProposal"
        assert code(await p.ask(buy="1", price=9.99, parameters=RISE)) == "PriceMoved"
        assert code(await p.ask(buy="1", price=50000, parameters=RISE | dict(amount=50000))) == "InsufficientBalance"
        tx = await p.stream("transaction"); assert tx["transaction"]["action"] == "buy" and tx["transaction"]["amount"] == -10
        assert (await p.stream("balance"))["balance"]["balance"] == 9990
        assert len((await p.ask(portfolio=1))["portfolio"]["contracts"]) == 1
        end = await p.stream("proposal_open_contract", lambda f: f["proposal_open_contract"].get("is_sold") == 1 and f["req_id"] == rid)
        c = end["proposal_open_contract"]
        assert len(c["tick_stream"]) == 3 and c["sell_price"] in (0, 19.55) and c["status"] == ("won" if c["exit_tick"] > c["entry_tick"] else "lost")
        assert c["entry_tick_time"] == buy["purchase_time"] + 1 and c["exit_tick_time"] == buy["purchase_time"] + 3
        tx = await p.stream("transaction"); assert tx["transaction"]["action"] == "sell" and tx["transaction"]["amount"] == c["sell_price"]
        assert c["transaction_ids"] == {"buy": buy["transaction_id"], "sell": tx["transaction"]["transaction_id"]}
        balance = 9990 + c["sell_price"]
        assert round((await p.stream("balance"))["balance"]["balance"], 2) == round(balance, 2)
        r = await p.ask(buy="1", price=5, parameters=RISE | dict(contract_type="PUT", amount=5, duration=15, duration_unit="s", symbol="R_25"))
        assert re.fullmatch(r"PUT_R_25_9.77_(\d+)_(\d+)_S0P_0", r["buy"]["shortcode"]); long = r["buy"]
        for kind in ("DIGITEVEN", "DIGITODD"):
            r = await p.ask(buy="1", price=5, subscribe=1, parameters=RISE | dict(contract_type=kind, amount=5, duration=1, symbol="R_50"))
            c = (await p.stream("proposal_open_contract", lambda f: f["req_id"] == r["req_id"] and f["proposal_open_contract"]["is_sold"] == 1))["proposal_open_contract"]
            digit = int(c["exit_tick_display_value"][-1])
            assert (c["status"] == "won") == ((digit % 2 == 0) == (kind == "DIGITEVEN")) and len(c["tick_stream"]) == 1
        while True:
            c = (await p.ask(proposal_open_contract=1, contract_id=long["contract_id"]))["proposal_open_contract"]
            if c["is_sold"]: break
            await asyncio.sleep(0.3)
        assert c["date_expiry"] - c["date_start"] == 15 and c["date_expiry"] - 2 < c["exit_tick_time"] <= c["date_expiry"]
        assert c["status"] == ("won" if c["exit_tick"] < c["entry_tick"] else "lost")
        assert code(await p.ask(proposal_open_contract=1, contract_id=1)) == "InvalidContractId"
        # reports
        table = (await p.ask(profit_table=1, description=1, limit=2, offset=1, sort="ASC"))["profit_table"]
        assert table["count"] == 2 and table["transactions"][0]["transaction_id"] < table["transactions"][1]["transaction_id"]
        lines = (await p.ask(statement=1, description=1, limit=999))["statement"]["transactions"]
        assert len(lines) == 9 and lines[-1]["action_type"] == "virtual_credit"
        for newer, older in zip(lines, lines[1:]): assert round(older["balance_after"] + newer["amount"], 2) == newer["balance_after"]
        assert all(l["action_type"] == "sell" for l in (await p.ask(statement=1, action_type="sell"))["statement"]["transactions"])
        assert (await p.ask(statement=1, date_from=lines[0]["transaction_time"] + 1))["statement"]["count"] == 0
        top = await p.ask(topup_virtual=1); assert "topup_virtual" in top or code(top) == "TopupVirtualError"
        # ends
        assert (await p.ask(forget=tick["subscription"]["id"]))["forget"] == 1
        assert (await p.ask(forget=tick["subscription"]["id"]))["forget"] == 0
        assert len((await p.ask(forget_all=["ticks", "candles"]))["forget_all"]) == 4
        assert len((await p.ask(forget_all="proposal_open_contract"))["forget_all"]) == 1
        assert (await p.ask(logout=1))["logout"] == 1
        assert code(await p.ask(statement=1)) == "AuthorizationRequired"
        await p.ask(authorize="readonly-demo-1")
        assert (await p.ask(statement=1))["statement"]["count"] >= 9
        assert code(await p.ask(buy="1", price=10, parameters=RISE)) == "PermissionDenied"
        # malformed
        for text, wanted in (("{", "BadRequest"), ("[1]", "BadRequest"), ('{"hello":1}', "UnrecognisedRequest"), ('{"ping":1,"ping":1}', "BadRequest")):
            await socket.send(text)
            frame = await p.read()
            assert code(frame) == wanted and frame["msg_type"] == "error", frame
        pong = await socket.ping(); await asyncio.wait_for(pong, 5)
    async def closes_with(send, wanted):
        async with websockets.connect(url, max_size=None) as socket:
            await send(socket)
            try:
                while True: await asyncio.wait_for(socket.recv(), 10)
            except websockets.ConnectionClosed as closed: assert closed.code == wanted, (closed.code, wanted)
    await closes_with(lambda s: s.send("x" * ((1 << 20) + 1)), 1009)
    await closes_with(lambda s: s.write_frame(True, 1, b'{"ping":\xff}'), 1007)
    async with websockets.connect(url) as socket:
        await socket.send(['{"pi', 'ng"', ':1}'])
        assert json.loads(await socket.recv())["ping"] == "pong"
        await socket.send(json.dumps({"ping": 1, "passthrough": {"x": "y" * 50_000}}))
        assert json.loads(await socket.recv())["ping"] == "pong"
        await socket.send(json.dumps({"ping": 1, "passthrough": {"x": "y" * 900_000}}))
        assert code(json.loads(await socket.recv())) == "SanityCheckFailed"
    print("valid frames:", sum(count.values()), dict((f"{k[0]} {k[1]}", v) for k, v in sorted(count.items())))

asyncio.run(main())
