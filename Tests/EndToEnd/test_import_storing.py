"""`signalist import previous` into a data folder: what it makes of an export, over HTTP too; again, killed, and without a secret anywhere."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from datetime import timedelta
from decimal import Decimal

import pytest

pytest.importorskip("bson", reason="pymongo is not installed: script/bootstrap --tests")

from harness import API, ROOT, Browser, BrokerClient, Process, binary, wait_until  # noqa: E402
from previous import CONTRACT as PREVIOUS, Old  # noqa: E402
from previous_export import NOW, PUBLIC, SECRET, Export, sealed  # noqa: E402
from test_import import SAMPLES  # noqa: E402
from contract import Contract  # noqa: E402

CONTRACT = Contract(ROOT / "docs/openapi.yaml")
TOKENS = {"ada": "ada-token-000001", "ben": "ben-token-000002", "cleo": "cleo-token-000003", "dan": "dan-token-000004"}
CANARIES = [*TOKENS.values(), SECRET, "plain-deriv-secret", "plain-mt5-secret", "plain-password"]


def login(url, token):
    async def ask():
        async with BrokerClient(url, token) as broker:
            return broker.authorized["loginid"]
    return asyncio.run(ask())


def export(logins, trades=0):
    """Four users: one whose session may go on, one to be reviewed, one whose token stays closed, one with a token in the clear."""
    made = Export()
    users = {name: made.user(name, **({"password": "plain-password"} if name == "ada" else {})) for name in TOKENS}
    ada, ben, cleo, dan = users.values()
    made.token(ada, sealed(TOKENS["ada"]), logins["ada"], lastValidatedAt=NOW)
    made.token(ben, {"data": sealed(TOKENS["ben"]), "keyVersion": 1, "algorithm": "aes-256-gcm"}, logins["ben"])
    made.token(cleo, sealed(TOKENS["cleo"], "a-secret-that-was-lost"), "VRTC31", accountCurrency="BTC", accountBalance=0.01234567, isValid=False)
    made.token(dan, TOKENS["dan"], "VRTC41")
    made.settings(ada, riskPerTrade=2, maxDailyLoss=15, maxDailyTrades=12, forceStopDrawdown=25, derivToken="plain-deriv-secret", mt5Password="plain-mt5-secret")
    limits = {"maxTradesPerDay": 5, "dailyLossLimit": 500, "maxStakeSize": 25.5, "riskPerTrade": 1, "autoStopDrawdown": 20, "maxConsecutiveLosses": 4}
    made.session(ada, "014378ff-80d0-44b2-9d41-7ead8930fbcd", days_ago=10, status="stopped")
    made.session(ada, "b93e081b-5273-4b71-88b9-88aaafe17664", days_ago=1, status="active", risk=limits, totalTrades=22, totalProfitLoss=-38.66,
                 signalFilters={"symbols": ["1HZ100V"], "sources": ["api"]})
    made.session(ben, "9d05633a-8d3a-47ef-8312-3f99099565a2", days_ago=1, status="active", risk=limits | {"dailyLossLimit": 50}, totalTrades=1, totalProfitLoss=0.5)
    made.session(cleo, "34f2bae5-67de-4005-ae7a-07f2c3e60e90", days_ago=3, status="paused", startBalance=0.5, totalProfitLoss=-0.00012345)
    made.session(dan, "48d0ca3e-6bb3-4fb5-be99-b910f1fd7037", days_ago=4, status="error", errorMessage="it broke")
    made.session(dan, "5950ac3e-6bb3-4fb5-be99-b910f1fd7037", days_ago=1, status="active", broker="exness")
    made.signal("f3b72cb2-4957-425f-a075-1bb6df657069", ada)
    made.signal("everybodys-signal", status="active")
    first, today = NOW - timedelta(days=10), NOW - timedelta(hours=20)
    made.trade(ada, "be0a25e4-8cae-4c72-9af0-029c7b51ec02", 9.5, first + timedelta(minutes=3), "TP_HIT", entryReason="Signal: f3b72cb2-4957-425f-a075-1bb6df657069")
    made.trade(ada, "106dd913-ebf4-427c-81ce-67a20b8d21d9", -10, first + timedelta(minutes=9), "SL_HIT", side="SELL",
               entryReason="Signal: f3b72cb2-4957-425f-a075-1bb6df657069")
    made.trade(ada, "PAPER-1764000000000-ab0", -0.1 - 0.2, first - timedelta(days=3), "MANUAL_CLOSE", stake=12.349, contract="DERIV-1764000000000-x7", broker="exness")
    made.trade(ada, "left-open", None, today, "OPEN", unrealizedPnl=3)
    made.trade(ada, "no-result", None, today + timedelta(minutes=1), "CLOSED", contract="500000000000", exitTimestamp=None)
    made.trade(ben, "bens", 0.35, today)
    made.trade(cleo, "in-coins", -0.00012345, NOW - timedelta(days=2), stake=0.001)
    for number in range(trades):
        made.trade(ben if number % 3 else ada, f"more-{number}", round(random.Random(number).uniform(-10, 10), 2), today + timedelta(seconds=number))
    return made, users


PROFITS = {"ada": Decimal("-0.80"), "ben": Decimal("0.35"), "cleo": Decimal("-0.00012345")}


class Place:
    """A data folder with its key ring."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.secrets = folder / "secrets"
        self.secrets.write_text(f"BETTER_AUTH_SECRET={SECRET}\n")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SIGNALIST_")}
        self.environment = kept | {"SIGNALIST_DATA_DIR": str(folder / "data"), "SIGNALIST_KEY_RING": str(folder / "keys/key-ring.json"),
                                   "SIGNALIST_API_KEY_FILE": str(folder / "api-key")}

    def run(self, *arguments, code=0):
        done = subprocess.run([binary(), *map(str, arguments)], env=self.environment, capture_output=True, text=True, timeout=300, cwd=self.folder)
        assert done.returncode == code, (done.returncode, done.stdout[-3000:], done.stderr[-3000:])
        return done

    def take(self, export, *more, code=0):
        return self.run("import", "previous", export, "--secrets", self.secrets, "--json", *more, code=code)

    def dump(self, masked=False):
        """Every row of every table; masked: without what differs between two places and two moments."""
        found = {}
        with sqlite3.connect(f"file:{self.folder}/data/signalist.sqlite?mode=ro", uri=True) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
                if table == "lease":  # Counts who opened it.
                    continue
                if masked and table == "audit":  # Chained to all of what is masked: it is followed below.
                    continue
                hidden = {"instance": {"random"}, "journal": {"at", "epoch"}, "owner": {"created_at"}, "credential": {"sealed"}, "signal": {"accepted_at"},
                          "person": {"created_at"}}
                columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if not (masked and row[1] in hidden.get(table, ()))]
                found[table] = sorted(map(repr, db.execute(f"SELECT {', '.join(columns)} FROM {table}")))
            found["sequences"] = db.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name").fetchall()
        self.run("audit", "verify")
        return found

    def owners(self):
        """Number and key by name."""
        lines = [line.split("\t") for line in self.run("owner", "list").stdout.splitlines()]
        return {name.split("@")[0]: (int(number), self.run("owner", "key", number).stdout.strip()) for number, name in lines}

    def visitor(self, name):
        """To be called while the server runs: whoever sets a password by the link that was made while it did not."""
        code, address = self.run("person", "link", f"{name}@example.test").stdout.strip(), f"{name}@example.test"

        def visit(server):
            said = {"code": code, "password": "an old hand with a new phrase 7"}
            assert server.api.ask("POST", "/set-password", said, {"Authorization": None}).status < 300
            return Browser(server.port, address, said["password"])
        return visit

    def bytes(self):
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file() and path.name != "secrets"}


