"""Verifies a trade's proof as docs/audit.md describes the file: with hashlib and PyPI's cryptography, and nothing of ours."""

import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ABOUT_THE_TRADE = {"buy_intended", "buy_unsent", "buy_confirmed", "buy_rejected", "buy_in_doubt", "doubt_looked_into", "buy_ambiguous",
                   "buy_abandoned", "reservation_released", "contract_adopted", "settled", "settlement_corrected"}


def whole(number):
    return number.to_bytes(8, "big", signed=True)


def field(data):
    data = data.encode() if isinstance(data, str) else data
    return whole(len(data)) + data


def optional(value, write):
    return b"\0" if value is None else b"\1" + write(value)


def record(kind, *parts):
    return hashlib.sha256(field(kind) + b"".join(parts)).digest()


def digest_of_fact(fact):
    return record("signalist fact 1", *(whole(fact[name]) for name in ("sequence", "owner", "ownerSequence", "at")),
                  optional(fact["account"], whole), optional(fact["session"], whole), field(fact["kind"]), field(fact["body"]))


def digest_of_origin(origin):
    return record("signalist origin 1", whole(origin["number"]), *(field(origin[name]) for name in ("signal", "way", "name")),
                  optional(origin["key"], field), field(bytes.fromhex(origin["body"])))


def digest_of_entry(entry):
    return record("signalist audit entry 1", whole(entry["sequence"]), whole(entry["at"]),
                  *(field(entry[name]) for name in ("actor", "action", "object", "outcome")), field(bytes.fromhex(entry["content"])))


def faults(proof, public_key):
    """Everything that does not hold; `public_key` in hexadecimal digits."""
    found, facts, origins = [], {}, {}

    def expect(is_so, what):
        if not is_so:
            found.append(what)

    # The chain, from each segment's first entry to its checkpoint.
    for segment in proof["chain"]:
        link, number = bytes.fromhex(segment["before"]), segment["first"]
        for entry in segment["entries"]:
            if isinstance(entry, str):
                digest = bytes.fromhex(entry)
            else:
                digest, parts = digest_of_entry(entry), [bytes.fromhex(part) for part in entry["parts"]]
                expect(entry["sequence"] == number, "an entry stands in another's place")
                expect(hashlib.sha256(b"".join(parts)).hexdigest() == entry["content"], "an entry stands for something else")
                first, last = map(int, entry["object"].split("-"))
                expect(last - first + 1 == len(parts), "parts are missing")
                {"facts": facts, "origins": origins}[entry["action"]].update(enumerate(parts, first))
            link, number = hashlib.sha256(link + digest).digest(), number + 1
        checkpoint = segment["checkpoint"]
        if checkpoint is None:
            found.append("no checkpoint")
            continue
        expect(checkpoint["sequence"] == number - 1 and checkpoint["hash"] == link.hex(), "the entries do not lead to the checkpoint")
        expect(checkpoint["key"] == public_key, "another key signed")
        signed = field("signalist audit checkpoint 1") + whole(checkpoint["sequence"]) + field(bytes.fromhex(checkpoint["hash"])) + whole(checkpoint["at"])
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(checkpoint["signature"]), signed)
        except InvalidSignature:
            found.append("the signature is wrong")

    statement = proof["statement"]
    stated = field("signalist proof statement 1") + whole(proof["madeAt"]) + field(proof["trade"]) + field(proof["state"]) + whole(proof["comparedFrom"])
    stated += whole(len(proof["facts"])) + b"".join(whole(fact["sequence"]) for fact in proof["facts"]) + whole(len(proof["compared"]))
    for row in proof["compared"]:
        share = row.get("share")
        stated += field(row["name"]) + field(row["unit"]) + whole(row["stood"]) + whole(row["with"]) + whole(row["limit"])
        stated += optional(share and share["of"], whole) + optional(share and share["basisPoints"], whole)
    expect(statement["key"] == public_key, "another key states it")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(statement["signature"]), stated)
    except InvalidSignature:
        found.append("something was left out")

    for fact in proof["facts"]:
        expect(facts.get(fact["sequence"]) == digest_of_fact(fact), f"fact {fact['sequence']} is not what the log stands for")
    origin = proof["origin"]
    expect(origins.get(origin["number"]) == digest_of_origin(origin), "the origin is not what the log stands for")
    expect(hashlib.sha256(bytes.fromhex(origin["body"])).hexdigest() == origin["sha256"], "the body has another SHA-256")

    # The trade.
    session, signal = proof["trade"].split(".")
    bodies = [(fact, json.loads(fact["body"])) for fact in proof["facts"]]
    one = {fact["kind"]: body for fact, body in bodies}
    for fact, body in bodies:
        if fact["kind"] in ABOUT_THE_TRADE:
            expect(body["intent"] == proof["trade"] and fact["session"] == int(session), f"fact {fact['sequence']} is of another trade")
    expect([fact["at"] for fact in proof["facts"]] == sorted(fact["at"] for fact in proof["facts"]), "times go back")
    accepted, intent = one["signal_accepted"], one["buy_intended"]
    expect(accepted["signal"] == signal == origin["signal"], "another signal")
    if origin["key"] is not None:
        cause = f"{accepted['owner']}\n{'webhook' if origin['way'] == 'hook' else accepted['source']}\n{origin['key']}"
        expect(hashlib.sha256(cause.encode()).hexdigest()[:32] == signal, "the signal's id does not follow")

    # The decision.
    stake = intent["stake"]["units"]
    for row in proof["compared"]:
        adding = 0 if row["name"] == "least_payout" else stake if row["unit"] == "money" else 1
        expect(row["with"] == row["stood"] + adding and row["with"] <= row["limit"], f"{row['name']} does not hold")
        if "share" in row and row["name"] != "least_payout":
            expect(row["limit"] == row["share"]["of"] * row["share"]["basisPoints"] // 10_000, f"{row['name']} is another share")
    rows = {row["name"]: row["limit"] for row in proof["compared"]}
    plan = (one.get("plan_changed") or one["session_created"])["plan"]
    expect(rows["open_contracts"] == plan["open_contracts"], "another number of open contracts")
    for name in ("loss_per_day", "greatest_stake"):
        expect(rows.get(name) == plan["limits"].get(name, {}).get("units"), f"{name} is not the plan's")
    if "stake" not in accepted:
        expect(rows["stake_rule"] == plan["stake"].get("fixed", {}).get("units", rows["stake_rule"]), "another stake than the plan's")

    # The money.
    bought = one.get("buy_confirmed") or one.get("contract_adopted")
    if bought:
        expect(bought["contract"]["price"]["units"] <= stake, "it cost more than was sent")
    if proof["result"]:
        ended = (one.get("settlement_corrected") or one["settled"])["settlement"]
        price, payout = bought["contract"]["price"]["units"], ended["payout"]["units"]
        result = proof["result"]
        expect((result["currency"], result["exponent"]) == (intent["stake"]["currency"], intent["stake"]["exponent"]), "another currency")
        expect(ended["contract"] == bought["contract"]["id"], "another contract was settled")
        expect((result["price"], result["payout"], result["profit"]) == (price, payout, payout - price), "the sums differ")
    return found
