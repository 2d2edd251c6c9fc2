import AuditLog
import Foundation
import GRDB
import Synchronization
import TradingModel
import TradingPorts

/// Migration 13. Never edit it. The log of what was done, each entry chained to all before it. It does not follow from the
/// journal: it tells whether the journal is what it was.
enum AuditTable {
    static let table = """
        CREATE TABLE audit (
            seq INTEGER PRIMARY KEY CHECK (seq > 0),
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            object TEXT NOT NULL,
            outcome TEXT NOT NULL,
            content BLOB NOT NULL CHECK (length(content) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE TRIGGER audit_keeps_its_entries BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
        CREATE TRIGGER audit_loses_no_entry BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
        """

    static let columns = "seq, at, actor, action, object, outcome, content, hash"
    static let insert = "INSERT INTO audit (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

    static func add(_ entry: AuditEntry, hash: [UInt8], to arguments: inout CompiledStatement.Arguments) {
        arguments.add(entry.sequence); arguments.add(entry.at); arguments.add(entry.actor); arguments.add(entry.action); arguments.add(entry.object)
        arguments.add(entry.outcome); arguments.add(blob: entry.content); arguments.add(blob: hash)
    }

    static func entry(_ row: Row) throws -> (entry: AuditEntry, hash: [UInt8]) {
        var columns = Columns(row, of: "audit")
        let entry = AuditEntry(
            sequence: try columns.whole(), at: try columns.moment(), actor: try columns.text(), action: try columns.text(), object: try columns.text(),
            outcome: try columns.text(), content: try columns.bytes())
        return (entry, try columns.bytes())
    }

    /// Facts that were recorded before there was a log: one entry stands for them all.
    static func takeIn(_ db: Database) throws {
        let newest = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM journal") ?? 0
        guard newest > 0 else { return }
        var digests: [[UInt8]] = [], at = Timestamp(milliseconds: 0)
        digests.reserveCapacity(Int(newest))
        let rows = try Row.fetchCursor(db, sql: "SELECT \(JournalTable.columns) FROM journal ORDER BY seq")
        while let row = try rows.next() {
            let fact = try JournalTable.fact(row)
            digests.append(fact.digest)
            at = fact.at
        }
        let tip = try AuditTip(db), entry = tip.facts(1...newest, digests, at: at), next = tip.after(entry)
        try db.execute(
            sql: insert,
            arguments: [
                entry.sequence, entry.at.milliseconds, entry.actor, entry.action, entry.object, entry.outcome, Data(entry.content), Data(next.hash),
            ])
    }
}

/// Where the log ends.
struct AuditTip: Sendable {
    var sequence: Int64
    var hash: [UInt8]

    init(sequence: Int64, hash: [UInt8]) { (self.sequence, self.hash) = (sequence, hash) }

    init(_ db: Database) throws {
        if let row = try Row.fetchOne(db, sql: "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1") {
            var columns = Columns(row, of: "audit")
            self.init(sequence: try columns.whole(), hash: try columns.bytes())
        } else {
            self.init(sequence: 0, hash: AuditChain.beginning(of: try [UInt8].fetchOne(db, "SELECT random FROM instance")))
        }
    }

    func after(_ entry: AuditEntry) -> AuditTip { AuditTip(sequence: entry.sequence, hash: AuditChain.link(hash, entry.digest)) }

    func entry(_ act: AuditAct, at: Timestamp) -> AuditEntry {
        AuditEntry(
            sequence: sequence + 1, at: at, actor: act.actor, action: act.action, object: act.object, outcome: act.outcome,
            content: AuditChain.content(of: act.content))
    }

    /// The entry that stands for the facts of one turn.
    func facts(_ numbers: ClosedRange<Int64>, _ digests: [[UInt8]], at: Timestamp) -> AuditEntry {
        AuditEntry(
            sequence: sequence + 1, at: at, actor: "loop", action: AuditEntry.facts, object: AuditEntry.factNumbers(numbers), outcome: "done",
            content: FactRow.digest(of: digests))
    }

    /// The entry that stands for what the accepted signals of one turn came in.
    func origins(_ numbers: ClosedRange<Int64>, _ digests: [[UInt8]], at: Timestamp) -> AuditEntry {
        AuditEntry(
            sequence: sequence + 1, at: at, actor: "loop", action: AuditEntry.origins, object: AuditEntry.factNumbers(numbers), outcome: "done",
            content: FactRow.digest(of: digests))
    }
}

/// What somebody did, before it has its place in the log.
public struct AuditAct: Sendable, Hashable {
    public var actor: String
    public var action: String
    public var object: String
    public var outcome: String
    /// What else belongs to it: only its hash is kept.
    public var content: [UInt8]
    public init(actor: String, action: String, object: String, outcome: String = "done", content: [UInt8] = []) {
        (self.actor, self.action, self.object, self.outcome, self.content) = (actor, action, object, outcome, content)
    }

    init(_ doer: Doer, _ action: String, _ object: String, outcome: String = "done", content: [UInt8] = []) {
        self.init(actor: doer.text, action: action, object: object, outcome: outcome, content: content)
    }
}

extension SQLiteStore {
    /// The newest entry of the log and its hash; 0 when there is none yet.
    public func auditEnd() throws -> (sequence: Int64, hash: [UInt8]) {
        try finder.read { db in
            let tip = try AuditTip(db)
            return (tip.sequence, tip.hash)
        }
    }

    /// Puts what somebody did on the log, durably.
    public func record(_ act: AuditAct) throws {
        try pool.writeWithoutTransaction { db in try audited(db) { _ in act } }
    }

    /// Changes something and puts it on the log, both or neither. `body` gives nil when there was nothing to change.
    func audited(_ db: Database, _ body: (Database) throws -> AuditAct?) throws {
        var next: AuditTip?
        try db.inTransaction(.immediate) {
            guard let act = try body(db) else { return .commit }
            let tip = try auditTip.withLock { $0 } ?? AuditTip(db)
            let entry = tip.entry(act, at: now()), end = tip.after(entry)
            try db.cachedStatement(sql: AuditTable.insert).execute(arguments: [
                entry.sequence, entry.at.milliseconds, entry.actor, entry.action, entry.object, entry.outcome, Data(entry.content), Data(end.hash),
            ])
            next = end
            return .commit
        }
        // Still on the writer's queue: nobody has written in between.
        if let next { auditTip.withLock { $0 = next } }
    }

    /// The same on the writer's queue, for a change that says whether there was one.
    func audited(_ act: AuditAct, _ change: @escaping @Sendable (Database) throws -> Bool) async throws -> Bool {
        try await audited { db in
            let isChanged = try change(db)
            return (isChanged, isChanged ? act : nil)
        }
    }

    /// The same for a change that says what there is to enter only once it is done, or nil.
    func audited<Outcome: Sendable>(_ change: @escaping @Sendable (Database) throws -> (Outcome, AuditAct?)) async throws -> Outcome {
        try await pool.writeWithoutTransaction { db in
            var outcome: Outcome?
            try self.audited(db) { db in
                let (result, act) = try change(db)
                outcome = result
                return act
            }
            guard let outcome else { preconditionFailure("a transaction that ended without its change") }
            return outcome
        }
    }
}
