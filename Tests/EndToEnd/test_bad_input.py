"""Whatever is sent: a 4xx that names what is wrong, nothing half done, nothing of another owner's, and a server that lives on."""

import json
import socket
import subprocess
import time
from types import SimpleNamespace

import pytest

from harness import API, binary, raw, wait_until

SIGNAL = {"symbol": "1HZ100V", "kind": "even", "duration": "1t"}
PLAN = {"name": "bad", "stake": {"fixed": "1.00"}}


@pytest.fixture(scope="module")
def run(shared_world):
    """A server with an idle session of the first owner, and a second owner. At the end it lives and nothing was made."""
    broker = shared_world.broker("--seed", 5)
    added = subprocess.run([binary(), "owner", "add", "second"], env=shared_world.settings(broker.url), capture_output=True, text=True, timeout=30)
    assert added.returncode == 0, added.stderr
    # The first owner of a server is made at its first start unless there is one.
    first = subprocess.run([binary(), "owner", "add", "first"], env=shared_world.settings(broker.url), capture_output=True, text=True, timeout=30)
    (shared_world.folder / "api-key").write_text(first.stdout)
    server = shared_world.serve(broker.url)
    account = server.api.add_account()
    session = server.api.start_session(account)
    trade = server.api.settled(server.api.buy("even"))
    run = SimpleNamespace(server=server, api=server.api, other=API(server.port, added.stdout.strip()), account=account, session=session, trade=trade)
    before = everything(run.api)
    yield run
    assert server.is_running() and run.api.get("/health")["status"] == "ready"
    assert everything(run.api) == before
    assert everything(run.other) == {"accounts": [], "sessions": [], "signals": [], "trades": []}
    for word in ("Fatal error", "error signalist", "critical signalist"):
        assert word not in server.log


def everything(api):
    return {"accounts": api.get("/accounts")["items"]} | {name: api.all(f"/{name}") for name in ("sessions", "signals", "trades")}


def refused(reply, status, field=None):
    """A problem with this status, that names this field, and nothing internal."""
    assert reply.status == status, (reply.status, reply.body[:500])
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply["status"] == status and reply["type"] == f"urn:signalist:problem:{reply.code}"
    if field:
        assert reply["field"] == field, reply.json
    for word in (b".swift", b"SQLite", b"SELECT", b"Swift.", b"/data"):
        assert word not in reply.body