@pytest.fixture
def offline(tmp_path):
    return Place(tmp_path), export({"ada": "VRTC11", "ben": "VRTC21"})[0]


def test_what_is_taken_and_what_is_said(offline, tmp_path):
    place, made = offline
    folder = made.write(tmp_path / "export", "relaxed")
    judged = json.loads(place.take(folder, "--dry-run").stdout)
    assert judged["dryRun"] is True and not (tmp_path / "data").exists(), "nothing is stored"
    done = place.take(folder)
    report = json.loads(done.stdout)
    assert report["dryRun"] is False and report["refused"] == []
    assert {one["name"]: (one["read"], one["imported"], one["new"], one["already"]) for one in report["collections"]} == {
        "user": (4, 4, 4, 0), "derivapitokens": (4, 4, 4, 0), "signalistbotsettings": (1, 1, 1, 0), "autotradingsessions": (6, 6, 6, 0),
        "signals": (2, 2, 2, 0), "signalistbottrades": (7, 7, 7, 0)}
    assert [{"collection": one["collection"], "flag": one["flag"]} for one in judged["flagged"]] == [
        {"collection": one["collection"], "flag": one["flag"]} for one in report["flagged"]]
    flags = {(one["id"], one["flag"]) for one in report["flagged"]}
    assert ("9d05633a-8d3a-47ef-8312-3f99099565a2", "percent_loss_limit") in flags and ("PAPER-1764000000000-ab0", "fabricated_contract") in flags
    assert ("no-result", "no_result") in flags and ("left-open", "left_open") in flags
    assert "b93e081b-5273-4b71-88b9-88aaafe17664" not in {key for key, _ in flags}, "it runs, and nothing of it is flagged"
    assert {user: Decimal(profit) for user, profit in report["realizedProfit"].items()} == dict(
        zip(sorted(report["realizedProfit"]), PROFITS.values(), strict=True))


