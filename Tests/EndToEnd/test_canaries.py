"""No secret stands anywhere in the clear: tokens old and new, passwords, second factors, keys and secrets of hooks are handed in
by every door, used, moved to another key and backed up; then every file, log, answer, stream, argument and environment is searched."""

import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml

pytest.importorskip("bson", reason="pymongo is not installed: script/bootstrap --tests")

from canaries import Watch, written_forms  # noqa: E402
from harness import API, ROOT, Browser, Events, People, Reply, World, signature, wait_until  # noqa: E402
from previous import Old  # noqa: E402
from previous_export import Export, sealed  # noqa: E402
from test_import_storing import Place, login  # noqa: E402
from test_keys import Keys  # noqa: E402
from test_openapi import time_code  # noqa: E402

FAST = {name: 100_000 for name in ("writes_per_minute", "reads_per_minute", "signals_per_minute", "unknown_per_minute")} | {"log_ins_per_minute": 1000}


@pytest.mark.parametrize("form", written_forms("abcdefghijklmnop"))
def test_the_search_finds_each_form(form):
    watch = Watch()
    text = watch.new("it", before="before-", after="-after")
    assert watch.found("chance", os.urandom(100_000)) == []
    assert watch.found("there", b"xxx" + written_forms(text)[form] + b"yyy"), "among other letters"
    assert watch.found("there", b"xxx" + written_forms(text[:15])[form] + b"yyy"), "its beginning alone"
    assert watch.found("there", b"xxx" + written_forms(text[-15:])[form] + b"yyy"), "its end alone"


class Story:
    """What was answered, but for the one answer that shows a secret to whom it belongs."""

    def __init__(self):
        self.said = []

    def observe(self, method, path, reply):
        self.said.append((f"the answer to {method} {path.split('?')[0]}", repr(reply.headers).encode() + reply.body))

    def crawl(self, port, callers, ids):
        """Every GET of both documents, by everybody."""
        for document in ("openapi.yaml", "openapi-previous.yaml"):
            for template, item in yaml.safe_load((ROOT / "docs" / document).read_text())["paths"].items():
                if "get" not in item or "text/event-stream" in str(item["get"]["responses"].get("200")):
                    continue
                path = re.sub(r"\{(\w+)\}", lambda part: str(ids.get(part[1], "x")), template)
                for caller in callers:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
                    connection.request("GET", path, headers={"Cookie": caller.cookie} if isinstance(caller, Browser) else {"Authorization": f"Bearer {caller.key}"})
                    response = connection.getresponse()
                    self.observe("GET", path, Reply(response.status, dict(response.getheaders()), response.read()))
                    connection.close()


