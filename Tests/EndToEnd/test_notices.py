"""What people are told about their own way in, a second factor that is required, reports of browsers, and who is forgotten: at the built server."""

import contextlib
import http.client
import re
import sqlite3
import subprocess
import time

from harness import API, Browser, People, binary, wait_until
from test_openapi import time_code
from test_people import GENEROUS


def kinds(browser):
    return [notice["kind"] for notice in browser.get("/me/notices")["items"]]


def test_a_required_second_factor_is_set_up_before_anything_else(world):
    broker = world.broker("--seed", 21)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada = people.add("ada", "trader")
    key = ada.post("/keys", {"name": "bot", "scopes": ["read:trades"]}, 201)["key"]
    account = ada.add_account("token-of-ada")
    assert ada.get("/me")["mustSetUpSecondFactor"] is False
    assert server.end() == 0

    # Real money may trade from now on, and nothing else was set.
    server = world.serve(broker.url, real_accounts="allowed", **GENEROUS)
    ada.port = people.port = server.port
    bot, admin = API(server.port, key), Browser(server.port, "admin@example.org", People.PASSWORD)
    assert ada.get("/me")["mustSetUpSecondFactor"] is True, "a visit that began before"
    for who in (ada, bot, admin):
        assert who.ask("GET", "/sessions").code == "second_factor_required"
    for method, path, body in (("PUT", f"/accounts/{account}/real-trading", {"enabled": True}), ("POST", "/keys", {"name": "x", "scopes": ["read:trades"]}),
                               ("GET", "/me/notices", None), ("GET", "/events", None), ("POST", "/emergency-stop", None)):
        assert ada.ask(method, path, body).code == "second_factor_required", path
    for path in ("/api/deriv/token", "/api/deriv/auto-trading/status"):
        assert whole(ada, path) == 403, path
    secret = ada.post("/me/second-factor", status=201)["secret"]
    ada.keep(ada.post("/me/second-factor/confirm", {"code": time_code(secret)}))
    assert ada.get("/sessions").status == 200 and bot.get("/sessions").status == 200
    assert ada.ask("DELETE", "/me/second-factor").code == "second_factor_required"
    assert "second_factor_on" in kinds(ada)
    assert admin.ask("GET", "/people").code == "second_factor_required", "hers is not his"
    assert server.api.get("/sessions").status == 200, "a key of the machine itself"
    assert server.end() == 0

    server = world.serve(broker.url, real_accounts="allowed", second_factor="offered", **GENEROUS)
    assert "nobody has to have a second factor" in server.log
    admin.port = server.port
    assert admin.get("/people").status == 200


def whole(browser, path):
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=40)
    try:
        connection.request("GET", path, headers={"Cookie": browser.cookie})
        return connection.getresponse().status
    finally:
        connection.close()


def test_what_was_tried_is_told_after_a_restart(world):
    broker = world.broker("--seed", 22)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada = people.add("ada", "trader")
    assert [(notice["kind"], notice["by"], notice["from"]) for notice in ada.get("/me/notices")["items"]] == [
        ("new_network", "you", "127.0.0.0/24"), ("password_set", "code", "127.0.0.1")]
    took = {}
    for name in ("ada", "nobody"):
        began = time.monotonic()
        replies = [people.send("/log-in", {"email": f"{name}@example.org", "password": "wrong horse battery"}) for _ in range(3)]
        took[name] = time.monotonic() - began
        assert {(reply.status, reply.body) for reply in replies} == {(401, replies[0].body)}
    assert 0.4 < took["ada"] / took["nobody"] < 2.5, took
    assert server.end() == 0, "what was counted is written down"
    with contextlib.closing(sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True)) as database:
        assert database.execute("SELECT kind, count FROM notice WHERE kind = 'log_in_refused'").fetchall() == [("log_in_refused", 3)]
    server = world.serve(broker.url, **GENEROUS)
    ada.port = people.admin.port = server.port
    newest = ada.get("/me/notices?unseen=true")["items"][0]
    assert (newest["kind"], newest["count"], newest["from"]) == ("log_in_refused", 3, "127.0.0.0/24")
    assert people.admin.ask("POST", f"/me/notices/{newest['id']}/seen").status == 404
    assert ada.get("/me")["unseenNotices"] == 3
    assert ada.ask("POST", f"/me/notices/{newest['id']}/seen", {"andOlder": True}).status == 204
    assert ada.get("/me")["unseenNotices"] == 0
    ada.add_account("token-of-ada")
    assert kinds(ada)[0] == "token_stored"


