"""The broker as a client sees it that is not ours, and our books held against its ledger."""

import asyncio
import json
import time
from dataclasses import dataclass
from decimal import Decimal

import websockets

from clients import TOKEN, decoded


# The broker, by a client that is not ours

class BrokerClient:
    """Speaks to the broker by the package `websockets`."""

    def __init__(self, url, token=None):
        self.url, self.token, self.number, self.waiting = url, token, 0, []

    async def __aenter__(self):
        # The server's clock runs many times as fast, so pings of ours are not needed.
        self.socket = await websockets.connect(self.url + "?app_id=1089", max_size=None, ping_interval=None)
        if self.token:
            self.authorized = (await self.ask(authorize=self.token))["authorize"]
        return self

    async def __aexit__(self, *_):
        await self.socket.close()

    async def send(self, **request):
        self.number += 1
        await self.socket.send(json.dumps(request | {"req_id": self.number}, default=float))
        return self.number

    async def next(self, test, seconds=20):
        """The first frame that `test` takes; the others wait for their turn."""
        for index, frame in enumerate(self.waiting):
            if test(frame):
                return self.waiting.pop(index)
        deadline = time.monotonic() + seconds
        while True:
            frame = decoded(await asyncio.wait_for(self.socket.recv(), max(0.01, deadline - time.monotonic())))
            if test(frame):
                return frame
            self.waiting.append(frame)

    async def ask(self, fails=False, **request):
        number = await self.send(**request)
        frame = await self.next(lambda frame: frame.get("req_id") == number)
        assert ("error" in frame) == fails, frame
        return frame


@dataclass
class Ledger:
    """What the broker says of an account."""
    balance: Decimal
    rows: list

    def _by_contract(self, action):
        rows = [row for row in self.rows if row["action_type"] == action]
        found = {str(row["contract_id"]): row for row in rows}
        assert len(found) == len(rows), f"one contract has two rows of {action}: {rows}"
        return found

    @property
    def buys(self):
        return self._by_contract("buy")

    @property
    def sells(self):
        return self._by_contract("sell")


def read_ledger(url, token=TOKEN):
    """The whole statement and the balance, over the wire."""
    async def read():
        async with BrokerClient(url, token) as broker:
            rows = []
            while True:
                page = (await broker.ask(statement=1, description=1, limit=500, offset=len(rows)))["statement"]["transactions"]
                # Bookings that come meanwhile shift the pages.
                known = {row["transaction_id"] for row in rows}
                rows += [row for row in page if row["transaction_id"] not in known]
                if len(page) < 500:
                    return Ledger(Decimal((await broker.ask(balance=1))["balance"]["balance"]), rows)
    return asyncio.run(read())


def mismatches(api, account, url, token=TOKEN):
    """Our books held against the broker's: nothing unknown on either side, nothing twice, equal to the cent."""
    ledger, found = read_ledger(url, token), []
    buys, sells, ours = ledger.buys, ledger.sells, {}
    trades = [trade for trade in api.trades() if trade["account"] == account]
    for trade in trades:
        contract = trade["contract"]
        if trade["state"] in ("intended", "in_doubt", "ambiguous"):
            found.append(f"{trade['id']} is still {trade['state']}")
        if contract is None:
            if trade["state"] in ("open", "settled"):
                found.append(f"{trade['id']} is {trade['state']} without a contract")
            continue
        if contract["id"] in ours:
            found.append(f"contract {contract['id']} stands under two trades")
        ours[contract["id"]] = trade
        if contract["id"] not in buys:
            found.append(f"the broker does not know contract {contract['id']}")
            continue
        if Decimal(contract["price"]) != -buys[contract["id"]]["amount"]:
            found.append(f"contract {contract['id']}: price {contract['price']}, the broker says {buys[contract['id']]['amount']}")
        payout, sold = trade["settlement"] and Decimal(trade["settlement"]["payout"]), contract["id"] in sells and sells[contract["id"]]["amount"]
        if (payout is None) != (sold is False) or (payout is not None and payout != sold):
            found.append(f"contract {contract['id']}: payout {payout}, the broker says {sold}")
        if payout is not None and Decimal(trade["profit"]) != payout - Decimal(contract["price"]):
            found.append(f"{trade['id']}: profit {trade['profit']} is not {payout} - {contract['price']}")
    found += [f"we do not know contract {contract}" for contract in buys if contract not in ours]
    shown = Decimal(api.account(account)["balance"])
    if shown != ledger.balance:
        found.append(f"balance {shown}, the broker says {ledger.balance}")
    if ledger.rows and ledger.rows[0]["balance_after"] != ledger.balance:
        found.append(f"the statement ends with {ledger.rows[0]['balance_after']}, the balance is {ledger.balance}")
    for session in {trade["session"] for trade in trades}:
        row, mine = api.session(session), [trade for trade in trades if trade["session"] == session]
        profit = sum((Decimal(trade["profit"]) for trade in mine if trade["profit"] is not None), Decimal(0))
        counted = {
            "profit": profit, "trades": sum(trade["contract"] is not None for trade in mine), "settled": sum(trade["state"] == "settled" for trade in mine),
            "wins": sum(trade["profit"] is not None and Decimal(trade["profit"]) > 0 for trade in mine),
        }
        found += [f"session {session}: {name} {row[name]}, its trades say {value}" for name, value in counted.items() if Decimal(row[name]) != value]
    return found


def agree(api, account, url, token=TOKEN, seconds=10):
    """Fails unless our books and the broker's agree; a booking may be on its way for a moment."""
    deadline = time.monotonic() + seconds
    while found := mismatches(api, account, url, token):
        assert time.monotonic() < deadline, "\n".join(["our books and the broker's disagree:", *found])
        time.sleep(0.1)
