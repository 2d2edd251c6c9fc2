"""Processes of signalist, clients for them, and our books held against the broker's.

Every process listens on a port that the system chose, keeps its files in a temporary folder and is killed in teardown.
Nothing sleeps for a fixed time: `wait_until` asks until something is so, or fails with what it saw last.
"""

import asyncio
import atexit
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import signal
import socket
import stat
import subprocess
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import websockets

ROOT = Path(__file__).resolve().parents[2]
# Broker seconds per second, for broker and server alike.
SPEED = 20
TOKEN = "endtoend-token-1"


def binary():
    """The built executable: SIGNALIST_BINARY, or what `swift build` made."""
    path = Path(os.environ.get("SIGNALIST_BINARY") or ROOT / ".build/debug/signalist")
    assert path.is_file(), f"there is no {path}; build first (swift build) or set SIGNALIST_BINARY"
    return str(path)


def wait_until(what, check, seconds=20, every=0.02):
    """The first true value of `check`; fails with `what` and the last answer when there is none in time."""
    deadline, last = time.monotonic() + seconds, None
    while True:
        last = check()
        if last:
            return last
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last: {last!r}")
        time.sleep(every)


def decoded(text):
    """JSON with exact decimals and without doubled keys."""
    def pairs(members):
        keys = [key for key, _ in members]
        assert len(keys) == len(set(keys)), f"doubled keys: {keys}"
        return dict(members)
    return json.loads(text, parse_float=Decimal, object_pairs_hook=pairs)