def test_no_secret_is_found_after_all_were_used(world, monkeypatch):
    temporary = world.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SWIFT_BACKTRACE", "enable=no")  # It would swallow the signal that asks for a core file.
    watch, story = Watch(), Story()
    broker = world.broker("--seed", 5, jsonl=False)

    # What the previous system stored: tokens in both of its forms, one in the clear, secrets of its settings.
    made, tokens = Export(), {}
    for name in ("ada", "ben", "dan"):
        tokens[name] = watch.new(f"the token of {name}")
    old_secret, users = watch.new("the previous system's secret"), {name: made.user(name, password=watch.new(f"{name}'s old password")) for name in tokens}
    made.token(users["ada"], sealed(tokens["ada"], old_secret), login(broker.url, tokens["ada"]))
    made.token(users["ben"], {"data": sealed(tokens["ben"], old_secret), "keyVersion": 1, "algorithm": "aes-256-gcm"}, login(broker.url, tokens["ben"]))
    made.token(users["dan"], tokens["dan"], "VRTC41")
    made.settings(users["ada"], derivToken=watch.new("a token among settings"), mt5Password=watch.new("a password among settings"))
    place = Place(world.folder)
    place.secrets.write_text(f"BETTER_AUTH_SECRET={old_secret}\n")
    done = place.take(made.write(world.folder / "export", "relaxed"))
    story.said += [("what the import says", (done.stdout + done.stderr).encode())]
    owners = place.owners()
    (world.folder / "api-key").write_text(watch.know("ada's key", owners["ada"][1].removeprefix("sgk_")) and owners["ada"][1])

    server = world.serve(broker.url, log_level="debug", **FAST)
    watch.know("the code of the set-up", world.set_up_code())

    # People: a password, a second factor, codes for when it is lost, keys, a code for another's password.
    class Secretive(People):
        PASSWORD = watch.new("a password", before="correct horse ")
    people = Secretive(world, server)  # From here to below secrets are shown, each to its owner, this once.
    admin, open_door = people.admin, {"Authorization": None}
    watch.know("a cookie", admin.cookie.split("=")[1])
    factor = admin.post("/me/second-factor", status=201)["secret"]
    watch.know("the secret of a second factor", factor)
    confirmed = admin.post("/me/second-factor/confirm", {"code": time_code(factor)})
    admin.keep(confirmed)
    watch.know("a cookie of later", admin.cookie.split("=")[1])
    for code in confirmed["recoveryCodes"]:
        watch.know("a recovery code", code)
    made_key = admin.post("/keys", {"name": "bot", "scopes": ["read:metrics", "read:trades", "signal:send", "session:control"]}, 201)
    watch.know("a key", made_key["key"].removeprefix(f"sgk_{made_key['id']}"))
    eve = admin.post("/people", {"email": "eve@example.org", "name": "Eve", "role": "trader"}, 201)
    code = watch.know("a code for a password", admin.post(f"/people/{eve['id']}/password-code", status=201)["code"])
    hooks = {form: admin.post("/hooks", {"name": form, "format": form}, 201) for form in ("signed", "tradingview")}
    for form, hook in hooks.items():
        watch.know(f"the secret of a hook, {form}", hook["secret"])
    renewed = watch.know("the second secret of a hook", admin.post(f"/hooks/{hooks['signed']['id']}/secrets", status=201)["secret"])
    admin.observer = story.observe
    api = API(server.port, made_key["key"], story.observe)

    # Tokens by the doors of today, and the wrong things that people do with secrets.
    account = admin.add_account(watch.new("a token"))
    admin.add_account(watch.new("the token of another account"))
    ada = API(server.port, owners["ada"][1], story.observe)
    old = Old(type("Server", (), {"port": server.port, "api": ada}))
    secure = watch.new("a token of the previous interface")
    for path in ("/token", "/token/secure"):
        for body in ({"token": tokens["ada"]}, {"token": secure}, {"token": secure + "!"}, {"token": secure, "permissions": ["admin"]}, {"token": [secure]},
                     f'{{"token": "{secure}'):
            story.said.append((f"the answer to POST {path}", repr(old.ask("POST", path, body)).encode()))
    wrong = watch.new("a wrong token")
    for body in ({"token": wrong + "!"}, {"token": wrong, "other": wrong}, {"token": [wrong]}, {"token": wrong * 9}, f'{{"token": "{wrong}'.encode(), wrong.encode()):
        assert admin.ask("POST", "/accounts", body).status in (400, 422)
    admin.ask("GET", f"/accounts?token={wrong}")
    for body in ({"email": "admin@example.org", "password": watch.new("a wrong password")}, {"email": watch.new("a password for an address"), "password": "x"},
                 {"email": "admin@example.org", "password": Secretive.PASSWORD, "code": "000000"}):
        assert admin.ask("POST", "/log-in", body, open_door).status == 401
    assert admin.ask("POST", "/set-password", {"code": code, "password": watch.new("a new password")}, open_door).status == 204
    admin.ask("POST", "/me/proof", {"password": watch.new("another wrong password")})
    assert API(server.port, "sgk_" + watch.new("a wrong key"), story.observe).ask("GET", "/me").status == 401
    api.alert(hooks["tradingview"]["path"].replace("{secret}", watch.new("a wrong secret of a hook")), b"{}")

    # They are used: a session trades by the key, a signal and both kinds of alert.
    with Events(api) as stream, old.stream("/auto-trading/live-updates", last="0") as frames:
        session = api.start_session(account, openContracts=10)
        api.settled(api.buy())
        body = json.dumps({"symbol": "1HZ100V", "kind": "even", "id": "one", "duration": "1t"}).encode()
        for secret in (hooks["signed"]["secret"], renewed):
            assert api.alert(hooks["signed"]["path"], body, signature(secret, body)).status == 202
        api.alert(hooks["tradingview"]["path"].replace("{secret}", hooks["tradingview"]["secret"]), body)
        api.calm(session, account)
        trade = api.trades(session)[0]["id"]
        events = stream.until(lambda event: event["event"] == "settled")
        story.said += [("the live stream", repr(events).encode()), ("the previous system's live updates", repr(frames.next()).encode())]

        # Another key seals them, the server runs on; a copy of the ring goes out, sealed with a passphrase.
        keys = Keys(world, broker.url)
        passphrase = world.folder / "passphrase"
        passphrase.write_text(watch.new("a passphrase") + "\n")
        passphrase.chmod(0o600)
        password = world.folder / "password"
        password.write_text(Secretive.PASSWORD + "\n")
        password.chmod(0o600)
        by_admin = ["--as", "admin@example.org", "--password-file", password]
        for arguments in [["add"], ["promote", *by_admin], ["reseal"], ["verify"], ["list"],
                          ["export", str(world.folder / "ring-copy"), "--passphrase-file", passphrase, *by_admin]]:
            said = keys.run(*arguments)
            story.said.append((f"what keys {arguments[0]} says", (said.stdout + said.stderr).encode()))
        api.settled(api.buy())
    ids = {"session": session, "account": account, "trade": trade, "signal": trade.split(".")[1], "person": eve["id"], "hook": hooks["signed"]["id"],
           "key": made_key["id"]}
    story.crawl(server.port, [api, ada, admin], ids)

    # Backups, while it runs and after its end; a kill between them.
    with sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True) as source, sqlite3.connect(world.folder / "backup.sqlite") as copy:
        source.backup(copy)
    story.said += [(f"the server's {name}", Path(f"/proc/{server.process.pid}/{name}").read_bytes()) for name in ("cmdline", "environ")]
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits), limits
    found = searched(world, watch)
    assert "data/signalist.sqlite-wal" in found, "the write-ahead log is there to be searched"
    server.process.send_signal(signal.SIGQUIT)  # It would leave a core file.
    server.ended(180)  # The runtime writes a backtrace first, which takes long on a busy machine.
    found |= searched(world, watch)
    server = world.serve(broker.url, log_level="debug", **FAST)
    wait_until("the session goes on", lambda: API(server.port, made_key["key"]).account(account)["line"] == "up")
    assert server.end() == 0
    shutil.copytree(world.folder / "data", world.folder / "copy-of-the-data")
    found |= searched(world, watch)
    assert {"backup.sqlite", "ring-copy", "copy-of-the-data/signalist.sqlite", "keys/key-ring.json"} <= found
    for where, text in story.said:
        assert watch.found(where, text) == []
    assert len(story.said) > 150 and len(watch.canaries) > 30


