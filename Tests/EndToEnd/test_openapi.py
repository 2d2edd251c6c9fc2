"""docs/openapi.yaml held against the running server: every operation is asked, every answer is one that it allows."""

import asyncio
import base64
import hmac
import json
import sys
import time
from types import SimpleNamespace

import pytest
from openapi_spec_validator import validate

from harness import ROOT, TOKEN, BrokerClient, Events, People, read_ledger, signature, wait_until

sys.path.insert(0, str(ROOT / "Tests/EndToEnd/openapi"))
from contract import Contract  # noqa: E402

# What one run of the server cannot be brought to, with the reason.
UNREACHED = set()


@pytest.fixture(scope="module")
def run(shared_world):
    """A server whose every exchange is held against the document."""
    contract = Contract(ROOT / "docs/openapi.yaml")
    faults = []

    def observe(method, path, reply):
        faults.extend(contract.faults(method, path, reply.status, reply.headers.get("content-type"), reply.body))

    # Buys are executed and never answered: so two that are alike become one that a person must resolve.
    broker = shared_world.broker("--fault", "reply-lost:1", "--state", shared_world.folder / "broker")
    server = shared_world.serve(broker.url, answer_seconds=20, log_ins_per_minute=1000, writes_per_minute=1000)
    server.api.observer = observe
    server.observe = observe
    return SimpleNamespace(world=shared_world, broker=broker, server=server, api=server.api, contract=contract, faults=faults)


def test_document_is_valid_openapi(run):
    validate(run.contract.document)


