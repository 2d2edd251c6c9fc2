"""The key ring's commands: from one key to the next while sessions trade, killed at any row, and what is told."""

import json
import os
import random
import re
import sqlite3
import subprocess
import time

import pytest

from harness import People, Process, agree, binary, wait_until

# How often a reseal is killed; more in a long run.
KILLS = int(os.environ.get("SIGNALIST_RESEAL_KILLS", "12"))
TOKENS = [f"tokenOfAccount{number}" for number in range(30)]


class Keys:
    """Calls `signalist keys` with a world's settings."""

    def __init__(self, world, url, **settings):
        self.world = world
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SIGNALIST_")}
        self.environment = kept | world.settings(url, **settings)

    def run(self, *arguments, code=0, text=None):
        done = subprocess.run([binary(), "keys", *map(str, arguments)], env=self.environment, capture_output=True, text=True, timeout=120, input=text,
                              cwd=self.world.folder)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *arguments, code=0, text=None):
        return json.loads(self.run(*arguments, "--json", code=code, text=text).stdout)

    def start(self, *arguments):
        """A command on its own, to be killed."""
        return Process("keys", self.world.folder, ["keys", *arguments], {key: value for key, value in self.environment.items() if key.startswith("SIGNALIST_")})


def rows(world):
    """The sealed rows as they are on the disk."""
    with sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True) as database:
        return dict(database.execute("SELECT account, sealed FROM credential"))


def filled(world, tokens=TOKENS):
    broker = world.broker()
    server = world.serve(broker.url)
    for token in tokens:
        server.api.add_account(token)
    return broker, server


def test_passwords_move_to_another_key_with_the_tokens(world):
    broker = world.broker("--seed", 9)
    generous = {"log_ins_per_minute": 1000}
    server = world.serve(broker.url, **generous)
    people, keys = People(world, server), Keys(world, broker.url, **generous)
    people.add("ada", "trader")
    database = world.folder / "data/signalist.sqlite"

    def stored():
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return [password for [password] in connection.execute("SELECT password FROM person ORDER BY owner")]

    before = stored()
    assert len(before) == 2 and all(re.fullmatch("sealed:[0-9a-f]+", password) for password in before)
    assert keys.json("list")["byKey"] == {"1": 2}
    (world.folder / "secrets").mkdir(mode=0o700)
    (world.folder / "secrets/password").write_text(people.PASSWORD + "\n")
    by_admin = ("--as", "admin@example.org", "--password-file", world.folder / "secrets/password")
    keys.run("add")
    keys.run("promote", *by_admin)
    # Whoever comes in before the reseal, and after it, comes in.
    people.browser("ada")
    assert "reseal first" in keys.run("retire", *by_admin, code=1).stderr
    keys.run("reseal")
    assert keys.json("verify")["byKey"] == {"2": 2} and not set(stored()) & set(before)
    keys.run("retire", *by_admin)
    name = keys.json("list")["keys"][0]["id"]
    keys.run("destroy", 1, "--confirm", name, *by_admin)
    people.browser("ada")
    (world.folder / "secrets/phrase").write_text("correct horse battery staple\n")
    keys.run("export", world.folder / "secrets/ring.json", "--passphrase-file", world.folder / "secrets/phrase", *by_admin)
    server.end()
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        acts = [action for [action] in connection.execute("SELECT action FROM audit WHERE actor IN ('host', 'person 1 on this machine')")]
    for act in ("keys add", "keys promote", "keys reseal", "keys retire", "keys destroy", "keys export"):
        assert act in acts, acts
    assert b"argon2" not in database.read_bytes(), "nor has it ever been there"
    again = world.serve(broker.url, **generous)
    people.port = again.port
    people.browser("ada")


def test_rotation_while_sessions_trade(world):
    broker, server = filled(world, TOKENS[:8])
    keys = Keys(world, broker.url)
    account = server.api.add_account("tradingAccount")
    session = server.api.start_session(account, openContracts=4)
    before = rows(world)
    assert keys.json("list")["byKey"] == {"1": 9}
    for step, phase in [(["add"], "added"), (["promote"], "promoted"), (["reseal"], "verifying"), (["retire"], "retired")]:
        trade = server.api.buy("even")
        keys.run(*step)
        assert keys.json("list")["rotation"]["phase"] == phase
        server.api.settled(trade)
    after = rows(world)
    assert keys.json("verify")["byKey"] == {"2": 9} and all(before[account] != after[account] for account in before)
    # A check opens the token, a new one is sealed with the new key.
    server.api.post(f"/accounts/{account}/check", status=200)
    server.api.add_account("afterTheRotation")
    assert keys.json("list")["byKey"] == {"2": 10}

    listed = keys.json("list")
    assert [key["state"] for key in listed["keys"]] == ["disabled", "primary"]
    assert listed["keys"][0]["id"] in keys.run("destroy", 1, code=1).stderr
    keys.run("destroy", 1, "--confirm", listed["keys"][0]["id"])
    assert server.api.session(session)["phase"] == "active"
    server.api.calm(session, account)
    agree(server.api, account, broker.url, "tradingAccount")

    server.kill()
    server = world.serve(broker.url)
    wait_until("every line is up again", lambda: all(row["line"] == "up" for row in server.api.get("/accounts")["items"]), 40)


