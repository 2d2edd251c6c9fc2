"""What `signalist broker` says and keeps, as a process."""

import json
import os
import resource
import socket

from harness import Process, wait_until


def test_the_seed_that_is_printed_is_the_one_that_is_served(world):
    folder = world.folder / "state"
    assert "(seed 5," in (first := world.broker("--state", folder, "--seed", 5)).output
    assert first.end() == 0
    second = world.broker("--state", folder, "--seed", 9)
    assert "(seed 5," in second.output
    assert json.loads((folder / "market.json").read_text())["seed"] == "5"


def test_one_broker_at_a_time_has_a_directory(world):
    folder = world.folder / "state"
    first = world.broker("--state", folder)
    second = Process("second", world.folder, ["broker", "--state", folder])
    assert second.ended() != 0
    assert "is in use by another broker" in second.log + second.output
    first.kill()
    # The system gives the lock back with the process, however it died.
    assert world.broker("--state", folder).end() == 0


def test_a_taken_port_leaves_the_directory_alone(world):
    first, folder = world.broker(), world.folder / "state"
    second = Process("second", world.folder, ["broker", "--port", first.port, "--state", folder])
    assert second.ended() != 0
    assert not folder.exists()


def test_it_lives_without_descriptors(world):
    broker = world.broker(jsonl=False)
    taken = len(_descriptors(broker))
    resource.prlimit(broker.process.pid, resource.RLIMIT_NOFILE, (taken + 5, taken + 5))
    held = [socket.create_connection(("127.0.0.1", broker.port)) for _ in range(20)]
    wait_until("no descriptor is left", lambda: len(_descriptors(broker)) >= taken + 5)
    for connection in held:
        connection.close()
    answer = wait_until("it takes connections again", lambda: _answer(broker))
    assert b"426" in answer


def _descriptors(broker):
    return os.listdir(f"/proc/{broker.process.pid}/fd")


def _answer(broker):
    with socket.create_connection(("127.0.0.1", broker.port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            return connection.recv(1_000)
        except OSError:
            return b""
