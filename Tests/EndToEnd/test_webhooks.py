"""Alerts of others, from the wire to a settled contract: signed ones and those of a chart, sent as their senders do."""

import http.client
import json
import os
import ssl
import subprocess
import threading
import time

import pytest

from harness import binary, signature, wait_until

CHART = {
    "name": "chart", "format": "tradingview", "template": {
        "symbol": {"from": "ticker", "map": {"VOLATILITY_100_1S": "1HZ100V"}}, "kind": {"from": "action", "map": {"buy": "even", "sell": "odd"}},
        "duration": "1t", "barTime": {"from": "time"}, "sentAt": {"from": "timenow"}}}


def now(ago=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))


@pytest.fixture
def trading(world):
    broker = world.broker()
    server = world.serve(broker.url)
    account = server.api.add_account()
    return server, server.api.start_session(account, openContracts=10)


def test_a_signed_alert_is_bought_once_however_often_it_comes(trading):
    server, session = trading
    hook = server.api.post("/hooks", {"name": "mine", "format": "signed", "session": session}, 201)
    body = json.dumps({"symbol": "1HZ100V", "kind": "even", "duration": "1t", "id": "alert 1"}).encode()
    replies = []

    def send():
        replies.append(server.api.alert(hook["path"], body, signature(hook["secret"], body)))

    senders = [threading.Thread(target=send) for _ in range(16)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert {reply.status for reply in replies} == {202}, replies
    [signal] = {reply["signal"] for reply in replies}
    assert sum(not reply["repeated"] for reply in replies) == 1
    trade = server.api.settled(server.api.intent({"id": signal}))
    assert trade["source"] == "webhook"
    assert len(server.api.trades(session)) == 1


def test_after_a_kill_the_alert_is_still_the_same(world):
    broker = world.broker()
    server = world.serve(broker.url)
    session = server.api.start_session(server.api.add_account())
    hook = server.api.post("/hooks", CHART | {"session": session}, 201)
    path = hook["path"].replace("{secret}", hook["secret"])
    alert = json.dumps({"ticker": "VOLATILITY_100_1S", "action": "buy", "time": now(), "timenow": now()}).encode()
    first = server.api.alert(path, alert)
    assert first.status == 202, first
    server.kill()
    again = world.serve(broker.url)
    reply = again.api.alert(path, alert, content_type="text/plain; charset=utf-8")
    assert (reply.status, reply["signal"], reply["repeated"]) == (202, first["signal"], True)
    # The kill may have come before the buy left: then it is proven that nothing was bought, and nothing is bought again.
    trade = again.api.intent({"id": first["signal"]})
    wait_until("it is known what became of it", lambda: again.api.get(f"/trades/{trade}")["state"] in ("settled", "abandoned"), 30)
    assert len(again.api.trades(session)) == 1


def test_curl_and_openssl_sign_as_we_do(trading):
    server, session = trading
    hook = server.api.post("/hooks", {"name": "shell", "format": "signed", "session": session}, 201)
    script = """
        body='{"symbol":"1HZ100V","kind":"odd","duration":"1t"}'; t=$(date +%s); n=$(openssl rand -hex 8)
        code=$(printf '%s.%s.%s' "$t" "$n" "$body" | openssl dgst -sha256 -hmac "$SECRET" -hex | sed 's/.* //')
        curl -s -w '\n%{http_code}' -H "X-Signature: t=$t,n=$n,v1=$code" -H 'Content-Type: application/json' -d "$body" "$URL"
    """
    environment = {"SECRET": hook["secret"], "URL": f"http://127.0.0.1:{server.api.port}{hook['path']}", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(["bash", "-ec", script], env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    answer, status = ran.stdout.rsplit("\n", 1)
    assert status == "202", ran.stdout
    server.api.settled(server.api.intent({"id": json.loads(answer)["signal"]}))


def test_neither_secret_nor_address_is_written_down(world):
    broker = world.broker()
    server = world.serve(broker.url)
    hooks = [server.api.post("/hooks", CHART, 201), server.api.post("/hooks", {"name": "mine", "format": "signed"}, 201)]
    alert = json.dumps({"ticker": "VOLATILITY_100_1S", "action": "hold", "time": now(), "timenow": now()}).encode()
    assert server.api.alert(hooks[0]["path"].replace("{secret}", hooks[0]["secret"]), alert).status == 400
    server.api.alert(hooks[1]["path"], alert, signature(hooks[1]["secret"], alert))
    assert server.end() == 0
    for path in [path for path in world.folder.rglob("*") if path.is_file() and "key-ring" not in path.name]:
        data = path.read_bytes()
        for hook in hooks:
            assert hook["secret"].encode() not in data, path


def test_a_late_one_and_one_too_many_are_refused(trading):
    server, _ = trading
    hook = server.api.post("/hooks", CHART | {"alertsPerMinute": 3}, 201)
    path = hook["path"].replace("{secret}", hook["secret"])

    def sent(ago):
        return server.api.alert(path, json.dumps({"ticker": "VOLATILITY_100_1S", "action": "buy", "time": now(), "timenow": now(ago)}).encode())

    late = sent(120)
    assert (late.status, late.json["code"], late.json["field"]) == (422, "alert_too_old", "sentAt")
    assert sent(0).status == 202 and sent(0).status == 202
    more = sent(0)
    assert more.status == 429 and 1 <= int(more.headers["retry-after"]) <= 21


def test_a_secret_moves_to_the_next_key_with_the_tokens(trading, world):
    server, _ = trading
    hook = server.api.post("/hooks", {"name": "mine", "format": "signed"}, 201)

    def keys(*words):
        ran = subprocess.run([binary(), "keys", *words], env=os.environ | world.settings("ws://127.0.0.1:1/"), cwd=world.folder, capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return json.loads(ran.stdout)

    keys("add", "--json")
    keys("promote", "--json")
    assert keys("reseal", "--json")["byKey"] == {"2": 2}
    keys("retire", "--json")
    body = json.dumps({"symbol": "1HZ100V", "kind": "even", "duration": "1t", "id": "after"}).encode()
    assert server.api.alert(hook["path"], body, signature(hook["secret"], body)).status == 202


def certificate(folder, name, subject, *extensions, signer=None):
    """A key and its certificate, signed by itself or by another that was made here."""
    key, request, made = folder / f"{name}.key", folder / f"{name}.csr", folder / f"{name}.pem"
    (folder / f"{name}.ext").write_text("\n".join(extensions) + "\n")

    def openssl(*words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", key, "-out", request)
    by = ["-signkey", key] if signer is None else ["-CA", folder / f"{signer}.pem", "-CAkey", folder / f"{signer}.key", "-CAcreateserial"]
    openssl("x509", "-req", "-in", request, "-days", "2", "-extfile", folder / f"{name}.ext", "-out", made, *by)
    return made, key


def test_a_hook_can_ask_for_the_senders_certificate(world):
    folder = world.folder
    server_files = certificate(folder, "server", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    vouching, _ = certificate(folder, "vouching", "/CN=Vouching", "basicConstraints=critical,CA:TRUE")
    certificate(folder, "stranger", "/CN=Stranger", "basicConstraints=critical,CA:TRUE")
    right = certificate(folder, "right", "/CN=Alerts", "subjectAltName=email:webhook-server@example.com", signer="vouching")
    other = certificate(folder, "other", "/CN=webhook-server@example.com", "subjectAltName=email:somebody@example.com", signer="vouching")
    forged = certificate(folder, "forged", "/CN=Alerts", "subjectAltName=email:webhook-server@example.com", signer="stranger")
    settings = world.settings(world.broker().url, tls="server", tls_certificate=server_files[0], tls_key=server_files[1], tls_senders=vouching)
    port = int(world._run("server", ["serve"], settings).wait_for(r"address=https://127\.0\.0\.1:(\d+)")[1])

    def ask(method, path, body=None, shown=None, **headers):
        trust = ssl.create_default_context(cafile=server_files[0])
        if shown:
            trust.load_cert_chain(*shown)
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=40, context=trust)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"} | headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    mine = {"Authorization": f"Bearer {world.key()}"}
    status, hook = ask("POST", "/api/v1/hooks", CHART | {"certificateName": "webhook-server@example.com"}, **mine)
    assert status == 201 and hook["certificateName"] == "webhook-server@example.com", hook
    path = hook["path"].replace("{secret}", hook["secret"])
    alert = {"ticker": "VOLATILITY_100_1S", "action": "buy", "time": now(), "timenow": now()}
    for shown in (None, other):
        assert ask("POST", path, alert, shown) == (403, ask("POST", path, alert, shown)[1] | {"code": "certificate_not_allowed"})
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        ask("POST", path, alert, forged)
    status, first = ask("POST", path, alert, right)
    assert status == 202 and not first["repeated"], first
    assert ask("POST", path, alert, right)[1] == first | {"repeated": True}
    status, changed = ask("PUT", f"/api/v1/hooks/{hook['id']}", {name: value for name, value in CHART.items() if name != "format"}, **mine)
    assert status == 200 and changed["certificateName"] is None, changed
    assert ask("POST", path, alert)[0] == 202


def test_no_hook_asks_for_what_nobody_is_asked_for(trading):
    reply = trading[0].api.post("/hooks", CHART | {"certificateName": "webhook-server@example.com"}, 422)
    assert reply["code"] == "certificates_not_asked" and reply["field"] == "certificateName"
    for wrong in ("", " ", "a b", 7, "x" * 255):
        assert trading[0].api.post("/hooks", CHART | {"certificateName": wrong}, 400)["field"] == "certificateName"
