"""What an admin's password stands before, where an admin has one: the commands that change which key seals or opens, and copies of the keys."""

import json
import os
import pty
import sqlite3
import subprocess

import pytest

from harness import People, binary
from test_keys import Keys

ADMIN = "admin@example.org"


def acts(world):
    with sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True) as db:
        return db.execute("SELECT actor, action, outcome FROM audit WHERE action LIKE 'keys %' ORDER BY seq").fetchall()


@pytest.fixture
def private(world):
    def file(name, text):
        path = world.folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path
    return file


def test_a_rotation_takes_an_admins_password(world, private):
    broker = world.broker()
    keys = Keys(world, broker.url)
    server = world.serve(broker.url)
    server.api.add_account()
    # Nobody has a password yet: whoever sits at the machine is all there is.
    for command in ("add", "promote", "reseal", "retire"):
        keys.run(command)
    people = People(world, server)
    people.add("ben", "trader")
    right, wrong = private("right", People.PASSWORD), private("wrong", "another password")
    proof = ("--as", ADMIN, "--password-file", right)
    keys.run("add")
    assert "takes an admin's password" in keys.run("promote", code=1).stderr
    for given in (("--as", ADMIN, "--password-file", wrong), ("--as", "ben@example.org", "--password-file", right), ("--as", "nobody", "--password-file", right)):
        assert "no admin's" in keys.run("promote", *given, code=1).stderr
    assert keys.json("list")["primary"] == 2, "nothing was done"
    keys.run("promote", *proof)
    keys.run("reseal")
    assert keys.run("retire", code=1).stdout == ""
    keys.run("retire", *proof)
    server.end()
    # The same while no server runs: the command asks itself.
    name = next(key["id"] for key in keys.json("list")["keys"] if key["version"] == 2)
    assert "takes an admin's password" in keys.run("destroy", 2, "--confirm", name, code=1).stderr
    keys.run("destroy", 2, "--confirm", name, *proof)
    phrase, vault = private("phrase", "a phrase for the export"), world.folder / "vault"
    vault.mkdir(mode=0o700)
    keys.run("export", "--passphrase-file", phrase, vault / "ring", code=1)
    assert not (vault / "ring").exists()
    keys.run("export", "--passphrase-file", phrase, *proof, vault / "ring")
    assert (vault / "ring").exists()
    done = acts(world)
    assert ("host", "keys promote", "done") in done and done.count(("host", "keys promote", "failed")) == 3
    by_admin = [action for actor, action, outcome in done if actor == "person 1 on this machine" and outcome == "done"]
    assert by_admin == ["keys promote", "keys retire", "keys destroy", "keys export"]
    assert People.PASSWORD not in server.log
    again = world.serve(broker.url)
    people.port = again.port
    assert people.browser("admin").get("/me")["person"]["email"] == ADMIN, "whose password was sealed anew is let in"


def test_the_password_is_asked_for_on_a_terminal(world):
    broker = world.broker()
    keys = Keys(world, broker.url)
    server = world.serve(broker.url)
    People(world, server)
    keys.run("add")
    child, terminal = pty.fork()
    if child == 0:
        os.execve(binary(), [binary(), "keys", "promote", "--json"], keys.environment)
    said = b""

    def until(words):
        nonlocal said
        while words not in said:
            said += os.read(terminal, 1_000)
    until(b"Address: ")
    os.write(terminal, ADMIN.encode() + b"\n")
    until(b"Password: ")
    os.write(terminal, People.PASSWORD.encode() + b"\n")
    until(b"}\r\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert People.PASSWORD.encode() not in said, "it is not shown"
    assert json.loads(said[said.index(b"{"):].decode())["primary"] == 2


def test_the_way_back_takes_no_password(world, private):
    broker = world.broker()
    keys = Keys(world, broker.url)
    server = world.serve(broker.url)
    People(world, server)
    keys.run("add")
    keys.run("promote", "--as", ADMIN, "--password-file", private("right", People.PASSWORD))
    keys.run("abort")
    assert keys.json("list")["primary"] == 1
    done = subprocess.run([binary(), "keys", "promote", "--password-file", "x"], env=keys.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 64 and "--as" in done.stderr
