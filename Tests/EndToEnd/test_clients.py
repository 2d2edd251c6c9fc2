"""Clients that others wrote and published trade against `signalist broker` as they are, with most of what they can ask."""

import asyncio
import json
import subprocess

import pytest

from harness import ROOT, BrokerClient, decoded

EVEN = {"contract_type": "DIGITEVEN", "symbol": "1HZ100V", "duration": 1, "duration_unit": "t", "amount": 10, "basis": "stake", "currency": "USD"}
RISE = EVEN | {"contract_type": "CALL", "duration": 5, "duration_unit": "m"}
BOOM = {"contract_type": "MULTUP", "symbol": "BOOM500", "multiplier": 100, "amount": 20, "basis": "stake", "currency": "USD"}


def calls_and_streams(file):
    """What was asked and what streamed, by the broker's own record."""
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    asked = {next(iter(set(entry["frame"]) & CALLS), None) for entry in entries if entry["direction"] == "in"}
    streams = {entry["frame"]["msg_type"] for entry in entries if entry["direction"] == "out" and "subscription" in entry["frame"]}
    return asked - {None}, streams


CALLS = set("""active_symbols authorize balance buy contract_update contract_update_history contracts_for forget forget_all logout
    payout_currencies ping portfolio profit_table proposal proposal_open_contract sell sell_expired statement ticks ticks_history time
    topup_virtual trading_times transaction website_status""".split())


class Stream:
    """One observable of python_deriv_api, read like a queue."""

    def __init__(self, observable):
        self.queue = asyncio.Queue()
        self.subscription = observable.subscribe(self.queue.put_nowait)

    async def next(self, test=lambda message: True):
        while True:
            message = await asyncio.wait_for(self.queue.get(), 20)
            if test(message):
                return message


