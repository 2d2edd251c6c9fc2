"""Clients of a server: programs with a key, people with a browser, the live stream, alerts, bytes on a socket."""

import hashlib
import hmac
import http.client
import json
import secrets
import socket
import time
from dataclasses import dataclass, field
from decimal import Decimal

TOKEN = "endtoend-token-1"


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