def signature(secret, body, at=None, nonce=None):
    """What a sender of signed alerts puts into X-Signature."""
    at, nonce = int(time.time()) if at is None else at, nonce or secrets.token_hex(8)
    code = hmac.new(secret.encode(), f"{at}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},n={nonce},v1={code}"


# Processes

class Process:
    """A command of signalist with its log in a file."""
    alive = []

    def __init__(self, name, folder, arguments, environment=None):
        self.name = name
        self.log_path = Path(folder) / f"{name}-{time.monotonic_ns()}.log"
        self.output_path = self.log_path.with_suffix(".out")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SIGNALIST_")}
        with open(self.log_path, "wb") as log, open(self.output_path, "wb") as output:
            self.process = subprocess.Popen([binary(), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=output, stderr=log,
                                            cwd=folder, env=kept | (environment or {}))
        Process.alive.append(self)

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def output(self):
        return self.output_path.read_text(errors="replace")

    def wait_for(self, pattern, seconds=30):
        """The match of `pattern` in log or output, once it is there."""
        def look():
            found = re.search(pattern, self.log) or re.search(pattern, self.output)
            assert found or self.process.poll() is None, f"{self.name} ended with {self.process.returncode}: {self.log[-2000:]}{self.output[-2000:]}"
            return found
        return wait_until(f"{self.name} says {pattern}", look, seconds)

    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        """SIGKILL: nothing is said, nothing is finished."""
        self.process.kill()
        self.process.wait()
        if self in Process.alive:
            Process.alive.remove(self)

    def end(self, how=signal.SIGTERM, seconds=30):
        """Asks the process to end and returns its exit code."""
        self.process.send_signal(how)
        return self.ended(seconds)

    def ended(self, seconds=30):
        code = self.process.wait(timeout=seconds)
        if self in Process.alive:
            Process.alive.remove(self)
        return code


@atexit.register
def _kill_all():
    for process in list(Process.alive):
        process.kill()


class World:
    """Brokers and servers of one test, in one folder."""

    def __init__(self, folder, frames=None):
        self.folder, self.frames, self.processes = Path(folder), frames, []

    def _run(self, name, arguments, environment=None):
        process = Process(name, self.folder, arguments, environment)
        self.processes.append(process)
        return process

    def broker(self, *arguments, port=0, speed=SPEED, jsonl=True, limits="off"):
        """A simulated broker. Its frames are judged by test_frames unless `jsonl` is false. These tests ask faster than
        Deriv allows, so its limits are off unless a test is about them."""
        extra = ["--jsonl", self.frames / f"frames-{time.monotonic_ns()}.jsonl"] if jsonl and self.frames else []
        process = self._run("broker", ["broker", "--port", port, "--speed", speed, "--rate-limits", limits, *extra, *arguments])
        process.url = process.wait_for(r"(ws://127\.0\.0\.1:\d+/websockets/v3)")[1]
        process.port = int(re.search(r":(\d+)/", process.url)[1])
        return process

    def settings(self, broker_url, speed=SPEED, **settings):
        """The environment of `signalist serve` in this world's folder."""
        return {
            "SIGNALIST_PORT": "0", "SIGNALIST_DATA_DIR": str(self.folder / "data"), "SIGNALIST_KEY_RING": str(self.folder / "keys/key-ring.json"),
            "SIGNALIST_API_KEY_FILE": str(self.folder / "api-key"), "SIGNALIST_SET_UP_FILE": str(self.folder / "set-up-code"),
            "SIGNALIST_BROKER_URL": broker_url, "SIGNALIST_BROKER_SPEED": str(speed),
            # Broker seconds: three of ours.
            "SIGNALIST_ANSWER_SECONDS": "60", "SIGNALIST_QUARANTINE_SECONDS": "5", "SIGNALIST_QUARANTINE_UNCLEAN_SECONDS": "5",
            "SIGNALIST_STATEMENT_LAG_SECONDS": "1", "SIGNALIST_SWEEP_SECONDS": "30",
        } | {f"SIGNALIST_{name.upper()}": str(value) for name, value in settings.items()}

    def serve(self, broker_url, **settings):
        """The server, once it listens."""
        process = self._run("server", ["serve"], self.settings(broker_url, **settings))
        process.port = int(process.wait_for(r"address=http://127\.0\.0\.1:(\d+)")[1])
        process.api = API(process.port, self.key())
        return process

    def key(self):
        return (self.folder / "api-key").read_text().strip()

    def set_up_code(self):
        return (self.folder / "set-up-code").read_text().strip()

    def key_mode(self):
        return stat.S_IMODE((self.folder / "api-key").stat().st_mode)

    def end(self):
        for process in self.processes:
            if process.is_running():
                process.kill()
            elif process in Process.alive:
                Process.alive.remove(process)


# The API

@dataclass
class Reply:
    status: int
    headers: dict
    body: bytes
    json: object = field(default=None)

    def __getitem__(self, name):
        assert isinstance(self.json, dict), self
        return self.json[name]

    @property
    def code(self):
        return self.json.get("code") if isinstance(self.json, dict) else None

    def expect(self, status):
        assert self.status == status, f"{self.status} instead of {status}: {self.body[:2000]!r}"
        return self


class API:
    """A client of one server. `observer(method, path, reply)` sees every exchange."""

    def __init__(self, port, key, observer=None):
        self.port, self.key, self.observer = port, key, observer

    def ask(self, method, path, body=None, headers=None, timeout=40):
        """`body` is bytes as they are, or a value that becomes JSON. A header of None is left out."""
        sent = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            sent["Content-Type"] = "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        sent = {name: value for name, value in (sent | (headers or {})).items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, "/api/v1" + path, body, sent)
            response = connection.getresponse()
            reply = Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()
        if "json" in reply.headers.get("content-type", ""):
            reply.json = decoded(reply.body)
        if self.observer:
            self.observer(method, "/api/v1" + path, reply)
        return reply

    def alert(self, path, body, sign=None, content_type="application/json", **more):
        """Sends an alert to a hook, as somebody without a key."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        sent = {"Content-Type": content_type} | ({"X-Signature": sign} if sign else {}) | more
        try:
            connection.request("POST", path, body, sent)
            response = connection.getresponse()
            reply = Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()
        reply.json = decoded(reply.body)
        if self.observer:
            self.observer("POST", path, reply)
        return reply

    def get(self, path, status=200):
        return self.ask("GET", path).expect(status)

    def post(self, path, body=None, status=200, key=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, body, named | ({"Idempotency-Key": key} if key else {})).expect(status)

    def all(self, path, limit=100):
        """Every item of a list, page by page."""
        items, after, mark = [], "", "&" if "?" in path else "?"
        while True:
            page = self.get(f"{path}{mark}limit={limit}{after}")
            items += page["items"]
            if page["next"] is None:
                return items
            after = f"&after={page['next']}"

    # What the tests say often

    def add_account(self, token=TOKEN):
        return self.post("/accounts", {"token": token}, 201)["id"]

    def account(self, account):
        return self.get(f"/accounts/{account}").json

    def session(self, session):
        return self.get(f"/sessions/{session}").json

    def trades(self, session=None):
        return self.all(f"/trades?session={session}" if session else "/trades")

    def create_session(self, account, stake="1.00", **plan):
        return self.post("/sessions", {"account": account, "name": "end to end", "stake": {"fixed": stake}} | plan, 201)["id"]

    def start_session(self, account, **plan):
        """A session that is active."""
        session = self.create_session(account, **plan)
        self.post(f"/sessions/{session}/start")
        wait_until("the session is active", lambda: self.session(session)["phase"] == "active")
        return session

    def signal(self, kind="even", key=None, status=202, wait=None, **more):
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        return self.post("/signals", {"symbol": "1HZ100V", "kind": kind, "duration": "1t"} | more, status, key, **headers)

    def intent(self, signal, seconds=20):
        """The trade that the only session following it intended; a signal may wait for the broker's offers or an earlier buy."""
        decided = lambda: self.get(f"/signals/{signal['id']}")["status"] != "pending"
        wait_until("the signal is decided", decided, seconds)
        [decision] = self.get(f"/signals/{signal['id']}")["decisions"]
        assert decision["intent"], decision
        return decision["intent"]

    def buy(self, kind="even", **more):
        """A signal and the trade that became of it."""
        return self.intent(self.signal(kind, **more))

    def settled(self, trade, seconds=20):
        """The trade, once it is settled."""
        wait_until(f"{trade} is settled", lambda: self.get(f"/trades/{trade}")["state"] == "settled", seconds)
        return self.get(f"/trades/{trade}").json

    def calm(self, session, account, seconds=40):
        """Waits until nothing is open, in flight or in doubt."""
        def restless():
            row, held = self.session(session), self.account(account)
            seen = {"line": held["line"], "inDoubt": held["inDoubt"], "openContracts": held["openContracts"],
                    "open": row["openContracts"], "unresolved": row["unresolvedBuys"]}
            return None if seen == {"line": "up", "inDoubt": False, "openContracts": 0, "open": 0, "unresolved": 0} else seen
        deadline = time.monotonic() + seconds
        while seen := restless():
            assert time.monotonic() < deadline, f"not calm within {seconds} s: {seen}"
            time.sleep(0.02)


class Browser(API):
    """Somebody who is logged in: what the dashboard's page would send."""

    def __init__(self, port, email, password, observer=None):
        super().__init__(port, None, observer)
        self.email, self.password, self.cookie = email, password, None
        self.log_in()

    def log_in(self):
        self.keep(API.ask(self, "POST", "/log-in", {"email": self.email, "password": self.password}, {"Authorization": None}).expect(200))

    def keep(self, reply):
        self.cookie = reply.headers["set-cookie"].split(";")[0]

    def ask(self, method, path, body=None, headers=None, timeout=40):
        mine = {"Authorization": None, "Cookie": self.cookie, "X-Requested-By": "dashboard", "Sec-Fetch-Site": "same-origin"}
        return super().ask(method, path, body, mine | (headers or {}), timeout)


class People:
    """The people of a server: the first admin, and others whom that one adds."""
    PASSWORD = "correct horse battery"

    def __init__(self, world, server, observer=None):
        self.port, self.observer = server.port, observer
        self.open = API(server.port, None, observer)
        self.send("/set-up", {"code": world.set_up_code(), "email": "admin@example.org", "name": "Admin", "password": self.PASSWORD}).expect(201)
        self.admin = self.browser("admin")

    def send(self, path, body):
        return self.open.ask("POST", path, body, {"Authorization": None})

    def add(self, name, role):
        """A person with a password, logged in."""
        person = self.admin.post("/people", {"email": f"{name}@example.org", "name": name, "role": role}, 201)
        code = self.admin.post(f"/people/{person['id']}/password-code", status=201)["code"]
        self.send("/set-password", {"code": code, "password": self.PASSWORD}).expect(204)
        return self.browser(name)

    def browser(self, name):
        return Browser(self.port, f"{name}@example.org", self.PASSWORD, self.observer)


class Events:
    """The live stream. Events are dictionaries of id, event and data."""

    def __init__(self, api, last=None, seconds=20):
        self.connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=seconds)
        headers = {"Authorization": f"Bearer {api.key}"} | ({"Last-Event-ID": str(last)} if last is not None else {})
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.response = self.connection.getresponse()
        self.status, self.content_type = self.response.status, self.response.getheader("content-type")
        assert self.status == 200, self.response.read()
        first = self.response.readline()
        # The first line says where it begins, so whoever has read it misses nothing from here on.
        assert first.startswith((b": after ", b"id: ")), first
        self.first = {"id": first.decode().removeprefix("id: ").strip()} if first.startswith(b"id: ") else {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def next(self):
        event, self.first = self.first, {}
        while True:
            line = self.response.readline().decode()
            assert line, "the server ended the stream"
            line = line.rstrip("\n")
            if line == "" and "event" in event:
                return event
            name, _, value = line.partition(":")
            if name:
                event[name] = value.removeprefix(" ")

    def until(self, test):
        """Every event up to the first that `test` takes."""
        events = []
        while not events or not test(events[-1]):
            events.append(self.next())
        return events


# The broker, by a client that is not ours

class BrokerClient:
    """Speaks to the broker by the package `websockets`."""

    def __init__(self, url, token=None):
        self.url, self.token, self.number, self.waiting = url, token, 0, []

    async def __aenter__(self):
        # The server's clock runs many times as fast, so pings of ours are not needed.
        self.socket = await websockets.connect(self.url + "?app_id=1089", max_size=None, ping_interval=None)
        if self.token:
            self.authorized = (await self.ask(authorize=self.token))["authorize"]
        return self

    async def __aexit__(self, *_):
        await self.socket.close()

    async def send(self, **request):
        self.number += 1
        await self.socket.send(json.dumps(request | {"req_id": self.number}, default=float))
        return self.number

    async def next(self, test, seconds=20):
        """The first frame that `test` takes; the others wait for their turn."""
        for index, frame in enumerate(self.waiting):
            if test(frame):
                return self.waiting.pop(index)
        deadline = time.monotonic() + seconds
        while True:
            frame = decoded(await asyncio.wait_for(self.socket.recv(), max(0.01, deadline - time.monotonic())))
            if test(frame):
                return frame
            self.waiting.append(frame)

    async def ask(self, fails=False, **request):
        number = await self.send(**request)
        frame = await self.next(lambda frame: frame.get("req_id") == number)
        assert ("error" in frame) == fails, frame
        return frame


@dataclass
class Ledger:
    """What the broker says of an account."""
    balance: Decimal
    rows: list

    def _by_contract(self, action):
        rows = [row for row in self.rows if row["action_type"] == action]
        found = {str(row["contract_id"]): row for row in rows}
        assert len(found) == len(rows), f"one contract has two rows of {action}: {rows}"
        return found

    @property
    def buys(self):
        return self._by_contract("buy")

    @property
    def sells(self):
        return self._by_contract("sell")


def read_ledger(url, token=TOKEN):
    """The whole statement and the balance, over the wire."""
    async def read():
        async with BrokerClient(url, token) as broker:
            rows = []
            while True:
                page = (await broker.ask(statement=1, description=1, limit=500, offset=len(rows)))["statement"]["transactions"]
                # Bookings that come meanwhile shift the pages.
                known = {row["transaction_id"] for row in rows}
                rows += [row for row in page if row["transaction_id"] not in known]
                if len(page) < 500:
                    return Ledger(Decimal((await broker.ask(balance=1))["balance"]["balance"]), rows)
    return asyncio.run(read())


def mismatches(api, account, url, token=TOKEN):
    """Our books held against the broker's: nothing unknown on either side, nothing twice, equal to the cent."""
    ledger, found = read_ledger(url, token), []
    buys, sells, ours = ledger.buys, ledger.sells, {}
    trades = [trade for trade in api.trades() if trade["account"] == account]
    for trade in trades:
        contract = trade["contract"]
        if trade["state"] in ("intended", "in_doubt", "ambiguous"):
            found.append(f"{trade['id']} is still {trade['state']}")
        if contract is None:
            if trade["state"] in ("open", "settled"):
                found.append(f"{trade['id']} is {trade['state']} without a contract")
            continue
        if contract["id"] in ours:
            found.append(f"contract {contract['id']} stands under two trades")
        ours[contract["id"]] = trade
        if contract["id"] not in buys:
            found.append(f"the broker does not know contract {contract['id']}")
            continue
        if Decimal(contract["price"]) != -buys[contract["id"]]["amount"]:
            found.append(f"contract {contract['id']}: price {contract['price']}, the broker says {buys[contract['id']]['amount']}")
        payout, sold = trade["settlement"] and Decimal(trade["settlement"]["payout"]), contract["id"] in sells and sells[contract["id"]]["amount"]
        if (payout is None) != (sold is False) or (payout is not None and payout != sold):
            found.append(f"contract {contract['id']}: payout {payout}, the broker says {sold}")
        if payout is not None and Decimal(trade["profit"]) != payout - Decimal(contract["price"]):
            found.append(f"{trade['id']}: profit {trade['profit']} is not {payout} - {contract['price']}")
    found += [f"we do not know contract {contract}" for contract in buys if contract not in ours]
    shown = Decimal(api.account(account)["balance"])
    if shown != ledger.balance:
        found.append(f"balance {shown}, the broker says {ledger.balance}")
    if ledger.rows and ledger.rows[0]["balance_after"] != ledger.balance:
        found.append(f"the statement ends with {ledger.rows[0]['balance_after']}, the balance is {ledger.balance}")
    for session in {trade["session"] for trade in trades}:
        row, mine = api.session(session), [trade for trade in trades if trade["session"] == session]
        profit = sum((Decimal(trade["profit"]) for trade in mine if trade["profit"] is not None), Decimal(0))
        counted = {
            "profit": profit, "trades": sum(trade["contract"] is not None for trade in mine), "settled": sum(trade["state"] == "settled" for trade in mine),
            "wins": sum(trade["profit"] is not None and Decimal(trade["profit"]) > 0 for trade in mine),
        }
        found += [f"session {session}: {name} {row[name]}, its trades say {value}" for name, value in counted.items() if Decimal(row[name]) != value]
    return found


def agree(api, account, url, token=TOKEN, seconds=10):
    """Fails unless our books and the broker's agree; a booking may be on its way for a moment."""
    deadline = time.monotonic() + seconds
    while found := mismatches(api, account, url, token):
        assert time.monotonic() < deadline, "\n".join(["our books and the broker's disagree:", *found])
        time.sleep(0.1)


# Bytes on a socket

def raw(port, data, seconds=20):
    """Sends bytes as they are and returns what came until the server closed or was silent after an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        got = b""
        try:
            while part := connection.recv(65_536):
                got += part
        except (TimeoutError, ConnectionResetError):
            pass
        return got
