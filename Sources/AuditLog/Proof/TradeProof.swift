import PlainJSON
public import TradingModel

/// All that is on record about one trade, with the piece of the audit log that stands for it up to a signed checkpoint.
/// One file; whoever has it and the public key needs nothing else. `docs/audit.md` describes every member.
public struct TradeProof: Hashable, Sendable {
    public static let format = "signalist trade proof"
    public static let version: Int64 = 1

    /// This machine's time when it was put together. Nothing follows from it.
    public var madeAt: Timestamp
    /// The trade's id: session, point, signal.
    public var trade: String
    /// How far it is: `intended`, `in_doubt`, `ambiguous`, `unsent`, `rejected`, `abandoned`, `open`, `settled`.
    public var state: String
    /// Nil until it is settled.
    public var result: Result?
    /// What its signal came in; nil of a signal from before that was kept.
    public var origin: OriginRow?
    /// In the order of the journal: the plan and the limits that were in force, then all that happened.
    public var facts: [ShownFact]
    /// What the decision compared, computed again from the journal up to the intent.
    public var compared: [Compared]
    /// Facts of the owner that this was computed from.
    public var comparedFrom: Int64
    public var chain: [Segment]
    /// That nothing was left out; nil when nobody says so.
    public var statement: Statement?
    /// What is not there yet, or never will be; empty when the trade has ended and is covered by a checkpoint.
    public var missing: [Missing]
    /// When the next checkpoint comes at the latest while the server runs; nil when none is waited for.
    public var nextCheckpointBy: Timestamp?

    public struct Result: Hashable, Sendable {
        public var currency: String
        public var exponent: Int64
        /// Minor units.
        public var price: Int64
        public var payout: Int64
        public var profit: Int64
        public init(currency: String, exponent: Int64, price: Int64, payout: Int64, profit: Int64) {
            (self.currency, self.exponent, self.price, self.payout, self.profit) = (currency, exponent, price, payout, profit)
        }
    }

    public struct ShownFact: Hashable, Sendable {
        public var row: FactRow
        /// The same for a person.
        public var line: String
        public init(_ row: FactRow, line: String) { (self.row, self.line) = (row, line) }
    }

    public struct Compared: Hashable, Sendable {
        public var name: String
        /// Minor units, or counts.
        public var isMoney: Bool
        public var stood: Int64
        public var with: Int64
        public var limit: Int64
        public var share: (of: Int64, basisPoints: Int64)? { shareOf.map { ($0, shareBasisPoints ?? 0) } }
        var shareOf: Int64?
        var shareBasisPoints: Int64?
        public init(name: String, isMoney: Bool, stood: Int64, with: Int64, limit: Int64, shareOf: Int64?, basisPoints: Int64?) {
            (self.name, self.isMoney, self.stood, self.with, self.limit) = (name, isMoney, stood, with, limit)
            (self.shareOf, shareBasisPoints) = (shareOf, basisPoints)
        }
    }

    /// Entries of the log that follow one another, up to a checkpoint.
    public struct Segment: Hashable, Sendable {
        /// The hash of the entry before the first.
        public var before: [UInt8]
        /// The number of the first.
        public var first: Int64
        public var entries: [Link]
        public var checkpoint: AuditCheckpoint?
        public init(before: [UInt8], first: Int64, entries: [Link], checkpoint: AuditCheckpoint?) {
            (self.before, self.first, self.entries, self.checkpoint) = (before, first, entries, checkpoint)
        }
    }

    public enum Link: Hashable, Sendable {
        /// Shown, with the digests of all that it stands for.
        case entry(AuditEntry, parts: [[UInt8]])
        /// About something else: its digest is enough to follow the chain.
        case digest([UInt8])
    }

    public struct Missing: Hashable, Sendable {
        /// `answer`, `settlement`, `checkpoint`, `origin`, `entry`, `statement`.
        public var what: String
        public var says: String
        public init(_ what: String, _ says: String) { (self.what, self.says) = (what, says) }
        /// Time will bring it.
        public var isAwaited: Bool { ["answer", "settlement", "checkpoint"].contains(what) }
    }

    public init(
        madeAt: Timestamp, trade: String, state: String, result: Result?, origin: OriginRow?, facts: [ShownFact], compared: [Compared],
        comparedFrom: Int64, chain: [Segment], statement: Statement? = nil, missing: [Missing], nextCheckpointBy: Timestamp?
    ) {
        (self.madeAt, self.trade, self.state, self.result, self.origin) = (madeAt, trade, state, result, origin)
        (self.facts, self.compared, self.comparedFrom, self.chain) = (facts, compared, comparedFrom, chain)
        (self.statement, self.missing, self.nextCheckpointBy) = (statement, missing, nextCheckpointBy)
    }
}

