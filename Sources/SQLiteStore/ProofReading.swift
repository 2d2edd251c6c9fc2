public import AuditLog
import GRDB
import TradingEngine
public import TradingModel
import TradingPorts

/// Puts together what is on record about a trade, in one view of the store.
struct ProofReading {
    let db: Database
    let trade: IntentID
    /// In the order of their entries.
    let checkpoints: [AuditCheckpoint]
    let now: Timestamp

    /// While the server runs, a checkpoint is no further away than this.
    static let checkpointSeconds: Int64 = 301
    /// Entries, and facts of one entry, that a proof shows at most.
    static let linksMost: Int64 = 20_000

    /// Nil when there is no such intent, or it is another owner's. `owner` nil: anybody's.
    func proof(owner: OwnerID?) throws -> TradeProof? {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT \(JournalTable.columns) FROM journal WHERE session = ? AND intended = ?",
                arguments: [trade.session.rawValue, trade.signal.stored]), case let intended = try JournalTable.entry(row),
            owner == nil || intended.fact.owner == owner, case .buyIntended(let intent) = intended.fact.event
        else { return nil }
        let intentRow = try JournalTable.fact(row)
        let accepted = try acceptance(before: intentRow)
        let happened = try following(accepted?.sequence ?? intentRow.sequence, from: accepted?.ownerSequence ?? intentRow.ownerSequence, intentRow)
        var rows = try inForce(before: intentRow, account: intent.account) + (accepted.map { [$0] } ?? []) + happened
        rows.sort { $0.sequence < $1.sequence }
        var missing: [TradeProof.Missing] = []
        let origin = try originRow()
        if origin == nil { missing.append(.init("origin", "what the signal came in was not kept: it is from before that was done")) }
        let outcome = TradeProof.outcome(of: rows, trade: trade.text)
        switch outcome.state {
        case "intended", "in_doubt": missing.append(.init("answer", "the broker's answer, or proof that there was no buy"))
        case "ambiguous": missing.append(.init("answer", "a person has to say which contract it was"))
        case "open": missing.append(.init("settlement", "the contract runs"))
        default: break
        }
        var chain = ChainReading(db: db, checkpoints: checkpoints)
        try chain.add(facts: rows, origin: origin)
        if !chain.unshown.isEmpty {
            missing.append(.init("entry", "facts \(chain.unshown.map(String.init).joined(separator: ", ")): their entry stands for too many to show"))
        }
        let awaits = chain.segments.contains { $0.checkpoint == nil }
        if awaits { missing.append(.init("checkpoint", "no checkpoint has seen the newest of this yet")) }
        let signalStake = try accepted.flatMap { accepted -> Money? in
            guard case .signalAccepted(let signal) = try FactCoding.decode(kind: accepted.kind, body: accepted.body, sequence: accepted.sequence) else {
                return nil
            }
            return signal.stake
        }
        let (compared, from) = try compared(intent, at: intentRow, signalStake: signalStake)
        return TradeProof(
            madeAt: now, trade: trade.text, state: outcome.state, result: outcome.result, origin: origin,
            facts: try rows.map { TradeProof.ShownFact($0, line: try ProofReading.line($0)) }, compared: compared, comparedFrom: from,
            chain: chain.segments, missing: missing, nextCheckpointBy: awaits ? now.adding(seconds: ProofReading.checkpointSeconds) : nil)
    }

    // MARK: Facts

    /// As `Fact.line` reads it.
    static func line(_ row: FactRow) throws -> String {
        let event = try FactCoding.decode(kind: row.kind, body: row.body, sequence: row.sequence)
        return Fact(
            at: row.at, owner: OwnerID(rawValue: row.owner), account: row.account.map(AccountID.init(rawValue:)),
            session: row.session.map(SessionID.init(rawValue:)), event
        ).line
    }

    private func rows(_ condition: String, _ arguments: StatementArguments) throws -> [FactRow] {
        try Row.fetchAll(db, sql: "SELECT \(JournalTable.columns) FROM journal WHERE \(condition)", arguments: arguments).map(JournalTable.fact)
    }

    /// A signal waits an hour at most, so this one is near.
    private func acceptance(before intent: FactRow) throws -> FactRow? {
        try rows(
            "owner = ? AND owner_seq < ? AND kind = 'signal_accepted' AND instr(body, ?) > 0 ORDER BY owner_seq DESC LIMIT 1",
            [intent.owner, intent.ownerSequence, "\"signal\":\"\(trade.signal.text)\""]
        ).first
    }

    /// What was recorded about the signal in this session, and about its contract. The facts' bodies name both.
    private func following(_ sequence: Int64, from ownerSequence: Int64, _ intent: FactRow) throws -> [FactRow] {
        let about = try rows(
            """
            owner = ? AND owner_seq >= ? AND seq > ? AND (session = ? OR session IS NULL) AND kind <> 'signal_accepted' AND instr(body, ?) > 0
            ORDER BY owner_seq
            """, [intent.owner, ownerSequence, min(sequence, intent.sequence - 1), trade.session.rawValue, trade.signal.text])
        guard let contract = try about.lazy.compactMap({ try bought($0) }).first else { return about }
        let overdue = try rows(
            "owner = ? AND owner_seq > ? AND session = ? AND kind = 'settlement_overdue' ORDER BY owner_seq",
            [intent.owner, intent.ownerSequence, trade.session.rawValue]
        ).filter { try FactCoding.decode(kind: $0.kind, body: $0.body, sequence: $0.sequence) == .settlementOverdue(contract) }
        return about + overdue
    }

    private func bought(_ row: FactRow) throws -> ContractID? {
        guard ["buy_confirmed", "contract_adopted"].contains(row.kind) else { return nil }
        switch try FactCoding.decode(kind: row.kind, body: row.body, sequence: row.sequence) {
        case .buyConfirmed(_, let contract, _), .contractAdopted(_, let contract): return contract.id
        default: return nil
        }
    }

    /// The plan and the limits as they stood.
    private func inForce(before intent: FactRow, account: AccountID) throws -> [FactRow] {
        let set = try rows(
            """
            owner = ? AND owner_seq < ? AND kind IN ('session_created', 'plan_changed', 'previous_session_imported', 'account_limits_set', 'owner_limits_set')
            ORDER BY owner_seq
            """, [intent.owner, intent.ownerSequence])
        let plan = set.last { $0.session == trade.session.rawValue }
        let limits = set.last { $0.kind == "account_limits_set" && $0.account == account.rawValue }
        return [plan, limits, set.last { $0.kind == "owner_limits_set" }].compactMap(\.self)
    }

    private func originRow() throws -> OriginRow? {
        guard try db.tableExists("signal_origin") else { return nil }
        return try Row.fetchOne(db, sql: "SELECT \(OriginTable.columns) FROM signal_origin WHERE signal = ?", arguments: [trade.signal.stored])
            .map(OriginTable.origin)
    }

    // MARK: The decision's numbers

    /// From the state that the owner's facts before the intent fold to: what others own changes nothing in it.
    private func compared(_ intent: BuyIntent, at row: FactRow, signalStake: Money?) throws -> ([TradeProof.Compared], Int64) {
        let snapshot = try SnapshotTable.newest(notAfter: row.sequence - 1, db)
        var state = snapshot?.state ?? EngineState()
        let facts = try Row.fetchCursor(
            db, sql: "SELECT \(JournalTable.columns) FROM journal WHERE owner = ? AND owner_seq < ? AND seq > ? ORDER BY owner_seq",
            arguments: [row.owner, row.ownerSequence, snapshot?.sequence ?? 0])
        while let fact = try facts.next() { state.evolve(try JournalTable.entry(fact).fact) }
        guard let compared = TradingEngine(state: state).compared(intent, signalStake: signalStake) else { return ([], row.ownerSequence - 1) }
        return (
            compared.map {
                TradeProof.Compared(
                    name: $0.name.rawValue, isMoney: $0.isMoney, stood: $0.stood, with: $0.with, limit: $0.limit, shareOf: $0.share?.of,
                    basisPoints: $0.share?.basisPoints)
            }, row.ownerSequence - 1
        )
    }
}