def test_server_answers_as_the_document_says(run):
    api = run.api
    assert api.ask("GET", "/health/live", headers={"Authorization": None}).status == 200
    wait_until("it is ready", lambda: api.ask("GET", "/health/ready", headers={"Authorization": None}).status == 200)
    api.get("/health")
    api.get("/strategies")

    account = api.add_account()
    api.get("/accounts")
    api.get(f"/accounts/{account}")
    api.post(f"/accounts/{account}/check")
    api.ask("PUT", f"/accounts/{account}/limits", {"lossPerDay": "500.00", "openExposure": 100, "openContracts": 10}).expect(200)

    api.ask("PUT", "/limits", {"currency": "USD", "lossPerDay": "900.00", "openContracts": 50}).expect(200)
    api.get("/limits")

    session = api.create_session(account, limits={"drawdown": 10}, criteria={"symbols": ["1HZ100V"]})
    api.ask("PUT", f"/sessions/{session}/plan", {"name": "other", "stake": {"percentOfBalance": 0.01}, "limits": {"greatestStake": "1.00"}, "openContracts": 3, "leastPayout": 120}).expect(200)
    api.post(f"/sessions/{session}/start", key="start")
    assert api.post(f"/sessions/{session}/start", key="start").headers["idempotency-replayed"] == "true"
    wait_until("the session is active", lambda: api.session(session)["phase"] == "active")
    api.get(f"/sessions/{session}/analytics")
    assert api.get("/analytics?currency=USD&from=2020-01-01")["currency"] == "USD"
    assert api.get("/analytics?currency=XYZ", status=400)["field"] == "currency"
    api.get(f"/accounts/{account}/analytics?from=2020-01-01&to=2030-12-31T00:00:00Z")
    assert api.get(f"/sessions/{session}/analytics?from=yesterday", status=400)["field"] == "from"
    for question in ("can-execute-trade", "daily-limits", "drawdown", "consecutive-losses"):
        api.get(f"/sessions/{session}/{question}")
    api.get(f"/sessions/{session}/can-execute-trade?symbol=1HZ100V&kind=even&duration=1t&stake=0.50")
    api.get("/sessions?phase=active&limit=1")

    # A pending signal is taken back; each kind of answer stays on the list.
    api.post(f"/sessions/{session}/pause")
    pending = api.signal("even", session=session)
    assert pending["status"] == "pending"
    api.post(f"/signals/{pending['id']}/cancel")
    assert api.post(f"/signals/{pending['id']}/cancel", status=409).code == "signal_not_pending"
    api.post(f"/sessions/{session}/resume", {"acceptDrawdown": False})
    assert api.ask("POST", f"/sessions/{session}/accept-review").code == "review_not_awaited"

    with Events(api) as stream:
        run.contract.faults("GET", "/api/v1/events", stream.status, stream.content_type, b"")
        trade = api.buy("even", key="ambiguous")
        wait_until("the broker executed the buy", lambda: read_ledger(run.broker.url).buys)
        asyncio.run(the_same_by_hand(run.broker))
        wait_until("a person must say which it was", lambda: api.get(f"/trades/{trade}")["state"] == "ambiguous")
        assert api.session(session)["paused"]["cause"] == "buy_ambiguous"
        assert api.post(f"/trades/{trade}/resolve", {"contract": "1"}, status=422).code == "contract_not_a_candidate"
        contract = min(read_ledger(run.broker.url).buys)
        assert contract in {candidate["id"] for candidate in api.get(f"/trades/{trade}/candidates")["items"]}
        assert api.post(f"/trades/{trade}/resolve", {"contract": contract})["contract"]["id"] == contract
        api.settled(trade)
        events = stream.until(lambda event: event["event"] == "settled")
    run.faults.extend(fault for event in events for fault in run.contract.event_faults(event["data"]))
    assert "buy_ambiguous" in {event["event"] for event in events}
    assert api.ask("POST", f"/trades/{trade}/resolve", {"contract": contract}).status == 409, "it is no longer ambiguous"
    assert api.ask("GET", f"/trades/{trade}/candidates").status == 409

    made = api.post("/hooks", {"name": "mine", "format": "signed", "session": session}, 201, key="hook")
    assert api.post("/hooks", {"name": "mine", "format": "signed", "session": session}, key="hook")["id"] == made["id"]
    chart = api.post("/hooks", {"name": "chart", "format": "tradingview"}, 201)
    hook = f"/hooks/{chart['id']}"
    api.get("/hooks")
    api.get(hook)
    api.ask("PUT", hook, {"name": "chart", "addresses": ["127.0.0.0/8"], "template": {"symbol": "1HZ100V", "kind": {"from": "side", "map": {"buy": "rise"}}, "barTime": {"from": "time"}}}).expect(200)
    assert api.post(f"{hook}/secrets", status=201)["secret"]
    assert api.ask("DELETE", f"{hook}/secrets/2").status == 204
    body = json.dumps({"symbol": "1HZ100V", "kind": "even", "id": "alert-1"}).encode()
    for _ in range(2):
        assert api.alert(made["path"], body, signature(made["secret"], body)).status == 202
    assert api.alert(made["path"], body, signature("wrong", body)).status == 401
    address = chart["path"].replace("{secret}", chart["secret"])
    alert = json.dumps({"side": "buy", "time": int(time.time())}).encode()
    assert api.alert(address, alert).status == 202
    assert api.alert(address, b"{}").status == 400
    assert api.alert(address + "x", alert).status == 404
    assert api.ask("DELETE", hook).status == 204

    api.get("/signals?limit=1")
    api.get("/signals?status=cancelled")
    api.get(f"/signals/{pending['id']}")
    api.get("/trades?limit=1")
    assert api.get(f"/trades/{trade}/proof")["state"] == "settled"
    assert api.ask("GET", "/trades/1.00000000000000000000000000000000/proof").code == "intent_not_found"
    api.get(f"/trades?session={session}")
    api.post("/emergency-stop")
    api.get("/emergency-stop")
    api.ask("DELETE", "/emergency-stop").expect(200)
    wait_until("the session is stopped", lambda: api.session(session)["phase"] == "stopped")

    # From here on what is raised waits.
    api.ask("PUT", "/promise-lock", {"waitSeconds": 3600}).expect(200)
    assert api.ask("PUT", "/promise-lock", {"waitSeconds": 0}).expect(200)["pending"][0]["waitSeconds"] == 0
    assert api.get("/promise-lock")["waitSeconds"] == 3600
    assert api.ask("PUT", "/limits", {"currency": "USD", "lossPerDay": "950.00"}).expect(200)["pending"][0]["change"] == "owner_limits"
    assert api.ask("PUT", f"/accounts/{account}/limits", {}).expect(200)["pending"][0]["account"] == account
    later = api.post("/sessions", {"account": account, "name": "later", "stake": {"fixed": "5.00"}}, 201)
    assert later["pending"][0]["plan"]["stake"] == {"fixed": "5.00"}
    waiting = api.get("/limits/pending")["items"]
    assert [one["change"] for one in waiting] == ["promise_lock", "owner_limits", "account_limits", "plan"]
    assert api.ask("DELETE", f"/limits/pending/{waiting[0]['id']}").status == 204
    assert api.ask("DELETE", f"/limits/pending/{waiting[0]['id']}").status == 404
    api.post(f"/sessions/{later['id']}/stop")
    assert len(api.get("/limits/pending")["items"]) == 2, "what has ended has nothing to raise"
    assert api.post(f"/sessions/{session}/start", status=409).code == "session_ended"
    other = api.create_session(account)
    api.post(f"/sessions/{other}/stop")
    wait_until("the account is free", lambda: api.ask("DELETE", f"/accounts/{account}").status == 204)
    api.get("/accounts")

    for method, path, status in (("GET", "/sessions/99999", 404), ("GET", "/trades/1.00000000000000000000000000000000", 404), ("GET", "/signals/xyz", 400),
                                 ("GET", "/signals?status=lost", 400), ("GET", "/trades?limit=0", 400), ("POST", "/signals", 400), ("DELETE", "/accounts/999", 404)):
        reply = api.ask(method, path, {} if method == "POST" else None)
        assert reply.status == status, (method, path, reply)
        assert reply.headers["content-type"] == "application/problem+json", reply


