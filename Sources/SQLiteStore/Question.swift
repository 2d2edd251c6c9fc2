import TradingPorts

/// Every statement that reads for the API. All of them are listed, so that a test can hold each plan against a full
/// scan; each names the owner it asks for.
enum Question: CaseIterable, Sendable {
    case signals, signalsByStatus, signal, decisions
    case sessions, sessionsByPhase, session, anyonesSessions, anyonesSession, auditEntries
    case unclearTrades, inDoubtTrades, ambiguousTrades, anyonesTrade, anyonesEnding, ending, operatorsStop
    case accounts, account, accountByLogin
    case trades, tradesOfSession, trade
    case refusals, emergencyStop, ownerLimits
    case facts, newestFact
    case keyOwner, remembered
    case previousPlace, bought, boughtOpen, boughtWon, boughtLost, boughtEven, boughtTotals
    case boughtEarliest, boughtWonEarliest, boughtLostEarliest, boughtEvenEarliest
    case settled, settledOfSession
    case imported, previousDefaults, previouslyOther, previouslyOpen, previouslyWon, previouslyLost, previouslyEven
    case hooks, hook, anyonesHook, hookSecrets
    case people, person, personByEmail, personOfCode, visit, visits, knownNetwork, accessKeys, accessKey, realTrading, secondFactor
    case notices, unseenNotices