/// The entries of the log that stand for some facts, each with what follows up to the next checkpoint.
struct ChainReading {
    let db: Database
    let checkpoints: [AuditCheckpoint]
    private(set) var segments: [TradeProof.Segment] = []
    /// Facts whose entry is too large to show.
    private(set) var unshown: [Int64] = []

    init(db: Database, checkpoints: [AuditCheckpoint]) { (self.db, self.checkpoints) = (db, checkpoints) }

    mutating func add(facts: [FactRow], origin: OriginRow?) throws {
        var wanted: [Int64: AuditEntry] = [:]
        for fact in facts {
            guard let entry = try entry(of: fact.sequence), let numbers = entry.factNumbers, numbers.count <= ProofReading.linksMost else {
                unshown.append(fact.sequence)
                continue
            }
            wanted[entry.sequence] = entry
        }
        if let origin, let entry = try entry(ofOrigin: origin.number) { wanted[entry.sequence] = entry }
        var rest = wanted.keys.sorted()[...]
        while let first = rest.first {
            let checkpoint = checkpoints.first { $0.sequence >= first && $0.sequence - first < ProofReading.linksMost && $0.isSigned }
            let inside = rest.prefix { $0 <= checkpoint?.sequence ?? first + ProofReading.linksMost - 1 }
            rest = rest.dropFirst(inside.count)
            segments.append(try segment(first, through: checkpoint?.sequence ?? inside.last ?? first, wanted, checkpoint))
        }
    }

