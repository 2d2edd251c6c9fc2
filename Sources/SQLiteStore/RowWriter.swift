import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// Applies what follows from facts to the tables, each change with one prepared statement or two.
struct RowWriter {
    let db: Database

    func apply(_ change: RowChange) throws {
        switch change {
        case .account(let row): try write(row)
        case .session(let row): try write(row)
        case .signal(let signal, let acceptedAt): try insert(signal, acceptedAt: acceptedAt)
        case .decision(let signal, let row): try write(row, of: signal)
        case .closePending(let signal, let status, let at):
            try run("UPDATE signal_decision SET status = ?, at = ? WHERE signal = ? AND status = 'pending'", [status.rawValue, at.milliseconds, signal.stored])
            try refreshStatus(of: signal)
        case .refusePending(let session, let refusal, let at): try refusePending(session, refusal, at: at)
        case .trade(let intent, let owner): try insert(intent, owner: owner)
        case .tradeState(let id, let state):
            try run("UPDATE trade SET state = ? WHERE session = ? AND signal = ?", [state.rawValue, id.session.rawValue, id.signal.stored])
            try requireOne("trade", of: id)
        case .tradeRejected(let id, let rejection):
            try run("UPDATE trade SET state = 'rejected', rejection = ? WHERE session = ? AND signal = ?",
                    [rejection.code.text, id.session.rawValue, id.signal.stored])
            try requireOne("trade", of: id)
        case .tradeBought(let id, let contract): try bought(id, contract)
        case .tradeSettled(let id, let settlement): try settled(id, settlement)
        case .refusals(let session, let owner, let count): try add(count, session: session, owner: owner)
        case .emergencyStop(let owner, let isStopped):
            try run("""
                INSERT INTO owner_standing (owner, emergency_stopped) VALUES (?, ?)
                ON CONFLICT (owner) DO UPDATE SET emergency_stopped = excluded.emergency_stopped
                """, [owner.rawValue, isStopped])
        case .outsideTrade(let account, let owner, let contract, let booking, let price, let at):
            // The broker's ledger may be walked again: what is there already is the same.
            try run("""
                INSERT INTO outside_trade (account, contract_id, booking, owner, price, currency, exponent, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, [account.rawValue, contract.rawValue, booking.rawValue, owner.rawValue, price.minorUnits,
                      price.currency.code, price.currency.exponent, at.milliseconds])
        }
    }

    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The change before met exactly one row.
    private func requireOne(_ table: String, of what: some CustomStringConvertible) throws {
        guard db.changesCount == 1 else { throw SQLiteStoreError.rowMissing(table: table, of: what.description) }
    }

    // MARK: Signals

    private func insert(_ signal: Signal, acceptedAt: Timestamp) throws {
        try run("""
            INSERT INTO signal (id, owner, session, source, strategy, symbol, kind, duration, issued_at, valid_until, accepted_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
            """, [signal.id.stored, signal.owner.rawValue, signal.session?.rawValue, signal.source.text, signal.strategy?.text, signal.symbol.text,
                  signal.kind.name, signal.duration?.text, signal.issuedAt.milliseconds, signal.validUntil.milliseconds, acceptedAt.milliseconds])
    }

    private func write(_ row: SignalDecisionRow, of signal: SignalID) throws {
        try run("""
            INSERT INTO signal_decision (signal, session, status, refusal, at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (signal, session) DO UPDATE SET status = excluded.status, refusal = excluded.refusal, at = excluded.at
            """, [signal.stored, row.session?.rawValue ?? 0, row.status.rawValue, row.refusal.map(FactCodingParts.text), row.at.milliseconds])
        try refreshStatus(of: signal)
    }

    private func refusePending(_ session: SessionID, _ refusal: Refusal, at: Timestamp) throws {
        let waiting = try Row.fetchAll(db.cachedStatement(sql: "SELECT signal FROM signal_decision WHERE session = ? AND status = 'pending' ORDER BY signal"),
                                       arguments: [session.rawValue])
        for row in waiting {
            var columns = Columns(row, of: "signal_decision")
            try write(SignalDecisionRow(session: session, status: .refused, refusal: refusal, at: at), of: try columns.signalID())
        }
    }

    /// What has become of a signal over all sessions: the first of these words that any session says.
    private func refreshStatus(of signal: SignalID) throws {
        try run("""
            UPDATE signal SET status = coalesce((
                SELECT CASE min(CASE status WHEN 'pending' THEN 1 WHEN 'intended' THEN 2 WHEN 'cancelled' THEN 3 WHEN 'expired' THEN 4 ELSE 5 END)
                    WHEN 1 THEN 'pending' WHEN 2 THEN 'intended' WHEN 3 THEN 'cancelled' WHEN 4 THEN 'expired' WHEN 5 THEN 'refused' END
                FROM signal_decision WHERE signal = ?1), 'pending')
            WHERE id = ?1
            """, [signal.stored])
    }

    private func add(_ count: RefusalCount, session: SessionID, owner: OwnerID) throws {
        try run("""
            INSERT INTO refusal (session, strategy, code, owner, refusal, count, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (session, strategy, code)
            DO UPDATE SET refusal = excluded.refusal, count = count + excluded.count, last_at = excluded.last_at
            """, [session.rawValue, count.strategy?.text ?? "", count.refusal.code.rawValue, owner.rawValue, FactCodingParts.text(count.refusal),
                  count.count, count.lastAt.milliseconds])
    }

    // MARK: Trades

    private func insert(_ intent: BuyIntent, owner: OwnerID) throws {
        let stake = intent.stake.amount
        try run("""
            INSERT INTO trade (owner, account, session, signal, symbol, kind, duration, stake, currency, exponent, intended_at, day, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intended')
            """, [owner.rawValue, intent.account.rawValue, intent.id.session.rawValue, intent.id.signal.stored, intent.terms.symbol.text,
                  intent.terms.kind.name, intent.terms.duration.text, stake.minorUnits, stake.currency.code, stake.currency.exponent,
                  intent.intendedAt.milliseconds, intent.day.daysSince1970])
    }

    private func bought(_ id: IntentID, _ contract: Contract) throws {
        let currency = contract.price.currency
        try run("""
            UPDATE trade SET state = 'open', contract_id = ?, bought_by = ?, price = ?, possible_payout = ?, purchased_at = ?
            WHERE session = ? AND signal = ? AND currency = ?
            """, [contract.id.rawValue, contract.transaction.rawValue, contract.price.minorUnits, contract.payout.units(in: currency),
                  contract.purchasedAt.milliseconds, id.session.rawValue, id.signal.stored, currency.code])
        try requireOne("trade", of: "intent \(id) in \(currency)")
    }

    private func settled(_ id: IntentID, _ settlement: Settlement) throws {
        try run("""
            UPDATE trade SET state = 'settled', settled_by = ?, payout = ?, settled_at = ?
            WHERE session = ? AND signal = ? AND contract_id = ? AND currency = ?
            """, [settlement.transaction?.rawValue, settlement.payout.minorUnits, settlement.settledAt.milliseconds, id.session.rawValue,
                  id.signal.stored, settlement.contract.rawValue, settlement.payout.currency.code])
        try requireOne("trade", of: "intent \(id) with contract \(settlement.contract) in \(settlement.payout.currency)")
    }
}
