"""The audit log of a server that traded, and everything that somebody with the database in hand may do to it."""

import json
import os
import sqlite3
import subprocess

import pytest

from harness import TOKEN, binary


class Audit:
    def __init__(self, world, url):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SIGNALIST_")}
        self.world, self.environment = world, kept | world.settings(url)

    def run(self, *arguments, code=0, command="audit"):
        done = subprocess.run([binary(), command, *map(str, arguments)], env=self.environment, capture_output=True, text=True, timeout=120, cwd=self.world.folder)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert TOKEN not in done.stdout + done.stderr
        return done

    def verify(self, code=0):
        return json.loads(self.run("verify", "--json", code=code).stdout)

    @property
    def database(self):
        return self.world.folder / "data/signalist.sqlite"

    @property
    def checkpoints(self):
        return self.world.folder / "checkpoints/audit"


@pytest.fixture
def traded(world):
    broker = world.broker("--seed", 4)
    server = world.serve(broker.url)
    account = server.api.add_account()
    session = server.api.start_session(account)
    for _ in range(3):
        server.api.settled(server.api.buy("even"), 60)
    audit = Audit(world, broker.url)
    return world, broker, server, audit, session


def test_an_honest_log_is_whole_while_the_server_runs_and_after(traded):
    world, broker, server, audit, session = traded
    running = audit.verify()
    assert running["whole"] and running["entries"] > 5 and running["facts"] > 20 and running["faults"] == []
    assert "no checkpoint yet" in audit.run("verify").stdout
    audit.run("add", command="keys")
    hook = server.api.post("/hooks", {"name": "mine", "format": "signed"}, 201)["id"]
    assert server.api.ask("DELETE", f"/hooks/{hook}").status in (200, 204)
    acts = json.loads(audit.run("list", "--acts", "--json").stdout)["entries"]
    done = [(entry["actor"], entry["action"]) for entry in acts]
    for expected in [("host", "owner add"), ("host", "api key add"), ("owner 1", "token store"), ("host", "keys add"), ("owner 1", "hook add"), ("owner 1", "hook remove")]:
        assert expected in done, (expected, done)
    server.end()
    audit.run("add", "ada@example.org", command="person")
    audit.run("reset", "ada@example.org", "--without-second-factor", command="person")
    acts = json.loads(audit.run("list", "--acts", "--json").stdout)["entries"]
    assert [entry["action"] for entry in acts if entry["actor"] == "host"][-3:] == ["person add", "password code", "password code"]
    ended = audit.verify()
    assert ended["whole"] and ended["checkpoints"] == 1 and ended["signingKeys"] == 1
    server = world.serve(broker.url)
    server.kill()
    assert audit.verify()["whole"], "killed at any moment"


@pytest.mark.parametrize("change, says", [
    ("UPDATE journal SET body = replace(body, '100', '900') WHERE kind = 'buy_intended'", "of the journal are not those"),
    ("UPDATE journal SET at = at + 1 WHERE seq = 5", "of the journal are not those"),
    ("DELETE FROM journal WHERE kind = 'settled'", "the journal has"),
    ("UPDATE audit SET actor = 'owner 2' WHERE action = 'token store'", "does not fit its hash"),
    ("DELETE FROM audit WHERE action = 'token store'", "is missing"),
    ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", ""),
    ("UPDATE signal_origin SET body = x'7b7d' WHERE number = 2", "origins 2-2 of signals are not those"),
    ("DELETE FROM signal_origin WHERE number = 3", "origins 3-3 of signals are not those"),
])
def test_what_was_changed_is_found(traded, change, says):
    world, broker, server, audit, session = traded
    server.end()
    with sqlite3.connect(audit.database) as database:
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(change)
        for table, name in [("journal", "journal_keeps_its_facts"), ("journal", "journal_loses_no_facts"), ("audit", "audit_keeps_its_entries"), ("audit", "audit_loses_no_entry"),
                            ("signal_origin", "signal_origin_keeps_its_rows"), ("signal_origin", "signal_origin_loses_no_row")]:
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute(change).rowcount > 0
    found = audit.verify(code=3)
    assert not found["whole"] and says in " ".join(found["faults"]), found


def test_the_end_cut_off_shows_in_the_second_place_alone(traded):
    world, broker, server, audit, session = traded
    with sqlite3.connect(audit.database) as database:
        [[entries]] = database.execute("SELECT max(seq) FROM audit")
    server.end()
    with sqlite3.connect(audit.database) as database:
        database.execute("DROP TRIGGER audit_loses_no_entry")
        database.execute("DROP TRIGGER journal_loses_no_facts")
        database.execute("DROP TRIGGER signal_origin_loses_no_row")
        [[last]] = database.execute("SELECT object FROM audit WHERE action = 'facts' AND seq <= ? ORDER BY seq DESC LIMIT 1", [entries - 3])
        [[kept]] = database.execute("SELECT seq FROM audit WHERE object = ?", [last])
        database.execute("DELETE FROM audit WHERE seq > ?", [kept])
        database.execute("DELETE FROM journal WHERE seq > ?", [int(last.split("-")[1])])
        objects = [object.split("-")[1] for [object] in database.execute("SELECT object FROM audit WHERE action = 'origins'")]
        database.execute("DELETE FROM signal_origin WHERE number > ?", [max(map(int, objects), default=0)])
    found = audit.verify(code=3)
    assert "the checkpoint of" in " ".join(found["faults"]), found
    audit.checkpoints.rename(audit.checkpoints.with_suffix(".away"))
    assert audit.verify()["whole"], "in itself it fits"


def test_checkpoints_that_were_touched_are_named(traded):
    world, broker, server, audit, session = traded
    server.end()
    line = audit.checkpoints.read_text()
    audit.checkpoints.write_text(line.replace('"sequence":', '"sequence":1'))
    assert "signature" in " ".join(audit.verify(code=3)["faults"])
    audit.checkpoints.write_text("no checkpoint\n" + line)
    assert "line 1" in " ".join(audit.verify(code=3)["faults"])
    audit.checkpoints.write_text(line + line[:40])
    assert audit.verify()["whole"], "half a line at the end is a power failure's"
    audit.run("verify", "--checkpoints", "nowhere", code=1)


def test_wrong_words(world):
    broker = world.broker(jsonl=False)
    audit = Audit(world, broker.url)
    assert "there is no database" in audit.run("verify", code=1).stderr
    for arguments in (["list", "--limit", "0"], ["list", "--after", "-1"], ["nothing"]):
        audit.run(*arguments, code=64)
