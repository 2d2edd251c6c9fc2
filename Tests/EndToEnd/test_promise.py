"""The promise lock at the built server: lower at once, higher later, across a kill, and for whom."""

import pytest

from harness import API, SPEED, People, wait_until
from previous import Old

# Broker seconds: some twelve of ours.
WAIT = 12 * SPEED


@pytest.fixture
def running(world):
    broker = world.broker()
    return world, broker, world.serve(broker.url)


def put(api, path, body, status=200):
    return api.ask("PUT", path, body).expect(status)


def test_what_is_lower_acts_at_once_and_what_is_higher_later_even_after_a_kill(running):
    world, broker, server = running
    account = server.api.add_account()
    put(server.api, "/limits", {"lossPerDay": "50", "openContracts": 5})
    assert put(server.api, "/promise-lock", {"waitSeconds": WAIT})["waitSeconds"] == WAIT
    answer = put(server.api, "/limits", {"lossPerDay": "90", "openContracts": 3})
    assert (answer["lossPerDay"], answer["openContracts"]) == ("50.00", 3)
    [raised] = answer["pending"]
    assert raised["change"] == "owner_limits" and raised["limits"]["lossPerDay"] == "90.00" and raised["heldByLoss"] is False
    # A session of it begins no laxer than the one before; the old endpoints are no way round either.
    server.api.create_session(account, limits={"lossPerDay": "20"})
    second = server.api.post("/sessions", {"account": account, "name": "b", "stake": {"fixed": "2.00"}}, 201)
    assert second["plan"]["limits"]["lossPerDay"] == "20.00" and second["plan"]["stake"] == {"fixed": "1.00"}
    assert [one["change"] for one in second["pending"]] == ["plan"]
    started = Old(server).data("POST", "/auto-trading/start", {"riskSettings": {"dailyLossLimit": 500, "maxTradesPerDay": 5}})
    assert started["riskSettings"]["dailyLossLimit"] == 20
    status, error = Old(server).error("POST", "/trade", {"symbol": "1HZ100V", "side": "BUY", "amount": 2, "duration": 1})
    assert status == 400 and error.startswith("stake_above_plan (2.00 against 1.00 USD)"), error
    # Taken back, and asked for again.
    assert server.api.ask("DELETE", f"/limits/pending/{raised['id']}").status == 204
    assert server.api.ask("DELETE", f"/limits/pending/{raised['id']}").code == "raise_not_found"
    [raised] = put(server.api, "/limits", {"lossPerDay": "90", "openContracts": 3})["pending"]
    server.kill()
    server = world.serve(broker.url)
    assert server.api.get("/limits")["lossPerDay"] == "50.00"
    assert raised["id"] in [one["id"] for one in server.api.get("/limits/pending")["items"]]
    wait_until("the raise acts", lambda: server.api.get("/limits")["lossPerDay"] == "90.00", seconds=30)
    assert server.api.get("/limits")["pending"] == []


def test_only_a_person_who_typed_the_password_raises(running):
    world, _, server = running
    people = People(world, server)
    put(people.admin, "/limits", {"openContracts": 3})
    put(people.admin, "/limits", {"openContracts": 4})
    made = people.admin.post("/keys", {"name": "k", "scopes": ["read:trades", "session:control"]}, 201)
    key = API(server.port, made["key"])
    key.post("/emergency-stop")
    assert key.ask("DELETE", "/emergency-stop").code == "person_needed"
    assert key.get("/emergency-stop")["stopped"] is True
    # The first key is now of a person, too.
    assert server.api.ask("PUT", "/limits", {"openContracts": 9}).code == "person_needed"
    assert server.api.ask("PUT", "/limits", {"openContracts": 2}).status == 200
    assert people.admin.ask("DELETE", "/emergency-stop").status == 200


def test_a_laxer_session_is_a_raise_also_without_a_promise(running):
    world, _, server = running
    people = People(world, server)
    account = people.admin.add_account()
    made = people.admin.post("/keys", {"name": "k", "scopes": ["read:trades", "session:control"]}, 201)
    key = API(server.port, made["key"])
    plan = {"account": account, "name": "a", "stake": {"fixed": "1.00"}, "limits": {"lossPerDay": "20"}}
    key.post("/sessions", plan, 201)
    key.post("/sessions", plan | {"limits": {"lossPerDay": "19"}}, 201)
    for laxer in ({"limits": {"lossPerDay": "20"}}, {"limits": {}}, {"stake": {"fixed": "1.01"}, "limits": {"lossPerDay": "19"}}):
        assert key.ask("POST", "/sessions", plan | laxer).code == "person_needed", laxer
    assert len(key.get("/sessions")["items"]) == 2, "nothing was made"
    people.admin.post("/sessions", plan | {"limits": {"lossPerDay": "20"}}, 201)
