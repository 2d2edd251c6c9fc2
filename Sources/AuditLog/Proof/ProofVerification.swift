import TradingModel

/// Checks a proof from itself alone: nothing is asked of a database or a server. Every check is made, and each that fails
/// says at what.
public struct ProofVerification: Sendable {
    public struct Check: Hashable, Sendable {
        public let name: String
        /// What was found to be so, or everything that is not.
        public let says: String
        public let isRight: Bool
    }

    public private(set) var checks: [Check] = []
    /// Keys that signed the checkpoints and the statement, in the order in which they come.
    public private(set) var signers: [[UInt8]] = []
    let proof: TradeProof
    /// The facts of the trade, understood.
    let bodies: [(row: FactRow, body: FactBody)]

    public var isRight: Bool { checks.allSatisfy(\.isRight) }
    /// Nothing more is to come.
    public var isComplete: Bool { missing.isEmpty }
    /// What the file says that it lacks, and what it lacks without saying so.
    public var missing: [TradeProof.Missing] {
        let isUnsaid = proof.statement == nil && !proof.missing.contains { $0.what == "statement" }
        return proof.missing + (isUnsaid ? [.init("statement", "nobody states that nothing was left out: make the file anew")] : [])
    }

    /// - Parameters:
    ///   - publicKeys: those of which one has to have signed, each time; none takes the file's own word for it.
    ///   - line: the readable form of a fact, where the program knows it.
    public init(_ proof: TradeProof, publicKeys: [[UInt8]] = [], line: (FactRow) -> String? = { _ in nil }) {
        self.proof = proof
        bodies = proof.facts.compactMap { fact in FactBody(fact.row).map { (fact.row, $0) } }
        check("facts", factsAreRead(line))
        check("chain", chain())
        check("signature", signature(publicKeys))
        check("statement", statement(publicKeys))
        check("trade", oneTrade())
        check("signal", signal())
        check("limits", limits())
        check("times", times())
        check("money", money())
        check("state", state())
    }

    /// What a check found: what is so, and what is wrong.
    struct Found {
        var says = ""
        var faults: [String] = []
        mutating func expect(_ isSo: Bool, _ fault: @autoclosure () -> String) { if !isSo { faults.append(fault()) } }
    }

    private mutating func check(_ name: String, _ found: Found) {
        checks.append(Check(name: name, says: found.faults.isEmpty ? found.says : found.faults.joined(separator: "; "), isRight: found.faults.isEmpty))
    }

    // MARK: Facts and the chain

    private func factsAreRead(_ line: (FactRow) -> String?) -> Found {
        var found = Found(says: "\(proof.facts.count) facts, in the order of the journal")
        found.expect(bodies.count == proof.facts.count, "\(proof.facts.count - bodies.count) facts are no JSON")
        for (one, next) in zip(proof.facts, proof.facts.dropFirst()) {
            found.expect(one.row.sequence < next.row.sequence, "fact \(next.row.sequence) comes after \(one.row.sequence)")
            found.expect(
                (one.row.ownerSequence < next.row.ownerSequence) && one.row.owner == next.row.owner,
                "fact \(next.row.sequence) does not follow \(one.row.sequence) in the owner's own order")
        }
        for fact in proof.facts {
            if let readable = line(fact.row) { found.expect(readable == fact.line, "fact \(fact.row.sequence) does not read \"\(fact.line)\"") }
        }
        return found
    }

