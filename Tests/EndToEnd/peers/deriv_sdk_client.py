"""Trades with the package deriv-sdk, as it is but for the address. Prints one JSON object."""

import asyncio
import json
import sys

from deriv_sdk.client import DerivClient
from deriv_sdk.config import SDKConfig


class Config(SDKConfig):
    """The package has Deriv's address written in."""

    @property
    def websocket_url(self):
        return sys.argv[1] + "?app_id=1089"


async def main():
    async with DerivClient(app_id="1089", config=Config(app_id="1089", api_token="peer-deriv-sdk")) as client:
        symbols = await client.market.active_symbols()
        # Its trading_times is left out: it expects objects where Deriv's schema has names of days.
        offers = await client.market.contracts_for("1HZ100V")
        history = await client.market.ticks_history("1HZ100V", count=30)
        stream = await client.market.subscribe_ticks("1HZ100V")
        ticks = [(await asyncio.wait_for(stream.get(), 20)).epoch for _ in range(4)]
        await stream.unsubscribe()
        before = await client.balance.get()
        # Its own proposal looks for a currency, which Deriv's closed schema does not have; its transport carries one all the same.
        quote = await client.transport.request({
            "proposal": 1, "symbol": "1HZ100V", "contract_type": "DIGITOVER", "amount": 10, "basis": "stake", "currency": "USD", "duration": 1,
            "duration_unit": "t", "barrier": "4"}, expected="proposal")
        bought = await client.buy.buy(proposal_id=quote["proposal"]["id"], price=10)
        for _ in range(2_000):
            contract = await client.contract.get(contract_id=bought.contract_id)
            if contract.is_sold:
                break
        after = await client.balance.get()
        print(json.dumps({
            "symbols": len(symbols) if hasattr(symbols, "__len__") else len(symbols.active_symbols), "offers": bool(offers),
            "history": bool(history), "ticks": ticks, "before": float(before.balance), "after": float(after.balance),
            "is_sold": contract.is_sold}))


asyncio.run(main())
