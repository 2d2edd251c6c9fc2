"""The endpoints of the previous system: the keys, types and codes that its clients know, with true values in them."""

import http.client
from decimal import Decimal

import pytest

from harness import agree, decoded, wait_until
from previous import MOMENT, TOKEN, UUID, Old

@pytest.fixture
def run(world):
    broker = world.broker("--seed", 11)
    server = world.serve(broker.url)
    return broker, server, Old(server)


RISK = {"maxTradesPerDay", "dailyLossLimit", "maxStakeSize", "riskPerTrade", "autoStopDrawdown", "maxConsecutiveLosses"}


def test_a_client_of_the_previous_system_trades_and_sees_true_figures(run):
    broker, server, old = run
    # Before anything is there.
    assert old.data("GET", "/token") is None
    assert old.error("PUT", "/token") == (404, "No token found")
    assert old.data("GET", "/auto-trading/status") == {"isRunning": False, "session": None}
    assert old.ask("DELETE", "/token") == (200, {"success": True, "message": "Token removed successfully"})
    assert old.ask("POST", "/auto-trading/stop") == (200, {"success": True, "message": "Auto-trading stopped successfully"})
    assert old.data("GET", "/auto-trading/trades") == {"trades": [], "total": 0, "limit": 50, "offset": 0}
    assert set(old.data("GET", "/auto-trading/risk-metrics").values()) == {0}
    nothing = old.data("GET", "/auto-trading/analytics")
    assert nothing["equityCurve"] == [] and nothing["totalTrades"] == 0 and nothing["profitFactor"] == 0 and nothing["roi"] == 0
    status, error = old.error("POST", "/auto-trading/start", {})
    assert status == 400 and error.startswith("No valid Deriv API token found")

    stored = old.data("POST", "/token", {"token": TOKEN, "accountType": "demo", "unknown": 1})
    assert set(stored) == {"accountType", "accountId", "balance", "currency", "isValid"}
    assert stored["accountType"] == "demo" and stored["balance"] == 10000 and stored["currency"] == "USD" and stored["isValid"] is True
    for path in "/token", "/token/validate":
        valid = old.data("PUT", path)
        assert set(valid) == {"isValid", "accountBalance", "accountCurrency", "lastValidatedAt"} and valid["isValid"] is True
        assert MOMENT.fullmatch(valid["lastValidatedAt"])

    started = old.data("POST", "/auto-trading/start", {"riskSettings": {"riskPerTrade": 0.1, "maxStakeSize": 5, "maxTradesPerDay": 50}, "signalFilters": {"symbols": ["1HZ100V"]}})
    assert UUID.fullmatch(started["sessionId"]) and started["isRunning"] is True and started["message"] == "Auto-trading started successfully"
    assert started["riskSettings"] == {"maxTradesPerDay": 50, "dailyLossLimit": 0, "maxStakeSize": 5, "riskPerTrade": Decimal("0.10"), "autoStopDrawdown": 0, "maxConsecutiveLosses": 0}
    assert old.error("POST", "/auto-trading/start", {}) == (400, "Auto-trading is already running")
    wait_until("it is active", lambda: server.api.get("/sessions")["items"][0]["phase"] == "active")

    token = old.data("GET", "/token")
    assert set(token) == {"accountType", "accountId", "accountBalance", "accountCurrency", "isValid", "lastValidatedAt", "scopes"}
    assert token["accountId"] == stored["accountId"] and token["accountBalance"] == 10000 and "trade" in token["scopes"]

    trades = [server.api.settled(server.api.buy("even" if number % 2 else "odd"), 60) for number in range(4)]
    status = old.data("GET", "/auto-trading/status")
    assert set(status) == {"isRunning", "session", "serviceStatus"} and status["isRunning"] is True
    session = status["session"]
    assert set(session) == {"sessionId", "strategy", "startedAt", "totalTrades", "totalProfitLoss", "startBalance", "riskSettings"}
    assert set(session["riskSettings"]) == RISK and session["strategy"] == "Signalist-SMA-3C" and session["sessionId"] == started["sessionId"]
    profit = sum(Decimal(trade["profit"]) for trade in trades)
    assert session["totalTrades"] == 4 and session["totalProfitLoss"] == profit and session["startBalance"] == 10000
    assert status["serviceStatus"] == {"activeContracts": 0, "dailyTradeCount": 4, "dailyProfitLoss": profit}

    page = old.data("GET", "/auto-trading/trades?limit=3&offset=1")
    assert (page["total"], page["limit"], page["offset"], len(page["trades"])) == (4, 3, 1, 3)
    for row, trade in zip(page["trades"], reversed(trades[:3])):
        assert set(row) == {"tradeId", "symbol", "side", "entryPrice", "exitPrice", "lotOrStake", "status", "realizedPnl", "realizedPnlPercent",
                            "entryTimestamp", "exitTimestamp", "entryReason", "exitReason"}
        assert UUID.fullmatch(row["tradeId"]) and row["symbol"] == "1HZ100V" and row["realizedPnl"] == Decimal(trade["profit"])
        assert row["status"] == ("TP_HIT" if row["realizedPnl"] > 0 else "SL_HIT") and row["lotOrStake"] == Decimal(trade["contract"]["price"])
        assert row["realizedPnlPercent"] == round(row["realizedPnl"] * 100 / row["lotOrStake"], 2)
    by_status = {word: old.data("GET", f"/auto-trading/trades?status={word}")["total"] for word in ("OPEN", "TP_HIT", "SL_HIT", "CLOSED", "FORCE_STOP", "nonsense")}
    won = sum(Decimal(trade["profit"]) > 0 for trade in trades)
    assert by_status == {"OPEN": 0, "TP_HIT": won, "SL_HIT": 4 - won, "CLOSED": 0, "FORCE_STOP": 0, "nonsense": 0}

    flat = old.data("GET", "/auto-trading/analytics?startDate=2020-01-01&endDate=2035-01-01")
    core = {"totalTrades", "winningTrades", "losingTrades", "winRate", "totalProfitLoss", "totalProfitLossPercent", "averageWin", "averageLoss", "largestWin",
            "largestLoss", "profitFactor"}
    risk = {"riskToRewardRatio", "roi", "maxDrawdown", "maxDrawdownPercent"}
    activity = {"tradesPerDay", "averageTradesPerDay", "activeTradingDays", "sessionDuration"}
    groups = {"performanceBySymbol", "performanceByTimeframe", "dailyPerformance", "weeklyPerformance", "monthlyPerformance", "equityCurve"}
    assert core | risk | activity | groups | {"activeTrades", "coreMetrics", "riskMetrics", "activityMetrics"} <= set(flat)
    assert set(flat) - core - risk - activity - groups <= {"activeTrades", "coreMetrics", "riskMetrics", "activityMetrics", "recoveryFactor", "sharpeRatio"}
    assert core == set(flat["coreMetrics"]) and flat["coreMetrics"]["totalProfitLoss"] == flat["totalProfitLoss"] == profit
    stakes = sum(Decimal(trade["contract"]["price"]) for trade in trades)
    assert (flat["totalTrades"], flat["winningTrades"], flat["losingTrades"], flat["activeTrades"]) == (4, won, 4 - won, 0)
    assert flat["winRate"] == won * 25 and abs(flat["totalProfitLossPercent"] - profit * 100 / stakes) < Decimal("1e-9")
    assert abs(flat["roi"] - profit / 100) < Decimal("1e-9")
    assert set(flat["performanceBySymbol"]) == {"1HZ100V"} and flat["performanceBySymbol"]["1HZ100V"] == {"trades": 4, "profitLoss": profit, "winRate": flat["winRate"]}
    assert set(flat["performanceByTimeframe"]) == {"1t"} and flat["averageTradesPerDay"] == 4
    curve = flat["equityCurve"]
    assert curve[0]["equity"] == 10000 and curve[-1]["equity"] == 10000 + profit and len(curve) == 5
    assert all(set(point) == {"timestamp", "balance", "equity", "drawdown"} for point in curve)
    assert flat["maxDrawdown"] == max(point["drawdown"] for point in curve)
    assert sum(day["profitLoss"] for day in flat["dailyPerformance"]) == profit and set(flat["dailyPerformance"][0]) == {"date", "trades", "profitLoss", "winRate"}
    assert set(flat["weeklyPerformance"][0]) == {"week", "trades", "profitLoss", "winRate"} and set(flat["monthlyPerformance"][0]) == {"month", "trades", "profitLoss", "winRate"}
    assert old.data("GET", "/auto-trading/analytics?endDate=2020-01-01")["totalTrades"] == 0
    assert old.error("GET", "/auto-trading/analytics?startDate=soon")[0] == 400

    metrics = old.data("GET", "/auto-trading/risk-metrics")
    assert set(metrics) == {"dailyTradeCount", "dailyProfitLoss", "weeklyProfitLoss", "monthlyProfitLoss", "currentDrawdown", "consecutiveLosses", "winRate"}
    assert (metrics["dailyTradeCount"], metrics["dailyProfitLoss"], metrics["weeklyProfitLoss"], metrics["monthlyProfitLoss"]) == (4, profit, profit, profit)
    v1 = server.api.get(f"/sessions/{server.api.get('/sessions')['items'][0]['id']}/analytics")
    assert Decimal(v1["core"]["profit"]) == profit and v1["core"]["trades"] == 4 and Decimal(v1["startBalance"]) == 10000

    assert old.ask("POST", "/auto-trading/stop") == (200, {"success": True, "message": "Auto-trading stopped successfully"})
    wait_until("nothing runs", lambda: old.data("GET", "/auto-trading/status") == {"isRunning": False, "session": None})
    agree(server.api, server.api.get("/accounts")["items"][0]["id"], broker.url, TOKEN)
    assert old.ask("DELETE", "/token") == (200, {"success": True, "message": "Token removed successfully"})
    assert old.data("GET", "/token") is None and server.api.get("/accounts")["items"] == []


