"""What is kept of a broker token: the sealed bytes of an account's own, and of no other; what is said of one that is not taken. Passwords that leaked."""

import hashlib
import sqlite3
import subprocess

from harness import API, TOKEN, People, binary


def kept(world):
    with sqlite3.connect(f"file:{world.folder}/data/signalist.sqlite?mode=ro", uri=True) as db:
        return [account for (account,) in db.execute("SELECT account FROM credential ORDER BY account")]


def test_a_declined_account_leaves_no_token(world):
    broker = world.broker()
    settings = world.settings(broker.url)
    keys = [subprocess.run([binary(), "owner", "add", name], env=settings, capture_output=True, text=True, check=True).stdout.strip() for name in "ab"]
    (world.folder / "api-key").write_text(keys[0])
    server = world.serve(broker.url)
    account = server.api.add_account()
    other = API(server.port, keys[1])
    assert other.post("/accounts", {"token": TOKEN}, 409).code == "account_exists"
    assert other.get("/accounts")["items"] == [] and kept(world) == [account]
    assert other.post("/accounts", {"token": "nobody.s"}, 400).code == "invalid_field" and kept(world) == [account]


def test_a_token_that_a_kill_left_without_an_account_is_taken_away_at_the_next_start(world):
    broker = world.broker()
    server = world.serve(broker.url)
    first, second = server.api.add_account(), server.api.add_account("another-token-9")
    with sqlite3.connect(world.folder / "data/signalist.sqlite") as db:
        row = db.execute("SELECT * FROM credential WHERE account = ?", (second,)).fetchone()
    server.api.ask("DELETE", f"/accounts/{second}").expect(204)
    assert kept(world) == [first]
    server.kill()
    # As if the process had died after the account was removed and before its token was; and before an account was there at all.
    with sqlite3.connect(world.folder / "data/signalist.sqlite") as db:
        for account in (second, 4711):
            db.execute(f"INSERT INTO credential VALUES ({', '.join('?' * len(row))})", (account, *row[1:]))
    again = world.serve(broker.url)
    assert kept(world) == [first]
    for account in (second, 4711):
        again.wait_for(rf"account={account} .*a token that belonged to no account is gone")
    assert [one["id"] for one in again.api.get("/accounts")["items"]] == [first]
    again.api.post(f"/accounts/{first}/check")


def test_a_token_that_is_not_taken_is_on_the_audit_log_with_the_reason(world):
    broker = world.broker("--token", TOKEN, "--token", f"readonly-{TOKEN}")
    server = world.serve(broker.url)
    assert server.api.post("/accounts", {"token": "nobody-knows-it"}, 422)["brokerCode"] == "InvalidToken"
    assert server.api.post("/accounts", {"token": f"readonly-{TOKEN}"}, 422).code == "token_scopes"
    account = server.api.add_account()
    login = server.api.get(f"/accounts/{account}")["loginId"]
    server.end()
    with sqlite3.connect(world.folder / "data/signalist.sqlite") as db:
        entries = db.execute("SELECT object, outcome FROM audit WHERE action = 'token store' ORDER BY seq").fetchall()
    assert entries == [("a token", "refused: InvalidToken"), ("a token", "refused: lacks trade"), (f"account {account}, {login}", "done")]
    assert "token refused" in server.log and "nobody-knows-it" not in server.log


def test_nobody_chooses_a_password_that_has_leaked(world):
    """Words, and the sorted hashes that Have I Been Pwned gives out; a file that is neither is told at the start."""
    broker = world.broker()
    words = world.folder / "words"
    words.write_text("Tr0ub4dor&3 is long\nsomething else entirely\n")
    server = world.serve(broker.url, blocked_passwords=words)
    people = People(world, server)
    ben = people.admin.post("/people", {"email": "ben@example.org", "name": "Ben", "role": "trader"}, 201)
    code = people.admin.post(f"/people/{ben['id']}/password-code", status=201)["code"]
    for leaked in ("Tr0ub4dor&3 is long", "tr0ub4DOR&3 IS long"):
        answer = people.send("/set-password", {"code": code, "password": leaked})
        assert (answer.status, answer.code) == (422, "password_refused")
    server.end()
    hashes = sorted(hashlib.sha1(f"leaked number {number}".encode()).hexdigest().upper() + f":{number}" for number in range(5_000))
    words.write_text("\r\n".join(hashes))
    server = world.serve(broker.url, blocked_passwords=words)
    people.open.port = server.port
    assert people.send("/set-password", {"code": code, "password": "leaked number 4711"}).code == "password_refused"
    assert people.send("/set-password", {"code": code, "password": "leaked number 5000"}).status == 204
    server.end()
    for wrong in ("", "\r\n".join(reversed(hashes))):
        words.write_text(wrong)
        settings = world.settings(broker.url, blocked_passwords=words)
        done = subprocess.run([binary(), "serve"], env=settings, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and "SIGNALIST_BLOCKED_PASSWORDS" in done.stderr, done