def test_people_are_as_the_document_says(run):
    api = run.api
    assert api.ask("GET", "/set-up", headers={"Authorization": None})["open"] is True
    people = People(run.world, run.server, run.server.observe)
    assert api.get("/set-up")["open"] is False
    assert people.send("/set-up", {"code": "a" * 32, "email": "x@example.org", "name": "X", "password": People.PASSWORD}).code == "unknown_code"
    ada, admin = people.add("ada", "viewer"), people.admin
    mine = admin.get("/operate/sessions?limit=5")["items"][0]["id"]
    for what in ("pause", "stop"):
        assert admin.post(f"/operate/sessions/{mine}/{what}", status=409 if what == "pause" else 200)
    assert admin.get("/operate/emergency-stop")["stopped"] is False
    assert admin.post("/operate/emergency-stop", {"reason": "to see"})["reason"] == "to see"
    assert admin.get("/emergency-stop")["operators"]["reason"] == "to see"
    assert admin.ask("DELETE", "/operate/emergency-stop").expect(200)["since"] is None
    assert admin.get("/operate/trades?state=in_doubt&limit=5")["items"] == []
    nowhere = "/operate/trades/1.00000000000000000000000000000000"
    assert admin.get(f"{nowhere}/candidates", status=404).code == "intent_not_found"
    assert admin.post(f"{nowhere}/resolve", {"contract": None}, status=404).code == "intent_not_found"
    assert admin.get("/audit?limit=3&acts=true")["items"] and admin.get("/audit/verify")["whole"] is True
    api.get("/me")
    me = ada.get("/me")
    assert me["person"]["role"] == "viewer" and "own" in me["scopes"]
    admin.get("/people")
    admin.get(f"/people/{me['owner']}")
    admin.ask("PUT", f"/people/{me['owner']}", {"name": "Ada", "role": "trader"}).expect(200)
    assert admin.ask("PUT", "/people/1", {"role": "trader"}).code == "last_admin"
    assert ada.ask("GET", "/people").code == "forbidden"
    other = people.browser("ada")
    items = ada.get("/visits")["items"]
    assert [item["current"] for item in items] == [True, False]
    assert ada.ask("DELETE", f"/visits/{items[1]['id']}").status == 204
    assert other.ask("GET", "/me").status == 401
    account = people.admin.add_account("another-token-9")
    assert api.get(f"/accounts/{account}/real-trading")["real"] is False
    assert people.admin.ask("PUT", f"/accounts/{account}/real-trading", {"enabled": True}).code == "real_trading_not_allowed"
    people.admin.ask("PUT", f"/accounts/{account}/real-trading", {"enabled": False}).expect(200)
    assert ada.ask("POST", "/me/proof", {"password": "wrong"}).code == "password_wrong"
    ada.keep(ada.ask("POST", "/me/proof", {"password": People.PASSWORD}).expect(204))
    secret = ada.post("/me/second-factor", status=201)["secret"]
    confirmed = ada.post("/me/second-factor/confirm", {"code": time_code(secret)})
    ada.keep(confirmed)
    assert ada.ask("POST", "/me/second-factor").code == "second_factor_exists"
    assert people.send("/log-in", {"email": "ada@example.org", "password": People.PASSWORD}).code == "second_factor_needed"
    assert people.send("/log-in", {"email": "ada@example.org", "password": People.PASSWORD, "code": confirmed["recoveryCodes"][0]}).status == 200
    removed = ada.ask("DELETE", "/me/second-factor").expect(204)
    ada.keep(removed)
    assert ada.ask("POST", "/me/second-factor/confirm", {"code": "000000"}).code == "unknown_code"
    made = ada.post("/keys", {"name": "bot", "scopes": ["read:trades"], "addresses": ["127.0.0.0/8"], "validDays": 1}, 201)
    assert ada.post("/keys", {"name": "bot", "scopes": ["everything"]}, 400)["field"] == "scopes[0]"
    assert "key" not in ada.get("/keys")["items"][0]
    assert ada.ask("DELETE", f"/keys/{made['id']}").status == 204
    changed = ada.ask("PUT", "/me/password", {"password": People.PASSWORD, "newPassword": "another horse battery"}).expect(204)
    ada.keep(changed)
    assert ada.ask("PUT", "/me/password", {"password": "wrong", "newPassword": "another horse battery"}).code == "password_wrong"
    told = ada.get("/me/notices?unseen=true")["items"]
    assert {"password_changed", "second_factor_on", "second_factor_off", "recovery_code_used", "key_made"} <= {notice["kind"] for notice in told}
    assert ada.ask("POST", f"/me/notices/{told[-1]['id']}/seen").status == 204
    assert ada.ask("POST", f"/me/notices/{told[0]['id']}/seen", {"andOlder": True}).status == 204
    assert ada.ask("POST", "/me/notices/99999/seen").status == 404 and ada.get("/me")["unseenNotices"] == 0
    reports = {"Authorization": None, "Content-Type": "application/reports+json"}
    assert api.ask("POST", "/csp-reports", [{"type": "csp-violation", "body": {"effectiveDirective": "img-src"}}], reports).status == 204
    assert api.ask("POST", "/csp-reports", {"wrong": 1}, reports).status == 400
    ben = people.add("ben", "viewer").get("/me")["owner"]
    assert admin.ask("POST", f"/people/{ben}/forget").code == "person_not_disabled"
    admin.ask("PUT", f"/people/{ben}", {"disabled": True}).expect(200)
    admin.post(f"/people/{ben}/forget")
    assert admin.ask("PUT", f"/people/{ben}", {"disabled": False}).code == "person_forgotten"
    assert ada.ask("POST", "/log-out", headers={"X-Requested-By": None}).code == "cross_site"
    assert ada.ask("POST", "/log-out").status == 204
    assert people.send("/log-in", {"email": "ada@example.org", "password": "wrong"}).code == "log_in_refused"
    assert people.send("/log-in", {"email": "ada@example.org"}).status == 400


def time_code(secret):
    """What a telephone shows (RFC 6238)."""
    step = (int(time.time()) // 30).to_bytes(8, "big")
    code = hmac.new(base64.b32decode(secret), step, "sha1").digest()
    number = int.from_bytes(code[code[19] & 15:][:4], "big") & 0x7fffffff
    return f"{number % 1_000_000:06}"


async def the_same_by_hand(broker):
    """The buy of the session once more, as if its owner had clicked at the broker."""
    terms = {"contract_type": "DIGITEVEN", "symbol": "1HZ100V", "duration": 1, "duration_unit": "t", "amount": 1, "basis": "stake", "currency": "USD"}
    async with BrokerClient(broker.url, TOKEN) as client:
        await client.send(buy="1", price=1, parameters=terms)
        await client.ask(ping=1)


def test_every_exchange_was_as_the_document_says(run):
    assert run.faults == []


def test_every_operation_was_asked(run):
    assert run.contract.unseen() == UNREACHED
