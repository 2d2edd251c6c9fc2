"""The rest of the previous system's endpoints: `token/secure`, `trade`, `positions`, `market-status`, `market-data` and health."""

from decimal import Decimal

import pytest

from harness import agree, read_ledger, wait_until
from openapi_spec_validator import validate
from previous import CONTRACT, MOMENT, TOKEN, UUID, Old


@pytest.fixture
def run(world):
    broker = world.broker("--seed", 11)
    server = world.serve(broker.url)
    return broker, server, Old(server)


@pytest.fixture(scope="module")
def shared(shared_world):
    """A server with a token and a session that trades."""
    broker = shared_world.broker("--seed", 11)
    server = shared_world.serve(broker.url)
    old = Old(server)
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    return broker, server, old


def start(server, old, **risk):
    old.data("POST", "/auto-trading/start", {"riskSettings": {"riskPerTrade": 50, "maxTradesPerDay": 1000} | risk})
    wait_until("it is active", lambda: server.api.get("/sessions")["items"][0]["phase"] == "active")


PERMISSIONS = {"canTrade": True, "canReadBalance": True, "canReadTransactions": True}


# token/secure

def test_a_token_with_its_permissions(run):
    broker, server, old = run
    assert old.ask("GET", "/token/secure") == (200, {"success": True}), "the key `data` is absent"
    assert old.error("PUT", "/token/secure") == (404, "Token not found")
    assert old.error("DELETE", "/token/secure") == (404, "Token not found")

    status, answer = old.ask("POST", "/token/secure", {"token": TOKEN, "requiredPermissions": {"trade": True, "readBalance": True, "readTransactions": False}})
    assert status == 200 and set(answer) == {"success", "data", "validation"} and answer["success"] is True
    data = answer["data"]
    assert set(data) == {"accountType", "accountId", "accountBalance", "accountCurrency", "isValid", "scopes"}
    assert (data["accountType"], data["accountBalance"], data["accountCurrency"], data["isValid"]) == ("demo", 10000, "USD", True)
    assert {"read", "trade"} <= set(data["scopes"]) and len(data["scopes"]) == len(set(data["scopes"]))
    assert answer["validation"] == {"isValid": True, "accountType": "demo", "permissions": PERMISSIONS, "warnings": []}

    wait_until("the balance is known", lambda: old.data("GET", "/token/secure")["accountBalance"] == 10000)
    kept = old.data("GET", "/token/secure")
    assert set(kept) == {"accountType", "accountId", "accountBalance", "accountCurrency", "isValid", "scopes", "lastValidatedAt"}
    assert kept["isValid"] is True and MOMENT.fullmatch(kept["lastValidatedAt"]) and kept["scopes"] == data["scopes"]
    for path in "/token/secure", "/token/secure/validate":
        assert old.ask("PUT", path) == (200, {"success": True, "validation": {"isValid": True, "accountType": "demo", "permissions": PERMISSIONS, "errors": [], "warnings": []}})


def test_a_revoked_token_trades_no_more_until_it_is_validated(run):
    broker, server, old = run
    old.ask("POST", "/token/secure", {"token": TOKEN})
    start(server, old)
    assert old.ask("DELETE", "/token/secure") == (200, {"success": True, "message": "Token revoked"})
    assert server.api.get("/sessions")["items"][0]["phase"] == "stopped", "its session stops first"
    assert old.data("GET", "/token/secure")["isValid"] is False and old.data("GET", "/token")["isValid"] is False
    assert old.error("POST", "/auto-trading/start", {})[0] == 400
    assert old.error("POST", "/trade", {"symbol": "R_100", "side": "BUY", "amount": 1}) == (400, "No valid Deriv API token found. Please store a token first.")
    assert old.ask("PUT", "/token/secure/validate")[1]["validation"]["isValid"] is True
    start(server, old)
    assert old.ask("DELETE", "/token/secure?permanent=true") == (200, {"success": True, "message": "Token permanently deleted"})
    assert old.ask("GET", "/token/secure") == (200, {"success": True}) and server.api.get("/accounts")["items"] == []


