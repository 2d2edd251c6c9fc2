import GRDB
import TradingEngine
import TradingPorts

/// Migration 20. Never edit it. Operators' stop of everybody's trading, and what operators look for among everybody's sessions and trades.
enum OperateTables {
    static let tables = """
        CREATE TABLE operators_stop (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            since INTEGER NOT NULL,
            stopped_by TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX trade_in_doubt ON trade (number) WHERE state = 'in_doubt';
        CREATE INDEX trade_ambiguous ON trade (number) WHERE state = 'ambiguous';
        CREATE INDEX session_stopping ON session (owner) WHERE phase = 'stopping';
        """

    static let insert = "INSERT OR REPLACE INTO operators_stop (id, since, stopped_by, reason) VALUES (1, ?, ?, ?)"
    static let delete = "DELETE FROM operators_stop WHERE id = 1"
    static let select = "SELECT since, stopped_by, reason FROM operators_stop WHERE id = 1"

    /// The newest of these trades that are so.
    static func trades(_ state: UnclearFilter.State) -> String {
        TradeTable.select + "WHERE trade.state = '\(state.rawValue)' AND trade.number < ?"
    }

    static let ending = "SELECT count(*), coalesce(sum(open_contracts), 0), coalesce(sum(unresolved), 0) FROM session WHERE phase = 'stopping' AND "

    static func ending(_ row: Row?) throws -> Ending {
        guard let row else { return Ending(sessions: 0, openContracts: 0, unresolvedBuys: 0) }
        var columns = Columns(row, of: "session")
        return Ending(sessions: try columns.whole(), openContracts: try columns.whole(), unresolvedBuys: try columns.whole())
    }

    static func stop(_ row: Row) throws -> OperatorsStop {
        var columns = Columns(row, of: "operators_stop")
        return OperatorsStop(since: try columns.moment(), by: try columns.label(), reason: try columns.text())
    }
}
