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
        let until = (filter.until ?? .distantFuture).milliseconds
        return try await pool.read { db in
            var result = result
            let cursor =
                if let session = filter.session {
                    try Question.settledOfSession.cursor(db, [owner.rawValue, session.rawValue, until])
                } else {
                    try Question.settled.cursor(db, [owner.rawValue, until])
                }
            while let row = try cursor.next() { try add(&result, try TradeTable.settled(row)) }
            return result
        }
    }

    public func bought(_ owner: OwnerID, _ outcome: BoughtOutcome?, limit: Int, offset: Int) async throws -> (rows: [TradeRow], total: Int64) {
        let word = TradeTable.word(outcome)
        return try await pool.read { db in
            let rows = try Question.bought.rows(db, [owner.rawValue, word, limit, offset]).map { try TradeTable.row($0).row }
            return (rows, try Question.boughtCount.row(db, [owner.rawValue, word])?[0] ?? 0)
        }
    }
}