    /// Follows each segment, holds what it stands for against what is shown, and its end against the checkpoint.
    private func chain() -> Found {
        var found = Found(), facts: [Int64: [UInt8]] = [:], origins: [Int64: [UInt8]] = [:], last: Int64 = 0, entries = 0
        for segment in proof.chain {
            found.expect(segment.first > last, "the entries from \(segment.first) on do not follow entry \(last)")
            var hash = segment.before, number = segment.first
            for link in segment.entries {
                switch link {
                case .digest(let digest): hash = AuditChain.link(hash, digest)
                case .entry(let entry, let parts):
                    found.expect(entry.sequence == number, "entry \(entry.sequence) stands in the place of \(number)")
                    found.expect(FactRow.digest(of: parts) == entry.content, "entry \(entry.sequence) does not stand for what is shown of it")
                    if let numbers = entry.factNumbers ?? entry.originNumbers, numbers.count == parts.count {
                        for (place, part) in parts.enumerated() {
                            if entry.factNumbers != nil {
                                facts[numbers.lowerBound + Int64(place)] = part
                            } else {
                                origins[numbers.lowerBound + Int64(place)] = part
                            }
                        }
                    } else {
                        found.faults.append("entry \(entry.sequence) stands for \(entry.object), of which \(parts.count) are shown")
                    }
                    hash = AuditChain.link(hash, entry.digest)
                }
                number += 1
                entries += 1
            }
            last = number - 1
            guard let checkpoint = segment.checkpoint else { continue }
            found.expect(
                checkpoint.sequence == last && checkpoint.hash == hash,
                "entries \(segment.first) to \(last) do not lead to the checkpoint of entry \(checkpoint.sequence)")
        }
        for fact in proof.facts {
            found.expect(facts[fact.row.sequence] == fact.row.digest, "fact \(fact.row.sequence) (\(fact.row.kind)) is not what the log stands for")
        }
        if let origin = proof.origin {
            found.expect(origins[origin.number] == origin.digest, "the origin of the signal is not what the log stands for")
        }
        found.says = "each fact\(proof.origin == nil ? "" : " and the signal's bytes") hashes to its entry; \(entries) entries follow one another"
        return found
    }

    private mutating func signature(_ publicKeys: [[UInt8]]) -> Found {
        var found = Found(), covered = 0, isOpen = false
        for segment in proof.chain {
            guard let checkpoint = segment.checkpoint else { isOpen = true; continue }
            covered += 1
            if !signers.contains(checkpoint.publicKey) { signers.append(checkpoint.publicKey) }
            found.expect(checkpoint.isSigned, "the signature of the checkpoint of entry \(checkpoint.sequence) is wrong")
            found.expect(
                publicKeys.isEmpty || publicKeys.contains(checkpoint.publicKey),
                "the checkpoint of entry \(checkpoint.sequence) is signed by \(checkpoint.publicKey.hexText)")
        }
        found.expect(!proof.chain.isEmpty, "no entry of the log is shown")
        found.expect(!isOpen || proof.missing.contains { $0.what == "checkpoint" }, "a checkpoint is missing, and the file does not say so")
        let by = ProofVerification.by(publicKeys)
        found.says = covered == 0 ? "no checkpoint has seen it yet" : "\(covered) \(covered == 1 ? "checkpoint" : "checkpoints") signed \(by)"
        return found
    }

    private static func by(_ publicKeys: [[UInt8]]) -> String {
        publicKeys.isEmpty ? "by the key that the file names (no --public-key was given)" : "by \(publicKeys.count == 1 ? "the key" : "a key") that was given"
    }

    /// That nothing was left out is the word of whoever made the file; that it is theirs, and about this, is checked.
    private mutating func statement(_ publicKeys: [[UInt8]]) -> Found {
        guard let statement = proof.statement else { return Found(says: "nobody states that no limit and no fact was left out") }
        if !signers.contains(statement.publicKey) { signers.append(statement.publicKey) }
        var found = Found(says: "that no limit that was in force and no fact was left out is stated and signed \(ProofVerification.by(publicKeys))")
        found.expect(proof.isStated, "the signature of the statement is wrong: something was left out, added or changed")
        found.expect(publicKeys.isEmpty || publicKeys.contains(statement.publicKey), "the statement is signed by \(statement.publicKey.hexText)")
        return found
    }

    // MARK: One trade

    var intent: (row: FactRow, body: FactBody)? { bodies.first { $0.body.kind == "buy_intended" && $0.body.intent == proof.trade } }
    var accepted: (row: FactRow, body: FactBody)? { bodies.first { $0.body.kind == "signal_accepted" && $0.body["signal"]?.text == signalID } }
    /// From the trade's id.
    var parts: [Substring] { proof.trade.split(separator: ".", omittingEmptySubsequences: false) }
    var signalID: String { parts.count == 2 ? String(parts[1]) : "" }
    var session: Int64? { parts.count == 2 ? Int64(parts[0]) : nil }