    /// Its arguments stand by position: the owner first, then what is sought, then where the page begins and its length.
    var sql: String {
        switch self {
        // Each status in its order, merged: an index by owner alone would be one more to write with every signal.
        case .signals:
            SignalStatus.allCases
                .map { "SELECT \(SignalTable.columns) FROM signal WHERE owner = ? AND status = '\($0.rawValue)' AND number < ?" }
                .joined(separator: " UNION ALL ") + " ORDER BY number DESC LIMIT ?"
        case .signalsByStatus: "SELECT \(SignalTable.columns) FROM signal WHERE owner = ? AND status = ? AND number < ? ORDER BY number DESC LIMIT ?"
        case .signal: "SELECT \(SignalTable.columns) FROM signal WHERE owner = ? AND id = ?"
        // Asked only about a signal that the owner was already found to have.
        case .decisions: "SELECT session, status, refusal, at FROM signal_decision WHERE signal = ? ORDER BY session"
        case .sessions: "SELECT \(SessionTable.shown) FROM session WHERE owner = ? AND id < ? ORDER BY id DESC LIMIT ?"
        case .sessionsByPhase: "SELECT \(SessionTable.shown) FROM session WHERE owner = ? AND phase = ? AND id < ? ORDER BY id DESC LIMIT ?"
        case .session: "SELECT \(SessionTable.shown) FROM session WHERE owner = ? AND id = ?"
        // For operators and auditors.
        case .anyonesSessions: "SELECT \(SessionTable.shown) FROM session WHERE id < ? ORDER BY id DESC LIMIT ?"
        case .anyonesSession: "SELECT \(SessionTable.shown) FROM session WHERE id = ?"
        case .auditEntries: "SELECT \(AuditTable.columns) FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?"
        case .unclearTrades: UnclearFilter.State.allCases.map(OperateTables.trades).joined(separator: " UNION ALL ") + " ORDER BY 1 DESC LIMIT ?"
        case .inDoubtTrades: OperateTables.trades(.inDoubt) + " ORDER BY trade.number DESC LIMIT ?"
        case .ambiguousTrades: OperateTables.trades(.ambiguous) + " ORDER BY trade.number DESC LIMIT ?"
        case .anyonesTrade: TradeTable.select + "WHERE trade.session = ? AND trade.signal = ?"
        case .anyonesEnding: OperateTables.ending + "owner > 0"
        case .ending: OperateTables.ending + "owner = ?"
        case .operatorsStop: OperateTables.select
        case .accounts: "SELECT \(AccountTable.shown) FROM account WHERE owner = ? AND NOT is_removed ORDER BY id"
        case .account: "SELECT \(AccountTable.shown) FROM account WHERE owner = ? AND id = ?"
        case .accountByLogin: "SELECT \(AccountTable.shown) FROM account WHERE owner = ? AND login_id = ? AND NOT is_removed"
        case .trades: TradeTable.select + "WHERE trade.owner = ? AND trade.number < ? ORDER BY trade.number DESC LIMIT ?"
        case .tradesOfSession: TradeTable.select + "WHERE trade.owner = ? AND trade.session = ? AND trade.number < ? ORDER BY trade.number DESC LIMIT ?"
        case .trade: TradeTable.select + "WHERE trade.owner = ? AND trade.session = ? AND trade.signal = ?"
        case .refusals: "SELECT strategy, refusal, count, last_at FROM refusal WHERE owner = ? AND session = ? ORDER BY strategy, code"
        case .emergencyStop: "SELECT emergency_stopped FROM owner_standing WHERE owner = ?"
        case .ownerLimits: "SELECT limits FROM owner_standing WHERE owner = ?"
        case .previousPlace: "SELECT account, session, scopes, is_valid, validated_at FROM previous_place WHERE owner = ?"
        case .bought: TradeTable.numbered("contract_id IS NOT NULL")
        case .boughtOpen: TradeTable.numbered("state = 'open'")
        case .boughtWon: TradeTable.numbered("state = 'settled' AND payout > price")
        case .boughtLost: TradeTable.numbered("state = 'settled' AND payout < price")
        case .boughtEven: TradeTable.numbered("state = 'settled' AND payout = price")
        case .boughtEarliest: TradeTable.numbered("contract_id IS NOT NULL", earliest: true)
        case .boughtWonEarliest: TradeTable.numbered("state = 'settled' AND payout > price", earliest: true)
        case .boughtLostEarliest: TradeTable.numbered("state = 'settled' AND payout < price", earliest: true)
        case .boughtEvenEarliest: TradeTable.numbered("state = 'settled' AND payout = price", earliest: true)
        // A million rows are not counted again and again: each session has counted its own. What one had counted in the previous system
        // are no rows here; those of it that are, `imported` counts.
        case .boughtTotals:
            """
            SELECT coalesce(sum(trades - there), 0), coalesce(sum(settled - there), 0), coalesce(sum(wins - won), 0), coalesce(sum(losses - lost), 0) FROM (
                SELECT trades, settled, wins, losses, coalesce(json_extract(previous, '$.trades'), 0) AS there,
                    coalesce(json_extract(previous, '$.wins'), 0) AS won, coalesce(json_extract(previous, '$.losses'), 0) AS lost
                FROM session WHERE owner = ?)
            """
        case .settled:
            """
            SELECT \(TradeTable.settledColumns) FROM trade
            WHERE owner = ? AND state = 'settled' AND settled_at >= ? AND settled_at < ? ORDER BY settled_at, number
            """
        case .settledOfSession:
            """
            SELECT \(TradeTable.settledColumns) FROM trade
            WHERE owner = ? AND session = ? AND state = 'settled' AND settled_at >= ? AND settled_at < ? ORDER BY settled_at, number
            """
        case .imported:
            """
            SELECT currency, exponent, count(*), sum(state = 'settled'), sum(state = 'settled' AND payout > price), sum(state = 'settled' AND payout < price),
                sum(CASE WHEN state = 'settled' THEN payout - price ELSE 0 END)
            FROM trade INDEXED BY trade_previous_sums WHERE owner = ? AND previous_status IS NOT NULL GROUP BY currency, exponent
            """
        case .previousDefaults:
            """
            SELECT trades_per_day, daily_loss, risk_per_trade, drawdown FROM previous_settings
            WHERE owner = ? AND broker = 'deriv' AND is_enabled ORDER BY place LIMIT 1
            """
        case .previouslyOther: TradeTable.previously(nil)
        case .previouslyOpen: TradeTable.previously("state = 'open'")
        case .previouslyWon: TradeTable.previously("state = 'settled' AND payout > price")
        case .previouslyLost: TradeTable.previously("state = 'settled' AND payout < price")
        case .previouslyEven: TradeTable.previously("state = 'settled' AND payout = price")
        case .hooks: "SELECT \(HookTable.columns) FROM hook WHERE owner = ? ORDER BY created_at, id"
        case .hook: "SELECT \(HookTable.columns) FROM hook WHERE owner = ? AND id = ?"
        // Asked for an alert, which proves itself with the hook's secret, and for a hook that the owner was found to have.
        case .anyonesHook: "SELECT \(HookTable.columns) FROM hook WHERE id = ?"
        case .hookSecrets: "SELECT version, bytes, created_at FROM hook_secret WHERE hook = ? ORDER BY version"
        // For an admin, and for the way in: nobody's own yet.
        case .people: "SELECT \(PeopleTables.columns) FROM person WHERE owner > 0 ORDER BY owner"
        case .person: "SELECT \(PeopleTables.columns) FROM person WHERE owner = ?"
        case .personByEmail: "SELECT \(PeopleTables.columns) FROM person WHERE email_key = ?"
        // Whoever has the cookie is its person.
        case .visit: "SELECT \(VisitTable.columns) FROM visit WHERE hash = ?"
        case .visits: "SELECT \(VisitTable.columns) FROM visit WHERE person = ? ORDER BY began_at"
        case .knownNetwork:
            """
            SELECT 1 FROM person JOIN log_in_network ON log_in_network.person = person.owner WHERE person.email_key = ? AND log_in_network.network = ?
            """
        case .accessKey: "SELECT 1 FROM access_key WHERE id = ?"
        case .notices: "SELECT \(NoticeTable.columns) FROM notice WHERE owner = ? ORDER BY number DESC"
        case .unseenNotices: "SELECT count(*) FROM notice WHERE owner = ? AND seen_at IS NULL"
        case .secondFactor: "SELECT sealed, confirmed_at FROM second_factor WHERE person = ?"
        case .realTrading: "SELECT enabled_at FROM real_trading WHERE owner = ? AND account = ?"
        case .accessKeys: "SELECT \(AccessKeyTable.columns) FROM access_key WHERE owner = ? ORDER BY created_at"
        case .personOfCode:
            """
            SELECT \(PeopleTables.columns) FROM person
            WHERE owner = (
                SELECT person FROM one_time_code WHERE hash = ? AND purpose = 'set_password' AND used_at IS NULL AND valid_until > ?)
                AND disabled_at IS NULL
            """
        case .facts: "SELECT \(JournalTable.columns) FROM journal WHERE owner = ? AND owner_seq > ? ORDER BY owner_seq LIMIT ?"
        case .newestFact: "SELECT max(owner_seq) FROM journal WHERE owner = ?"
        case .keyOwner: "SELECT owner FROM api_key WHERE hash = ?"
        case .remembered: "SELECT request_hash, status, body FROM idempotency WHERE owner = ? AND key = ? AND at >= ?"
        }
    }
}
