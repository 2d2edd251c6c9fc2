"""The demo and the command line: what a newcomer runs first, and what it says when something is wrong."""

import asyncio
import os
import re
import signal
import subprocess
from decimal import Decimal

import pytest

from harness import API, SPEED, BrokerClient, binary, decoded, wait_until

MEMBERS = {"signals", "refused", "bought", "settled", "won", "profit", "balance", "currency", "open", "ledgerMismatches", "mismatches", "session"}
DEMO = ["demo", "--json", "--port", "0", "--speed", SPEED, "--state"]


def run(world, *arguments, seconds=60):
    """A command that ends by itself, with its exit code."""
    process = world._run("demo", list(arguments))
    process.code = process.ended(seconds)
    return process


def summary(process):
    """The one JSON object on standard output."""
    told = decoded(process.output)
    assert set(told) == MEMBERS and told["ledgerMismatches"] == 0 and told["mismatches"] == [], told
    return told


def test_demo_trades_and_goes_on_where_it_was(world):
    folder = world.folder / "var"
    demo = run(world, *DEMO, folder, "--for", "8s")
    assert demo.code == 0, demo.log
    first = summary(demo)
    assert first["bought"] > 0 and first["settled"] == first["bought"] - first["open"] and 0 <= first["won"] <= first["settled"]
    assert first["session"]["trades"] == first["bought"] and first["currency"] == "USD"
    assert Decimal(first["balance"]) == 10_000 + Decimal(first["profit"])
    assert "bought" in demo.log and "settled" in demo.log and "API on http://127.0.0.1:" in demo.log

    again = run(world, *DEMO, folder, "--for", "3s")
    assert again.code == 0, again.log
    second = summary(again)
    assert second["bought"] > 0 and second["session"]["trades"] == first["session"]["trades"] + second["bought"]
    assert Decimal(second["balance"]) == 10_000 + Decimal(second["session"]["profit"])
    assert "goes on" in again.log
    # The token is sealed: it stands in no file.
    assert not [path for path in folder.rglob("*") if path.is_file() and b"demo-token" in path.read_bytes()]


def test_interrupted_demo_ends_cleanly_with_its_summary(world):
    demo = world._run("demo", [*DEMO, world.folder / "var"])
    demo.wait_for("bought")
    assert demo.end(signal.SIGINT) == 0, demo.log
    assert summary(demo)["bought"] > 0