    /// Every fact is about this trade, or about what was in force when it was decided.
    private func oneTrade() -> Found {
        var found = Found(says: "all about trade \(proof.trade)")
        guard let intent else { return Found(faults: ["there is no intent of \(proof.trade)"]) }
        found.expect(session == intent.row.session && intent.body["account"]?.whole == intent.row.account, "the intent is of another session or account")
        for (row, body) in bodies {
            let isEarlier = row.sequence < intent.row.sequence, at = "fact \(row.sequence) (\(row.kind))"
            switch body.kind {
            case "buy_intended":
                found.expect(body.intent == proof.trade && row.sequence == intent.row.sequence, "\(at) is of another trade")
                fallthrough
            case "buy_unsent", "buy_confirmed", "buy_rejected", "buy_in_doubt", "doubt_looked_into", "buy_ambiguous", "doubt_resolved", "buy_abandoned",
                "reservation_released", "contract_adopted", "settled", "settlement_corrected":
                found.expect(body.intent == proof.trade, "\(at) is of another trade")
                found.expect(row.session == session && row.account == intent.row.account, "\(at) is of another session or account")
            case "signal_accepted", "signal_refused", "signal_expired", "signal_cancelled", "quote_asked":
                found.expect(body["signal"]?.text == signalID, "\(at) is of another signal")
                found.expect(row.session == nil || row.session == session, "\(at) is of another session")
            case "settlement_overdue":
                found.expect(row.session == session && body["contract"]?.whole == contractNumber, "\(at) is of another contract")
            case "session_created", "plan_changed", "previous_session_imported":
                found.expect(row.session == session && isEarlier, "\(at) is no plan that was in force")
            case "account_limits_set": found.expect(row.account == intent.row.account && isEarlier, "\(at) is no limit that was in force")
            case "owner_limits_set": found.expect(isEarlier, "\(at) is no limit that was in force")
            default: found.faults.append("\(at) has no place in a proof")
            }
        }
        return found
    }

    var contractNumber: Int64? { bodies.lazy.compactMap { $0.body["contract"]?["id"]?.whole }.first }

    private func signal() -> Found {
        var found = Found()
        guard let accepted, let intent else { return Found(faults: ["the signal's acceptance is not shown"]) }
        found.expect(accepted.row.sequence < intent.row.sequence, "the intent comes before the signal")
        found.expect(accepted.body["owner"]?.whole == accepted.row.owner, "the signal is another owner's")
        found.expect(accepted.body["session"]?.whole.map { $0 == session } ?? true, "the signal is for another session")
        for name in ["symbol", "kind"] { found.expect(accepted.body[name]?.text == intent.body[name]?.text, "the intent has another \(name) than the signal") }
        if let duration = accepted.body["duration"]?.text {
            found.expect(duration == intent.body["duration"]?.text, "the intent has another duration than the signal")
        }
        guard let origin = proof.origin else {
            found.expect(proof.missing.contains { $0.what == "origin" }, "the signal's bytes are not shown, and the file does not say so")
            found.says = "its bytes were not kept"
            return found
        }
        found.expect(origin.signal == signalID, "the bytes are another signal's")
        guard let key = origin.key else {
            found.says = "\(origin.body.count) bytes by \(origin.way) \(origin.name); its id was drawn by chance"
            return found
        }
        // A hook's key names the hook itself, whatever it is called; before that was so it was the source here, too.
        let namespaces = [accepted.body["source"]?.text ?? ""] + (origin.way == "hook" ? ["webhook"] : [])
        let ids = namespaces.map { Array(AuditChain.content(of: Array("\(accepted.row.owner)\n\($0)\n\(key)".utf8)).prefix(16)).hexText }
        found.expect(ids.contains(signalID), "the signal's id does not follow from owner, source and the client's key")
        found.says = "\(origin.body.count) bytes by \(origin.way) \(origin.name); its id follows from owner, source and the client's key"
        return found
    }

    // MARK: What happened