    private func segment(
        _ first: Int64, through last: Int64, _ wanted: [Int64: AuditEntry], _ checkpoint: AuditCheckpoint?
    ) throws -> TradeProof.Segment {
        let before =
            try Row.fetchOne(db, sql: "SELECT hash FROM audit WHERE seq = ?", arguments: [first - 1]).map { row in
                var columns = Columns(row, of: "audit")
                return try columns.bytes()
            } ?? AuditChain.beginning(of: [UInt8].fetchOne(db, "SELECT random FROM instance"))
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(AuditTable.columns) FROM audit WHERE seq BETWEEN ? AND ? ORDER BY seq", arguments: [first, last])
        var links: [TradeProof.Link] = []
        while let row = try rows.next() {
            let entry = try AuditTable.entry(row).entry
            links.append(wanted[entry.sequence] == nil ? .digest(entry.digest) : .entry(entry, parts: try parts(entry)))
        }
        return TradeProof.Segment(before: before, first: first, entries: links, checkpoint: checkpoint)
    }

    /// The digests of all that it stands for.
    private func parts(_ entry: AuditEntry) throws -> [[UInt8]] {
        if let origins = entry.originNumbers { return try OriginTable.digests(origins, db) }
        guard let facts = entry.factNumbers else { return [] }
        return try Row.fetchAll(
            db, sql: "SELECT \(JournalTable.columns) FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq", arguments: [facts.lowerBound, facts.upperBound]
        ).map { try JournalTable.fact($0).digest }
    }

    private func entry(of fact: Int64) throws -> AuditEntry? { try entry(AuditEntry.facts, of: fact) { $0.factNumbers } }
    private func entry(ofOrigin number: Int64) throws -> AuditEntry? { try entry(AuditEntry.origins, of: number) { $0.originNumbers } }

    /// By halving: entries of one kind stand in the order of what they stand for.
    private func entry(_ action: String, of number: Int64, _ numbers: (AuditEntry) -> ClosedRange<Int64>?) throws -> AuditEntry? {
        var low: Int64 = 1, high = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM audit") ?? 0
        let next = try db.cachedStatement(
            sql: "SELECT \(AuditTable.columns) FROM audit WHERE seq >= ? AND seq <= ? AND action = ? ORDER BY seq LIMIT 1")
        while low <= high {
            let middle = (low + high) / 2
            guard let row = try Row.fetchOne(next, arguments: [middle, high, action]), case let entry = try AuditTable.entry(row).entry,
                let range = numbers(entry)
            else { high = middle - 1; continue }
            if range.contains(number) { return entry }
            if number < range.lowerBound { high = middle - 1 } else { low = entry.sequence + 1 }
        }
        return nil
    }
}

extension AuditReader {
    /// All that is on record about a trade, whoever's it is; nil when nothing is.
    public func proof(of trade: IntentID, checkpoints: [AuditCheckpoint], at now: Timestamp) throws -> TradeProof? {
        try read { db in try ProofReading(db: db, trade: trade, checkpoints: checkpoints, now: now).proof(owner: nil) }
    }
}

extension SQLiteStore {
    /// The same of this owner's trade. It reads the owner's journal up to the trade: seconds, when that is a million facts.
    public func proof(of trade: IntentID, owner: OwnerID, checkpoints: [AuditCheckpoint]) async throws -> TradeProof? {
        let now = now()
        return try await pool.read { db in try ProofReading(db: db, trade: trade, checkpoints: checkpoints, now: now).proof(owner: owner) }
    }
}

extension FactRow {
    /// As a person reads it; nil when this program does not know such a fact.
    public var line: String? { try? ProofReading.line(self) }
}