@pytest.mark.parametrize("serving", [False, True], ids=["stopped", "serving"])
def test_reseal_killed_at_random_rows_loses_nothing(world, serving):
    chance = random.Random(20_261_122)
    broker, server = filled(world)
    keys = Keys(world, broker.url)
    if not serving:
        assert server.end() == 0
    for number in range(KILLS):
        if serving and not server.is_running():
            server = world.serve(broker.url)
        keys.run("add")
        keys.run("promote")
        moved = lambda: len(TOKENS) - sum(sealed[8] != number + 2 for sealed in rows(world).values())
        reseal, wanted = keys.start("reseal", "--rate", "400"), chance.randint(0, len(TOKENS) - 2)
        wait_until(f"{wanted} rows are moved", lambda: moved() >= wanted or not reseal.is_running(), every=0.001)
        time.sleep(chance.random() * 0.01)  # The moment of death is a matter of chance.
        (server if serving else reseal).kill()
        if serving:
            reseal.ended()
        left = keys.json("verify")
        assert (left["sealed"], left["unopened"]) == (len(TOKENS), []), "none is lost, whenever it died"
        report = keys.json("reseal")
        assert report["byKey"] == {str(number + 2): len(TOKENS)} and report["unopened"] == []
        keys.run("retire")
    if not (serving and server.is_running()):
        server = world.serve(broker.url)
    wait_until("every line is up", lambda: [row["line"] for row in server.api.get("/accounts")["items"]] == ["up"] * len(TOKENS), 40)


def test_what_does_not_open_is_listed_and_left(world):
    broker, server = filled(world, TOKENS[:3])
    keys = Keys(world, broker.url)
    assert server.end() == 0
    with sqlite3.connect(world.folder / "data/signalist.sqlite") as database:
        [account] = [account for [account] in database.execute("SELECT max(account) FROM credential")]
        database.execute("UPDATE credential SET sealed = substr(sealed, 1, 120) WHERE account = ?", [account])
    before = rows(world)[account]
    keys.run("add")
    keys.run("promote")
    report = keys.json("reseal", code=3)
    assert [(one["account"], one["owner"]) for one in report["unopened"]] == [(account, 1)] and report["resealed"] == 2
    assert f"account {account} of owner 1" in keys.run("verify", code=3).stdout
    assert rows(world)[account] == before
    assert "--unopened 1" in keys.run("retire", code=1).stderr
    keys.run("retire", "--unopened", 1)


def test_abort_goes_back(world):
    broker, server = filled(world, TOKENS[:3])
    keys = Keys(world, broker.url)
    keys.run("abort", code=1)
    keys.run("add")
    keys.run("promote")
    server.api.add_account("underTheNewKey")
    keys.run("abort")
    assert keys.json("reseal")["byKey"] == {"1": 4}
    keys.run("retire", 2)
    assert [key["state"] for key in keys.json("list")["keys"]] == ["primary", "disabled"]
    keys.run("retire", 2, "--undo")
    assert server.api.get("/health").status == 200


