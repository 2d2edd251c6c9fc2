"""An export of the previous system's database, invented: its documents, its way of sealing tokens, and the files that
mongoexport and mongodump write, by pymongo's own `bson`."""

import base64
import hashlib
import itertools
import os
from datetime import datetime, timedelta, timezone

import bson
from bson import json_util
from bson.objectid import ObjectId

SECRET = "an-export-secret-0001"
PUBLIC = "default-encryption-key-change-in-production"
NOW = datetime(2025, 12, 20, 12, 0, tzinfo=timezone.utc)


# AES-256-GCM with a nonce of 16 bytes, as Node wrote it: by the standard (FIPS 197, SP 800-38D), for lack of it in Python.

def _tables():
    box, p, q = [0] * 256, 1, 1
    while True:
        p ^= (p << 1 & 0xff) ^ (0x1b if p & 0x80 else 0)
        for shift in 1, 2, 4:
            q ^= q << shift & 0xff
        q ^= 0x09 if q & 0x80 else 0
        turned = [q << n & 0xff | q >> 8 - n for n in range(1, 5)]
        box[p] = q ^ turned[0] ^ turned[1] ^ turned[2] ^ turned[3] ^ 0x63
        if p == 1:
            break
    box[0] = 0x63
    return box


BOX = _tables()


def _twice(byte):
    return byte << 1 & 0xff ^ (0x1b if byte & 0x80 else 0)


def _schedule(key):
    words, round_constant = [list(key[n:n + 4]) for n in range(0, 32, 4)], 1
    for index in range(8, 60):
        word = list(words[-1])
        if index % 8 == 0:
            word = [BOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= round_constant
            round_constant = _twice(round_constant)
        elif index % 8 == 4:
            word = [BOX[byte] for byte in word]
        words.append([a ^ b for a, b in zip(words[-8], word)])
    return [sum(words[n:n + 4], []) for n in range(0, 60, 4)]


def _block(keys, block):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number, key in enumerate(keys[1:], 1):
        state = [BOX[state[(n + 4 * (n % 4)) % 16]] for n in range(16)]
        if number < 14:
            mixed = []
            for column in range(0, 16, 4):
                a = state[column:column + 4]
                mixed += [_twice(a[n]) ^ _twice(a[(n + 1) % 4]) ^ a[(n + 1) % 4] ^ a[(n + 2) % 4] ^ a[(n + 3) % 4] for n in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, key)]
    return bytes(state)


def _times(x, y):
    z = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            z ^= y
        y = y >> 1 ^ (0xe1 << 120 if y & 1 else 0)
    return z


def _ghash(h, data):
    value = 0
    for start in range(0, len(data), 16):
        value = _times(value ^ int.from_bytes(data[start:start + 16], "big"), h)
    return value.to_bytes(16, "big")


def _padded(data):
    return data + bytes(-len(data) % 16)


def sealed(token, secret=SECRET, salt=None, nonce=None):
    """base64 of salt, nonce, tag and ciphertext."""
    salt, nonce = salt or os.urandom(32), nonce or os.urandom(16)
    keys = _schedule(hashlib.scrypt(secret.encode(), salt=salt, n=16384, r=8, p=1, dklen=32))
    h = int.from_bytes(_block(keys, bytes(16)), "big")
    first = _ghash(h, _padded(nonce) + (8 * len(nonce)).to_bytes(16, "big"))
    text, stream, counter = token.encode(), b"", int.from_bytes(first, "big")
    while len(stream) < len(text):
        counter = counter & ~0xffffffff | counter + 1 & 0xffffffff
        stream += _block(keys, counter.to_bytes(16, "big"))
    cipher = bytes(a ^ b for a, b in zip(text, stream))
    tag = bytes(a ^ b for a, b in zip(_block(keys, first), _ghash(h, _padded(cipher) + (8 * len(cipher)).to_bytes(16, "big"))))
    return base64.b64encode(salt + nonce + tag + cipher).decode()