def test_a_token_that_the_broker_does_not_take(world):
    broker = world.broker("--token", TOKEN)
    old = Old(world.serve(broker.url))
    status, answer = old.ask("POST", "/token/secure", {"token": "someone-elses-token"})
    assert status == 400 and set(answer) == {"success", "error", "validation"} and answer["success"] is False
    assert answer["error"] == "The broker refuses the token: InvalidToken"
    none = {"canTrade": False, "canReadBalance": False, "canReadTransactions": False}
    assert answer["validation"] == {"isValid": False, "errors": [answer["error"]], "warnings": [], "permissions": none}
    assert old.ask("GET", "/token/secure") == (200, {"success": True}), "nothing was stored"


def test_a_second_account_waits_for_the_session_of_the_first(run):
    broker, server, old = run
    for path in "/token", "/token/secure":
        old.ask("POST", path, {"token": TOKEN})
        first = old.data("GET", "/token")["accountId"]
        start(server, old)
        assert old.error("POST", path, {"token": "another-token-1"}) == (400, "Auto-trading runs on another account. Stop it before storing another token")
        assert old.data("GET", "/token")["accountId"] == first and len(server.api.get("/accounts")["items"]) == 1, "nothing of it was kept"
        assert old.ask("POST", path, {"token": TOKEN})[0] == 200, "the same account's token is replaced while it trades"
        old.ask("POST", "/auto-trading/stop")
        wait_until("it has stopped", lambda: not old.data("GET", "/auto-trading/status")["isRunning"])


# trade

def test_a_trade_by_hand_is_bought_once_at_its_amount(shared):
    broker, server, old = shared
    placed = old.data("POST", "/trade", {"symbol": "1HZ100V", "side": "BUY", "amount": 2.5, "duration": 5, "duration_unit": "t", "contract_type": "RISE"})
    assert set(placed) == {"tradeId", "contractId", "symbol", "side", "entryPrice", "amount", "status", "timestamp"}
    assert UUID.fullmatch(placed["tradeId"]) and MOMENT.fullmatch(placed["timestamp"])
    assert (placed["symbol"], placed["side"], placed["entryPrice"], placed["amount"]) == ("1HZ100V", "BUY", Decimal("2.50"), Decimal("2.50"))
    ours = next(trade for trade in server.api.trades() if trade["contract"] and trade["contract"]["id"] == placed["contractId"])
    assert ours["source"] == "manual", "it went the way of every signal"
    booked = read_ledger(broker.url, TOKEN).buys[placed["contractId"]]
    assert booked["amount"] == Decimal("-2.50")
    server.api.settled(ours["id"], 60)


def test_the_same_key_is_the_same_trade(shared):
    broker, server, old = shared
    order = {"symbol": "1HZ100V", "side": "SELL", "amount": 1, "duration": 1}
    before = len(read_ledger(broker.url, TOKEN).buys)
    first = old.data("POST", "/trade", order, Idempotency_Key="by-hand-1")
    again = old.data("POST", "/trade", order, Idempotency_Key="by-hand-1")
    assert first["side"] == "SELL" and {**again, "status": ""} == {**first, "status": ""}
    assert len(read_ledger(broker.url, TOKEN).buys) == before + 1
    assert old.error("POST", "/trade", order | {"amount": 2}, Idempotency_Key="by-hand-1")[0] == 422


@pytest.mark.parametrize("body, expected", [
    ({}, (400, "Missing required fields: symbol, side, amount")),
    ({"symbol": "R_100", "side": "BUY", "amount": 0}, (400, "Missing required fields: symbol, side, amount")),
    ({"symbol": "R_100", "side": "HOLD", "amount": 1}, (400, "side is \"HOLD\"")),
    ({"symbol": "no such symbol", "side": "BUY", "amount": 1}, (400, "symbol is")),
    ({"symbol": "R_100", "side": "BUY", "amount": -1}, (400, "amount is -1")),
    ({"symbol": "R_100", "side": "BUY", "amount": "much"}, (400, "amount is \"much\"")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1.001}, (400, "amount is 1.001")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "contract_type": "PUT"}, (400, "contract_type is \"PUT\"")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "contract_type": "DIGITEVEN"}, (400, "contract_type is")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "duration": 0}, (400, "duration is 0")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "duration_unit": "m"}, (400, "duration_unit is \"m\"")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "stopLoss": 3}, (400, "stopLoss is 3")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "takeProfit": 3}, (400, "takeProfit is 3")),
    ({"symbol": "R_100", "side": "BUY", "amount": 1, "apiKey": "x"}, (400, "apiKey is not taken here")),
    ({"symbol": "R_100", "side": "BUY", "amount": 0.2}, (400, "stake_below_least (0.20 against ")),
    ({"symbol": "NOSUCH", "side": "BUY", "amount": 1}, (400, "contract_not_offered")),
    ({"symbol": "R_100", "side": "BUY", "amount": 9000}, (400, "risk_per_trade_exceeded (9000.00 against ")),
    ("{", (400, "")),
])
def test_a_trade_that_is_not_made_says_why(shared, body, expected):
    broker, server, old = shared
    before = len(read_ledger(broker.url, TOKEN).buys)
    status, error = old.error("POST", "/trade", body)
    assert status == expected[0] and error.startswith(expected[1]), (status, error)
    assert len(read_ledger(broker.url, TOKEN).buys) == before