def test_the_same_again_changes_nothing(offline, tmp_path):
    place, made = offline
    folder = made.write(tmp_path / "export", "relaxed")
    place.take(folder)
    before = place.dump()
    report = json.loads(place.take(folder).stdout)
    assert place.dump() == before
    assert all(one["new"] == 0 and one["already"] == one["imported"] for one in report["collections"])


def test_every_form_comes_to_the_same(tmp_path):
    made, dumps = export({"ada": "VRTC11", "ben": "VRTC21"})[0], {}
    for form in "relaxed", "canonical", "list", "bson":
        place = Place(tmp_path / form)
        place.take(made.write(tmp_path / form / "export", form))
        dumps[form] = place.dump(masked=True)
    assert all(dump == dumps["relaxed"] for dump in dumps.values())


def test_killed_at_any_moment_and_run_again_it_ends_the_same(tmp_path):
    made = export({"ada": "VRTC11", "ben": "VRTC21"}, trades=3000)[0]
    folder = made.write(tmp_path / "export", "relaxed")
    whole = Place(tmp_path / "whole")
    began = time.monotonic()
    whole.take(folder)
    lasts = time.monotonic() - began
    wanted, chance, kills = whole.dump(masked=True), random.Random(7), 0
    for number in range(6):
        place = Place(tmp_path / f"killed{number}")
        for _ in range(4):
            process = subprocess.Popen([binary(), "import", "previous", str(folder), "--secrets", str(place.secrets)], env=place.environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=place.folder)
            try:
                process.wait(chance.uniform(0.2, 1) * lasts)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
        place.take(folder)
        assert place.dump(masked=True) == wanted
    assert kills > 3, "hardly anything was killed"


def test_no_secret_stands_anywhere(tmp_path):
    place, made = Place(tmp_path), export({"ada": "VRTC11", "ben": "VRTC21"})[0]
    folder = made.write(tmp_path.parent / f"{tmp_path.name}-export", "relaxed")
    said = [place.take(folder, "--dry-run"), place.take(folder), place.run("import", "previous", folder, "--secrets", place.secrets)]
    for text in [part for done in said for part in (done.stdout, done.stderr)]:
        assert not [canary for canary in CANARIES if canary in text]
    # The database is open again, so that its write-ahead log is there too.
    with sqlite3.connect(tmp_path / "data/signalist.sqlite") as db:
        db.execute("SELECT count(*) FROM journal").fetchone()
        files = place.bytes()
        assert any(path.name == "signalist.sqlite" for path in files)
        for path, text in files.items():
            assert not [canary for canary in CANARIES if canary.encode() in text], path


def test_what_does_not_open_stays_byte_for_byte(offline, tmp_path):
    place, made = offline
    place.take(made.write(tmp_path / "export", "relaxed"))
    stored = made.collections["derivapitokens"][2]["token"]
    with sqlite3.connect(tmp_path / "data/signalist.sqlite") as db:
        rows = dict(db.execute("SELECT account, sealed FROM credential"))
        kept = db.execute("SELECT token, account FROM previous_user ORDER BY owner").fetchall()
    assert [state for state, _ in kept] == ["sealed", "sealed", "unopened", "sealed", None]
    assert rows[kept[2][1]] == stored.encode() and all(rows[account][:3] == b"SGE" for state, account in kept if state == "sealed")
    verified = place.run("keys", "verify", code=3).stdout
    assert str(kept[2][1]) in verified
    # Its secret is found after all: it opens from then on.
    subprocess.run([binary(), "keys", "add", "--previous-secret", "ENCRYPTION_KEY"], env=place.environment, input="a-secret-that-was-lost\n", text=True,
                   check=True, capture_output=True, cwd=tmp_path)
    place.run("keys", "verify")