def test_a_reader_that_goes_takes_nothing_with_it(world):
    folder = world.folder / "var"
    arguments = " ".join(str(part) for part in ("demo", "--port", 0, "--speed", SPEED, "--for", "30s", "--state", folder))
    for _ in range(3):
        # It ends as with Ctrl-C, and what was watched through a pipe is no crash.
        ran = subprocess.run(["bash", "-c", f"{binary()} {arguments} | head -4; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True, timeout=90)
        assert ran.returncode == 0, (ran.returncode, ran.stderr)
    again = run(world, *DEMO, folder, "--for", "3s")
    assert again.code == 0 and summary(again)["session"]["phase"] != "failed", again.log
    closed = subprocess.run(["bash", "-c", f"{binary()} {arguments.replace('30s', '1s')} >&- 2>&-"], timeout=90)
    assert closed.returncode == 0


def test_a_server_outlives_who_reads_its_log(world):
    broker = world.broker()
    environment = os.environ | world.settings(broker.url, log_level="debug")
    server = subprocess.Popen([binary(), "serve"], cwd=world.folder, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr:
            if found := re.search(r"address=http://127\.0\.0\.1:(\d+)", line):
                break
        server.stderr.close()
        api = API(int(found[1]), world.key())
        api.settled(api.buy(session=api.start_session(api.add_account())))
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()


def test_killed_demo_goes_on_with_books_that_agree(world):
    folder = world.folder / "var"
    for _ in range(3):
        demo = world._run("demo", [*DEMO, folder])
        demo.wait_for("bought")
        demo.kill()
    again = run(world, *DEMO, folder, "--for", "4s")
    assert again.code == 0, again.log + again.output
    assert summary(again)["session"]["trades"] >= 3


def test_demo_without_json_shows_decisions_and_figures(world):
    demo = run(world, "demo", "--port", "0", "--speed", SPEED, "--state", world.folder / "var", "--for", "2s")
    assert demo.code == 0
    for word in ("bought", "settled", "summary of this run", "break", "agree to the cent"):
        assert word in demo.output, word


def newest_prices(broker):
    """The newest prices of a market."""
    async def read():
        async with BrokerClient(broker.url) as client:
            history = (await client.ask(ticks_history="1HZ100V", end="latest", start=1, count=5_000))["history"]
            return list(zip(history["times"], history["prices"]))
    return asyncio.run(read())


def test_one_seed_gives_the_same_prices_whenever_the_market_opens(world):
    one, same, other = (newest_prices(world.broker("--seed", seed)) for seed in (7, 7, 8))
    assert is_same_course(one, same) and not is_same_course(one, other)


def is_same_course(one, other):
    """Whether two markets made the same prices: the one may have run a little longer than the other."""
    first, second = [price for _, price in one], [price for _, price in other]
    assert min(len(first), len(second)) > 4_000
    # The history is a window over one and the same course: look for the one's middle in the other.
    middle = first[1_000:1_200]
    return any(second[at:at + 200] == middle for at in range(len(second) - 200))


@pytest.mark.parametrize(["arguments", "option"], [
    (["demo", "--speed", "0"], "--speed"), (["demo", "--speed", "x"], "--speed"), (["demo", "--for", "soon"], "--for"), (["demo", "--for", "0s"], "--for"),
    (["demo", "--port", "99999"], "--port"), (["demo", "--seed", "-1"], "--seed"), (["broker", "--port", "99999"], "--port"), (["broker", "--speed", "0"], "--speed"),
    (["broker", "--fault", "hope:1"], "--fault"), (["broker", "--fault", "drop:2"], "--fault"), (["serve", "--hello"], "--hello"), (["hello"], "hello"),
], ids=" ".join)
def test_wrong_options_are_refused_by_name(world, arguments, option):
    process = run(world, *arguments)
    assert process.code == 64 and option in process.log, process.log


@pytest.mark.parametrize(["name", "value", "expected"], [
    ("PORT", "x", "0 to 65535"), ("PORT", "65536", "0 to 65535"), ("HOST", "0.0.0.0", "127.0.0.1"), ("BROKER_URL", "ws://example.org/", "wss://"),
    ("BROKER_SPEED", "0", "1 to 1000"), ("ANSWER_SECONDS", "0", "1 to 60"), ("LOG_LEVEL", "loud", "debug"), ("HELLO", "1", "signalist settings"),
])
def test_wrong_settings_are_refused_with_name_value_and_what_was_expected(world, name, value, expected):
    server = world._run("server", ["serve"], world.settings("ws://127.0.0.1:1/", **{name: value}))
    assert server.ended() != 0
    assert f"SIGNALIST_{name}" in server.log and value in server.log and expected in server.log, server.log
    assert not (world.folder / "data").exists()


def test_only_a_broker_on_this_machine_runs_faster(world):
    server = world._run("server", ["serve"], world.settings("wss://127.0.0.1:1/", speed=2))
    assert server.ended() != 0
    assert "SIGNALIST_BROKER_SPEED=2" in server.log and "wss://127.0.0.1:1/" in server.log, server.log


def test_the_key_ring_lies_outside_the_data(world):
    server = world._run("server", ["serve"], world.settings("ws://127.0.0.1:1/", key_ring=world.folder / "data/../data/ring.json"))
    assert server.ended() != 0 and "SIGNALIST_KEY_RING=" in server.log and "outside" in server.log, server.log
    assert not (world.folder / "data").exists()


def test_settings_come_from_a_file_and_the_environment_wins(world):
    broker = world.broker()
    file = world.folder / "settings"
    file.write_text("# a comment\n" + "".join(f"{name} = {value}\n" for name, value in (world.settings(broker.url) | {"SIGNALIST_PORT": "1"}).items()))
    server = world._run("server", ["serve", "--config", file], {"SIGNALIST_PORT": "0"})
    server.wait_for(r"address=http://127\.0\.0\.1:\d+")
    file.write_text("SIGNALIST_PORT 1\n")
    wrong = world._run("server", ["serve", "--config", file])
    assert wrong.ended() != 0 and "line 1" in wrong.log


def test_settings_page_is_what_the_program_knows():
    from harness import ROOT
    told = subprocess.run([binary(), "settings", "--markdown"], capture_output=True, text=True, check=True).stdout
    assert told == (ROOT / "docs/settings.md").read_text()


def test_second_server_on_one_folder_is_refused(world):
    broker = world.broker()
    server = world.serve(broker.url)
    second = world._run("server", ["serve"], world.settings(broker.url))
    assert second.ended() != 0
    assert "in use" in second.log or "another" in second.log or "lock" in second.log, second.log
    added = world._run("owner", ["owner", "add", "late"], world.settings(broker.url))
    assert added.ended() != 0
    wait_until("the first is well", lambda: server.api.get("/health/live").status == 200)
    assert server.end() == 0
    assert "Fatal error" not in second.log + added.log
