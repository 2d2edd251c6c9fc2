"""People at the built server: the first set-up, the way back in, and what each role may do, operation by operation."""

import concurrent.futures
import contextlib
import http.client
import json
import re
import socket
import sqlite3
import ssl
import stat
import subprocess

import pytest
import yaml

from harness import API, ROOT, Browser, People, binary, wait_until

DOCUMENTS = ("openapi.yaml", "openapi-previous.yaml")
# As docs/people.md lists them.
SCOPES = {
    "viewer": {"read:metrics", "read:trades", "own"},
    "trader": {"read:metrics", "read:trades", "signal:send", "session:control", "account:manage", "own"},
    "operator": {"read:metrics", "read:trades", "session:control", "operate", "own"},
    "admin": {"read:metrics", "read:trades", "signal:send", "session:control", "account:manage", "operate", "admin", "audit", "own"},
    "auditor": {"read:metrics", "audit", "own"},
    "owner key": {"read:metrics", "read:trades", "signal:send", "session:control", "account:manage"},
    "nobody": set(),
    # An admin's keys, each with one scope.
    "key read:metrics": {"read:metrics"}, "key read:trades": {"read:trades"}, "key signal:send": {"signal:send"},
    "key session:control": {"session:control"},
}
ROLES = ("viewer", "trader", "operator", "admin", "auditor")
# Of nobody who is asked here.
PLACES = {"session": "99999", "account": "99999", "person": "99999", "trade": "1.00000000000000000000000000000000", "signal": "0" * 32,
          "hook": "0" * 32, "visit": "0" * 16, "version": "1", "token": "x" * 43, "key": "abcdefgh", "raise": "99999",
          "notice": "99999"}
# What a key may not where its owner is a person, whatever its scopes.
RAISES = {("DELETE", "/api/v1/emergency-stop"), ("POST", "/api/v1/sessions/{session}/accept-review"), ("POST", "/api/v1/accounts"),
          ("POST", "/api/deriv/token"), ("POST", "/api/deriv/token/secure")}


# These tests ask faster than people do.
GENEROUS = {"log_ins_per_minute": 1000, "writes_per_minute": 10000, "reads_per_minute": 10000, "unknown_per_minute": 10000}


def operations():
    """Every (method, path, scope) of the documents; the scope of an open one is None."""
    found = []
    for name in DOCUMENTS:
        document = yaml.safe_load((ROOT / "docs" / name).read_text())
        for path, item in document["paths"].items():
            for method, operation in item.items():
                is_open = operation.get("security") == []
                assert is_open != ("x-scope" in operation), f"{method} {path} of {name} is open or names its scope"
                found.append((method.upper(), path, None if is_open else operation["x-scope"]))
    return found


def status(caller, method, path):
    """What a request that names nothing and carries nothing comes to. Streams are left at their first line."""
    headers = {"Content-Type": "application/json"}
    if isinstance(caller, Browser):
        headers |= {"Cookie": caller.cookie, "X-Requested-By": "dashboard", "Sec-Fetch-Site": "same-origin"}
    elif caller.key:
        headers["Authorization"] = f"Bearer {caller.key}"
    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=40)
    try:
        connection.request(method, path, b"{}" if method in ("POST", "PUT") else None, headers)
        response = connection.getresponse()
        keep(caller, response)
        return response.status
    finally:
        connection.close()


def keep(caller, response):
    """A visit may go on under another cookie."""
    cookie = response.getheader("Set-Cookie")
    if cookie and "Max-Age=0" not in cookie:
        caller.cookie = cookie.split(";")[0]


@pytest.fixture(scope="module")
def callers(shared_world):
    broker = shared_world.broker("--seed", 9)
    server = shared_world.serve(broker.url, **GENEROUS)
    people = People(shared_world, server)
    found = {role: people.add(role, role) for role in ROLES if role != "admin"}
    for name in SCOPES:
        if name.startswith("key "):
            made = people.admin.post("/keys", {"name": name, "scopes": [name.removeprefix("key ")]}, 201)
            found[name] = API(server.port, made["key"])
    return found | {"admin": people.admin, "owner key": server.api, "nobody": API(server.port, None)}


@pytest.mark.parametrize("who", SCOPES)
def test_each_role_may_do_what_the_documents_say_and_nothing_else(callers, who):
    wrong, leave = [], None
    for method, path, scope in operations():
        if path == "/api/v1/log-out":
            leave = (method, path, scope)
            continue
        wrong += cell(callers[who], who, method, path, scope)
    wrong += cell(callers[who], who, *leave)
    assert wrong == []


