"""Death at bad moments: a buy is never made twice, never lost, and the books agree with the broker's to the cent."""

import random
import signal
import threading
import time
from decimal import Decimal

import pytest

from harness import agree, read_ledger, wait_until
from previous import Old


def one_buy_at_the_broker(broker):
    """The broker's only contract, once it is there."""
    wait_until("the broker executed the buy", lambda: read_ledger(broker.url).buys)
    [contract] = read_ledger(broker.url).buys
    return contract


def test_killed_server_finds_out_what_became_of_an_unanswered_buy(world):
    broker = world.broker("--fault", "reply-lost:1")
    server = world.serve(broker.url)
    account = server.api.add_account()
    session = server.api.start_session(account)
    trade = server.api.buy("even", key="unanswered")
    contract = one_buy_at_the_broker(broker)
    assert server.api.get(f"/trades/{trade}")["contract"] is None, "the buy was answered"
    server.kill()

    server = world.serve(broker.url)
    found = server.api.settled(trade, 60)
    assert found["contract"]["id"] == contract
    # The same signal again, as a client does that saw the server die: nothing is bought.
    assert server.api.signal("even", key="unanswered")["decisions"][0]["trade"]["contract"]["id"] == contract
    server.api.calm(session, account)
    assert list(read_ledger(broker.url).buys) == [contract]
    assert server.api.session(session)["phase"] == "active"
    agree(server.api, account, broker.url)


@pytest.mark.parametrize("fault", ["reply-lost:1", "drop:1"])
def test_running_server_finds_out_what_became_of_an_unanswered_buy(world, fault):
    broker = world.broker("--fault", fault)
    server = world.serve(broker.url, answer_seconds=20)
    account = server.api.add_account()
    session = server.api.start_session(account)
    trade = server.api.settled(server.api.buy("odd"), 60)
    server.api.calm(session, account)
    assert list(read_ledger(broker.url).buys) == [trade["contract"]["id"]]
    agree(server.api, account, broker.url)


@pytest.mark.parametrize("killed", [False, True], ids=["running", "killed"])
def test_buy_that_never_arrived_is_given_up_and_the_account_buys_again(world, killed):
    broker = world.broker("--fault", "request-lost:1", "--state", world.folder / "broker")
    server = world.serve(broker.url, answer_seconds=20, tombstone_seconds=0)
    account = server.api.add_account()
    session = server.api.start_session(account)
    trade = server.api.buy("even", key="lost")
    if killed:
        server.kill()
        server = world.serve(broker.url, answer_seconds=20, tombstone_seconds=0)
    wait_until("the buy is given up", lambda: server.api.get(f"/trades/{trade}")["state"] == "abandoned", 60)
    assert read_ledger(broker.url).buys == {}
    wait_until("its stake is free again", lambda: Decimal(server.api.account(account)["available"]) == 10_000)
    assert server.api.account(account)["inDoubt"] is False
    # Given up means given up: the same signal buys nothing.
    assert server.api.signal("even", key="lost")["decisions"][0]["trade"]["state"] == "abandoned"

    broker.kill()
    broker = world.broker("--state", world.folder / "broker", port=broker.port)
    wait_until("the line is up again", lambda: server.api.account(account)["line"] == "up", 40)
    server.api.settled(server.api.buy("even"), 60)
    assert len(read_ledger(broker.url).buys) == 1
    agree(server.api, account, broker.url)

    # The next start looks the account up again: what was bought since looks like what was given up, and is not.
    assert server.end() == 0
    server = world.serve(broker.url, answer_seconds=20, tombstone_seconds=0)
    server.api.calm(session, account)
    server.api.settled(server.api.buy("even"), 60)
    agree(server.api, account, broker.url)


class Signals:
    """Hands in signals without a pause until it is told to stop, each with a key; an unanswered one again with its key."""

    def __init__(self, api, seed):
        self.api, self.random, self.running, self.accepted, self.number = api, random.Random(seed), True, [], 0
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.name = f"stream-{seed}"

    def _run(self):
        key = None
        while self.running:
            if key is None:
                self.number += 1
                key = f"{self.name}-{self.number}"
                wish = {"kind": self.random.choice(["even", "odd", "rise", "fall"]), "duration": self.random.choice(["1t", "2t"]),
                        "symbol": self.random.choice(["1HZ100V", "1HZ10V", "R_10"])}
            try:
                reply = self.api.ask("POST", "/signals", {**wish, "validSeconds": 30}, {"Idempotency-Key": key, "Prefer": "wait=1"}, timeout=5)
            except OSError:
                continue
            assert reply.status in (202, 503), reply
            if reply.status == 202:
                self.accepted.append(reply["id"])
                key = None

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.running = False
        self.thread.join(20)
        assert not self.thread.is_alive()


