import Foundation
import GRDB
import Synchronization
public import TradingEngine
public import TradingModel
public import TradingPorts

/// The questions of the API, each answered by one statement of `Question` on a reader of its own.
extension SQLiteStore: ReadModels {
    // MARK: Signals

    public func signals(_ owner: OwnerID, _ page: Page<SignalFilter>) async throws -> PageOf<SignalRow> {
        let before = try PageCursor.number(page.after, .signals), more = page.length + 1
        return try await pool.read { db in
            let rows =
                if let status = page.filter.status {
                    try Question.signalsByStatus.rows(db, [owner.rawValue, status.rawValue, before, more])
                } else {
                    try Question.signals.rows(db, StatementArguments(SignalStatus.allCases.flatMap { _ in [owner.rawValue, before] } + [Int64(more)]))
                }
            return try PageOf(rows.map { try SignalTable.row($0, db) }, .signals, length: page.length)
        }
    }

    public func signal(_ id: SignalID, owner: OwnerID) async throws -> SignalRow? {
        guard knownSignals.mayContain(id) else { return nil }
        return try find { db in try Question.signal.row(db, [owner.rawValue, id.stored]).map { try SignalTable.row($0, db).row } }
    }

    // MARK: Sessions and accounts

    public func sessions(_ owner: OwnerID, _ page: Page<SessionFilter>) async throws -> PageOf<SessionRow> {
        let before = try PageCursor.number(page.after, .sessions), more = page.length + 1
        return try await pool.read { db in
            let rows =
                if let phase = page.filter.phase {
                    try Question.sessionsByPhase.rows(db, [owner.rawValue, phase, before, more])
                } else {
                    try Question.sessions.rows(db, [owner.rawValue, before, more])
                }
            return try PageOf(
                rows.map { row in
                    let session = try SessionTable.row(row)
                    return (session.id.rawValue, session)
                }, .sessions, length: page.length)
        }
    }

    public func session(_ id: SessionID, owner: OwnerID) async throws -> SessionRow? {
        try await pool.read { db in try Question.session.row(db, [owner.rawValue, id.rawValue]).map(SessionTable.row) }
    }

    public func accounts(_ owner: OwnerID) async throws -> [AccountRow] {
        try await pool.read { db in try Question.accounts.rows(db, [owner.rawValue]).map(AccountTable.row) }
    }

    public func account(_ id: AccountID, owner: OwnerID) async throws -> AccountRow? {
        try await pool.read { db in try Question.account.row(db, [owner.rawValue, id.rawValue]).map(AccountTable.row) }
    }

    public func account(login: Label, owner: OwnerID) async throws -> AccountRow? {
        try await pool.read { db in try Question.accountByLogin.row(db, [owner.rawValue, login.text]).map(AccountTable.row) }
    }

    // MARK: Trades and refusals

    public func trades(_ owner: OwnerID, _ page: Page<TradeFilter>) async throws -> PageOf<TradeRow> {
        let before = try PageCursor.number(page.after, .trades), more = page.length + 1
        return try await pool.read { db in
            let rows =
                if let session = page.filter.session {
                    try Question.tradesOfSession.rows(db, [owner.rawValue, session.rawValue, before, more])
                } else {
                    try Question.trades.rows(db, [owner.rawValue, before, more])
                }
            return try PageOf(rows.map(TradeTable.row), .trades, length: page.length)
        }
    }

    public func trade(_ id: IntentID, owner: OwnerID) async throws -> TradeRow? {
        try find { db in
            try Question.trade.row(db, [owner.rawValue, id.session.rawValue, id.signal.stored]).map { try TradeTable.row($0).row }
        }
    }

