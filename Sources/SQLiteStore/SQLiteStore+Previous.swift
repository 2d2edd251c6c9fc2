import GRDB
public import TradingModel
public import TradingPorts

// What the previous system's endpoints ask.
extension SQLiteStore {
    public func previousPlace(_ owner: OwnerID) async throws -> PreviousPlace? {
        try await pool.read { db in
            try Question.previousPlace.row(db, [owner.rawValue]).map { row in
                var columns = Columns(row, of: "previous_place")
                let account = try columns.wholeIfAny().map(AccountID.init(rawValue:)), session = try columns.wholeIfAny().map(SessionID.init(rawValue:))
                let scopes = try columns.text().split(separator: " ").map(String.init), isValid = try columns.flag()
                return PreviousPlace(account: account, session: session, scopes: scopes, isValid: isValid, validatedAt: try columns.momentIfAny())
            }
        }
    }

    public func keep(_ place: PreviousPlace, owner: OwnerID) async throws {
        try await pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO previous_place (owner, account, session, scopes, is_valid, validated_at) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (owner) DO UPDATE SET account = excluded.account, session = excluded.session, scopes = excluded.scopes,
                        is_valid = excluded.is_valid, validated_at = excluded.validated_at
                    """,
                arguments: [
                    owner.rawValue, place.account?.rawValue, place.session?.rawValue, place.scopes.joined(separator: " "), place.isValid,
                    place.validatedAt?.milliseconds,
                ])
        }
    }

    public func settled<Result: Sendable>(
        _ owner: OwnerID, _ filter: SettledFilter, into result: Result,
        _ add: @escaping @Sendable (inout Result, SettledTrade) throws -> Void
    ) async throws -> Result {
        let from = (filter.from ?? Timestamp(milliseconds: .min)).milliseconds, until = (filter.until ?? .distantFuture).milliseconds
        return try await pool.read { db in
            var result = result
            if let session = filter.session {
                try SettledRows.each(db, .settledOfSession, [owner.rawValue, session.rawValue, from, until]) { try add(&result, $0) }
            } else {
                try SettledRows.each(db, .settled, [owner.rawValue, from, until]) { try add(&result, $0) }
            }
            return result
        }
    }

    public func bought(_ owner: OwnerID, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (rows: [TradeRow], total: Int64) {
        try await pool.read { db in try SQLiteStore.bought(owner, outcome, limit: limit, offset: offset, imported: SQLiteStore.imported(owner, db), db) }
    }

    private static func bought(_ owner: OwnerID, _ outcome: BoughtOutcome?, limit: Int, offset: Int, imported: [ImportedTotals], _ db: Database) throws -> (
        rows: [TradeRow], total: Int64
    ) {
        // Open contracts are few.
        let (newest, earliest): (Question, Question?) =
            switch outcome {
            case nil: (.bought, .boughtEarliest)
            case .open: (.boughtOpen, nil)
            case .won: (.boughtWon, .boughtWonEarliest)
            case .lost: (.boughtLost, .boughtLostEarliest)
            case .even: (.boughtEven, .boughtEvenEarliest)
            }
        var sums = try Sums(ofOurs: owner, db)
        for totals in imported { sums.add(totals) }
        let total = sums.total(outcome)
        // The way to a page is from the nearer end: half of a million rows are skipped at most.
        let found: [Row]
        if let earliest, offset > total / 2 {
            let after = Int(total) - offset, page = min(limit, max(after, 0))
            found = page > 0 ? try earliest.rows(db, [owner.rawValue, page, after - page]) : []
        } else {
            found = try newest.rows(db, [owner.rawValue, limit, offset])
        }
        let rows = try found.map { try TradeTable.row($0) }.sorted { $0.number > $1.number }
        return (rows.map(\.row), total)
    }

    public func bought(_ owner: OwnerID, previously word: String, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (
        rows: [TradeRow], total: Int64
    ) {
        let question: Question =
            switch outcome {
            case nil: .previouslyOther
            case .open: .previouslyOpen
            case .won: .previouslyWon
            case .lost: .previouslyLost
            case .even: .previouslyEven
            }
        return try await pool.read { db in
            // Who brought nothing along has no words but ours, and pages far down are reached from the nearer end.
            let imported = try SQLiteStore.imported(owner, db)
            if imported.isEmpty {
                return outcome == nil ? ([], 0) : try SQLiteStore.bought(owner, outcome, limit: limit, offset: offset, imported: imported, db)
            }
            let arguments: StatementArguments = outcome == nil ? [owner.rawValue, word, limit, offset] : [owner.rawValue, word, owner.rawValue, limit, offset]
            let rows = try question.rows(db, arguments).map { try TradeTable.row($0) }.sorted { $0.number > $1.number }
            let theirs = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM trade WHERE owner = ? AND previous_status = ?"), arguments: [owner.rawValue, word])
            return (rows.map(\.row), try (theirs ?? 0) + (outcome == nil ? 0 : Sums(ofOurs: owner, db).total(outcome)))
        }
    }

    public func imported(_ owner: OwnerID) async throws -> [ImportedTotals] { try await pool.read { db in try SQLiteStore.imported(owner, db) } }

    private static func imported(_ owner: OwnerID, _ db: Database) throws -> [ImportedTotals] {
        try Question.imported.rows(db, [owner.rawValue]).map { row in
            var columns = Columns(row, of: "trade")
            let currency = try columns.currency(), trades = try columns.whole(), settled = try columns.whole(), wins = try columns.whole()
            return ImportedTotals(
                trades: trades, settled: settled, wins: wins, losses: try columns.whole(), profit: Money(minorUnits: try columns.whole(), currency: currency))
        }
    }

    public func previousDefaults(_ owner: OwnerID) async throws -> PreviousDefaults? {
        try await pool.read { db in
            try Question.previousDefaults.row(db, [owner.rawValue]).map { row in
                PreviousDefaults(tradesPerDay: row[0], dailyLoss: row[1], riskPerTrade: row[2], drawdown: row[3])
            }
        }
    }
}

/// How many contracts were bought and how they ended.
private struct Sums {
    var trades: Int64, settled: Int64, won: Int64, lost: Int64

    /// As our sessions have counted them.
    init(ofOurs owner: OwnerID, _ db: Database) throws {
        guard let sums = try Question.boughtTotals.row(db, [owner.rawValue]) else { preconditionFailure("sums are always one row") }
        (trades, settled, won, lost) = (sums[0], sums[1], sums[2], sums[3])
    }

    mutating func add(_ totals: ImportedTotals) {
        trades += totals.trades
        settled += totals.settled
        won += totals.wins
        lost += totals.losses
    }

    func total(_ outcome: BoughtOutcome?) -> Int64 {
        switch outcome {
        case nil: trades
        case .open: trades - settled
        case .won: won
        case .lost: lost
        case .even: settled - won - lost
        }
    }
}