def cell(caller, who, method, path, scope):
    place = re.sub(r"\{(\w+)\}", lambda match: PLACES[match[1]], path)
    got = status(caller, method, place)
    if scope is None:
        is_right = got != 403 and (got != 401 or path in ("/api/v1/log-in", "/hooks/{hook}"))
    elif who == "nobody":
        is_right = got == 401
    elif scope in SCOPES[who] and "key" in who and (method, path) in RAISES:
        is_right = got in (200, 403)
    elif scope == "known" or scope in SCOPES[who]:
        is_right = got not in (401, 403)
    else:
        is_right = got == 403
    return [] if is_right and got < 500 or got in (503, 504) and is_right else [f"{who}: {method} {path} ({scope}) is {got}"]


def test_the_page_says_which_role_has_which_scope():
    rows = re.findall(r"^\| `([a-z:]+)` \|[^|]*\|(.*)\|$", (ROOT / "docs/people.md").read_text(), re.MULTILINE)
    said = {role: {scope for scope, cells in rows if cells.split("|")[ROLES.index(role)].strip() == "yes"} for role in ROLES}
    assert said == {role: SCOPES[role] for role in ROLES}


def test_the_first_admin_is_made_once_and_a_restart_changes_nothing(world):
    broker = world.broker("--seed", 9)
    server = world.serve(broker.url, **GENEROUS)
    place = world.folder / "set-up-code"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    code = world.set_up_code()
    assert re.fullmatch("[a-z0-9]{32}", code) and code not in server.log
    open_api = API(server.port, None)

    def try_it(number):
        body = {"code": code, "email": f"admin{number}@example.org", "name": "Admin", "password": People.PASSWORD}
        return open_api.ask("POST", "/set-up", body, {"Authorization": None})

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(try_it, range(6)))
    [made] = [reply for reply in replies if reply.status == 201]
    assert {reply.code for reply in replies if reply.status != 201} <= {"unknown_code", "overloaded"}
    admin = Browser(server.port, made["email"], People.PASSWORD)
    assert admin.get("/me")["owner"] == 1, "the owner of the first key is the admin"
    assert [person["email"] for person in admin.get("/people")["items"]] == [made["email"]]
    assert server.api.get("/sessions").status == 200, "the first key works as before"

    cookie = admin.cookie.split("=")[1]
    server.kill()
    again = world.serve(broker.url, **GENEROUS)
    admin.port = again.port
    assert admin.get("/me")["owner"] == 1, "who was in is in"
    assert not place.exists()
    again.end()
    for path in [*(world.folder / "data").iterdir(), server.log_path, again.log_path, server.output_path, again.output_path]:
        data = path.read_bytes() if path.is_file() else b""
        for secret in (code, cookie, People.PASSWORD):
            assert secret.encode() not in data, path


def test_the_way_back_in_is_on_the_machine_itself(world):
    broker = world.broker("--seed", 9)
    settings = world.settings(broker.url, **GENEROUS)

    def person(*arguments, code=0):
        done = subprocess.run([binary(), "person", *arguments], env=settings, capture_output=True, text=True, timeout=60, cwd=world.folder)
        assert done.returncode == code, done
        return done.stdout.strip() if code == 0 else done.stderr

    first = person("add", "Ada@example.org", "--name", "Ada", "--role", "admin")
    assert "already" in person("add", "ada@example.org", code=64)
    assert "viewer, trader" in person("add", "ben@example.org", "--role", "king", code=64)
    assert person("list") == "1\tAda@example.org\tadmin\tAda\tno password"
    second = person("reset", "ada@example.org")
    # A first owner, and so a first key, is made only where there is no owner yet.
    (world.folder / "api-key").write_text("none")
    assert re.fullmatch("[a-z0-9]{32}", first) and first != second
    server = world.serve(broker.url, **GENEROUS)
    assert not (world.folder / "set-up-code").exists(), "there is an admin"
    assert "in use" in person("list", code=1)
    open_api = API(server.port, None)
    send = lambda code: open_api.ask("POST", "/set-password", {"code": code, "password": People.PASSWORD}, {"Authorization": None})
    assert send(first).code == "unknown_code", "the newer one ended it"
    assert send(second).status == 204
    assert send(second).code == "unknown_code"
    assert Browser(server.port, "ada@example.org", People.PASSWORD).get("/me")["person"]["role"] == "admin"