def test_python_deriv_api_asks_everything(world):
    deriv_api = pytest.importorskip("deriv_api", reason="python_deriv_api is not installed: script/bootstrap --tests")
    broker = world.broker("--seed", 5)

    async def trade():
        api = deriv_api.DerivAPI(app_id=1089, endpoint=f"ws://127.0.0.1:{broker.port}")
        try:
            status = Stream(await api.subscribe({"website_status": 1}))
            assert (await status.next())["website_status"]["site_status"] == "up"
            account = (await api.authorize("peer-deriv-api-all"))["authorize"]
            assert (await api.time({"time": 1}))["time"] > 1_000_000_000 and (await api.ping({"ping": 1}))["ping"] == "pong"
            assert (await api.payout_currencies({"payout_currencies": 1}))["payout_currencies"] == ["USD"]
            symbols = (await api.active_symbols({"active_symbols": "full", "product_type": "basic"}))["active_symbols"]
            assert {"R_100", "BOOM1000", "JD25", "stpRNG", "RDBULL", "frxEURUSD"} <= {symbol["symbol"] for symbol in symbols}
            markets = (await api.trading_times({"trading_times": "today"}))["trading_times"]["markets"]
            assert [market["name"] for market in markets] == ["Derived", "Forex"]
            for symbol in ("R_100", "CRASH500", "frxEURUSD"):
                assert (await api.contracts_for({"contracts_for": symbol, "currency": "USD"}))["contracts_for"]["available"]

            balance = Stream(await api.subscribe({"balance": 1}))
            assert (await balance.next())["balance"]["balance"] == 10_000
            bookings = Stream(await api.subscribe({"transaction": 1}))
            everything = Stream(await api.subscribe({"proposal_open_contract": 1}))
            ticks = Stream(await api.subscribe({"ticks": "1HZ100V"}))
            epochs = [(await ticks.next())["tick"]["epoch"] for _ in range(3)]
            assert epochs == list(range(epochs[0], epochs[0] + 3))
            candles = Stream(await api.subscribe({"ticks_history": "R_100", "end": "latest", "count": 10, "style": "candles", "granularity": 60}))
            assert len((await candles.next())["candles"]) == 10
            update = (await candles.next(lambda message: message["msg_type"] == "ohlc"))["ohlc"]
            assert float(update["low"]) <= float(update["close"]) <= float(update["high"]) and update["open_time"] % 60 == 0

            quotes = Stream(await api.subscribe({"proposal": 1, **BOOM, "limit_order": {"take_profit": 15, "stop_loss": 9}}))
            quote = (await quotes.next())["proposal"]
            assert (await quotes.next())["proposal"]["id"] == quote["id"]
            multiplier = (await api.buy({"buy": quote["id"], "price": 20}))["buy"]
            assert (await bookings.next(lambda message: "action" in message["transaction"]))["transaction"]["action"] == "buy"
            changed = {"limit_order": {"take_profit": 12, "stop_loss": None}, "contract_update": 1, "contract_id": multiplier["contract_id"]}
            # An order is changed once a second of the broker's at most.
            await ticks.next(lambda message: message["tick"]["epoch"] > multiplier["purchase_time"] + 1)
            assert (await api.contract_update(changed))["contract_update"]["take_profit"]["order_amount"] == 12
            history = await api.contract_update_history({"contract_update_history": 1, "contract_id": multiplier["contract_id"]})
            assert [row["order_amount"] for row in history["contract_update_history"]] == ["0.00", "12.00", "-9.00", "15.00"]

            # The stream of a purchase is the stream of its contract.
            bought = Stream(await api.subscribe({"buy": "1", "price": 10, "parameters": RISE}))
            contract = (await bought.next())["buy"]["contract_id"]
            running = await bought.next(lambda message: message.get("proposal_open_contract", {}).get("is_valid_to_sell"))
            assert running["proposal_open_contract"]["contract_id"] == contract
            sold = (await api.sell({"sell": contract, "price": 0}))["sell"]
            ended = (await bought.next(lambda message: message["proposal_open_contract"]["is_sold"]))["proposal_open_contract"]
            assert ended["status"] == "sold" and ended["sell_price"] == sold["sold_for"]
            assert (await everything.next(lambda message: message["proposal_open_contract"].get("is_sold")))["proposal_open_contract"]["contract_id"] == contract
            digit = (await api.buy({"buy": "1", "price": 10, "parameters": EVEN | {"contract_type": "DIGITDIFF", "barrier": "7"}}))["buy"]
            settled = await everything.next(lambda message: message["proposal_open_contract"].get("contract_id") == digit["contract_id"]
                                            and message["proposal_open_contract"]["is_sold"])
            assert settled["proposal_open_contract"]["status"] in ("won", "lost")
            assert (await api.sell_expired({"sell_expired": 1}))["sell_expired"]["count"] == 0
            with pytest.raises(deriv_api.ResponseError) as refusal:
                await api.sell({"sell": contract, "price": 0})
            assert refusal.value.code == "InvalidSellContractProposal"

            portfolio = (await api.portfolio({"portfolio": 1}))["portfolio"]["contracts"]
            assert [row["contract_id"] for row in portfolio] == [multiplier["contract_id"]]
            table = (await api.profit_table({"profit_table": 1, "description": 1, "limit": 1, "offset": 1, "sort": "DESC", "date_from": "2020-01-01"}))
            assert [row["contract_id"] for row in table["profit_table"]["transactions"]] == [contract]
            rows = (await api.statement({"statement": 1, "description": 1, "action_type": "buy", "limit": 2, "offset": 1}))["statement"]["transactions"]
            assert [row["contract_id"] for row in rows] == [contract, multiplier["contract_id"]]
            held = (await api.balance({"balance": 1}))["balance"]["balance"]
            topped = await api.topup_virtual({"topup_virtual": 1}) if held < 10_000 else None
            assert topped is None or round(held + topped["topup_virtual"]["amount"], 2) == 10_000
            await api.forget_all("ticks", "candles")
            assert (await api.logout({"logout": 1}))["logout"] == 1
            with pytest.raises(deriv_api.ResponseError) as refusal:
                await api.portfolio({"portfolio": 1, "req_id": 999_999})
            assert refusal.value.code == "AuthorizationRequired"
            assert account["loginid"].startswith("VRTC")
        finally:
            await api.clear()

    asyncio.run(trade())
    asked, streams = calls_and_streams(sorted(world.frames.glob("*.jsonl"))[-1])
    assert len(asked) > 20, sorted(asked)
    assert streams >= {"website_status", "balance", "transaction", "proposal_open_contract", "tick", "candles", "ohlc", "proposal", "buy"}, streams