def test_violations_of_the_policy_are_counted_and_told_without_their_words(world):
    server = world.serve(world.broker("--seed", 23).url, **GENEROUS)
    open_door = {"Authorization": None, "Content-Type": "application/reports+json"}
    answer = server.api.ask("GET", "/health/live")
    [name] = re.findall(r"report-to (\w+)", answer.headers["content-security-policy"])
    [(endpoint, place)] = re.findall(r'(\w+)="([^"]+)"', answer.headers["reporting-endpoints"])
    assert (name, place) == (endpoint, "/api/v1/csp-reports") and f"report-uri {place}" in answer.headers["content-security-policy"]
    # As Chromium sends it.
    report = [{"age": 60, "body": {"blockedURL": "https://evil.example/steal?token=secret-of-ada", "columnNumber": 5, "disposition": "enforce",
                                   "documentURL": "http://127.0.0.1/hooks/abc/secret-of-ada", "effectiveDirective": "connect-src", "lineNumber": 1,
                                   "originalPolicy": "default-src 'none'", "referrer": "", "sample": "planted\nline", "sourceFile": "x", "statusCode": 200},
               "type": "csp-violation", "url": "http://127.0.0.1/", "user_agent": "planted"}]
    assert server.api.ask("POST", "/csp-reports", report, open_door).expect(204).body == b""
    old = {"csp-report": {"blocked-uri": "inline", "violated-directive": "script-src 'self'", "document-uri": "http://127.0.0.1/"}}
    assert server.api.ask("POST", "/csp-reports", old, open_door | {"Content-Type": "application/csp-report"}).status == 204
    assert server.api.get("/health")["policyViolations"] == 2
    wait_until("both are told", lambda: server.log.count("content policy violated") == 2)
    assert "blocked=https://evil.example directive=connect-src page=hooks" in server.log and "blocked=inline directive=script-src" in server.log
    assert "secret-of-ada" not in server.log and "planted" not in server.log
    refused = [server.api.ask("POST", "/csp-reports", report, open_door).status for _ in range(40)]
    assert set(refused) == {204, 429} and refused.count(429) >= 20
    assert server.api.ask("POST", "/csp-reports", b"x" * 20_000, open_door).status in (413, 429)
    assert server.log.count("content policy violated") <= 21


def test_who_is_forgotten_leaves_a_number_and_whole_books(world):
    broker = world.broker("--seed", 24)
    server = world.serve(broker.url, **GENEROUS)
    people = People(world, server)
    ada = people.add("unmistakable-ada", "trader")
    owner = ada.get("/me")["owner"]
    account = ada.add_account("token-of-ada")
    ada.start_session(account)
    trade = ada.settled(ada.buy())["id"]
    proof = ada.get(f"/trades/{trade}/proof")["state"]
    assert proof == "settled"
    assert people.admin.ask("POST", f"/people/{owner}/forget").code == "person_not_disabled"
    people.admin.ask("PUT", f"/people/{owner}", {"disabled": True}).expect(200)
    gone = people.admin.post(f"/people/{owner}/forget").json
    assert (gone["name"], gone["email"]) == (f"person {owner}", f"person-{owner}@forgotten.invalid") and gone["forgottenAt"]
    assert people.admin.get("/audit?action=person+forget")["items"][0]["object"] == f"person {owner}"
    assert people.admin.get("/audit/verify")["whole"] is True
    ben = people.add("unmistakable-ben", "viewer").get("/me")["owner"]
    people.admin.ask("PUT", f"/people/{ben}", {"disabled": True}).expect(200)
    assert server.end() == 0

    def run(*arguments, code=0):
        done = subprocess.run([binary(), *arguments], env=world.settings(broker.url), capture_output=True, text=True, timeout=60, cwd=world.folder)
        assert done.returncode == code, done
        return done.stdout + done.stderr

    assert "disabled" in run("person", "forget", "admin@example.org", code=64)
    assert "expected the address" in run("person", "forget", "unmistakable-ada@example.org", code=64)
    assert f"person-{ben}@forgotten.invalid" in run("person", "forget", "unmistakable-ben@example.org")
    assert run("person", "list").count("forgotten\n") == 2
    assert "unmistakable" not in run("audit", "list", "--acts")
    run("audit", "verify")
    with contextlib.closing(sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM trade WHERE owner = ? AND state = 'settled'", [owner]).fetchone() == (1,)
        for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            if name in ("journal", "idempotency"):  # Bodies of requests; the second for a day.
                continue
            assert "unmistakable" not in str(database.execute(f'SELECT * FROM "{name}"').fetchall()), name