# They are where the secret is handed out or came from, readable by one person: what the test itself wrote, and the first key.
HANDED = {"secrets", "api-key", "set-up-code", "passphrase", "password"}


def searched(world, watch):
    """Searches every file of the world but the simulated broker's own; their names."""
    names = set()
    for path in world.folder.rglob("*"):
        name = str(path.relative_to(world.folder))
        if not path.is_file() or name in HANDED or name.startswith(("export/", "broker-")):
            continue
        names.add(name)
        assert watch.found(name, path.read_bytes()) == []
    assert not [name for name in names if re.match(r"core($|\.)", name.split("/")[-1])], "no core file"
    return names


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can run the server as somebody else")
def test_no_other_process_of_its_user_reads_its_memory_or_environment():
    """As nobody, for root reads everything. The same reader reads a process that does not hide itself."""
    somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    folder = Path(tempfile.mkdtemp(prefix="signalist-canary-"))
    try:
        shutil.chown(folder, 65534, 65534)
        world = World(folder)
        settings = world.settings("ws://127.0.0.1:9/")
        server = subprocess.Popen([*somebody, os.environ.get("SIGNALIST_BINARY") or ROOT / ".build/debug/signalist", "serve"], cwd=folder, env=os.environ | settings,
                                  stderr=subprocess.PIPE, text=True)
        open_one = subprocess.Popen([*somebody, "sleep", "60"], cwd="/", env={"SECRET": "it"})
        try:
            log = []
            while not log or "listening on" not in log[-1]:
                log.append(server.stderr.readline())
                assert log[-1], "".join(log)
            def reads(process, what):
                return subprocess.run([*somebody, "head", "-c", "1", f"/proc/{process.pid}/{what}"], capture_output=True).returncode == 0
            wait_until("sleep runs", lambda: b"sleep" in Path(f"/proc/{open_one.pid}/cmdline").read_bytes().split(b"\0")[0])
            assert reads(open_one, "environ"), "the reader can read"
            for what in ("environ", "maps"):
                assert not reads(server, what), what
            if shutil.which("gdb"):
                dump = lambda process, name: subprocess.run([*somebody, "gdb", "-p", str(process.pid), "-batch", "-ex", f"generate-core-file {folder}/{name}"],
                                                            capture_output=True, text=True, timeout=60)
                said = dump(server, "memory")
                assert not (folder / "memory").exists() and "not permitted" in said.stdout + said.stderr, said
        finally:
            server.kill()
            open_one.kill()
            server.wait()
            open_one.wait()
    finally:
        shutil.rmtree(folder)