# What one of two people has, and the other must not find. Each name carries a mark.
MARK = "of-ada-alone"
BODIES = {
    ("PUT", "/api/v1/sessions/{session}/plan"): {"name": "mine now", "stake": {"fixed": "1.00"}},
    ("PUT", "/api/v1/accounts/{account}/limits"): {"openContracts": 1},
    ("PUT", "/api/v1/accounts/{account}/real-trading"): {"enabled": False},
    ("POST", "/api/v1/trades/{trade}/resolve"): {"contract": "1"},
    ("PUT", "/api/v1/hooks/{hook}"): {"name": "mine now"},
}


def test_nobody_finds_or_touches_what_is_anothers(world):
    broker = world.broker("--seed", 11)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada, ben = people.add("ada", "trader"), people.add("ben", "trader")
    account = ada.add_account("token-of-ada-alone")
    session = ada.start_session(account, name=MARK)
    signal = ada.signal("even", source=MARK)
    trade = ada.intent(signal)
    ada.settled(trade)
    hook = ada.post("/hooks", {"name": MARK, "format": "signed"}, 201)
    key = ada.post("/keys", {"name": MARK, "scopes": ["read:trades"]}, 201)
    for path, body in (("/limits", {"openContracts": 3}), ("/promise-lock", {"waitSeconds": 3600}), ("/limits", {"openContracts": 4})):
        raised = ada.ask("PUT", path, body).expect(200)
    [visit] = ada.get("/visits")["items"]
    places = {"session": session, "account": account, "trade": trade, "signal": signal["id"], "hook": hook["id"], "version": 1, "key": key["id"],
              "visit": visit["id"], "person": ada.get("/me")["owner"],
              "notice": ada.get("/me/notices")["items"][0]["id"],
              "raise": raised["pending"][0]["id"]}
    paths = ("/sessions", "/accounts", "/signals", "/trades", "/hooks", "/keys")
    before = {path: ada.get(path).json for path in paths if path != "/keys"}
    wrong = []
    # Ben has nothing; what he is told must be that he has nothing.
    for method, path, scope in operations():
        if scope is None or path in ("/api/v1/log-out", "/api/v1/events") or path.endswith(("stream", "live-updates")):
            continue
        place = re.sub(r"\{(\w+)\}", lambda match: str(places[match[1]]), path)
        reply = whole(ben, method, place, BODIES.get((method, path)))
        if "{" in path and reply[0] not in ((403,) if scope in ("admin", "operate", "audit") else (404,)):
            wrong.append(f"{method} {path}: {reply[0]} {reply[1][:200]!r}")
        if any(mark.encode() in reply[1] for mark in (MARK, "token-of-ada", trade, signal["id"], hook["id"], key["id"], visit["id"], "ada@")):
            wrong.append(f"{method} {path} tells of ada: {reply[1][:300]!r}")
    assert wrong == []
    assert {path: ada.get(path).json for path in before} == before
    assert API(server.port, key["key"]).get("/me")["owner"] == places["person"], "her key works on"
    for path in paths:
        assert ben.get(path)["items"] == [], path


# What a key for some sessions reads all the same: it is of no session, or the handler leaves out what is not the key's. One more in the documents
# is nothing for it until it stands here.
READABLE = {"/api/v1/me", "/api/v1/health", "/api/v1/strategies", "/api/v1/limits", "/api/v1/limits/pending", "/api/v1/promise-lock", "/api/v1/emergency-stop",
            "/api/v1/sessions", "/api/v1/trades", "/api/v1/signals", "/api/v1/accounts", "/api/v1/hooks", "/api/v1/events",
            "/api/deriv/market-status", "/api/deriv/market-data/history", "/api/deriv/market-data/stream", "/api/deriv/verify-email",
            "/api/health/detailed", "/api/health/services"}


