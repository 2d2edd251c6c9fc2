/// Every statement that a turn is written with, compiled once. Arguments stand by position.
enum WriteStatement: Int, CaseIterable {
    case begin, commit, rollback, epoch
    case fact, audit, origin
    case account, accountFigures, session, sessionFigures
    case signal, refreshSignal, decision, closePending, refusal
    case trade, tradeState, tradeRejected, tradeBought, tradeSettled
    case emergencyStop, operatorsStop, operatorsStopLifted, ownerLimits, outsideTrade
    case previousSession, previousSignal, previousTrade

    var sql: String {
        switch self {
        case .begin: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        case .rollback: "ROLLBACK"
        case .epoch: LeaseTable.current
        case .fact: "INSERT INTO journal (\(JournalTable.columns), intended, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        case .audit: AuditTable.insert
        case .origin: OriginTable.insert
        case .account: AccountTable.upsert
        case .accountFigures: AccountTable.figures
        case .session: SessionTable.upsert
        case .sessionFigures: SessionTable.figures
        case .signal:
            """
            INSERT INTO signal (owner, id, session, source, strategy, symbol, kind, duration, stake, issued_at, valid_until, accepted_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        // What has become of a signal over all sessions: the first of these words that any session says.
        case .refreshSignal:
            """
            UPDATE signal SET status = coalesce((
                SELECT CASE min(CASE status WHEN 'pending' THEN 1 WHEN 'intended' THEN 2 WHEN 'cancelled' THEN 3 WHEN 'expired' THEN 4 ELSE 5 END)
                    WHEN 1 THEN 'pending' WHEN 2 THEN 'intended' WHEN 3 THEN 'cancelled' WHEN 4 THEN 'expired' WHEN 5 THEN 'refused' END
                FROM signal_decision WHERE signal = ?1), 'pending')
            WHERE id = ?1
            """
        case .decision:
            """
            INSERT INTO signal_decision (signal, session, status, refusal, at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (signal, session) DO UPDATE SET status = excluded.status, refusal = excluded.refusal, at = excluded.at
            """
        case .closePending: "UPDATE signal_decision SET status = ?, at = ? WHERE signal = ? AND status = 'pending'"
        case .refusal:
            """
            INSERT INTO refusal (session, strategy, code, owner, refusal, count, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (session, strategy, code)
            DO UPDATE SET refusal = excluded.refusal, count = count + excluded.count, last_at = excluded.last_at
            """
        case .trade:
            """
            INSERT INTO trade (owner, account, session, signal, symbol, kind, duration, stake, currency, exponent, intended_at, day, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intended')
            """
        case .tradeState: "UPDATE trade SET state = ? WHERE session = ? AND signal = ?"
        case .tradeRejected: "UPDATE trade SET state = 'rejected', rejection = ? WHERE session = ? AND signal = ?"
        case .tradeBought:
            """
            UPDATE trade SET state = 'open', contract_id = ?, bought_by = ?, price = ?, possible_payout = ?, purchased_at = ?
            WHERE session = ? AND signal = ? AND currency = ?
            """
        case .tradeSettled:
            """
            UPDATE trade SET state = 'settled', settled_by = ?, payout = ?, settled_at = ?
            WHERE session = ? AND signal = ? AND contract_id = ? AND currency = ?
            """
        case .emergencyStop:
            """
            INSERT INTO owner_standing (owner, emergency_stopped) VALUES (?, ?)
            ON CONFLICT (owner) DO UPDATE SET emergency_stopped = excluded.emergency_stopped
            """
        case .operatorsStop: OperateTables.insert
        case .operatorsStopLifted: OperateTables.delete
        case .ownerLimits:
            """
            INSERT INTO owner_standing (owner, emergency_stopped, limits) VALUES (?, 0, ?)
            ON CONFLICT (owner) DO UPDATE SET limits = excluded.limits
            """
        case .previousSession: "UPDATE session SET previous_id = ?, previous = ? WHERE id = ?"
        // One without an id there stands for a signal that only its trade tells of; the signal itself says more.
        case .previousSignal:
            """
            INSERT INTO signal (owner, id, source, symbol, kind, issued_at, valid_until, accepted_at, status, previous_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET source = excluded.source, symbol = excluded.symbol, kind = excluded.kind, issued_at = excluded.issued_at,
                valid_until = excluded.valid_until, accepted_at = excluded.accepted_at, status = excluded.status, previous_id = excluded.previous_id
            WHERE excluded.previous_id IS NOT NULL
            """
        case .previousTrade:
            """
            INSERT INTO trade (owner, account, session, signal, symbol, kind, duration, stake, currency, exponent, intended_at, day, state, contract_id,
                bought_by, price, possible_payout, purchased_at, payout, settled_at, previous_id, previous_status, previous)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        // The broker's ledger may be walked again: what is there already is the same.
        case .outsideTrade:
            """
            INSERT INTO outside_trade (account, contract_id, booking, owner, price, currency, exponent, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """
        }
    }
}