def test_a_trade_needs_a_token_and_a_session(run):
    broker, server, old = run
    order = {"symbol": "R_100", "side": "BUY", "amount": 1}
    assert old.error("POST", "/trade", order) == (400, "No valid Deriv API token found. Please store a token first.")
    old.data("POST", "/token", {"token": TOKEN})
    status, error = old.error("POST", "/trade", order)
    assert status == 400 and error.startswith("Auto-trading is not running")


def test_a_trade_whose_answer_is_lost_is_neither_a_yes_nor_a_no(world):
    broker = world.broker("--fault", "reply-lost:1")
    server = world.serve(broker.url, answer_seconds=20)
    old = Old(server)
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    order = {"symbol": "1HZ100V", "side": "BUY", "amount": 1, "duration": 1}
    status, answer = old.ask("POST", "/trade", order, Idempotency_Key="lost")
    if status == 504:
        assert answer["error"].startswith("The broker has not answered")
        wait_until("the look-up found it", lambda: old.ask("POST", "/trade", order, Idempotency_Key="lost")[0] == 200)
    # The look-up may have been quicker than the answer's deadline.
    assert old.ask("POST", "/trade", order, Idempotency_Key="lost")[0] == 200
    account = server.api.get("/accounts")["items"][0]["id"]
    wait_until("nothing is open", lambda: all(trade["state"] == "settled" for trade in server.api.trades()), 60)
    assert len(read_ledger(broker.url, TOKEN).buys) == 1, "it was bought once"
    agree(server.api, account, broker.url, TOKEN)


# positions

