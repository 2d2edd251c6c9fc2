import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// A session's columns, written and read in one order.
enum SessionTable {
    static let columns = fixed + ", " + changing
    private static let fixed = "id, owner, account, currency, exponent, created_at"
    private static let changing = """
        plan, phase, pause, started_at, stopped_at, last_trade_at, failure, start_balance, profit, peak, current_drawdown, \
        greatest_drawdown, trades, wins, losses, settled, settled_stakes, settled_possible_payouts, day, trades_today, \
        profit_today, losses_in_a_row, open_contracts, unresolved, exposure, waiting
        """

    static let upsert: String = {
        let count = columns.split(separator: ",").count
        let changes = changing.split(separator: ",").map { $0.drop { $0 == " " } }.map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO session (\(columns)) VALUES (\(Array(repeating: "?", count: count).joined(separator: ", ")))
            ON CONFLICT (id) DO UPDATE SET \(changes.joined(separator: ", "))
            """
    }()

    static func row(_ row: Row) throws -> SessionRow {
        var columns = Columns(row, of: "session")
        let id = try columns.session(), owner = try columns.owner(), account = try columns.account(), currency = try columns.currency()
        let createdAt = try columns.moment()
        let plan = try FactCodingParts.plan(try columns.text())
        let phaseName = try columns.text(), pause = try columns.textIfAny()
        guard let phase = try SessionPhase(name: phaseName, pause: pause) else { throw columns.unreadable("the cause of a pause, in phase \(phaseName)") }
        return SessionRow(
            id: id, owner: owner, account: account, plan: plan, phase: phase, createdAt: createdAt, startedAt: try columns.momentIfAny(),
            stoppedAt: try columns.momentIfAny(), lastTradeAt: try columns.momentIfAny(), failure: try columns.textIfAny(),
            startBalance: try columns.money(currency), profit: try columns.money(currency), peak: try columns.money(currency),
            currentDrawdown: try columns.whole(), greatestDrawdown: try columns.whole(), trades: try columns.whole(), wins: try columns.whole(),
            losses: try columns.whole(), settled: try columns.whole(), settledStakes: try columns.money(currency),
            settledPossiblePayouts: try columns.money(currency), day: try columns.smallIfAny().map(TradingDay.init(daysSince1970:)),
            tradesToday: try columns.small(), profitToday: try columns.money(currency), lossesInARow: try columns.small(),
            openContracts: try columns.small(), unresolved: try columns.small(), exposure: try columns.money(currency), waiting: try columns.small())
    }
}

extension RowWriter {
    func write(_ row: SessionRow) throws {
        let currency = row.profit.currency
        let pause: String? = if case .paused(let cause) = row.phase { FactCodingParts.text(cause) } else { nil }
        try run(SessionTable.upsert, [
            row.id.rawValue, row.owner.rawValue, row.account.rawValue, currency.code, currency.exponent, row.createdAt.milliseconds,
            FactCodingParts.text(row.plan), row.phase.name, pause, row.startedAt?.milliseconds, row.stoppedAt?.milliseconds,
            row.lastTradeAt?.milliseconds, row.failure, row.startBalance.units(in: currency), row.profit.minorUnits, row.peak.units(in: currency),
            row.currentDrawdown, row.greatestDrawdown, row.trades, row.wins, row.losses, row.settled, row.settledStakes.units(in: currency),
            row.settledPossiblePayouts.units(in: currency), row.day?.daysSince1970, row.tradesToday, row.profitToday.units(in: currency),
            row.lossesInARow, row.openContracts, row.unresolved, row.exposure.units(in: currency), row.waiting,
        ])
    }
}

extension SessionPhase {
    /// Nil when there is no such phase, or a pause without its cause.
    init?(name: String, pause: String?) throws {
        switch name {
        case "idle": self = .idle
        case "starting": self = .starting
        case "active": self = .active
        case "paused":
            guard let pause else { return nil }
            self = .paused(try FactCodingParts.pauseCause(pause))
        case "stopping": self = .stopping
        case "stopped": self = .stopped
        case "failed": self = .failed
        default: return nil
        }
    }
}
