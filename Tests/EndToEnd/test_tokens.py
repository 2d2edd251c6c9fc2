"""What is kept of a broker token: the sealed bytes of an account's own, and of no other."""

import sqlite3
import subprocess

from harness import API, TOKEN, binary


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
