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
        // Open contracts are few.
        let (newest, earliest): (Question, Question?) =
            switch outcome {
            case nil: (.bought, .boughtEarliest)
            case .open: (.boughtOpen, nil)
            case .won: (.boughtWon, .boughtWonEarliest)
            case .lost: (.boughtLost, .boughtLostEarliest)
            case .even: (.boughtEven, .boughtEvenEarliest)
            }
        return try await pool.read { db in
            guard let sums = try Question.boughtTotals.row(db, [owner.rawValue]) else { preconditionFailure("sums are always one row") }
            let trades: Int64 = sums[0], settled: Int64 = sums[1], won: Int64 = sums[2], lost: Int64 = sums[3]
            let total =
                switch outcome {
                case nil: trades
                case .open: trades - settled
                case .won: won
                case .lost: lost
                case .even: settled - won - lost
                }
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
    }
}
