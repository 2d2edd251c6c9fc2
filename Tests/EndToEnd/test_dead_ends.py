"""Other ends that are dead, or as good as dead: a broker's socket that takes nothing, and clients that send a byte at a time."""

import select
import socket
import sys
import time

import pytest

from harness import ROOT, mismatches, wait_until

sys.path.insert(0, str(ROOT / "Tests/Harness"))
from proxy import CALM, Proxy, Weather  # noqa: E402

HALF_OPEN = Weather(hold_up=True, hold_down=True)
# Broker seconds are seconds here: the deadlines of the line are the real ones, 10 s for the answer to a buy, 25 s of silence.
REAL = {"speed": 1, "answer_seconds": 10, "tombstone_seconds": 1}


@pytest.fixture
def line(world):
    """A broker, a proxy before it, and a server behind that."""
    proxies = []

    def make(narrow=False):
        broker = world.broker("--seed", 5, speed=1)
        proxy = Proxy(broker.port, 1, narrow=narrow)
        proxies.append(proxy)
        make.server = world.serve(proxy.url, **REAL)
        return broker, proxy, make.server.api
    yield make
    for proxy in proxies:
        proxy.close()


def timed(ask):
    began = time.monotonic()
    reply = ask()
    return reply, time.monotonic() - began


@pytest.mark.parametrize("how", ["session", "owner"])
def test_a_stop_on_a_half_open_line_is_answered_at_once(line, how):
    broker, proxy, api = line()
    account = api.add_account()
    session = api.start_session(account, openContracts=10)
    api.buy()
    proxy.turn(HALF_OPEN)
    sent = [api.intent(api.signal(kind)) for kind in ("odd", "even")]
    stop = {"session": f"/sessions/{session}/stop", "owner": "/emergency-stop"}[how]
    reply, took = timed(lambda: api.post(stop))
    assert took < 2, f"the stop was answered after {took:.1f} s"
    row = api.session(session)
    assert row["phase"] == "stopping" and row["unresolvedBuys"] == 2, "what may have been bought is told, and still followed"
    assert {api.get(f"/trades/{trade}")["state"] for trade in sent} == {"intended"}
    ending = api.get("/emergency-stop")["ending"]
    assert (ending["sessions"], ending["unresolvedBuys"]) == (1, 2)
    if how == "owner":
        assert reply["ending"] == ending
    # Nothing of what comes later leaves, and what was on its way finds its end once the network is back.
    api.signal("rise")
    wait_until("the buys are in doubt", lambda: api.account(account)["inDoubt"], 20)
    proxy.turn(CALM)
    api.calm(session, account, 60)
    wait_until("the session is stopped", lambda: api.session(session)["phase"] == "stopped")
    assert len(api.trades(session)) == 3
    wait_until("books and broker agree", lambda: not mismatches(api, account, broker.url))


def test_a_stop_does_not_wait_for_a_full_socket(line):
    broker, proxy, api = line(narrow=True)
    account = api.add_account()
    sessions = [api.start_session(account, stake=f"1.{number:02}", openContracts=100, criteria={"symbols": ["1HZ100V"]}) for number in range(20)]
    proxy.turn(HALF_OPEN)
    # Each is unlike the others; together they are more than the system's buffers hold.
    for kind in ("even", "odd", "rise", "fall"):
        for ticks in range(1, 11):
            api.signal(kind, duration=f"{ticks}t")
    for kind in ("rise", "fall"):
        for seconds in range(15, 43):
            api.signal(kind, duration=f"{seconds}s")
    sent = sum(api.session(session)["unresolvedBuys"] for session in sessions)
    reply, took = timed(lambda: api.post("/emergency-stop"))
    assert took < 3, f"the stop was answered after {took:.1f} s with {sent} buys unanswered"
    if "a buy would not leave" not in line.server.log:
        pytest.skip(f"{sent} buys did not fill the buffers of this system")
    assert reply["ending"]["unresolvedBuys"] > 0, "what was written is in doubt, and is looked up"
    # What the proxy holds of the old connection falls with it.
    proxy.cut_all()
    proxy.turn(CALM)
    wait_until("the line is up", lambda: api.account(account)["line"] == "up", 40)


def test_many_who_dribble_are_closed_while_others_are_served(world):
    broker = world.broker("--seed", 6, jsonl=False)
    server = world.serve(broker.url, header_seconds=2)
    quiet = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    request = f"GET /api/v1/accounts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.api.key}\r\n\r\n".encode()
    quiet.sendall(request)
    assert b"200 OK" in quiet.recv(65_536)
    slow = []
    began = time.monotonic()
    for _ in range(300):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        connection.sendall(b"GET /api/v1/accounts HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        slow.append(connection)
    slowest, closed = 0.0, {}
    while len(closed) < len(slow) and time.monotonic() - began < 15:
        for connection in slow:
            if connection in closed:
                continue
            try:
                connection.sendall(b"a")
            except OSError:
                closed.setdefault(connection, time.monotonic() - began)
        for connection in select.select([one for one in slow if one not in closed], [], [], 0)[0]:
            closed.setdefault(connection, time.monotonic() - began)
        _, took = timed(lambda: server.api.get("/accounts"))
        slowest = max(slowest, took)
        time.sleep(0.05)  # A byte now and then is what this is about.
    assert len(closed) == len(slow), f"{len(slow) - len(closed)} are still open after {time.monotonic() - began:.1f} s"
    assert min(closed.values()) > 1.5, "not before their time"
    assert slowest < 2, f"somebody waited for {slowest:.2f} s"
    # Who had its answer and has asked nothing since is still there.
    quiet.sendall(request)
    assert b"200 OK" in quiet.recv(65_536)
    for connection in [*slow, quiet]:
        connection.close()