def test_removing_the_token_stops_its_session_first(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    old.data("POST", "/auto-trading/start", {})
    wait_until("it is active", lambda: server.api.get("/sessions")["items"][0]["phase"] == "active")
    assert old.ask("DELETE", "/token")[0] == 200
    assert server.api.get("/sessions")["items"][0]["phase"] == "stopped"
    assert old.data("GET", "/auto-trading/status") == {"isRunning": False, "session": None}


def test_the_session_of_these_endpoints_is_theirs_alone(run):
    """One that was started over /api/v1 is neither shown nor stopped here."""
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    account = server.api.get("/accounts")["items"][0]["id"]
    theirs = server.api.start_session(account)
    assert old.data("GET", "/auto-trading/status") == {"isRunning": False, "session": None}
    old.ask("POST", "/auto-trading/stop")
    assert server.api.session(theirs)["phase"] == "active"


def test_the_live_updates_are_frames_of_data_alone(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    started = old.data("POST", "/auto-trading/start", {"riskSettings": {"riskPerTrade": 0.1}})
    wait_until("it is active", lambda: server.api.get("/sessions")["items"][0]["phase"] == "active")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/api/deriv/auto-trading/live-updates", headers={"Authorization": f"Bearer {old.key}"})
    response = connection.getresponse()
    assert response.status == 200 and response.getheader("content-type") == "text/event-stream"

    def frame():
        while True:
            line = response.readline().decode()
            assert line, "the stream ended"
            if line.startswith("data: "):
                return decoded(line[6:])
            assert line == "\n" or line.startswith("id: "), line

    first = frame()
    assert first == {"type": "status", "data": {"isRunning": True, "sessionId": started["sessionId"], "activeContracts": 0, "dailyTradeCount": 0, "dailyProfitLoss": 0}}
    trade = server.api.settled(server.api.buy("even"), 60)
    seen = {}
    while not {"trade_executed", "trade_closed", "open_trades"} <= set(seen):
        found = frame()
        seen.setdefault(found["type"], found["data"])
    assert set(seen["trade_executed"]) == {"tradeId", "contractId", "signalId", "symbol", "stake"}
    assert seen["trade_executed"]["contractId"] == trade["contract"]["id"] and seen["trade_executed"]["stake"] == Decimal(trade["contract"]["price"])
    closed = seen["trade_closed"]
    assert set(closed) == {"tradeId", "contractId", "profitLoss", "profitLossPercent", "status"} and closed["profitLoss"] == Decimal(trade["profit"])
    assert closed["tradeId"] == seen["trade_executed"]["tradeId"] and closed["status"] in ("TP_HIT", "SL_HIT")
    connection.close()


@pytest.mark.parametrize("method, path, body, expected", [
    ("POST", "/token", {}, (400, "Token is required")),
    ("POST", "/token", {"token": ""}, (400, "Token is required")),
    ("POST", "/token", {"token": 5}, (400, "Token is required")),
    ("POST", "/token", {"token": "x", "accountType": "live"}, (400, 'Invalid account type. Must be "demo" or "real"')),
    ("POST", "/token", {"token": "not a token!"}, (400, "Token validation failed: ")),
    ("POST", "/token", "{", (400, "")),
    ("POST", "/token", "[]", (400, "")),
    ("POST", "/token", b'{"token":"\xff"}', (400, "")),
    ("POST", "/auto-trading/start", {"riskSettings": {"maxTradesPerDay": -1}}, (400, "riskSettings.maxTradesPerDay")),
    ("POST", "/auto-trading/start", {"riskSettings": {"dailyLossLimit": "a lot"}}, (400, "riskSettings.dailyLossLimit")),
    ("POST", "/auto-trading/start", {"riskSettings": {"riskPerTrade": 101}}, (400, "riskSettings.riskPerTrade")),
    ("POST", "/auto-trading/start", {"riskSettings": []}, (400, "riskSettings")),
    ("POST", "/auto-trading/start", {"signalFilters": {"symbols": "R_10"}}, (400, "signalFilters.symbols")),
    ("POST", "/auto-trading/start", {"strategy": "a name of more than thirty-two bytes"}, (400, "strategy")),
    ("POST", "/auto-trading/start", {"strategy": 5}, (400, "strategy")),
    ("GET", "/auto-trading/trades?limit=0", None, (400, "limit")),
    ("GET", "/auto-trading/trades?offset=-1", None, (400, "offset")),
    ("GET", "/auto-trading/nothing", None, (404, "")),
    ("DELETE", "/auto-trading/start", None, (405, "")),
])
def test_bad_input_is_a_no_in_their_envelope(shared_old, method, path, body, expected):
    status, error = shared_old.error(method, path, body)
    assert status == expected[0] and error.startswith(expected[1]), (status, error)


@pytest.fixture(scope="module")
def shared_old(shared_world):
    broker = shared_world.broker()
    server = shared_world.serve(broker.url)
    old = Old(server)
    old.data("POST", "/token", {"token": TOKEN})
    return old


@pytest.mark.parametrize("method, path", [("GET", "/token"), ("POST", "/token"), ("POST", "/auto-trading/start"), ("GET", "/auto-trading/status"), ("GET", "/auto-trading/live-updates")])
def test_without_a_key_nothing_is_said(shared_old, method, path):
    if path.endswith("live-updates"):
        assert shared_old.ask(method, path, key=False) == (401, "Unauthorized"), "the streams say it in plain text"
    else:
        assert shared_old.error(method, path, key=False) == (401, "Unauthorized")