def test_a_key_for_a_session_goes_no_further(world):
    broker = world.broker("--seed", 17)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada = people.add("ada", "trader")
    account, second = ada.add_account("token-of-ada-alone"), ada.add_account("another-of-ada")
    mine, other = ada.start_session(account, name="mine"), ada.start_session(second, name=MARK)
    signal = ada.signal("even", source=MARK, session=other)
    trade = ada.intent(signal)
    ada.settled(trade)
    hook = ada.post("/hooks", {"name": MARK, "format": "signed"}, 201)
    scopes = sorted(scope for caller, has in SCOPES.items() if caller.startswith("key ") for scope in has)
    made = ada.post("/keys", {"name": "bot", "scopes": scopes, "sessions": [mine]}, 201)
    key = API(server.port, made["key"])
    places = {"session": other, "account": second, "trade": trade, "signal": signal["id"], "hook": hook["id"], "version": 1, "key": made["id"],
              "visit": "0" * 16, "person": ada.get("/me")["owner"], "notice": 1, "raise": 1}
    before = {path: ada.get(path).json for path in ("/sessions", "/trades", "/signals", "/accounts", "/hooks")}
    wrong = []
    for method, path, scope in operations():
        if scope is None or path.endswith(("events", "stream", "live-updates")):
            continue
        place = re.sub(r"\{(\w+)\}", lambda match: str(places[match[1]]), path)
        reply = by_key(key, method, place, BODIES.get((method, path)))
        expected = (403,)
        if method == "GET" and path in READABLE:
            expected = (reply[0],) if reply[0] not in (401, 403) else ("anything else",)
        elif scope not in scopes:
            pass
        elif re.search(r"\{(session|trade|signal|hook)\}", path) or method == "GET" and path.startswith("/api/v1/accounts/") and "analytics" not in path:
            expected = (404,)
        elif path.startswith(("/api/deriv/create-", "/api/deriv/verify-email")) or (method, path) == ("POST", "/api/v1/signals"):
            continue
        if reply[0] not in expected:
            wrong.append(f"{method} {path}: {reply[0]} {reply[1][:200]!r}")
        if any(mark.encode() in reply[1] for mark in (MARK, trade, signal["id"], hook["id"])):
            wrong.append(f"{method} {path} tells of another session: {reply[1][:300]!r}")
    assert wrong == []
    assert {path: ada.get(path).json for path in before} == before
    # With its own it does what its scopes say.
    assert [row["id"] for row in key.get("/sessions")["items"]] == [mine] and [row["id"] for row in key.get("/accounts")["items"]] == [account]
    own = key.signal("odd", session=mine)
    key.settled(key.intent(own))
    assert key.get("/trades")["items"] and MARK not in str(key.get("/trades").json)
    assert key.post(f"/sessions/{mine}/stop")["phase"] in ("stopping", "stopped")
    assert ada.session(other)["phase"] == "active"


def test_operators_stop_everybody_and_survive_a_kill(world):
    broker = world.broker("--seed", 13)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada, ben, olga = people.add("ada", "trader"), people.add("ben", "trader"), people.add("olga", "operator")
    accounts = {one: one.add_account(f"token-of-{name}-alone") for name, one in (("ada", ada), ("ben", ben))}
    sessions = {one: one.start_session(accounts[one], openContracts=4) for one in (ada, ben)}
    trade = ada.buy()
    assert olga.post("/operate/emergency-stop", {}, status=400).code == "missing_field"
    stop = olga.post("/operate/emergency-stop", {"reason": "the broker's prices look wrong"}, key="once").json
    assert (stop["stopped"], stop["reason"]) == (True, "the broker's prices look wrong") and stop["by"].startswith("operator ")
    for one in (ada, ben):
        assert one.session(sessions[one])["phase"] in ("stopping", "stopped")

    def nothing_starts():
        for one in (ada, ben):
            told = one.get("/emergency-stop").json
            assert (told["stopped"], told["operators"]) == (False, {name: stop[name] for name in ("since", "by", "reason")})
            later = one.create_session(accounts[one])
            assert one.post(f"/sessions/{later}/start", status=409).code == "stopped_by_operators"
            refused = one.signal("even", session=later).json
            assert refused["decisions"][0]["refusal"]["code"] == "stopped_by_operators", refused
            assert one.get(f"/sessions/{later}/can-execute-trade")["refusals"][0]["code"] == "stopped_by_operators"
            # Their own stop, and lifting it, is another matter.
            assert one.post("/emergency-stop")["stopped"] is True
            assert one.ask("DELETE", "/emergency-stop").expect(200)["stopped"] is False
            assert one.ask("DELETE", "/operate/emergency-stop").code == "forbidden"
        # Somebody who comes later is stopped, too.
        assert people.admin.get("/operate/emergency-stop")["since"] == stop["since"]

    nothing_starts()
    server.kill()
    server = world.serve(broker.url, **GENEROUS)
    for one in (ada, ben, olga, people.admin):
        one.port = server.port
    people.port = people.open.port = server.port
    nothing_starts()
    cleo = people.add("cleo", "trader")
    session = cleo.create_session(cleo.add_account("token-of-cleo-alone"))
    assert cleo.post(f"/sessions/{session}/start", status=409).code == "stopped_by_operators"
    ada.settled(trade, 40)
    wait_until("nothing ends any more", lambda: olga.get("/operate/emergency-stop")["ending"]["sessions"] == 0, 40)
    assert olga.ask("DELETE", "/operate/emergency-stop").expect(200)["stopped"] is False
    cleo.post(f"/sessions/{session}/start")
    wait_until("the new session is active", lambda: cleo.session(session)["phase"] == "active")
    assert ada.session(sessions[ada])["phase"] == "stopped", "no session starts by itself"
    assert len([one for one in ada.trades() if one["contract"]]) == 1