@pytest.mark.parametrize(["body", "field"], [
    ({**SIGNAL, "kind": "up"}, "kind"), ({**SIGNAL, "kind": 1}, "kind"), ({**SIGNAL, "kind": None}, "kind"), ({"kind": "even"}, "symbol"),
    ({**SIGNAL, "symbol": ""}, "symbol"), ({**SIGNAL, "symbol": "../../etc"}, "symbol"), ({**SIGNAL, "symbol": "R" * 100}, "symbol"),
    ({**SIGNAL, "symbol": ["R_10"]}, "symbol"), ({**SIGNAL, "symbol": "R_10\u0000"}, "symbol"), ({**SIGNAL, "duration": "0t"}, "duration"),
    ({**SIGNAL, "duration": "-1t"}, "duration"), ({**SIGNAL, "duration": 5}, "duration"), ({**SIGNAL, "duration": "99999999999999999999t"}, "duration"),
    ({**SIGNAL, "validSeconds": 0}, "validSeconds"), ({**SIGNAL, "validSeconds": -1}, "validSeconds"), ({**SIGNAL, "validSeconds": 3601}, "validSeconds"),
    ({**SIGNAL, "validSeconds": 1.5}, "validSeconds"), ({**SIGNAL, "validSeconds": "60"}, "validSeconds"), ({**SIGNAL, "validSeconds": True}, "validSeconds"),
    ({**SIGNAL, "validUntil": "tomorrow"}, "validUntil"), ({**SIGNAL, "validUntil": "1999-01-01T00:00:00Z"}, "validUntil"), ({**SIGNAL, "session": 0}, "session"),
    ({**SIGNAL, "session": "1"}, "session"), ({**SIGNAL, "session": 10**30}, "session"), ({**SIGNAL, "source": ""}, "source"),
    ({**SIGNAL, "source": "x" * 33}, "source"), ({**SIGNAL, "source": "line\nend"}, "source"), ({**SIGNAL, "stake": "5.00"}, "stake"),
    ({**SIGNAL, "strategy": {"name": "x"}}, "strategy"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_wrong_signal_is_refused_by_field(run, body, field):
    refused(run.api.ask("POST", "/signals", body), 400, field)


@pytest.mark.parametrize("number", ["-1", "-0.01", "1e400", "-1e400", "NaN", "Infinity", "1" + "0" * 30, '"1e5"', '"-5"', '" 5"', '"5,00"', '"0x10"', "1.001", "true",
                                    "{}", "[]", '""', '"٥"', "00", "+1", "1.", ".5"])
def test_absurd_amounts_are_refused_by_field(run, number):
    fixed = f'{{"account": {run.account}, "name": "bad", "stake": {{"fixed": {number}}}}}'.encode()
    reply = run.api.ask("POST", "/sessions", fixed)
    # Some of these are no JSON at all; a currency's decimals are known only with the account.
    assert reply.status in (400, 422), reply
    refused(reply, reply.status, None if reply.code == "malformed_json" else "stake.fixed")
    for limit in ("lossPerDay", "greatestStake"):
        reply = run.api.ask("POST", "/sessions", f'{{"account": {run.account}, "name": "bad", "stake": {{"fixed": 1}}, "limits": {{"{limit}": {number}}}}}'.encode())
        refused(reply, reply.status, None if reply.code == "malformed_json" else f"limits.{limit}")
        assert reply.status in (400, 422)


@pytest.mark.parametrize(["change", "field"], [
    ({"limits": {"drawdown": 100.5}}, "limits.drawdown"), ({"limits": {"drawdown": 0.001}}, "limits.drawdown"), ({"limits": {"tradesPerDay": -1}}, "limits.tradesPerDay"),
    ({"limits": {"tradesPerDay": 10**30}}, "limits.tradesPerDay"), ({"limits": {"lossesInARow": 1.5}}, "limits.lossesInARow"), ({"limits": {"hope": 1}}, "limits.hope"),
    ({"limits": []}, "limits"), ({"stake": {}}, "stake"), ({"stake": {"fixed": 1, "percentOfBalance": 1}}, "stake"), ({"stake": {"percentOfBalance": 101}}, "stake.percentOfBalance"),
    ({"stake": {"percentOfBalance": -1}}, "stake.percentOfBalance"), ({"openContracts": 0}, "openContracts"), ({"openContracts": 101}, "openContracts"),
    ({"zone": "Mars/Olympus"}, "zone"), ({"zone": "../../etc/passwd"}, "zone"), ({"criteria": {"symbols": ["!"]}}, "criteria.symbols[0]"),
    ({"strategies": [{"name": "none such"}]}, "strategies[0].name"), ({"strategies": [{"name": "even-odd", "parameters": {"ticks": -1}}]}, "strategies[0].parameters.ticks"),
    ({"name": "x" * 33}, "name"), ({"name": 7}, "name"), ({"account": "1"}, "account"), ({"account": -1}, "account"), ({"hello": 1}, "hello"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_wrong_session_is_refused_by_field(run, change, field):
    reply = run.api.ask("POST", "/sessions", {"account": run.account, **PLAN, **change})
    assert reply.status in (400, 422), reply
    refused(reply, reply.status, field)
    plan = {name: value for name, value in {**PLAN, **change}.items() if name != "account"}
    if "account" not in change:
        reply = run.api.ask("PUT", f"/sessions/{run.session}/plan", plan)
        refused(reply, reply.status, field)


def test_symbol_that_nobody_sells_is_refused_and_buys_nothing(run):
    paused = run.api.post(f"/sessions/{run.session}/pause")
    assert paused["phase"] == "paused"
    answer = run.api.get(f"/sessions/{run.session}/can-execute-trade?symbol=frxEURUSD&kind=even&duration=1t")
    assert not answer["allowed"]
    run.api.post(f"/sessions/{run.session}/resume")


def test_bodies_that_are_no_json(run):
    for body in (b"", b"{", b"[1", b'{"symbol": }', b"null", b"[]", b'"text"', b"\xff\xfe{}", b'{"symbol": "\xff\xff", "kind": "even"}', b'{"symbol": "\\ud800", "kind": "even"}',
                 b'{"kind": "even"} {"kind": "odd"}', b"{" * 10_000, b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"\x00" * 100):
        reply = run.api.ask("POST", "/signals", body)
        refused(reply, 400)
        assert reply.code in ("malformed_json", "invalid_field", "missing_field"), (body[:40], reply.json)
    refused(run.api.ask("POST", "/signals", b'{"symbol": "R_10", "symbol": "R_25", "kind": "even"}'), 400, "symbol")


def test_body_that_is_too_large(run):
    refused(run.api.ask("POST", "/signals", b'{"symbol": "' + b"x" * (1 << 20) + b'"}'), 413)
    # Without its length said before.
    head = f"POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {run.api.key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = raw(run.server.port, head.encode() + (b"10000\r\n" + b" " * 65_536 + b"\r\n") * 16 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413") or answer == b"", answer[:200]


def test_body_of_another_type(run):
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "json", None):
        refused(run.api.ask("POST", "/signals", json.dumps(SIGNAL).encode(), {"Content-Type": kind}), 415)


def test_no_key_and_wrong_keys(run):
    paths = ("/health", "/signals", "/sessions", f"/sessions/{run.session}", "/accounts", "/trades", "/emergency-stop", "/strategies", "/events", "/no-such-thing")
    for authorization in (None, "", "Bearer", "Bearer ", "Bearer x", f"Basic {run.api.key}", f"Bearer {run.api.key}x", f"Bearer {run.api.key[:-1]}", "Bearer " + "x" * 5_000):
        for path in paths:
            reply = run.api.ask("GET", path, headers={"Authorization": authorization})
            refused(reply, 401)
            assert reply.headers["www-authenticate"].startswith("Bearer")
        refused(run.api.ask("POST", "/emergency-stop", headers={"Authorization": authorization}), 401)
    # A key in the address is no key.
    refused(run.api.ask("GET", f"/accounts?key={run.api.key}", headers={"Authorization": None}), 401)


def test_another_owners_things_do_not_exist(run):
    signal = run.trade["signal"]
    for method, path, body in (
            ("GET", f"/accounts/{run.account}", None), ("DELETE", f"/accounts/{run.account}", None), ("POST", f"/accounts/{run.account}/check", None),
            ("PUT", f"/accounts/{run.account}/limits", {"openContracts": 1}), ("GET", f"/sessions/{run.session}", None), ("POST", f"/sessions/{run.session}/start", None),
            ("POST", f"/sessions/{run.session}/pause", None), ("POST", f"/sessions/{run.session}/stop", None), ("POST", f"/sessions/{run.session}/resume", None),
            ("PUT", f"/sessions/{run.session}/plan", PLAN), ("GET", f"/sessions/{run.session}/can-execute-trade", None), ("GET", f"/sessions/{run.session}/daily-limits", None),
            ("GET", f"/sessions/{run.session}/drawdown", None), ("GET", f"/sessions/{run.session}/consecutive-losses", None), ("GET", f"/trades/{run.trade['id']}", None),
            ("POST", f"/trades/{run.trade['id']}/resolve", {"contract": None}), ("GET", f"/signals/{signal}", None), ("POST", f"/signals/{signal}/cancel", None),
            ("POST", "/sessions", {"account": run.account, **PLAN})):
        theirs = run.other.ask(method, path, body)
        # The answer is the one for what was never there.
        assert theirs.status in (404, 422), (method, path, theirs)
        if method == "GET" or theirs.status == 404:
            assert theirs.status == 404
    assert run.other.all(f"/trades?session={run.session}") == []
    assert run.api.session(run.session)["phase"] == "active"


def test_wrong_parameters_and_headers(run):
    for path, field in (("/signals?limit=0", "limit"), ("/signals?limit=501", "limit"), ("/signals?limit=x", "limit"), ("/signals?limit=1&limit=2", "limit"),
                        ("/signals?after=%00", "after"), ("/signals?after=nonsense", "after"), ("/trades?session=-1", "session"), ("/sessions?phase=happy", "phase"),
                        ("/signals?hello=1", "hello"), (f"/sessions/{run.session}/can-execute-trade?stake=1e5", "stake"),
                        (f"/sessions/{run.session}/can-execute-trade?kind=even", "symbol"), ("/signals?status=%ff%fe", None)):
        refused(run.api.ask("GET", path), 400, field)
    for path in ("/sessions/x", "/sessions/-1", "/sessions/0", "/sessions/99999999999999999999999", "/sessions/%00", "/sessions/1%2f2", "/signals/abc", "/trades/1"):
        reply = run.api.ask("GET", path)
        assert reply.status in (400, 404), (path, reply)
        refused(reply, reply.status)
    for key in ("x" * 201, "with space", "é"):
        refused(run.api.ask("POST", "/signals", SIGNAL, {"Idempotency-Key": key.encode().decode("latin-1")}), 400, "Idempotency-Key")
    assert run.api.ask("PATCH", "/signals").status == 405
    assert run.api.ask("GET", "/../../etc/passwd").status in (400, 404)


def test_garbage_on_the_socket_harms_nobody(run):
    get = f"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {run.api.key}\r\n\r\n".encode()
    answers = raw(run.server.port, get + b"\x00\xff garbage \r\n\r\n" + get)
    assert answers.startswith(b"HTTP/1.1 200") and answers.count(b"HTTP/1.1 200") == 1
    for data in (b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 1_000 + b"\r\n",
                 b"POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", b"POST /api/v1/signals HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                 b"POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        answer = raw(run.server.port, data)
        assert answer == b"" or answer.split(b"\r\n")[0].split(b" ")[1][:1] == b"4", (data[:60], answer[:200])
        assert run.api.get("/health/live").status == 200


def test_half_a_body_is_not_taken_for_a_whole_one(run):
    body = json.dumps(SIGNAL)
    head = f"POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {run.api.key}\r\nContent-Type: application/json\r\nContent-Length: {len(body) + 10}\r\n\r\n{body}"
    answer = raw(run.server.port, head.encode())
    assert not answer.startswith(b"HTTP/1.1 2"), answer[:200]


def test_slow_senders_block_nobody(run):
    slow = []
    try:
        for _ in range(200):
            connection = socket.create_connection(("127.0.0.1", run.server.port), timeout=10)
            connection.sendall(b"POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            slow.append(connection)
        for _ in range(20):
            for connection in slow[::20]:
                connection.sendall(b"a")
            began = time.monotonic()
            assert run.api.get("/accounts").status == 200
            assert time.monotonic() - began < 2
    finally:
        for connection in slow:
            connection.close()


def test_wrong_tokens_are_refused_and_no_account_is_made(run):
    for token, status in (("", 400), ("x" * 129, 400), ("with space", 400), (7, 400), (None, 400), ("é", 400), ("readonly-endtoend-token-1", 422)):
        reply = run.api.ask("POST", "/accounts", {"token": token})
        refused(reply, status, "token")
        assert not token or not isinstance(token, str) or token.encode() not in reply.body or len(token) < 2
    wait_until("the line is up", lambda: run.api.account(run.account)["line"] == "up")
