"""One signal goes all the way: accepted, bought, followed, settled, counted; and what an owner can do meanwhile."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from harness import TOKEN, API, Events, agree, read_ledger, wait_until

LIMITS = {"tradesPerDay": 500, "lossPerDay": "100.00", "greatestStake": "5.00", "riskPerTrade": 1, "drawdown": 20, "lossesInARow": 100}


@pytest.fixture(scope="module")
def job(shared_world):
    """Broker, server, one account and one active session with a fixed stake."""
    broker = shared_world.broker("--seed", 7)
    server = shared_world.serve(broker.url)
    account = server.api.add_account()
    session = server.api.start_session(account, stake="2.50", limits=LIMITS)
    # The first signal of a symbol waits until the broker said what it offers.
    server.api.settled(server.api.buy("even"))
    return SimpleNamespace(world=shared_world, broker=broker, server=server, api=server.api, account=account, session=session)


def test_first_key_is_the_owners_alone_and_opens_the_api(job):
    assert job.world.key_mode() == 0o600
    assert job.api.get("/health")["status"] == "ready"
    assert API(job.server.port, job.world.key() + "x").ask("GET", "/health").status == 401
    assert job.world.key() not in job.server.log


def test_account_shows_what_the_broker_says_and_never_the_token(job):
    shown = job.api.get(f"/accounts/{job.account}")
    assert shown["virtual"] is True and shown["currency"] == "USD" and shown["line"] == "up"
    assert Decimal(shown["balance"]) == read_ledger(job.broker.url).balance
    assert TOKEN.encode() not in shown.body
    assert TOKEN not in job.server.log
    # Sealed at rest: the token stands in no file of the server.
    files = [path for path in job.world.folder.rglob("*") if path.is_file()]
    assert files and not [path for path in files if TOKEN.encode() in path.read_bytes()]


def test_least_payout_is_kept_by_buying_the_quote_or_nothing(job):
    account = job.api.add_account("endtoend-least-payout")
    careful = job.api.start_session(account, leastPayout=150)
    trade = job.api.settled(job.api.buy("odd", session=careful))
    assert Decimal(trade["contract"]["payout"]) >= Decimal("1.50")
    # The answer to this one is there before the request is answered, refusal and all.
    greedy = job.api.start_session(account, leastPayout=5000)
    [decision] = job.api.signal("odd", session=greedy, wait=20)["decisions"]
    assert decision["refusal"]["code"] == "payout_too_low" and decision["intent"] is None
    for session in careful, greedy:
        job.api.post(f"/sessions/{session}/stop")
    agree(job.api, account, job.broker.url, "endtoend-least-payout")


def test_owner_limits_hold_over_all_accounts(job):
    assert job.api.ask("PUT", "/limits", {"openExposure": "2.00"}).expect(200)["openExposure"] == "2.00"
    [decision] = job.api.signal("even")["decisions"]
    assert decision["refusal"]["code"] == "owner_open_exposure_reached"
    assert job.api.ask("PUT", "/limits", {}).expect(200)["openExposure"] is None
    job.api.settled(job.api.buy("even"))


def test_signal_becomes_a_trade_that_agrees_with_the_broker_to_the_cent(job):
    before = job.api.session(job.session)
    accepted = job.api.signal("even", key="first-signal")
    assert accepted["status"] == "intended" and accepted.headers["location"] == f"/api/v1/signals/{accepted['id']}"
    [decision] = accepted["decisions"]
    assert decision["session"] == job.session and decision["refusal"] is None
    trade = job.api.settled(decision["intent"])
    assert Decimal(trade["stake"]) == Decimal("2.50") and trade["kind"] == "even" and trade["duration"] == "1t"

    ledger, contract = read_ledger(job.broker.url), trade["contract"]
    assert ledger.buys[contract["id"]]["amount"] == -Decimal(contract["price"]) == Decimal("-2.50")
    assert str(ledger.buys[contract["id"]]["transaction_id"]) == contract["transaction"]
    assert ledger.sells[contract["id"]]["amount"] == Decimal(trade["settlement"]["payout"])
    assert Decimal(trade["profit"]) == Decimal(trade["settlement"]["payout"]) - Decimal("2.50")

    after = job.api.session(job.session)
    won = Decimal(trade["profit"]) > 0
    assert (after["trades"], after["settled"]) == (before["trades"] + 1, before["settled"] + 1)
    assert (after["wins"] - before["wins"], after["losses"] - before["losses"]) == ((1, 0) if won else (0, 1))
    assert Decimal(after["profit"]) - Decimal(before["profit"]) == Decimal(trade["profit"])
    assert Decimal(after["currentBalance"]) == Decimal(after["startBalance"]) + Decimal(after["profit"])
    assert after["today"]["trades"] == after["trades"] and Decimal(after["today"]["profit"]) == Decimal(after["profit"])
    assert after["lastTradeAt"] is not None
    agree(job.api, job.account, job.broker.url)


def test_waiting_client_is_answered_with_the_trade(job):
    waited = job.api.signal("odd", wait=10)
    assert waited.headers["preference-applied"] == "wait=10"
    trade = waited["decisions"][0]["trade"]
    assert trade["state"] in ("open", "settled") and trade["contract"]["id"] in read_ledger(job.broker.url).buys
    job.api.settled(trade["id"])


def test_each_kind_and_duration_is_bought_and_settled(job):
    for kind, duration in (("rise", "2t"), ("fall", "5t"), ("even", "3t"), ("odd", "1t")):
        trade = job.api.settled(job.api.buy(kind, duration=duration))
        assert (trade["kind"], trade["duration"]) == (kind, duration)
    agree(job.api, job.account, job.broker.url)


def test_the_same_key_is_the_same_signal_and_buys_once(job):
    first = job.api.signal("even", key="twice")
    trade = job.api.settled(job.api.intent(first))
    bought = len(read_ledger(job.broker.url).buys)
    again = job.api.signal("even", key="twice")
    assert again["id"] == first["id"] and again.headers["idempotency-replayed"] == "true"
    assert again["decisions"][0]["trade"] == trade
    other = job.api.signal("odd", key="twice", status=422)
    assert other.code == "idempotency_key_reused"
    assert len(read_ledger(job.broker.url).buys) == bought
    assert job.api.trades(job.session)[0]["id"] == trade["id"]


def test_the_key_is_remembered_by_the_server_that_starts_again(job):
    first = job.api.signal("even", key="before-the-restart")
    job.api.settled(job.api.intent(first))
    assert job.server.end() == 0
    job.server = job.world.serve(job.broker.url)
    job.api = job.server.api
    assert job.api.session(job.session)["phase"] == "active"
    again = job.api.signal("even", key="before-the-restart")
    assert again["id"] == first["id"] and again.headers["idempotency-replayed"] == "true"
    wait_until("the line is up", lambda: job.api.account(job.account)["line"] == "up")
    agree(job.api, job.account, job.broker.url)


def test_paused_session_refuses_and_buys_again_when_resumed(job):
    paused = job.api.post(f"/sessions/{job.session}/pause")
    assert paused["phase"] == "paused" and paused["paused"] == {"cause": "person", "until": "resume"}
    refused = job.api.signal("even", session=job.session)
    assert refused["status"] != "intended" and not job.api.get(f"/sessions/{job.session}/can-execute-trade")["allowed"]
    assert job.api.post(f"/sessions/{job.session}/resume")["phase"] == "active"
    job.api.settled(job.api.buy("even"))


def test_what_the_broker_does_not_sell_is_refused(job):
    bought = len(read_ledger(job.broker.url).buys)
    for wish in ({"symbol": "frxEURUSD"}, {"duration": "365d"}, {"duration": "11t"}):
        signal = job.api.signal(**wish)
        wait_until("the signal is decided", lambda: job.api.get(f"/signals/{signal['id']}")["status"] == "refused")
        [decision] = job.api.get(f"/signals/{signal['id']}")["decisions"]
        assert decision["refusal"]["code"] == "contract_not_offered" and decision["refusal"]["waitingHelps"] is False, decision
        assert decision["trade"] is None
    assert len(read_ledger(job.broker.url).buys) == bought


def test_limits_refuse_with_the_numbers_compared(job):
    small = job.api.start_session(job.account, stake="3.00", limits={"tradesPerDay": 1, "greatestStake": "3.00"})
    job.api.settled(job.api.buy("even", session=small))
    wait_until("the day's trades are used up", lambda: job.api.session(small)["phase"] == "paused")
    assert job.api.session(small)["paused"] == {"cause": "trades_per_day_reached", "until": "next trading day"}
    answer = job.api.get(f"/sessions/{small}/daily-limits")
    assert not answer["allowed"] and answer["refusals"][0]["compared"] == {"value": "1", "limit": "1", "unit": "count"}, answer.json
    job.api.post(f"/sessions/{small}/stop")


def test_four_questions_are_answered_by_the_session(job):
    for question in ("can-execute-trade", "daily-limits", "drawdown", "consecutive-losses"):
        answer = job.api.get(f"/sessions/{job.session}/{question}")
        assert answer["allowed"] is True and answer["refusals"] == [] and answer["limitsOff"] == [], answer
        assert answer["figures"]["tradesToday"] == job.api.session(job.session)["today"]["trades"]
    too_much = job.api.get(f"/sessions/{job.session}/can-execute-trade?stake=6.00")
    assert not too_much["allowed"]
    [refusal] = [refusal for refusal in too_much["refusals"] if refusal["compared"]["limit"] == "5.00"]
    assert refusal["compared"] == {"value": "6.00", "limit": "5.00", "unit": "USD"} and refusal["waitingHelps"] is False
    odd = job.api.get(f"/sessions/{job.session}/can-execute-trade?symbol=1HZ100V&kind=odd&duration=1t")
    assert odd["allowed"] and Decimal(odd["stake"]) == Decimal("2.50")


def test_stream_has_no_gap_and_goes_on_where_a_client_left_off(job):
    with Events(job.api) as stream:
        trade = job.api.settled(job.api.buy("odd"))
        is_last = lambda event: event["event"] == "settled" and trade["id"] in event["data"]
        live = stream.until(is_last)
    ids = [int(event["id"]) for event in live]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    kinds = [event["event"] for event in live]
    assert kinds.index("signal_accepted") < kinds.index("buy_intended") < kinds.index("buy_confirmed") < kinds.index("settled"), kinds
    with Events(job.api, last=ids[0]) as stream:
        again = stream.until(is_last)
    assert again == live[1:]
    with Events(job.api, last=0) as stream:
        whole = stream.until(is_last)
    assert [int(event["id"]) for event in whole] == list(range(1, ids[-1] + 1)) and whole[-len(live):] == live
    with Events(job.api, last=10**9) as stream:
        assert stream.next()["event"] == "reset"


def test_emergency_stop_stops_every_session_and_survives_a_restart(job):
    api = job.api
    assert api.get("/emergency-stop")["stopped"] is False
    running = [api.start_session(job.account, stake="1.00") for _ in range(2)]
    assert api.post("/emergency-stop")["stopped"] is True
    for session in running:
        wait_until("the session is stopped", lambda: api.session(session)["phase"] == "stopped")
    bought = len(read_ledger(job.broker.url).buys)
    refused = api.signal("even")
    assert refused["status"] != "intended"
    idle = api.create_session(job.account)
    assert api.post(f"/sessions/{idle}/start", status=409).code == "emergency_stopped"

    job.server.end()
    job.server = job.world.serve(job.broker.url)
    api = job.api = job.server.api
    assert api.get("/emergency-stop")["stopped"] is True
    assert api.ask("DELETE", "/emergency-stop").expect(200)["stopped"] is False
    assert {api.session(session)["phase"] for session in [*running, job.session]} == {"stopped"}
    assert len(read_ledger(job.broker.url).buys) == bought
    api.post(f"/sessions/{idle}/start")
    wait_until("the new session is active", lambda: api.session(idle)["phase"] == "active")
    job.session = idle
    api.settled(api.buy("even"))


def test_stopped_session_follows_what_is_open_to_its_end(job):
    trade = job.api.signal("rise", duration="5t", wait=10)["decisions"][0]["intent"]
    stopping = job.api.post(f"/sessions/{job.session}/stop")
    assert stopping["phase"] in ("stopping", "stopped")
    wait_until("the session is stopped", lambda: job.api.session(job.session)["phase"] == "stopped")
    row = job.api.session(job.session)
    assert job.api.get(f"/trades/{trade}")["state"] == "settled" and row["openContracts"] == 0
    assert Decimal(row["endBalance"]) == Decimal(row["currentBalance"])
    assert job.api.post(f"/sessions/{job.session}/start", status=409).code
    agree(job.api, job.account, job.broker.url)