    private func times() -> Found {
        var found = Found(says: "no moment before its cause")
        for (one, next) in zip(proof.facts, proof.facts.dropFirst()) {
            found.expect(one.row.at <= next.row.at, "fact \(next.row.sequence) is earlier than fact \(one.row.sequence)")
        }
        guard let intent, let accepted else { return Found(faults: ["there is no intent"]) }
        let intended = intent.row.at.milliseconds
        found.expect(intent.body["at"]?.whole == intended, "the intent names another moment than its fact")
        if let until = accepted.body["valid_until"]?.whole { found.expect(intended <= until, "it was intended after the signal had ended") }
        for (row, body) in bodies where body.intent == proof.trade {
            found.expect(row.sequence >= intent.row.sequence, "fact \(row.sequence) comes before the intent")
            if let bought = body["contract"]?["at"]?.whole {
                found.expect(bought >= intended - ProofVerification.clocksApart, "it was bought before it was intended")
            }
            if let ended = body["settlement"]?["at"]?.whole, let bought = purchasedAt { found.expect(ended >= bought, "it ended before it was bought") }
        }
        return found
    }

    /// Milliseconds by which the broker's clock and ours may be apart.
    static let clocksApart: Int64 = 60_000
    private var purchasedAt: Int64? { bodies.lazy.compactMap { $0.body["contract"]?["at"]?.whole }.first }

    private func money() -> Found {
        var found = Found()
        guard let intent, let stake = intent.body["stake"]?.units else { return Found(faults: ["there is no stake"]) }
        var bought: FactBody?, paid: Int64?
        for (row, body) in bodies where body.intent == proof.trade {
            if let contract = body["contract"], ["buy_confirmed", "contract_adopted"].contains(body.kind) {
                found.expect(bought == nil, "fact \(row.sequence): it was bought twice")
                bought = contract
                found.expect(contract["price"]?.units.map { $0 >= 0 && $0 <= stake } ?? false, "fact \(row.sequence): the price is above what was sent")
                found.expect(contract["price"]?["currency"]?.text == intent.body["stake"]?["currency"]?.text, "fact \(row.sequence): another currency")
            }
            guard let settlement = body["settlement"] else { continue }
            let payout = settlement["payout"]?.units
            found.expect(bought != nil && settlement["contract"]?.whole == bought?["id"]?.whole, "fact \(row.sequence): another contract was settled")
            found.expect(payout.map { $0 >= 0 && $0 <= bought?["payout"]?.units ?? 0 } ?? false, "fact \(row.sequence): it paid more than it could")
            if body.kind == "settled" {
                found.expect(paid == nil, "fact \(row.sequence): it was settled twice")
            } else {
                found.expect(paid != nil && body["was"]?.units == paid, "fact \(row.sequence): it corrects another payout than was heard of")
            }
            paid = payout
        }
        let outcome = TradeProof.outcome(of: proof.facts.map(\.row), trade: proof.trade)
        found.expect(outcome.result == proof.result, "price, payout and profit are not those of the facts")
        let sum: (Int64) -> String = { ProofVerification.decimal($0, intent.body["stake"]?["exponent"]?.whole ?? 2) }
        if let result = outcome.result {
            found.says = "stake \(sum(stake)), price \(sum(result.price)), payout \(sum(result.payout)), profit \(sum(result.profit)) \(result.currency)"
        } else {
            found.says = bought?["price"]?.units.map { "stake \(sum(stake)), price \(sum($0))" } ?? "stake \(sum(stake)), nothing bought"
        }
        return found
    }

    private static func decimal(_ units: Int64, _ exponent: Int64) -> String {
        let digits = String(units.magnitude), places = Int(max(0, min(exponent, 18)))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (units < 0 ? "-" : "") + padded.dropLast(places) + (places > 0 ? "." + padded.suffix(places) : "")
    }

    /// The state that the facts come to, and that the file names all that is missing.
    private func state() -> Found {
        let outcome = TradeProof.outcome(of: proof.facts.map(\.row), trade: proof.trade)
        var found = Found(
            says: proof.missing.isEmpty ? "\(outcome.state), complete" : "\(outcome.state); missing: \(proof.missing.map(\.what).joined(separator: ", "))")
        found.expect(outcome.state == proof.state, "it is \(outcome.state), the file says \(proof.state)")
        let awaited = ["intended": "answer", "in_doubt": "answer", "ambiguous": "answer", "open": "settlement"][outcome.state]
        let said = proof.missing.map(\.what).filter { ["answer", "settlement"].contains($0) }
        found.expect(said == [awaited].compactMap(\.self), "the file does not say rightly what is still to come")
        found.expect(!proof.missing.contains { $0.what == "entry" }, "not every fact has its entry in the file")
        return found
    }
}