# Documents

class Export:
    """Collections of documents, filled by its methods; ids count up."""

    def __init__(self):
        self.collections = {name: [] for name in ("user", "derivapitokens", "signalistbotsettings", "autotradingsessions", "signals", "signalistbottrades")}
        self.ids = (ObjectId(f"{number:024x}") for number in itertools.count(0xa00000000001))

    def _add(self, collection, document):
        identity = next(self.ids)
        self.collections[collection].append({"_id": identity, "createdAt": NOW, "updatedAt": NOW} | document)
        return str(identity)

    def user(self, name, **more):
        return self._add("user", {"name": name, "email": f"{name}@example.test", "emailVerified": False} | more)

    def token(self, user, stored, login=None, kind="demo", **more):
        document = {"__v": 0, "userId": user, "token": stored, "accountType": kind, "accountBalance": 10000, "accountCurrency": "USD", "isValid": True,
                    "scopes": ["read", "trade", "read"]}
        self._add("derivapitokens", document | ({"accountId": login} if login else {}) | more)

    def settings(self, user, **more):
        self._add("signalistbotsettings", {"userId": user, "broker": "deriv", "instrument": "BOOM500", "enabled": True} | more)

    def session(self, user, key, status="stopped", days_ago=2, hours=5, risk=None, **more):
        started = NOW - timedelta(days=days_ago)
        document = {"__v": 0, "sessionId": key, "userId": user, "broker": "deriv", "strategy": "Signalist-SMA-3C", "status": status, "startedAt": started,
                    "createdAt": started, "startBalance": 10000, "totalTrades": 3, "totalProfitLoss": -1.5}
        if status == "stopped":
            document |= {"stoppedAt": started + timedelta(hours=hours), "endBalance": 9998.5}
        if risk is not None:
            document["riskSettings"] = risk
        self._add("autotradingsessions", document | more)

    def signal(self, key, user=None, **more):
        self._add("signals", {"signalId": key, "symbol": "R_100", "ticker": "x", "action": "BUY", "price": 100.5, "source": "algorithm", "status": "executed",
                              "metadata": {"of": "anything"}} | ({"userId": user} if user else {}) | more)

    def trade(self, user, key, profit, at, status="CLOSED", stake=10, contract="", **more):
        document = {"__v": 0, "tradeId": key, "userId": user, "broker": "deriv", "symbol": "R_100", "side": "BUY", "entryPrice": 0, "lotOrStake": stake,
                    "stopLoss": 0, "takeProfit": 0, "status": status, "entryTimestamp": at, "createdAt": at, "updatedAt": at,
                    "brokerTradeId": contract or str(500_000_000_000 + len(self.collections["signalistbottrades"])), "isDemo": False}
        if profit is not None:
            document |= {"realizedPnl": profit, "exitTimestamp": at + timedelta(minutes=5), "exitPrice": 0, "exitReason": "Contract won"}
        self._add("signalistbottrades", document | more)

    # Files

    def write(self, folder, form):
        """`relaxed` and `canonical`: a document a line; `list`: one canonical list; `bson`: as mongodump writes it."""
        folder.mkdir()
        for name, documents in self.collections.items():
            if form == "bson":
                (folder / f"{name}.bson").write_bytes(b"".join(bson.encode(document) for document in documents))
                (folder / f"{name}.metadata.json").write_text('{"indexes": []}')
                continue
            options = json_util.RELAXED_JSON_OPTIONS if form == "relaxed" else json_util.CANONICAL_JSON_OPTIONS
            lines = [json_util.dumps(document, json_options=options) for document in documents]
            if form == "list":
                (folder / f"{name}.json").write_text("[" + ",\n".join(lines) + "]")
            else:
                (folder / f"{name}.jsonl").write_text("".join(line + "\n" for line in lines))
        return folder