def test_an_operator_sees_and_stops_everybodys_sessions_and_an_auditor_reads_the_log(world):
    broker = world.broker("--seed", 12)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada, olga, audra = people.add("ada", "trader"), people.add("olga", "operator"), people.add("audra", "auditor")
    account = ada.add_account("token-of-ada-alone")
    session, idle = ada.start_session(account, name=MARK), ada.create_session(account)
    owner = ada.get("/me")["owner"]
    rows = olga.all("/operate/sessions", limit=1)
    assert [(row["owner"], row["id"]) for row in rows] == [(owner, idle), (owner, session)] and rows[1]["phase"] == "active"
    assert not any("token" in json.dumps(row, default=str) for row in rows)
    paused = olga.post(f"/operate/sessions/{session}/pause")
    assert (paused["phase"], paused["pausedFor"]) == ("paused", "person") and ada.session(session)["phase"] == "paused"
    assert olga.post(f"/operate/sessions/{session}/stop", key="once")["phase"] == "stopped"
    assert olga.post(f"/operate/sessions/{session}/stop", key="once").headers["idempotency-replayed"] == "true"
    assert olga.post("/operate/sessions/99999/stop", status=404).code == "session_not_found"
    assert olga.ask("GET", f"/sessions/{session}").status == 404, "her own sessions are still her own alone"
    with contextlib.closing(sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True)) as database:
        by = [json.loads(body)["by"] for [body] in database.execute("SELECT body FROM journal WHERE session = ? AND kind IN ('session_paused', 'session_stopped')", [session])]
    assert by == [f"operator {olga.get('/me')['owner']}"] * 2, "each act says who"

    for role in (ada, audra):
        assert role.ask("POST", "/operate/emergency-stop", {"reason": "mine"}).code == "forbidden"
    acts = [(entry["actor"].split(" at ")[0], entry["action"]) for entry in audra.all("/audit?acts=true")]
    olgas = f"person {olga.get('/me')['owner']}"
    olga.post("/operate/emergency-stop", {"reason": "the broker's prices look wrong"})
    olga.ask("DELETE", "/operate/emergency-stop").expect(200)
    new = [(entry["actor"].split(" at ")[0], entry["action"]) for entry in audra.all("/audit?acts=true")][:-len(acts)]
    assert new == [(olgas, "operators stop lift"), (olgas, "operators stop")], "an auditor finds it among what people did"

    everything = audra.all("/audit", limit=7)
    numbers = [entry["sequence"] for entry in everything]
    assert numbers == sorted(numbers, reverse=True) and set(numbers) >= set(range(1, max(numbers) + 1))
    acts = audra.all("/audit?acts=true")
    assert acts == [entry for entry in everything if entry["actor"] != "loop"]
    [stored] = audra.all("/audit?action=token+store")
    assert stored["actor"] == f"owner {owner}" and audra.all(f"/audit?actor=owner+{owner}&action=token+store") == [stored]
    assert audra.all(f"/audit?action=token+store&to={stored['at']}") == [] and audra.all(f"/audit?action=token+store&from={stored['at']}") == [stored]
    for wrong in ("acts=perhaps", "from=yesterday", "limit=0", "after=x", "kind=facts"):
        assert audra.ask("GET", f"/audit?{wrong}").status == 400, wrong
    found = audra.get("/audit/verify").json
    assert found["whole"] is True and found["entries"] >= max(numbers) and found["faults"] == []


def whole(caller, method, path, body):
    headers = {"Content-Type": "application/json", "Cookie": caller.cookie, "X-Requested-By": "dashboard", "Sec-Fetch-Site": "same-origin"}
    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=40)
    try:
        connection.request(method, path, (json.dumps(body).encode() if body else b"") if method in ("POST", "PUT") else None, headers)
        response = connection.getresponse()
        keep(caller, response)
        return response.status, response.read()
    finally:
        connection.close()