def test_positions_tell_what_runs_and_what_ended(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    empty = old.data("GET", "/positions?sync=true")
    assert empty == {"openTrades": [], "closedTrades": [], "metrics": {"totalProfitLoss": 0, "runningPL": 0, "totalTrades": 0, "openPositions": 0, "wins": 0, "losses": 0}}
    start(server, old)
    ended = server.api.settled(server.api.buy("even"), 60)
    # A day of the broker's lasts longer than this test.
    placed = old.data("POST", "/trade", {"symbol": "1HZ100V", "side": "BUY", "amount": 3, "duration": 86400, "duration_unit": "s"})
    found = wait_until("it has a reading", lambda: (data := old.data("GET", "/positions")) and "profitLoss" in data["openTrades"][0] and data)
    [row] = found["openTrades"]
    keys = {"id", "symbol", "side", "entryPrice", "quantity", "profitLoss", "status", "openedAt", "brokerTradeId"}
    assert set(row) == keys and row["id"] == placed["tradeId"] and row["brokerTradeId"] == placed["contractId"]
    assert (row["side"], row["entryPrice"], row["quantity"], row["status"]) == ("BUY", 3, 3, "OPEN") and MOMENT.fullmatch(row["openedAt"])
    assert -3 <= row["profitLoss"] <= 3 and found["metrics"]["runningPL"] == row["profitLoss"]
    [closed] = found["closedTrades"]
    assert set(closed) == keys | {"exitPrice", "closedAt"} and closed["status"] == "CLOSED"
    profit = Decimal(ended["profit"])
    assert closed["profitLoss"] == profit and closed["exitPrice"] == Decimal(ended["settlement"]["payout"])
    metrics = {name: value for name, value in found["metrics"].items() if name != "runningPL"}
    assert metrics == {"totalProfitLoss": profit, "totalTrades": 2, "openPositions": 1, "wins": int(profit > 0), "losses": int(profit < 0)}
    # The same readings on the trades and on the live stream.
    [trade] = old.data("GET", "/auto-trading/trades?status=OPEN")["trades"]
    assert {"unrealizedPnl", "unrealizedPnlPercent"} <= set(trade) and "exitPrice" not in trade
    with old.stream("/auto-trading/live-updates") as frames:
        update = frames.until("trade_update")["data"]
        assert set(update) == {"tradeId", "contractId", "unrealizedPnl", "unrealizedPnlPercent"} and update["contractId"] == placed["contractId"]
        [shown] = frames.until("open_trades", lambda frame: frame["data"]["trades"])["data"]["trades"]
        assert set(shown) == {"tradeId", "symbol", "side", "entryPrice", "lotOrStake", "unrealizedPnl", "unrealizedPnlPercent", "entryTimestamp"}


# live-updates

def test_live_updates_resume_where_they_broke_off(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    with old.stream("/auto-trading/live-updates") as frames:
        assert frames.next()["type"] == "status"
        first = server.api.settled(server.api.buy("even"), 60)
        closed = frames.until("trade_closed")["data"]
        assert closed["contractId"] == first["contract"]["id"]
        last = frames.last
    missed = [server.api.settled(server.api.buy("odd"), 60) for _ in range(2)]
    with old.stream("/auto-trading/live-updates", last=last) as frames:
        assert frames.next()["type"] == "status"
        seen = []
        while len(seen) < 4:
            frame = frames.next()
            if frame["type"] in ("trade_executed", "trade_closed"):
                seen.append((frame["type"], frame["data"]["contractId"]))
        ids = [trade["contract"]["id"] for trade in missed]
        assert seen == [("trade_executed", ids[0]), ("trade_closed", ids[0]), ("trade_executed", ids[1]), ("trade_closed", ids[1])], "each once and in order"
    with old.stream("/auto-trading/live-updates", last="no number") as frames:
        assert frames.next()["type"] == "status", "what cannot be resumed begins anew"


def test_live_updates_show_life(shared):
    _, _, old = shared
    with old.stream("/auto-trading/live-updates") as frames:
        beat = frames.until("heartbeat")
        assert set(beat) == {"type", "timestamp"} and MOMENT.fullmatch(beat["timestamp"])


# market-status

def test_an_index_is_open_and_what_is_not_listed_is_unknown(shared):
    _, _, old = shared
    for query, symbol in (("", "BOOM1000"), ("?symbol=R_100", "R_100")):
        status, answer = old.ask("GET", f"/market-status{query}")
        assert status == 200 and set(answer) == {"success", "isOpen", "status", "symbol", "isTradable", "checkedAt", "source", "metadata"}
        assert (answer["success"], answer["isOpen"], answer["status"], answer["symbol"], answer["isTradable"], answer["source"]) == (True, True, "open", symbol, True, "api")
        assert MOMENT.fullmatch(answer["checkedAt"]) and set(answer["metadata"]) == {"displayName", "market"}
    status, answer = old.ask("GET", "/market-status?symbol=NOSUCH")
    assert status == 200 and set(answer) == {"success", "isOpen", "status", "symbol", "isTradable", "reason", "checkedAt", "source"}
    assert (answer["isOpen"], answer["status"], answer["isTradable"]) == (False, "unknown", False)
    assert old.error("GET", "/market-status?symbol=*")[0] == 400


def test_currencies_say_when_they_open(shared):
    _, _, old = shared
    status, answer = old.ask("GET", "/market-status?symbol=frxEURUSD")
    assert status == 200 and answer["status"] in ("open", "closed") and answer["isOpen"] == (answer["status"] == "open")
    if answer["status"] == "closed":
        assert answer["reason"] == "The market is closed" and MOMENT.fullmatch(answer["nextOpen"]) and answer["nextOpen"] > answer["checkedAt"]


def test_without_the_broker_nothing_is_called_open(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    validated = old.data("GET", "/token")["lastValidatedAt"]
    broker.kill()
    status, answer = old.ask("GET", "/market-status")
    assert status == 503 and answer == {"success": False, "error": "Broker not reachable", "status": "unknown"}
    assert old.error("GET", "/market-data/history") == (503, "Broker not reachable")
    assert old.error("GET", "/market-data/stream") == (503, "Broker not reachable")
    for path in "/token", "/token/validate":
        answer = old.data("PUT", path)
        assert (answer["isValid"], answer["lastValidatedAt"]) == (True, validated), "a broken line says nothing of the token"
    status, answer = old.ask("PUT", "/token/secure")
    assert status == 200 and answer["validation"] == {
        "isValid": True, "accountType": "demo", "permissions": PERMISSIONS, "errors": [], "warnings": ["Broker not reachable: this is what it said last"]}
    assert old.error("POST", "/token", {"token": "another-token-1"}) == (400, "Token validation failed: Broker not reachable")


# market-data

def test_history_are_the_brokers_candles(shared):
    _, _, old = shared
    status, answer = old.ask("GET", "/market-data/history?symbol=1HZ100V&timeframe=5m&count=7")
    assert status == 200 and set(answer) == {"success", "data", "symbol", "timeframe", "count"}
    assert (answer["success"], answer["symbol"], answer["timeframe"], answer["count"]) == (True, "1HZ100V", "5m", 7) and len(answer["data"]) == 7
    times = [candle["time"] for candle in answer["data"]]
    assert times == list(range(times[0], times[0] + 7 * 300_000, 300_000)), "milliseconds"
    for candle in answer["data"]:
        assert set(candle) == {"time", "open", "high", "low", "close", "volume"} and candle["volume"] == 0
        assert candle["low"] <= min(candle["open"], candle["close"]) <= max(candle["open"], candle["close"]) <= candle["high"]
    status, answer = old.ask("GET", "/market-data/history")
    assert status == 200 and (answer["symbol"], answer["timeframe"]) == ("BOOM500", "1m") and answer["count"] == len(answer["data"])
    status, answer = old.ask("GET", "/market-data/history?timeframe=2w&count=3")
    assert status == 200 and answer["timeframe"] == "1m", "words that are none mean minutes"
    assert [later["time"] - candle["time"] for candle, later in zip(answer["data"], answer["data"][1:])] == [60_000, 60_000]


@pytest.mark.parametrize("query, error", [
    ("timeframe=5t", "timeframe is \"5t\""), ("timeframe=30t", "timeframe is \"30t\""), ("count=0", "count is"), ("count=5001", "count is"),
    ("count=ten", "count is"), ("symbol=*", "symbol is"), ("symbol=NOSUCH", "symbol is \"NOSUCH\""),
])
def test_history_of_what_there_is_not(shared, query, error):
    status, text = shared[2].error("GET", f"/market-data/history?{query}")
    assert status == 400 and text.startswith(error), (status, text)


def test_a_stream_of_ticks(shared):
    _, _, old = shared
    with old.stream("/market-data/stream?symbol=1HZ100V") as frames, old.stream("/market-data/stream?symbol=1HZ100V") as others:
        assert frames.next() == {"type": "connected", "symbol": "1HZ100V"} == others.next()
        ticks = [frames.next() for _ in range(5)]
        assert others.next()["type"] == "tick", "one line serves both"
    assert all(set(tick) == {"type", "data"} and tick["type"] == "tick" for tick in ticks)
    assert all(set(tick["data"]) == {"symbol", "quote", "timestamp", "id"} and tick["data"]["symbol"] == "1HZ100V" for tick in ticks)
    times = [tick["data"]["timestamp"] for tick in ticks]
    assert times == sorted(set(times)) and all(time % 1000 == 0 for time in times)


def test_a_stream_of_candles(shared):
    _, _, old = shared
    with old.stream("/market-data/stream?symbol=1HZ100V&type=ohlc&granularity=120") as frames:
        assert frames.next()["type"] == "connected"
        data = frames.until("ohlc")["data"]
    assert set(data) == {"symbol", "open", "high", "low", "close", "epoch", "granularity"} and data["granularity"] == 120
    assert data["low"] <= data["close"] <= data["high"]


@pytest.mark.parametrize("query, error", [("type=trades", "type is"), ("type=ohlc&granularity=7", "granularity is"), ("symbol=NOSUCH", "symbol is \"NOSUCH\"")])
def test_a_stream_of_what_there_is_not(shared, query, error):
    status, text = shared[2].error("GET", f"/market-data/stream?{query}")
    assert status == 400 and text.startswith(error), (status, text)


def test_market_data_needs_a_token(run):
    _, _, old = run
    assert old.error("GET", "/market-data/history") == (404, "No valid Deriv API token found")
    assert old.ask("GET", "/market-data/stream") == (404, "No valid Deriv API token found"), "in plain text"


@pytest.mark.parametrize("method, path", [
    ("GET", "/token/secure"), ("POST", "/token/secure"), ("PUT", "/token/secure"), ("DELETE", "/token/secure"), ("POST", "/trade"), ("GET", "/positions"),
    ("GET", "/market-status"), ("GET", "/market-data/history"), ("GET", "/market-data/stream"),
])
def test_without_a_key_nothing_is_said(shared, method, path):
    old = shared[2]
    if path.endswith("/stream"):
        assert old.ask(method, path, key=False) == (401, "Unauthorized"), "the streams say it in plain text"
    else:
        assert old.error(method, path, key=False) == (401, "Unauthorized")


@pytest.mark.parametrize("path", ["verify-email", "create-demo-account", "create-real-account", "create-real-account-eu", "create-wallet-account"])
def test_opening_accounts_was_never_true(shared, path):
    if path == "verify-email":
        assert shared[2].ask("GET", f"/{path}?email=a@b.c")[0] == 410
    status, answer = shared[2].ask("POST", f"/{path}", {})
    assert status == 410 and set(answer) == {"error"} and set(answer["error"]) == {"message"}


# Health

def test_health(shared):
    _, server, old = shared
    status, answer = old.health()
    assert status == 200 and set(answer) == {"status", "timestamp", "service", "version"}
    assert answer["status"] == "healthy" and answer["service"] == "signalist-api" and MOMENT.fullmatch(answer["timestamp"])
    status, answer = old.health("/liveness")
    assert status == 200 and set(answer) == {"alive", "timestamp", "uptime"} and answer["alive"] is True and answer["uptime"] > 0
    status, answer = old.health("/readiness")
    assert status == 200 and set(answer) == {"ready", "timestamp", "checks"}
    assert answer["ready"] is True and answer["checks"] == {"database": True, "redis": "not_configured"}


def test_health_in_detail_is_for_those_with_a_key(shared):
    _, _, old = shared
    assert old.health("/detailed")[0] == 401 and old.health("/services")[0] == 401
    status, answer = old.health("/detailed", key=True)
    assert status == 200 and set(answer) == {"status", "timestamp", "services", "uptime", "memory"} and answer["status"] == "healthy", "without Redis, too"
    assert set(answer["services"]) == {"database", "redis"} and answer["services"]["redis"] == {"status": "not_configured"}
    assert set(answer["services"]["database"]) == {"status", "latency"} and answer["services"]["database"]["status"] == "healthy"
    memory = answer["memory"]
    assert set(memory) == {"used", "total", "percentage"} and 0 < memory["used"] < memory["total"] and 0 < memory["percentage"] < 100
    status, answer = old.health("/services", key=True)
    assert status == 200 and set(answer) == {"timestamp", "services"}
    assert set(answer["services"]) == {"botManager", "tradeReconciliation", "distributedLock"}
    assert answer["services"]["botManager"] == {"status": "healthy"} and answer["services"]["distributedLock"] == {"status": "healthy"}
    assert answer["services"]["tradeReconciliation"] == {"status": "healthy", "isRunning": True, "intervalMs": 30000}


# The document: every answer above was held against it.

def test_the_document_is_valid_openapi():
    validate(CONTRACT.document)


def test_every_operation_of_the_document_is_asked(shared):
    """In a run of both files of these tests; alone, the token and auto-trading are asked here."""
    _, _, old = shared
    for method, path in CONTRACT.unseen():
        root, rest = ("/api/health", path.removeprefix("/api/health")) if path.startswith("/api/health") else ("/api/deriv", path.removeprefix("/api/deriv"))
        if not path.endswith("live-updates"):
            old.ask(method, rest, {} if method in ("POST", "PUT") else None, root=root)
    assert CONTRACT.unseen() == set()