def test_a_running_server_is_told_of(offline, tmp_path, world):
    place, made = offline
    broker = world.broker()
    world.serve(broker.url)
    done = Place(world.folder).take(made.write(tmp_path / "export", "relaxed"), code=1)
    assert "stop the server" in done.stderr and done.stdout == ""


def test_imported_people_set_a_new_password(offline, tmp_path, world):
    place, made = offline
    place.take(made.write(tmp_path / "export", "relaxed"))
    people = place.run("person", "list").stdout.splitlines()
    assert "ada@example.test\ttrader\tada\tno password" in "\n".join(people)
    [entry] = [line for line in place.run("audit", "list", "--acts").stdout.splitlines() if "person import" in line]
    assert f"{len(people)} people, trader: " in entry and "example.test" not in entry, "how many became people, and their numbers"
    place.run("audit", "verify")
    code = place.run("person", "link", "ada@example.test").stdout.strip()
    (world.folder / "api-key").write_text(place.owners()["ada"][1])
    api, nobody = world.serve(world.broker().url).api, {"Authorization": None}
    password = "an old hand with a new phrase 7"
    assert api.ask("POST", "/set-password", {"code": code, "password": password}, nobody).status < 300
    assert api.ask("POST", "/set-password", {"code": code, "password": password}, nobody).status >= 400, "it is good once"
    entered = api.ask("POST", "/log-in", {"email": "Ada@example.test", "password": password}, nobody)
    assert entered.status < 300, entered.body
    mine = api.ask("GET", "/sessions", headers=nobody | {"Cookie": entered.headers["set-cookie"].split(";")[0]}).expect(200)["items"]
    assert {one["previous"]["id"] for one in mine} >= {"b93e081b-5273-4b71-88b9-88aaafe17664"}


@pytest.fixture
def moved(world):
    """A server after the import, and a client of each user."""
    broker = world.broker("--seed", 5)
    place = Place(world.folder)
    made, users = export({name: login(broker.url, TOKENS[name]) for name in ("ada", "ben")})
    report = json.loads(place.take(made.write(world.folder / "export", "bson")).stdout)
    owners = place.owners()
    # There are owners before the first start, so that it makes no key of its own.
    (world.folder / "api-key").write_text(owners["ada"][1])
    visits = {name: place.visitor(name) for name in ("ada", "ben", "dan")}
    server = world.serve(broker.url)
    server.visit = lambda name: visits[name](server)

    def seen(method, path, reply):
        faults = CONTRACT.faults(method, path, reply.status, reply.headers.get("content-type"), reply.body)
        assert not faults, (method, path, faults)

    clients = {}
    for name in users:
        api = API(server.port, owners[name][1], seen)
        clients[name] = (api, Old(type("Server", (), {"port": server.port, "api": api})))
    return broker, place, report, users, clients, server


def test_sums_over_http_are_those_of_the_source(moved):
    _, place, report, users, clients, server = moved
    for name, (api, old) in clients.items():
        wanted = Decimal(report["realizedProfit"].get(users[name], "0"))
        assert wanted == PROFITS.get(name, 0)
        analytics = old.data("GET", "/auto-trading/analytics")
        [account] = api.get("/accounts")["items"]
        figures = api.get(f"/accounts/{account['id']}/analytics").json
        trades = api.trades()
        assert Decimal(str(analytics["totalProfitLoss"])) == wanted == Decimal(figures["core"]["profit"])
        assert sum((Decimal(trade["profit"]) for trade in trades if trade["profit"]), Decimal(0)) == wanted
        assert Decimal(str(old.data("GET", "/positions")["metrics"]["totalProfitLoss"])) == wanted
        page = old.data("GET", "/auto-trading/trades")
        assert page["total"] == len(page["trades"]) == len(trades)
    # Tables follow from the journal: made again from it alone they are the same. Other clients see nothing of it.
    api, old = clients["ada"]
    mine = {trade["previous"]["id"]: trade for trade in api.trades()}
    assert mine["PAPER-1764000000000-ab0"]["previous"]["contract"] == "DERIV-1764000000000-x7" and mine["PAPER-1764000000000-ab0"]["stake"] == "12.34"
    assert mine["left-open"]["state"] == "open" and mine["no-result"]["profit"] == "0.00" and mine["no-result"]["contract"]["id"].startswith("-")
    assert clients["ben"][0].ask("GET", f"/trades/{mine['left-open']['id']}").status == 404
    for word, keys in {"TP_HIT": ["be0a25e4-8cae-4c72-9af0-029c7b51ec02"], "MANUAL_CLOSE": ["PAPER-1764000000000-ab0"], "OPEN": ["left-open"],
                       "CLOSED": ["no-result"], "FORCE_STOP": [], "nonsense": []}.items():
        found = old.data("GET", f"/auto-trading/trades?status={word}")
        assert ([trade["tradeId"] for trade in found["trades"]], found["total"]) == (keys, len(keys)), word
        assert all(trade["status"] == word for trade in found["trades"])
    newest = [trade["tradeId"] for trade in old.data("GET", "/auto-trading/trades?limit=2")["trades"]]
    assert newest == ["no-result", "left-open"], "newest entry first"
    assert old.data("GET", "/auto-trading/analytics")["activeTrades"] == 1