def test_copies_are_tried_before_they_are_needed(world):
    broker, server = filled(world, TOKENS[:3])
    keys = Keys(world, broker.url)
    (world.folder / "secrets").mkdir(mode=0o700)
    phrase, export = world.folder / "secrets/phrase", world.folder / "secrets/ring-export.json"
    phrase.write_text("correct horse battery staple\n")
    keys.run("export", export, "--passphrase-file", phrase)
    assert "BETTER" not in export.read_text() and (export.stat().st_mode & 0o777) == 0o600
    keys.run("export", export, "--passphrase-file", phrase, code=1)
    assert server.end() == 0

    copy = world.folder / "copy.sqlite"
    copy.write_bytes((world.folder / "data/signalist.sqlite").read_bytes())
    before = copy.read_bytes()
    assert keys.json("check-restore", copy)["byKey"] == {"1": 3}
    assert copy.read_bytes() == before and not list(world.folder.glob("copy.sqlite-*"))
    # With another ring nothing of it opens, and a server refuses nothing but its tokens.
    ring = world.folder / "keys/key-ring.json"
    ring.rename(world.folder / "keys/away.json")
    # Where there is something sealed, a ring that is gone is not replaced by a new one.
    assert "is not there" in keys.run("list", code=1).stderr and not ring.exists()
    other = os.environ | world.settings(broker.url, data_dir=world.folder / "other")
    assert subprocess.run([binary(), "keys", "list"], env=other, cwd=world.folder, stdout=subprocess.DEVNULL).returncode == 0
    found = keys.json("check-restore", copy, code=3)
    assert len(found["unopened"]) == 3
    ring.unlink()
    phrase.write_text("another phrase altogether\n")
    assert "passphrase" in keys.run("restore", export, "--passphrase-file", phrase, code=1).stderr
    phrase.write_text("correct horse battery staple\n")
    keys.run("restore", export, "--passphrase-file", phrase)
    assert keys.json("check-restore", copy)["unopened"] == []
    keys.run("restore", export, "--passphrase-file", phrase, code=1)
    # With a server running it is the server that enters it.
    server = world.serve(broker.url)
    keys.json("check-restore", copy)
    with sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True) as connection:
        acts = connection.execute("SELECT action, object, outcome FROM audit WHERE actor = 'host' AND action LIKE 'keys %restore' ORDER BY seq").fetchall()
    opens, fails = ("3 sealed, 0 do not open with the ring of epoch 1", "done"), ("3 sealed, 3 do not open with the ring of epoch 1", "unopened")
    assert acts == [
        ("keys check-restore", *opens), ("keys check-restore", *fails), ("keys restore", "", "failed"), ("keys restore", "epoch 1, 1 keys", "done"),
        ("keys check-restore", *opens), ("keys restore", "", "failed"), ("keys check-restore", *opens)]


def test_wrong_words_are_refused_and_named(world):
    keys = Keys(world, "ws://127.0.0.1:1/websockets/v3")
    for arguments in (["reseal", "--rate", "0"], ["destroy"], ["retire", "--undo"], ["add", "--previous-secret", ""], ["nonsense"]):
        assert keys.run(*arguments, code=64, text="x\n").stderr
    assert "no key waits" in keys.run("promote", code=1).stderr
    assert json.loads(keys.run("promote", "--json", code=1).stdout)["error"]
    assert "Exit codes" in keys.run("--help").stdout


def test_ring_from_a_command_and_from_the_environment(world):
    broker, server = filled(world, TOKENS[:2])
    assert server.end() == 0
    path = world.folder / "keys/key-ring.json"
    settings = world.settings(broker.url)
    del settings["SIGNALIST_KEY_RING"]
    for extra, said in (({"SIGNALIST_KEY_RING_COMMAND": f"/bin/cat {path}"}, "command /bin/cat"),
                        ({"SIGNALIST_KEY_RING_JSON": path.read_text()}, "environment variable SIGNALIST_KEY_RING_JSON")):
        keys = Keys(world, broker.url)
        keys.environment = {key: value for key, value in keys.environment.items() if key != "SIGNALIST_KEY_RING"} | extra
        assert said in keys.run("list").stdout
        assert keys.json("verify")["byKey"] == {"1": 2}
        refused = keys.run("add", code=1).stderr
        assert "--out FILE" in refused
        assert ("children" in refused) == ("JSON" in said), "only the environment is warned of"


def test_token_under_the_public_default_is_resealed_and_its_owner_told(world):
    broker, server = filled(world, TOKENS[:1])
    [account] = [row["id"] for row in server.api.get("/accounts")["items"]]
    assert server.api.account(account)["tokenCompromised"] is False
    assert server.end() == 0
    # The first token as the previous system stored it without a secret of its own; test_keys knows no cipher.
    stored = ("P6zwoMZ7h2VJ02/VmyyRhYb8UjRhfDoLWECF8BEyT254EXG5PEkoO/jtoDpGuDzyCDHzM4Ckt0OZKkpIPrlc3IJd5LU23Cz0XLSn4YxaPg==")
    with sqlite3.connect(world.folder / "data/signalist.sqlite") as database:
        database.execute("UPDATE credential SET sealed = ? WHERE account = ?", [stored.encode(), account])

    server = world.serve(broker.url)
    wait_until("the line is up", lambda: server.api.account(account)["line"] == "up", 40)
    wait_until("its owner is told", lambda: server.api.account(account)["tokenCompromised"])
    assert rows(world)[account][:3] == b"SGE"
    server.wait_for("was open to others")
    keys = Keys(world, broker.url)
    assert keys.json("verify")["compromised"] == [account]
    for text in (server.log, keys.run("verify").stdout):
        assert TOKENS[0] not in text and stored[:20] not in text
    # The same token again is as open as before.
    server.api.add_account(TOKENS[0])
    assert server.api.account(account)["tokenCompromised"] is True
