"""What comes of the previous system's requests when something stands in their way, and figures that outlive tokens and sessions."""

from decimal import Decimal

import pytest

from harness import wait_until
from previous import TOKEN, Old


@pytest.fixture
def run(world):
    broker = world.broker("--seed", 11)
    server = world.serve(broker.url)
    return broker, server, Old(server)


def start(server, old, **body):
    old.data("POST", "/auto-trading/start", {"riskSettings": {"riskPerTrade": 50, "maxTradesPerDay": 1000}} | body)
    wait_until("it is active", lambda: server.api.get("/sessions")["items"][0]["phase"] == "active")


def traded(server, old, count):
    """So many settled trades of 2.00."""
    for number in range(count):
        placed = old.data("POST", "/trade", {"symbol": "1HZ100V", "side": "BUY", "amount": 2, "duration": 1 + number % 2})
        wait_until("it has settled", lambda: any(
            trade["tradeId"] == placed["tradeId"] and trade["status"] != "OPEN" for trade in old.data("GET", "/auto-trading/trades")["trades"]), 60)


RISK = {"dailyTradeCount", "dailyProfitLoss", "weeklyProfitLoss", "monthlyProfitLoss", "currentDrawdown", "consecutiveLosses", "winRate"}


def test_figures_are_the_owners_whatever_token_and_session(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    traded(server, old, 4)
    trades = old.data("GET", "/auto-trading/trades")["trades"]
    net = sum(Decimal(trade["realizedPnl"]) for trade in trades)
    wins = sum(1 for trade in trades if trade["realizedPnl"] > 0)

    def hold(when):
        figures, risk = old.data("GET", "/auto-trading/analytics"), old.data("GET", "/auto-trading/risk-metrics")
        assert (figures["totalTrades"], figures["winningTrades"], Decimal(figures["totalProfitLoss"])) == (4, wins, net), when
        assert len(figures["equityCurve"]) == 5 and figures["coreMetrics"]["totalTrades"] == 4, when
        assert set(risk) == RISK and risk["dailyTradeCount"] == 4 and risk["winRate"] == wins * 25, when
        assert [Decimal(risk[f"{span}ProfitLoss"]) for span in ("daily", "weekly", "monthly")] == [net] * 3, when
        return risk

    first = hold("while it runs")
    old.ask("POST", "/auto-trading/stop")
    wait_until("it has stopped", lambda: not old.data("GET", "/auto-trading/status")["isRunning"])
    assert hold("when nothing runs") == first | {"currentDrawdown": 0}
    start(server, old)
    assert hold("with a new session") == first | {"currentDrawdown": 0}
    assert old.ask("DELETE", "/token")[0] == 200
    hold("without a token")
    old.data("POST", "/token", {"token": TOKEN})
    hold("with the same token again")
    assert old.ask("DELETE", "/token")[0] == 200
    old.data("POST", "/token", {"token": "another-login-1"})
    hold("with another account's token")
    ours = server.api.get("/analytics?currency=USD")
    assert ours["core"]["trades"] == 4 and Decimal(ours["core"]["profit"]) == net
    assert {"averageWin", "averageLoss"} <= set(ours["bySymbol"][0])
    [week] = ours["byTime"]["week"]
    assert [day["period"] for day in week["days"]] == [day["period"] for day in ours["byTime"]["day"]] and sum(day["trades"] for day in week["days"]) == 4
    assert sum(hour["trades"] for hour in ours["byTime"]["hour"]) == 4
    assert server.api.ask("GET", "/analytics?currency=XYZ").status == 400


def test_a_session_in_another_zone_moves_no_day_here(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    traded(server, old, 1)
    before = old.data("GET", "/auto-trading/analytics")["dailyPerformance"]
    account = server.api.get("/accounts")["items"][0]["id"]
    server.api.start_session(account, zone="Pacific/Kiritimati")
    assert old.data("GET", "/auto-trading/analytics")["dailyPerformance"] == before


def test_no_zero_has_a_sign(run):
    _, _, old = run
    old.data("POST", "/token", {"token": TOKEN})
    for path in "/auto-trading/analytics", "/auto-trading/risk-metrics", "/positions", "/auto-trading/status":
        raw = old.raw("GET", path)
        assert "-0.0" not in raw and ":-0" not in raw, raw


@pytest.mark.parametrize("query, expected", [
    ("2026-11-22", 200), ("2026-11-22T00:00", 200), ("2026-11-22T00:00:00", 200), ("2026-11-22T00:00:00.123Z", 200), ("2026-11-22T02:00:00+02:00", 200),
    ("2026-11-22T02:00:00%2B02:00", 200), ("2026-11", 200), ("2026", 200), ("11/22/2026", 200), ("Sun,%2022%20Nov%202026%2000:00:00%20GMT", 200),
    ("Sun%20Nov%2022%202026%2000:00:00%20GMT%2B0000%20(Coordinated%20Universal%20Time)", 200), ("1969-12-31", 200), ("0001-01-01", 200), ("", 200),
    ("yesterday", 400), ("2026-13-01", 400), ("2026-02-30", 400), ("2026-11-22T25:00", 400), ("13/40/2026", 400), ("Sun, 22 Foo 2026", 400),
])
def test_dates_as_browsers_write_them(shared_old, query, expected):
    for name in "startDate", "endDate":
        assert shared_old.ask("GET", f"/auto-trading/analytics?{name}={query.replace(' ', '%20')}")[0] == expected


@pytest.fixture(scope="module")
def shared_old(shared_world):
    broker = shared_world.broker("--seed", 11)
    old = Old(shared_world.serve(broker.url))
    old.data("POST", "/token", {"token": TOKEN})
    return old


@pytest.mark.parametrize("query", ["status=", "limit=", "offset=", "status=&limit=&offset="])
def test_an_empty_parameter_is_absent(shared_old, query):
    data = shared_old.data("GET", f"/auto-trading/trades?{query}")
    assert (data["limit"], data["offset"]) == (50, 0)


def test_a_page_is_no_longer_than_the_longest(shared_old):
    assert shared_old.data("GET", "/auto-trading/trades?limit=1000")["limit"] == 500
    assert shared_old.error("GET", "/auto-trading/trades?limit=0")[0] == 400


def test_real_money_is_not_traded_before_it_is_enabled(world):
    broker = world.broker("--real-account")
    server = world.serve(broker.url)
    old = Old(server)
    assert old.data("POST", "/token", {"token": TOKEN})["accountType"] == "real"
    assert old.data("GET", "/token")["accountType"] == "real"
    assert old.error("POST", "/auto-trading/start", {}) == (400, "real_trading_not_enabled")
    assert old.data("GET", "/auto-trading/status") == {"isRunning": False, "session": None}


def test_a_token_stays_while_a_contract_runs(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    old.data("POST", "/trade", {"symbol": "1HZ100V", "side": "BUY", "amount": 3, "duration": 86400, "duration_unit": "s"})
    assert old.error("DELETE", "/token") == (409, "Sessions are stopped; contracts still run. Remove the token when they have settled")
    assert server.api.get("/sessions")["items"][0]["phase"] == "stopping" and old.data("GET", "/token")["isValid"] is True
    assert old.error("DELETE", "/token/secure?permanent=true")[0] == 409


def test_a_token_that_the_broker_refuses_later_is_invalid(world):
    broker = world.broker("--token", TOKEN)
    server = world.serve(broker.url)
    old = Old(server)
    old.data("POST", "/token", {"token": TOKEN})
    broker.kill()
    world.broker("--token", "somebody-else-1", port=broker.port)
    wait_until("the broker is back", lambda: old.data("PUT", "/token")["isValid"] is False, 30)
    assert old.data("PUT", "/token/validate")["isValid"] is False and old.data("GET", "/token")["isValid"] is False
    validation = old.ask("PUT", "/token/secure")[1]["validation"]
    assert validation["isValid"] is False and validation["errors"] == ["The broker refuses the token: InvalidToken"]
    assert old.error("POST", "/auto-trading/start", {}) == (400, "No valid Deriv API token found. Please connect your Deriv account first.")


def test_a_token_that_came_over_v1_is_shown_as_what_it_is(run):
    broker, server, old = run
    server.api.add_account(TOKEN)
    assert old.data("GET", "/token")["isValid"] is True
    broker.kill()
    assert old.data("PUT", "/token")["isValid"] is True, "nobody refused it"
    assert old.ask("PUT", "/token/secure")[1]["validation"]["permissions"]["canTrade"] is True
    assert old.data("GET", "/token")["isValid"] is True


def test_strategies_by_their_old_names_are_meant_as_they_were(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    expected = {
        "EvenOdd": ("even-odd", {"streak": 2, "follow": 1}), "RiseFall": ("rise-fall", {}), "Digits": ("digits", {}),
        "Signalist-SMA-3C": ("Signalist-SMA-3C", {}),
    }
    for name, (ours, parameters) in expected.items():
        start(server, old, strategy=name, signalFilters={"symbols": ["1HZ100V"]})
        session = server.api.get("/sessions")["items"][0]
        [choice] = server.api.session(session["id"])["plan"]["strategies"]
        assert choice["name"] == ours and {key: value for key, value in choice["parameters"].items() if key in parameters} == parameters
        assert old.data("GET", "/auto-trading/status")["session"]["strategy"] == name
        old.ask("POST", "/auto-trading/stop")
        wait_until("it has stopped", lambda: not old.data("GET", "/auto-trading/status")["isRunning"], 60)
    start(server, old, strategy="", signalFilters={"symbols": ["1HZ100V"]})
    assert old.data("GET", "/auto-trading/status")["session"]["strategy"] == "Signalist-SMA-3C"
    assert server.api.session(server.api.get("/sessions")["items"][0]["id"])["plan"]["strategies"] == [], "nothing runs that was not named"


@pytest.mark.parametrize("risk", [{"maxConsecutiveLosses": 1001}, {"maxConsecutiveLosses": -1}, {"riskPerTrade": 101}])
def test_settings_past_all_sense_are_refused(shared_old, risk):
    status, error = shared_old.error("POST", "/auto-trading/start", {"riskSettings": risk})
    assert status == 400 and error.startswith(f"riskSettings.{next(iter(risk))} is"), error


def test_live_updates_tell_the_balance_and_the_drawdown(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    # A stake of 40.00 and a fall of 50.00: the first loss leaves no room for the next.
    start(server, old, riskSettings={"riskPerTrade": 0.4, "autoStopDrawdown": 0.5, "maxTradesPerDay": 1000})
    with old.stream("/auto-trading/live-updates") as frames:
        seen = []
        for _ in range(20):
            if old.ask("POST", "/trade", {"symbol": "1HZ100V", "side": "BUY", "amount": 40, "duration": 1})[0] != 200:
                break
            closed = frames.until("trade_closed")
            seen += frames.passed
            if closed["data"]["profitLoss"] < 0:
                break
        limit = frames.until("drawdown_limit", seconds=20)
        assert set(limit["data"]) == {"message"} and limit["data"]["message"]
        balances = [frame["data"] for frame in seen + frames.passed if frame["type"] == "balance_update"]
        assert balances and all(set(data) == {"balance"} and data["balance"] > 0 for data in balances)
    assert server.api.get("/sessions")["items"][0]["phase"] == "paused"
    assert old.data("GET", "/auto-trading/status")["isRunning"] is True
    assert old.data("GET", "/auto-trading/risk-metrics")["currentDrawdown"] > 0


def test_a_boom_is_no_rise_or_fall(run):
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    status, error = old.error("POST", "/trade", {"symbol": "BOOM500", "side": "BUY", "amount": 1, "duration": 300, "duration_unit": "s"})
    assert status == 400 and "contract_not_offered" in error


def test_contracts_over_seconds_settle_whatever_second_they_began_in(run):
    """A broker that ticks every two seconds is asked what a contract is worth while one second is left."""
    broker, server, old = run
    old.data("POST", "/token", {"token": TOKEN})
    start(server, old)
    placed = [old.data("POST", "/trade", {"symbol": "R_100", "side": "BUY", "amount": 1, "duration": seconds, "duration_unit": "s"}) for seconds in (15, 16, 17)]
    wait_until("all have settled", lambda: all(trade["status"] != "OPEN" for trade in old.data("GET", "/auto-trading/trades")["trades"]), 60)
    assert old.data("GET", "/auto-trading/trades")["total"] == len(placed) and broker.is_running()