    public func refusals(_ session: SessionID, owner: OwnerID) async throws -> [RefusalCount] {
        try await pool.read { db in
            try Question.refusals.rows(db, [owner.rawValue, session.rawValue]).map { row in
                var columns = Columns(row, of: "refusal")
                let strategy = try columns.text()
                return RefusalCount(
                    strategy: Label(strategy), refusal: try FactCodingParts.refusal(try columns.text()), count: try columns.whole(),
                    lastAt: try columns.moment())
            }
        }
    }

    public func isEmergencyStopped(_ owner: OwnerID) async throws -> Bool {
        try await pool.read { db in try Question.emergencyStop.row(db, [owner.rawValue])?[0] ?? false }
    }

    public func operatorsStop() async throws -> OperatorsStop? {
        try await pool.read { db in try Question.operatorsStop.row(db, []).map(OperateTables.stop) }
    }

    public func ending(_ owner: OwnerID) async throws -> Ending {
        try await pool.read { db in try OperateTables.ending(Question.ending.row(db, [owner.rawValue])) }
    }

    public func limits(_ owner: OwnerID) async throws -> ExposureLimits {
        try await pool.read { db in
            guard let text = try Question.ownerLimits.row(db, [owner.rawValue]).flatMap({ $0[0] as String? }) else { return .none }
            return try FactCodingParts.exposureLimits(text)
        }
    }

    // MARK: Facts

    public func facts(_ owner: OwnerID, after ownerSequence: Int64, limit: Int) async throws -> [JournalEntry] {
        try await pool.read { db in try Question.facts.rows(db, [owner.rawValue, ownerSequence, limit]).map(JournalTable.entry) }
    }

    public func newestFact(_ owner: OwnerID) async throws -> Int64 {
        try await pool.read { db in try Question.newestFact.row(db, [owner.rawValue])?[0] ?? 0 }
    }

    /// For a row or two found by their key: on the calling thread. That takes some 20 µs; to hand it to a reader's thread
    /// and be woken again takes five times as long, and every signal waits for two of them. It is never done with a reader of
    /// the pool: those may all be promised to questions that wait for a thread, and be waited for by every thread there is.
    func find<Value>(_ body: (Database) throws -> Value) throws -> Value { try finder.read(body) }

    // MARK: Answers, numbers

    public func remembered(_ owner: OwnerID, idempotencyKey: String) async throws -> RememberedAnswer? {
        let since = now().adding(seconds: -SQLiteStore.rememberedSeconds)
        return try find { db in
            try Question.remembered.row(db, [owner.rawValue, idempotencyKey, since.milliseconds]).map { row in
                var columns = Columns(row, of: "idempotency")
                return RememberedAnswer(requestHash: try columns.bytes(), status: Int(try columns.whole()), body: try columns.bytes())
            }
        }
    }

    public func remember(_ owner: OwnerID, idempotencyKey: String, _ answer: RememberedAnswer) async throws {
        let at = now(), since = at.adding(seconds: -SQLiteStore.rememberedSeconds)
        try await pool.write { db in
            try db.cachedStatement(sql: "DELETE FROM idempotency WHERE at < ?").execute(arguments: [since.milliseconds])
            try db.cachedStatement(
                sql: """
                    INSERT INTO idempotency (owner, key, request_hash, status, body, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """
            ).execute(arguments: [owner.rawValue, idempotencyKey, Data(answer.requestHash), answer.status, Data(answer.body), at.milliseconds])
        }
    }

    /// How long an answer is remembered: a day.
    static let rememberedSeconds: Int64 = 86_400
}

extension Question {
    func rows(_ db: Database, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }
    func cursor(_ db: Database, _ arguments: StatementArguments) throws -> RowCursor {
        try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    }
    func row(_ db: Database, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }
}

extension PageOf {
    /// From one row more than the page holds, if there is one.
    init(_ numbered: [(number: Int64, row: Row)], _ list: PageCursor.List, length: Int) {
        let rows = numbered.prefix(length)
        self.init(rows: rows.map(\.row), next: numbered.count > length ? PageCursor.text(list, after: rows.last!.number) : nil)
    }
}