def test_an_active_session_goes_on_once_its_account_is_confirmed(moved):
    _, _, _, _, clients, _ = moved
    api, old = clients["ada"]
    status = old.data("GET", "/auto-trading/status")
    assert status["isRunning"] is True and status["session"]["sessionId"] == "b93e081b-5273-4b71-88b9-88aaafe17664"
    assert (status["session"]["totalTrades"], status["session"]["totalProfitLoss"], status["session"]["startBalance"]) == (22, Decimal("-38.66"), 10000)
    assert status["session"]["riskSettings"] == {"maxTradesPerDay": 5, "dailyLossLimit": 500, "maxStakeSize": Decimal("25.5"), "riskPerTrade": 1,
                                                 "autoStopDrawdown": 20, "maxConsecutiveLosses": 4}
    session = next(one for one in api.all("/sessions") if one["phase"] == "active")
    assert session["awaiting"] in ("token", None) and session["previous"]["status"] == "active" and session["previous"]["flags"] == []
    wait_until("the account is confirmed", lambda: api.session(session["id"])["awaiting"] is None)
    trade = api.buy(session=session["id"], duration="5t")
    assert api.settled(trade)["stake"] == "25.50", "one percent, but no more than its own limit"
    status = old.data("GET", "/auto-trading/status")["session"]
    assert status["totalTrades"] == 23 and old.data("GET", "/auto-trading/trades")["total"] == 6


def test_what_is_flagged_waits_for_a_person(moved):
    _, _, _, _, clients, _ = moved
    (api, _), server = clients["ben"], moved[5]
    [session] = [one for one in api.all("/sessions") if one["phase"] == "active"]
    wait_until("the account is confirmed", lambda: api.session(session["id"])["awaiting"] == "review")
    assert session["previous"]["flags"] == ["percent_loss_limit"] and session["plan"]["limits"]["lossPerDay"] == "50.00"
    refused = api.signal(session=session["id"], duration="5t").json
    assert [one["refusal"]["code"] for one in refused["decisions"]] == ["awaiting_review"] and api.trades(session["id"])[0]["previous"]["id"] == "bens"
    assert api.get(f"/sessions/{session['id']}/can-execute-trade")["refusals"][0]["code"] == "awaiting_review"
    # It was percent: the owner says what it is meant to be, and then that it may go on.
    def changed(loss):
        plan = json.loads(json.dumps(session["plan"] | {"limits": session["plan"]["limits"] | {"lossPerDay": loss}}, default=float))
        return api.ask("PUT", f"/sessions/{session['id']}/plan", plan)

    assert changed("400.00").code == "person_needed", "a key raises nothing: its owner is a person"
    changed("45.00").expect(200)
    review = f"/sessions/{session['id']}/accept-review"
    assert api.ask("POST", review).code == "person_needed", "nor does it let money trade"
    ben = server.visit("ben")
    assert api.ask("GET", "/sessions").status == 401, "the key ended with the password that was set"
    assert ben.post(review)["awaiting"] is None
    assert ben.ask("POST", review).code == "review_not_awaited"
    assert ben.settled(ben.buy(session=session["id"], duration="5t"))["state"] == "settled"


