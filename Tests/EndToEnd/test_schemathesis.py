"""Schemathesis asks the running server what docs/openapi.yaml and docs/openapi-previous.yaml make it think of: right, at the bounds
and wrong. No answer may be a 5xx or one that the document does not allow, wrong input is refused, and nothing answers without a key.

The seed is fixed and the number of examples small, so that a run takes a minute; `SIGNALIST_EXAMPLES=300` asks more.
"""

import http.client
import os
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from harness import ROOT, People

sys.path.insert(0, str(ROOT / "Tests/EndToEnd/openapi"))
from contract import Contract  # noqa: E402

EXAMPLES = int(os.environ.get("SIGNALIST_EXAMPLES", "4"))
CHECKS = ",".join([
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method", "ignored_auth",
])
# Streams never end, so there is no answer to wait for: test_openapi and test_previous_api read them.
def without(*names):
    return ",".join(name for name in CHECKS.split(",") if name not in names)


STREAMS = ["/api/v1/events", "/api/deriv/auto-trading/live-updates", "/api/deriv/market-data/stream"]


@pytest.fixture(scope="module")
def run(shared_world):
    """A server that has one of everything, so that ids lead somewhere."""
    broker = shared_world.broker(jsonl=False)
    plenty = {name: 100_000 for name in ("writes_per_minute", "reads_per_minute", "signals_per_minute", "unknown_per_minute")}
    server = shared_world.serve(broker.url, log_ins_per_minute=1000, **plenty)
    api = server.api
    account = api.add_account()
    session = api.start_session(account)
    trade = api.buy()
    api.settled(trade)
    hook = api.post("/hooks", {"name": "spare", "format": "signed"}, 201)["id"]  # Before its owner is a person, who would type a password.
    people = People(shared_world, server)
    spare = people.add("spare", "trader")
    ids = {
        "account": account, "session": session, "trade": trade, "signal": api.get("/signals")["items"][0]["id"],
        "person": spare.get("/me")["owner"], "hook": hook,
        "key": people.admin.post("/keys", {"name": "spare", "scopes": ["read:trades"]}, 201)["id"],
        "visit": people.browser("admin").get("/visits")["items"][0]["id"], "version": 1,
    }
    return SimpleNamespace(world=shared_world, server=server, people=people, ids=ids)


def ask(run, document, headers, ids=None, phases="examples,coverage,fuzzing", leave=(), leave_operations=(), checks=CHECKS):
    """Runs Schemathesis and fails with what it found."""
    config = run.world.folder / f"schemathesis-{time.monotonic_ns()}.toml"
    # A body that is too large is refused for that, whatever else is wrong with it.
    refusals = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
    config.write_text(
        "[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in (ids or {}).items())
        + f"\n[checks.negative_data_rejection]\nexpected-statuses = {refusals}\n")
    arguments = [sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run", ROOT / "docs" / document,
                 "--url", f"http://127.0.0.1:{run.server.port}", "--checks", checks, "--phases", phases, "--max-examples", EXAMPLES,
                 "--seed", 7, "--generation-deterministic", "--continue-on-failure",
                 "--request-timeout", 40, "--warnings", "off", "--no-color"]
    for name, value in headers.items():
        arguments += ["--header", f"{name}: {value}"]
    for path in [*STREAMS, *leave]:
        arguments += ["--exclude-path", path]
    for name in leave_operations:
        arguments += ["--exclude-name", name]
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=400, cwd=run.world.folder)
    if os.environ.get("SIGNALIST_SHOW"):
        print(done.stdout)
    assert run.server.is_running(), "the server ended"
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]


# What ends what the rest needs; the last tests ask it.
ENDS = ["DELETE /api/v1/accounts/{account}", "POST /api/v1/emergency-stop", "POST /api/v1/operate/emergency-stop"]


def key(run):
    return {"Authorization": f"Bearer {run.server.api.key}"}


def visit(run):
    return {"Cookie": run.people.admin.cookie, "X-Requested-By": "dashboard", "Sec-Fetch-Site": "same-origin"}


def test_every_operation_by_a_key(run):
    # Ids that lead somewhere stand where Schemathesis puts wrong ones, and are rightly not refused.
    ask(run, "openapi.yaml", key(run), run.ids, leave_operations=ENDS, checks=without("negative_data_rejection"))


def test_wrong_values_by_a_key(run):
    ask(run, "openapi.yaml", key(run))


def test_every_operation_by_a_visit(run):
    # Logging out would leave the rest to strangers. Without TLS the cookie has another name than in the document, so that
    # Schemathesis cannot leave it out: that nothing is answered without a key or a visit is asked by key above.
    ask(run, "openapi.yaml", visit(run), run.ids, leave=["/api/v1/log-out"], leave_operations=ENDS,
        checks=without("negative_data_rejection", "ignored_auth"))


def test_the_previous_systems_operations(run):
    ask(run, "openapi-previous.yaml", key(run))


def test_one_after_the_other(run):
    ask(run, "openapi.yaml", key(run), phases="stateful")


def test_what_is_left_when_all_has_ended(run):
    ask(run, "openapi.yaml", key(run), run.ids, checks=without("negative_data_rejection"))


# What it found

@pytest.mark.parametrize("document", ["openapi.yaml", "openapi-previous.yaml"])
def test_a_parameter_that_stands_twice_is_refused_by_each(run, document):
    contract = Contract(ROOT / "docs" / document)
    for method, template in sorted(contract.operations()):
        path = re.sub(r"\{(\w+)\}", lambda found: str(run.ids.get(found[1], "x")), template)
        connection = http.client.HTTPConnection("127.0.0.1", run.server.port, timeout=20)
        connection.request(method, path + "?twice=1&twice=2", headers=key(run))
        response = connection.getresponse()
        body = response.read()
        connection.close()
        # What a key may not ask at all is refused before its parameters are looked at.
        assert response.status in (400, 403), (method, path, response.status, body)
        assert contract.faults(method, path, response.status, response.getheader("content-type"), body) == []


def test_what_asks_for_an_account_that_was_removed_is_told_so(run):
    # The owner of the first key is a person here, and no key stores a token of one.
    api = run.people.browser("admin")
    account = api.add_account("removed-token-1")
    assert api.ask("DELETE", f"/accounts/{account}").status == 204
    assert api.post(f"/accounts/{account}/check", status=404).code == "account_not_found"
    made = api.post("/sessions", {"account": account, "name": "late", "stake": {"fixed": "1.00"}}, 422)
    assert (made.code, made["field"]) == ("account_not_found", "account")
