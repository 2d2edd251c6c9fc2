import GRDB
public import TradingModel
public import TradingPorts

// Which accounts with real money may trade.
extension SQLiteStore: RealTradingStore {
    public func realTrading(_ account: AccountID, owner: OwnerID) async throws -> Timestamp? {
        try await pool.read { db in
            try Question.realTrading.row(db, [owner.rawValue, account.rawValue]).map { row in
                var columns = Columns(row, of: "real_trading")
                return try columns.moment()
            }
        }
    }

    public func keepRealTrading(_ account: AccountID, owner: OwnerID, at: Timestamp?, by doer: Doer) async throws {
        let now = now()
        return try await audited { db in
            try db.execute(sql: "DELETE FROM real_trading WHERE owner = ? AND account = ?", arguments: [owner.rawValue, account.rawValue])
            let wasEnabled = db.changesCount > 0
            guard let at else {
                if wasEnabled { try NoticeTable.add(db, .realMoneyOff, of: owner, about: "account \(account)", by: doer, at: now) }
                return ((), wasEnabled ? AuditAct(doer, "real money disable", "account \(account)") : nil)
            }
            try NoticeTable.add(db, .realMoneyOn, of: owner, about: "account \(account)", by: doer, at: now)
            try db.execute(
                sql: "INSERT INTO real_trading (account, owner, enabled_at) VALUES (?, ?, ?)",
                arguments: [account.rawValue, owner.rawValue, at.milliseconds])
            return ((), AuditAct(doer, "real money enable", "account \(account)"))
        }
    }
}