def test_with_review_every_session_waits_for_a_person(world):
    broker = world.broker("--seed", 5)
    place = Place(world.folder)
    made, _ = export({name: login(broker.url, TOKENS[name]) for name in ("ada", "ben")})
    place.take(made.write(world.folder / "export", "bson"), "--review")
    owners = place.owners()
    (world.folder / "api-key").write_text(owners["ada"][1])
    visit, server = place.visitor("ada"), world.serve(broker.url)
    api = visit(server)
    session = next(one for one in api.all("/sessions") if one["phase"] == "active")
    assert session["previous"]["flags"] == []
    wait_until("the account is confirmed", lambda: api.session(session["id"])["awaiting"] == "review")
    refused = api.signal(session=session["id"], duration="5t").json
    assert [one["refusal"]["code"] for one in refused["decisions"]] == ["awaiting_review"]
    assert api.post(f"/sessions/{session['id']}/accept-review")["awaiting"] is None
    assert api.settled(api.buy(session=session["id"], duration="5t"))["state"] == "settled"


def test_what_cannot_be_confirmed_never_buys(moved):
    _, _, _, _, clients, _ = moved
    api, _ = clients["ada"]
    # The broker's time is known from then on.
    wait_until("a line is up", lambda: all(one["awaiting"] is None for one in api.all("/sessions")))
    api, _ = clients["dan"]
    session = next(one for one in api.all("/sessions") if one["phase"] == "active")
    assert session["previous"]["broker"] == "exness" and session["awaiting"] == "token"
    assert api.signal(session=session["id"])["decisions"][0]["refusal"]["code"] == "awaiting_token"
    api = moved[5].visit("dan")
    assert api.ask("POST", f"/sessions/{session['id']}/accept-review").code == "broker_not_served"
    failed = next(one for one in api.all("/sessions") if one["phase"] == "failed")
    assert failed["failure"] == "it broke" and failed["previous"]["status"] == "error"
    api, _ = clients["cleo"]
    paused = next(one for one in api.all("/sessions") if one["phase"] == "paused")
    api.post(f"/sessions/{paused['id']}/resume")
    assert api.session(paused["id"])["phase"] == "active" and api.session(paused["id"])["awaiting"] == "token"
    assert api.signal(session=paused["id"])["decisions"][0]["refusal"]["code"] == "awaiting_token"


def test_start_falls_back_on_the_bot_settings(moved):
    _, _, _, _, clients, _ = moved
    _, old = clients["ada"]
    assert old.error("POST", "/auto-trading/start", {})[1] == "Auto-trading is already running"
    wait_until("the balance is known", lambda: old.data("GET", "/token")["accountBalance"] == 10000)
    old.ask("POST", "/auto-trading/stop")
    wait_until("it has stopped", lambda: old.data("GET", "/auto-trading/status")["isRunning"] is False)
    assert old.error("POST", "/auto-trading/start", {})[1] == "Only a person who has logged in may do that", "they let more be lost than the session before"
    visit = {"Cookie": moved[5].visit("ada").cookie, "X_Requested_By": "dashboard", "Sec_Fetch_Site": "same-origin"}
    assert old.data("POST", "/auto-trading/start", {}, key=False, **visit)["riskSettings"] == {
        "maxTradesPerDay": 12, "dailyLossLimit": 15, "maxStakeSize": 0, "riskPerTrade": 2, "autoStopDrawdown": 25, "maxConsecutiveLosses": 0}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the previous system's sample export is not here")
def test_sample_export_agrees_with_its_answers_over_http(world):
    answers, place = json.loads((SAMPLES / "answers.json").read_text()), Place(world.folder)
    folder = world.folder / "export"
    folder.mkdir()
    for path in SAMPLES.glob("*.bson"):
        (folder / path.name).write_bytes(path.read_bytes())
    place.secrets.write_text(f"BETTER_AUTH_SECRET={answers['secret']}\n")
    report = json.loads(place.take(folder).stdout)
    assert {one["name"]: one["imported"] for one in report["collections"]} == answers["counts"] and report["refused"] == []
    owners, broker = place.owners(), world.broker("--token", "nobodys-token")
    with sqlite3.connect(world.folder / "data/signalist.sqlite") as db:
        users = dict(db.execute("SELECT id, owner FROM previous_user"))
    (world.folder / "api-key").write_text(owners["user0"][1])
    server = world.serve(broker.url)
    for user, profit in answers["realizedPnlByUser"].items():
        key = next(key for number, key in owners.values() if number == users[user])
        old = Old(type("Server", (), {"port": server.port, "api": API(server.port, key)}))
        assert Decimal(str(old.data("GET", "/auto-trading/analytics")["totalProfitLoss"])) == Decimal(str(profit))
    for path, text in place.bytes().items():
        assert not [token for token in answers["tokens"].values() if token.encode() in text and "export" not in str(path)], path
