"""Trades with the broker client of the bot jiggon, as it is but for the address. Prints one JSON object."""

import asyncio
import json
import os
import sys
import tempfile

from jiggon.broker import BrokerClient
from jiggon.data.deriv_ws import DerivWebSocket


async def main():
    # It writes a log where it runs.
    os.chdir(tempfile.mkdtemp())
    broker = BrokerClient(1089, "peer-jiggon", endpoint=sys.argv[1])
    before = (await broker.get_balance())["balance"]["balance"]
    bought = await broker.buy_contract("1HZ100V", "CALL", 10, 5, "USD", 10)
    positions = (await broker.get_open_positions())["portfolio"]["contracts"]
    ticks = []
    async for message in broker.stream_ticks("1HZ100V"):
        if "tick" in message:
            ticks.append(message["tick"]["epoch"])
        if len(ticks) == 4:
            break

    feed, moves, enough = DerivWebSocket(app_id="1089", symbol="R_100", granularity=60), [], asyncio.Event()
    feed.url = sys.argv[1] + "?app_id=1089"

    def moved():
        moves.append(feed.price)
        if len(moves) == 5:
            enough.set()
    problems = []
    listening = asyncio.create_task(feed.connect_and_listen(on_tick_callback=moved, api_token="peer-jiggon", on_error_callback=problems.append))
    await asyncio.wait_for(enough.wait(), 20)
    listening.cancel()
    print(json.dumps({"before": before, "bought": bought, "positions": len(positions), "ticks": ticks, "moves": moves, "closes": len(feed.closes),
                      "problems": problems}))


asyncio.run(main())