def run_peer(name, url):
    """What a script in peers/ prints, run with the clients that bootstrap could get."""
    python = ROOT / ".venv/peers/bin/python"
    module = {"deriv_sdk_client": "deriv_sdk", "jiggon_client": "jiggon"}[name]
    if not python.exists() or subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode:
        pytest.skip(f"{module} is not installed: script/bootstrap --tests")
    done = subprocess.run([python, ROOT / f"Tests/EndToEnd/peers/{name}.py", url], capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr[-3_000:]
    # A package may log to standard output, too.
    return decoded([line for line in done.stdout.splitlines() if line.startswith("{")][-1])


def test_deriv_sdk_trades(world):
    done = run_peer("deriv_sdk_client", world.broker().url)
    assert done["symbols"] > 40 and done["offers"] and done["history"]
    assert done["ticks"] == list(range(done["ticks"][0], done["ticks"][0] + 4))
    assert done["before"] == 10_000 and done["after"] in (9_990, 10_009 + decoded("0.60"))
    assert done["is_sold"]


def test_jiggon_trades(world):
    # It subscribes where its own bot would wait; the market must not be over before it asks.
    done = run_peer("jiggon_client", world.broker(speed=2).url)
    assert done["before"] == 10_000 and done["bought"]["buy"]["buy_price"] == 10 and done["positions"] == 1
    assert done["ticks"] == list(range(done["ticks"][0], done["ticks"][0] + 4))
    # Its feed calls back at once, and again at each update; it takes the answer to its login for an unknown message.
    assert len(done["moves"]) >= 5 and done["closes"] >= 50
    assert all(problem.startswith("Unknown WS Message") for problem in done["problems"])


# The command

def test_it_says_what_it_serves_and_stops_cleanly(world):
    broker = world.broker("--settlement-delay", 2, limits="published")
    for word in ("symbols ", "R_100", "BOOM1000", "frxEURUSD", "contracts ", "MULTUP", "calls ", "sell_expired", "limits     published"):
        assert word in broker.output, broker.output
    assert broker.end() == 0 and "simulated broker stopped" in broker.output


def test_any_path_and_query_and_only_known_tokens(world):
    broker = world.broker("--token", "known-token-1", "--token", "readonly-known", "--real-account")

    async def talk():
        url = f"ws://127.0.0.1:{broker.port}"
        for path in ("", "/", "/websockets/v3", "/anything/at?all=1&app_id=7&l=EN&brand="):
            async with BrokerClient(url + path) as client:
                assert (await client.ask(fails=True, authorize="peer-unknown-1"))["error"]["code"] == "InvalidToken"
                account = (await client.ask(authorize="known-token-1"))["authorize"]
                assert account["is_virtual"] == 0 and account["loginid"].startswith("CR")
                assert (await client.ask(fails=True, topup_virtual=1))["error"]["code"] == "TopupVirtualError"
    asyncio.run(talk())


def test_published_limits_are_kept_and_our_server_lives_with_them(world):
    broker = world.broker(limits="published")

    async def exhaust():
        async with BrokerClient(broker.url, "peer-limits-1") as client:
            answers = [await client.send(portfolio=1) for _ in range(200)]
            codes = [(await client.next(lambda frame: frame.get("req_id") == number)).get("error", {}).get("code") for number in answers]
            # A minute lasts three seconds here, so more than one may have begun.
            assert codes[:25] == [None] * 25 and "RateLimit" in codes
            return codes
    asyncio.run(exhaust())
    server = world.serve(broker.url)
    account = server.api.add_account()
    server.api.start_session(account, criteria={"symbols": ["1HZ100V"]})
    server.api.settled(server.api.buy("even"))
    assert server.end() == 0


def test_faults_come_as_often_as_they_were_ordered(world):
    broker = world.broker("--fault", "reply-lost:0.2,doubled:0.3,seed:4")

    async def count():
        async with BrokerClient(broker.url, "peer-faults-1") as client:
            for _ in range(60):
                await client.send(buy="1", price=1, parameters=EVEN | {"amount": 1})
            # A number nobody else answers with ends the wait; bookings may follow.
            last = await client.send(time=1)
            await client.next(lambda frame: frame.get("req_id") == last)
            return [frame["req_id"] for frame in client.waiting if frame["msg_type"] == "buy"]
    answered = asyncio.run(count())
    lost, doubled = 60 - len(set(answered)), len(answered) - len(set(answered))
    assert 3 <= lost <= 25 and 4 <= doubled <= 32, (lost, doubled)
