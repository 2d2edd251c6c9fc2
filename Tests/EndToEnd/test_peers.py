"""Clients written by others work against `signalist broker` unmodified."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
from base64 import b64encode

import pytest
import websockets

from harness import BrokerClient, decoded, wait_until

TERMS = {"contract_type": "DIGITEVEN", "symbol": "1HZ100V", "duration": 1, "duration_unit": "t", "amount": 10, "basis": "stake", "currency": "USD"}


@pytest.fixture
def broker(world):
    return world.broker("--seed", 3)


def test_python_websockets_trades_from_login_to_settlement(broker):
    async def trade():
        async with BrokerClient(broker.url, "peer-websockets") as client:
            assert client.authorized["is_virtual"] == 1 and client.authorized["balance"] == 10_000
            tick = await client.ask(ticks="1HZ100V", subscribe=1)
            following = await client.next(lambda frame: frame.get("msg_type") == "tick")
            assert following["subscription"] == tick["subscription"] and following["tick"]["epoch"] > tick["tick"]["epoch"]
            assert (await client.ask(forget=tick["subscription"]["id"]))["forget"] == 1
            quote = (await client.ask(proposal=1, **TERMS))["proposal"]
            bought = (await client.ask(buy=quote["id"], price=quote["ask_price"], subscribe=1, passthrough={"mine": [1, None]}))
            assert bought["passthrough"] == {"mine": [1, None]}
            contract = bought["buy"]["contract_id"]
            ended = await client.next(lambda frame: frame.get("proposal_open_contract", {}).get("is_sold") == 1)
            assert ended["proposal_open_contract"]["contract_id"] == contract
            statement = (await client.ask(statement=1, description=1))["statement"]["transactions"]
            assert [row["action_type"] for row in statement] == ["sell", "buy", "virtual_credit"]
            balance = (await client.ask(balance=1))["balance"]["balance"]
            assert balance == statement[0]["balance_after"] == 10_000 - 10 + ended["proposal_open_contract"]["sell_price"]
            assert (await client.ask(profit_table=1))["profit_table"]["transactions"][0]["contract_id"] == contract
            assert (await client.ask(portfolio=1))["portfolio"]["contracts"] == []
    asyncio.run(trade())


def test_python_websockets_with_compression_and_pings(broker):
    async def talk():
        async with websockets.connect(broker.url + "?app_id=1089", compression="deflate") as client:
            await (await client.ping())
            await client.send(['{"pi', 'ng"', ":1}"])
            assert json.loads(await client.recv())["ping"] == "pong"
    asyncio.run(talk())


def test_python_deriv_api_works_unmodified(broker):
    deriv_api = pytest.importorskip("deriv_api", reason="python_deriv_api is not installed: script/bootstrap --tests")

    async def trade():
        api = deriv_api.DerivAPI(app_id=1089, endpoint=f"ws://127.0.0.1:{broker.port}")
        try:
            authorized = await api.authorize("peer-deriv-api")
            assert authorized["authorize"]["loginid"].startswith("VRTC")
            assert (await api.ping({"ping": 1}))["ping"] == "pong"
            assert (await api.balance())["balance"]["balance"] == 10_000
            assert any(symbol["symbol"] == "R_100" for symbol in (await api.active_symbols({"active_symbols": "brief", "product_type": "basic"}))["active_symbols"])
            history = await api.ticks_history({"ticks_history": "1HZ100V", "end": "latest", "count": 20, "style": "ticks"})
            assert len(history["history"]["prices"]) == 20

            ticks, enough = [], asyncio.get_running_loop().create_future()

            def take(tick):
                ticks.append(tick["tick"]["epoch"])
                if len(ticks) == 5 and not enough.done():
                    enough.set_result(True)
            subscription = (await api.subscribe({"ticks": "1HZ100V"})).subscribe(take)
            await asyncio.wait_for(enough, 10)
            subscription.dispose()
            assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))

            quote = (await api.proposal({"proposal": 1, **TERMS}))["proposal"]
            bought = (await api.buy({"buy": quote["id"], "price": 10}))["buy"]
            assert bought["buy_price"] == 10 and bought["balance_after"] == 9_990

            ended = asyncio.get_running_loop().create_future()

            def follow(update):
                if update["proposal_open_contract"].get("is_sold") and not ended.done():
                    ended.set_result(update["proposal_open_contract"])
            (await api.subscribe({"proposal_open_contract": 1, "contract_id": bought["contract_id"]})).subscribe(follow)
            contract = await asyncio.wait_for(ended, 20)
            assert contract["contract_id"] == bought["contract_id"] and contract["status"] in ("won", "lost")

            assert (await api.portfolio({"portfolio": 1}))["portfolio"]["contracts"] == []
            assert (await api.statement({"statement": 1}))["statement"]["count"] == 3
            table = (await api.profit_table({"profit_table": 1, "description": 1}))["profit_table"]
            assert table["transactions"][0]["contract_id"] == bought["contract_id"]
            with pytest.raises(deriv_api.ResponseError) as refusal:
                await api.buy({"buy": "no-such-proposal-" + "x" * 32, "price": 10})
            assert refusal.value.code == "InvalidContractProposal"
        finally:
            await api.clear()
    asyncio.run(trade())


NODE = """
const WebSocket = require('ws'), socket = new WebSocket(process.argv[1] + '?app_id=1089');
const steps = [{authorize: 'peer-node'}, {ticks: 'R_100', subscribe: 1}, {buy: '1', price: 10, subscribe: 1, parameters: TERMS}];
let number = 0;
const next = () => socket.send(JSON.stringify({...steps[number], req_id: ++number}));
socket.on('open', next);
socket.on('message', data => {
  const frame = JSON.parse(data);
  if (frame.error) { console.error(JSON.stringify(frame)); process.exit(1); }
  if (frame.req_id === number && number < steps.length) next();
  if (frame.msg_type === 'proposal_open_contract' && frame.proposal_open_contract.is_sold) {
    console.log(JSON.stringify(frame.proposal_open_contract)); socket.close();
  }
});
"""


def test_node_ws_trades(broker, world):
    node = shutil.which("node") or shutil.which("nodejs")
    if not node:
        pytest.skip("node is not installed")
    # Debian's package node-ws puts its modules there.
    environment = os.environ | {"NODE_PATH": os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), "/usr/share/nodejs"]))}
    if subprocess.run([node, "-e", "require('ws')"], env=environment, capture_output=True).returncode:
        pytest.skip("node has no module ws (Debian package node-ws)")
    done = subprocess.run([node, "-e", NODE.replace("TERMS", json.dumps(TERMS)), broker.url], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert decoded(done.stdout)["status"] in ("won", "lost")


def test_plain_socket_speaks_to_it(broker):
    """A handshake and one masked frame written by hand (RFC 6455)."""
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as connection:
        key = b64encode(b"0123456789abcdef").decode()
        connection.sendall(f"GET /websockets/v3?app_id=1089 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        stream = connection.makefile("rb")
        assert b" 101 " in stream.readline()
        while stream.readline().strip():
            pass
        text, mask = b'{"ping":1}', b"\x01\x02\x03\x04"
        connection.sendall(bytes([0x81, 0x80 | len(text)]) + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(text)))
        first, length = stream.read(2)
        assert first == 0x81 and length < 126
        assert json.loads(stream.read(length))["ping"] == "pong"


def test_garbage_on_the_socket_does_not_harm_the_broker(world):
    broker = world.broker(jsonl=False)

    async def sends(text):
        async with websockets.connect(broker.url, max_size=None) as client:
            await client.send(text)
            try:
                return json.loads(await asyncio.wait_for(client.recv(), 10))["error"]["code"]
            except websockets.ConnectionClosed as closed:
                return closed.code
    for text, expected in (("{", "BadRequest"), ("[1]", "BadRequest"), ('{"hello":1}', "UnrecognisedRequest"), ('{"ping":1,"ping":1}', "BadRequest"),
                           ('{"a":' * 10_000 + "1" + "}" * 10_000, "BadRequest"), ("x" * ((1 << 20) + 1), 1009), ('{"statement":1}', "AuthorizationRequired")):
        assert asyncio.run(sends(text)) == expected, text[:40]
    with socket.create_connection(("127.0.0.1", broker.port), timeout=10) as connection:
        connection.sendall(b"GET /websockets/v3 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 426")
    wait_until("it is alive", lambda: asyncio.run(sends('{"hello":1}')) == "UnrecognisedRequest")
    assert broker.is_running()