def by_key(caller, method, path, body):
    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=40)
    try:
        text = (json.dumps(body).encode() if body else b"") if method in ("POST", "PUT") else None
        connection.request(method, path, text, {"Content-Type": "application/json", "Authorization": f"Bearer {caller.key}"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_a_stream_tells_of_its_owner_alone_and_ends_with_the_visit(world):
    broker = world.broker("--seed", 12)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada, ben = people.add("ada", "trader"), people.add("ben", "trader")
    with stream(ben) as listening:
        assert listening.readline().startswith(b": after")
        ada.post("/emergency-stop")
        ben.post("/emergency-stop")
        event = b""
        while not event.endswith(b"\n\n"):
            event += listening.readline()
        assert b"id: 1\n" in event and b"emergency_stopped" in event, "his own first fact, not hers"
        ben.ask("POST", "/log-out")
        people.browser("ben").ask("DELETE", "/emergency-stop").expect(200)
        assert b"lifted" not in listening.read(), "it ended, and said nothing more"


@contextlib.contextmanager
def stream(browser):
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=40)
    connection.request("GET", "/api/v1/events", headers={"Cookie": browser.cookie})
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def test_with_its_own_certificate_it_speaks_tls_and_nothing_else(world):
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                           "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", world.folder / "key.pem", "-out", world.folder / "cert.pem"],
                          capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    broker = world.broker("--seed", 13)
    settings = world.settings(broker.url, tls="server", tls_certificate=world.folder / "cert.pem", tls_key=world.folder / "key.pem", host="127.0.0.1", **GENEROUS)
    server = world._run("server", ["serve"], settings)
    port = int(server.wait_for(r"address=https://127\.0\.0\.1:(\d+)")[1])
    trust = ssl.create_default_context(cafile=world.folder / "cert.pem")

    def ask(method, path, body=None, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=40, context=trust)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    status, headers, _ = ask("GET", "/api/v1/sessions", Authorization=f"Bearer {world.key()}")
    assert status == 200 and headers["strict-transport-security"].startswith("max-age=31536000")
    body = {"code": world.set_up_code(), "email": "ada@example.org", "name": "Ada", "password": People.PASSWORD}
    assert ask("POST", "/api/v1/set-up", json.dumps(body), **{"Content-Type": "application/json"})[0] == 201
    status, headers, _ = ask("POST", "/api/v1/log-in", json.dumps({"email": "ada@example.org", "password": People.PASSWORD}), **{"Content-Type": "application/json"})
    assert status == 200 and re.fullmatch(r"__Host-sid=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict; Secure", headers["set-cookie"])
    assert ask("GET", "/api/v1/me", Cookie=headers["set-cookie"].split(";")[0])[0] == 200
    old = ssl.create_default_context(cafile=world.folder / "cert.pem")
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)), socket.create_connection(("127.0.0.1", port), 10) as plain:
        old.wrap_socket(plain, server_hostname="localhost")
    with pytest.raises((http.client.BadStatusLine, ConnectionError)):
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        plain.request("GET", "/api/v1/health/live")
        plain.getresponse()


@pytest.mark.parametrize(["setting", "words"], [
    ({"host": "0.0.0.0"}, "SIGNALIST_TLS beside it"), ({"tls": "server"}, "SIGNALIST_TLS_CERTIFICATE"), ({"tls": "proxy"}, "SIGNALIST_PROXIES"),
    ({"tls": "server", "tls_certificate": "none.pem", "tls_key": "none.pem"}, "none.pem"),
])
def test_it_does_not_start_open_to_others(world, setting, words):
    settings = world.settings("ws://127.0.0.1:9/", **setting)
    done = subprocess.run([binary(), "serve"], env=settings, capture_output=True, text=True, timeout=60, cwd=world.folder)
    assert done.returncode != 0 and words in done.stderr, done.stderr


def test_it_answers_by_its_own_names_alone(world):
    broker = world.broker("--seed", 14)
    server = world.serve(broker.url, hosts="trade.example.org")
    for name, status in (("evil.example", 421), ("127.0.0.1.evil.example", 421), ("trade.example.org", 200), ("localhost:1", 200)):
        assert server.api.ask("GET", "/sessions", headers={"Host": name}).status == status, name