def test_server_killed_at_random_moments_loses_and_doubles_nothing(world):
    chance, accepted = random.Random(20_261_122), []
    broker = world.broker("--fault", "reply-lost:0.05,request-lost:0.05,drop:0.05,doubled:0.1,late:0.02,late-most-ms:5000,seed:3")
    server = world.serve(broker.url, answer_seconds=20, tombstone_seconds=0)
    account = server.api.add_account()
    session = server.api.start_session(account, openContracts=4)
    for round in range(6):
        signals, before, wanted = Signals(server.api, round).start(), len(server.api.trades(session)), chance.randint(2, 12)
        wait_until(f"{wanted} more buys were intended", lambda: len(server.api.trades(session)) >= before + wanted, 30)
        time.sleep(chance.random() * 0.1)  # The moment of death is a matter of chance.
        server.kill()
        signals.stop()
        server = world.serve(broker.url, answer_seconds=20, tombstone_seconds=0)
        for signal in signals.accepted:
            assert server.api.get(f"/signals/{signal}").status == 200, "an accepted signal is gone"
        accepted += signals.accepted
        server.api.calm(session, account, 60)
        agree(server.api, account, broker.url)
    assert server.api.session(session)["phase"] == "active"
    states = [trade["state"] for trade in server.api.trades(session)]
    assert states.count("settled") >= 6, states
    assert len(server.api.trades(session)) == len({trade["signal"] for trade in server.api.trades(session)})
    assert len(accepted) == len(set(accepted))


def test_killed_broker_comes_back_and_the_books_agree(world):
    state = world.folder / "broker"
    broker = world.broker("--state", state)
    server = world.serve(broker.url, tombstone_seconds=0)
    account = server.api.add_account()
    session = server.api.start_session(account, openContracts=4)
    chance = random.Random(7)
    for round in range(3):
        signals, before, wanted = Signals(server.api, 100 + round).start(), len(server.api.trades(session)), chance.randint(2, 8)
        wait_until(f"{wanted} more buys were intended", lambda: len(server.api.trades(session)) >= before + wanted, 30)
        broker.kill()
        signals.stop()
        wait_until("the line is down", lambda: server.api.account(account)["line"] != "up")
        assert server.api.ask("GET", "/health/live").status == 200
        broker = world.broker("--state", state, port=broker.port)
        server.api.calm(session, account, 60)
        agree(server.api, account, broker.url)
    bought = len(read_ledger(broker.url).buys)
    server.api.settled(server.api.buy("even"), 60)
    assert len(read_ledger(broker.url).buys) == bought + 1
    agree(server.api, account, broker.url)


def test_signal_that_came_while_the_broker_was_away_is_bought_when_it_is_back(world):
    broker = world.broker("--state", world.folder / "broker")
    server = world.serve(broker.url)
    account = server.api.add_account()
    session = server.api.start_session(account)
    broker.kill()
    wait_until("the line is down", lambda: server.api.account(account)["line"] != "up")
    # Nothing is known of the symbol yet, and nobody can be asked.
    signal = server.api.signal("even", validSeconds=3_600)
    assert signal["status"] == "pending" and signal["decisions"][0]["refusal"]["code"] == "account_offline"
    broker = world.broker("--state", world.folder / "broker", port=broker.port)
    server.api.settled(server.api.intent(signal, 40))

    server.api.post(f"/sessions/{session}/pause")
    signal = server.api.signal("odd", symbol="R_50", session=session, validSeconds=3_600)
    assert signal["status"] == "pending" and signal["decisions"][0]["refusal"]["code"] == "session_not_active"
    server.api.post(f"/sessions/{session}/resume")
    server.api.settled(server.api.intent(signal))
    agree(server.api, account, broker.url)


def test_three_crashes_with_one_session_running_start_it_failed(world, monkeypatch):
    """A broken invariant traps; here somebody else sends the signal of a trap, which the runtime's own backtrace would swallow."""
    monkeypatch.setenv("SWIFT_BACKTRACE", "enable=no")
    broker = world.broker()
    server = world.serve(broker.url)
    account = server.api.add_account()
    session = server.api.start_session(account)
    idle = server.api.create_session(account)
    # The first crash: the session was not running yet when this start began, so three more are needed.
    for _ in range(4):
        assert server.api.session(session)["phase"] == "active"
        assert server.end(signal.SIGILL) == -signal.SIGILL
        server = world.serve(broker.url)
    found = server.api.session(session)
    assert found["phase"] == "failed" and "three starts" in found["failure"]
    with Old(server).stream("/auto-trading/live-updates", last="0") as frames:
        assert frames.until("error")["data"] == {"message": found["failure"]}, "the previous system's clients hear of it too"
    assert server.api.session(idle)["phase"] == "idle"
    another = server.api.start_session(account)
    assert server.api.settled(server.api.buy("even", session=another), 60)["state"] == "settled", "the rest trades on"
    agree(server.api, account, broker.url)


def test_kills_are_no_crashes(world):
    broker = world.broker()
    server = world.serve(broker.url)
    session = server.api.start_session(server.api.add_account())
    for _ in range(4):
        server.kill()
        server = world.serve(broker.url)
    assert server.api.session(session)["phase"] == "active"