// MARK: As a file

extension TradeProof {
    public var bytes: [UInt8] {
        var json = JSONWriter(capacity: 65_536)
        json.object { json in
            json.member("format", TradeProof.format)
            json.member("version", TradeProof.version)
            json.member("madeAt", madeAt.milliseconds)
            json.member("trade", trade)
            json.member("state", state)
            json.key("result")
            if let result { json.value(result) } else { json.null() }
            json.key("origin")
            if let origin { json.value(origin) } else { json.null() }
            json.memberArray("facts") { json in for fact in facts { json.value(fact) } }
            json.memberArray("compared") { json in for row in compared { json.value(row) } }
            json.member("comparedFrom", comparedFrom)
            json.memberArray("chain") { json in for segment in chain { json.value(segment) } }
            json.key("statement")
            if let statement { json.value(statement) } else { json.null() }
            json.memberArray("missing") { json in
                for missing in missing {
                    json.object { json in
                        json.member("what", missing.what)
                        json.member("says", missing.says)
                    }
                }
            }
            json.key("nextCheckpointBy")
            if let nextCheckpointBy { json.value(nextCheckpointBy.milliseconds) } else { json.null() }
        }
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ result: TradeProof.Result) {
        object { json in
            json.member("currency", result.currency)
            json.member("exponent", result.exponent)
            json.member("price", result.price)
            json.member("payout", result.payout)
            json.member("profit", result.profit)
        }
    }

    fileprivate mutating func value(_ statement: TradeProof.Statement) {
        object { json in
            json.member("key", statement.publicKey.hexText)
            json.member("signature", statement.signature.hexText)
        }
    }

    fileprivate mutating func value(_ origin: OriginRow) {
        object { json in
            json.member("number", origin.number)
            json.member("signal", origin.signal)
            json.member("way", origin.way)
            json.member("name", origin.name)
            json.key("key")
            if let key = origin.key { json.value(key) } else { json.null() }
            json.member("body", origin.body.hexText)
            json.member("sha256", AuditChain.content(of: origin.body).hexText)
        }
    }

    fileprivate mutating func value(_ fact: TradeProof.ShownFact) {
        let row = fact.row
        object { json in
            json.member("sequence", row.sequence)
            json.member("owner", row.owner)
            json.member("ownerSequence", row.ownerSequence)
            json.member("at", row.at.milliseconds)
            json.key("account")
            if let account = row.account { json.value(account) } else { json.null() }
            json.key("session")
            if let session = row.session { json.value(session) } else { json.null() }
            json.member("kind", row.kind)
            json.member("body", String(decoding: row.body, as: UTF8.self))
            json.member("line", fact.line)
        }
    }

    fileprivate mutating func value(_ row: TradeProof.Compared) {
        object { json in
            json.member("name", row.name)
            json.member("unit", row.isMoney ? "money" : "count")
            json.member("stood", row.stood)
            json.member("with", row.with)
            json.member("limit", row.limit)
            if let share = row.share {
                json.memberObject("share") { json in
                    json.member("of", share.of)
                    json.member("basisPoints", share.basisPoints)
                }
            }
        }
    }

    fileprivate mutating func value(_ segment: TradeProof.Segment) {
        object { json in
            json.member("before", segment.before.hexText)
            json.member("first", segment.first)
            json.memberArray("entries") { json in
                for link in segment.entries {
                    switch link {
                    case .digest(let digest): json.value(digest.hexText)
                    case .entry(let entry, let parts): json.value(entry, parts)
                    }
                }
            }
            json.key("checkpoint")
            if let checkpoint = segment.checkpoint { checkpoint.write(&json) } else { json.null() }
        }
    }

    private mutating func value(_ entry: AuditEntry, _ parts: [[UInt8]]) {
        object { json in
            json.member("sequence", entry.sequence)
            json.member("at", entry.at.milliseconds)
            json.member("actor", entry.actor)
            json.member("action", entry.action)
            json.member("object", entry.object)
            json.member("outcome", entry.outcome)
            json.member("content", entry.content.hexText)
            json.memberArray("parts") { json in for part in parts { json.value(part.hexText) } }
        }
    }
}
