import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// A session's columns, written and read in one order.
enum SessionTable {
    static let columns = "id, owner, account, currency, exponent, created_at, " + standing + ", " + figureColumns.joined(separator: ", ")
    private static let standing = "plan, phase, pause, started_at, stopped_at, failure, hold"
    /// What an owner is shown, with what it was in the previous system.
    static let shown = columns + ", previous"
    /// What changes with every trade.
    private static let figureColumns = [
        "last_trade_at", "start_balance", "profit", "peak", "current_drawdown", "greatest_drawdown", "trades", "wins", "losses", "settled",
        "settled_stakes", "settled_possible_payouts", "day", "trades_today", "profit_today", "losses_in_a_row", "open_contracts", "unresolved",
        "exposure", "waiting",
    ]

    static let upsert: String = {
        let all = columns.split(separator: ",").count
        let changes = (standing.split(separator: ",").map { String($0.drop { $0 == " " }) } + figureColumns).map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO session (\(columns)) VALUES (\(Array(repeating: "?", count: all).joined(separator: ", ")))
            ON CONFLICT (id) DO UPDATE SET \(changes.joined(separator: ", "))
            """
    }()

    /// For a session whose row is there and differs in nothing else: its long plan and its indexes stay untouched.
    static let figures = "UPDATE session SET \(figureColumns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?"

    static func row(_ row: Row) throws -> SessionRow {
        var columns = Columns(row, of: "session")
        let id = try columns.session(), owner = try columns.owner(), account = try columns.account(), currency = try columns.currency()
        let createdAt = try columns.moment()
        let plan = try FactCodingParts.plan(try columns.text())
        let phaseName = try columns.text(), pause = try columns.textIfAny()
        guard let phase = try SessionPhase(name: phaseName, pause: pause) else { throw columns.unreadable("the cause of a pause, in phase \(phaseName)") }
        let startedAt = try columns.momentIfAny(), stoppedAt = try columns.momentIfAny(), failure = try columns.textIfAny()
        let hold = SessionHold(rawValue: try columns.next("what holds a session") { (stored: Int64) in UInt8(exactly: stored) })
        var shown = SessionRow(
            id: id, owner: owner, account: account, plan: plan, phase: phase, createdAt: createdAt, startedAt: startedAt,
            stoppedAt: stoppedAt, lastTradeAt: try columns.momentIfAny(), failure: failure,
            startBalance: try columns.money(currency), profit: try columns.money(currency), peak: try columns.money(currency),
            currentDrawdown: try columns.whole(), greatestDrawdown: try columns.whole(), trades: try columns.whole(), wins: try columns.whole(),
            losses: try columns.whole(), settled: try columns.whole(), settledStakes: try columns.money(currency),
            settledPossiblePayouts: try columns.money(currency), day: try columns.smallIfAny().map(TradingDay.init(daysSince1970:)),
            tradesToday: try columns.small(), profitToday: try columns.money(currency), lossesInARow: try columns.small(),
            openContracts: try columns.small(), unresolved: try columns.small(), exposure: try columns.money(currency), waiting: try columns.small())
        shown.hold = hold
        shown.previous = try columns.textIfAny().map(FactCodingParts.previousSession)
        return shown
    }
}

extension SessionTable {
    static func add(_ row: SessionRow, to arguments: inout CompiledStatement.Arguments) {
        let currency = row.profit.currency
        arguments.add(row.id.rawValue); arguments.add(row.owner.rawValue); arguments.add(row.account.rawValue)
        arguments.add(currency.code); arguments.add(currency.exponent); arguments.add(row.createdAt)
        arguments.add(FactCodingParts.text(row.plan)); arguments.add(row.phase.name)
        if case .paused(let cause) = row.phase { arguments.add(FactCodingParts.text(cause)) } else { arguments.addNull() }
        arguments.add(row.startedAt); arguments.add(row.stoppedAt); arguments.add(row.failure); arguments.add(Int64(row.hold.rawValue))
        addFigureColumns(row, to: &arguments)
    }

    /// In the order of `figures`.
    static func addFigures(_ row: SessionRow, to arguments: inout CompiledStatement.Arguments) {
        addFigureColumns(row, to: &arguments)
        arguments.add(row.id.rawValue)
    }

    private static func addFigureColumns(_ row: SessionRow, to arguments: inout CompiledStatement.Arguments) {
        let currency = row.profit.currency
        arguments.add(row.lastTradeAt); arguments.add(row.startBalance.units(in: currency)); arguments.add(row.profit.minorUnits)
        arguments.add(row.peak.units(in: currency)); arguments.add(row.currentDrawdown); arguments.add(row.greatestDrawdown)
        arguments.add(row.trades); arguments.add(row.wins); arguments.add(row.losses); arguments.add(row.settled)
        arguments.add(row.settledStakes.units(in: currency)); arguments.add(row.settledPossiblePayouts.units(in: currency))
        arguments.add((row.day?.daysSince1970).map(Int64.init)); arguments.add(row.tradesToday); arguments.add(row.profitToday.units(in: currency))
        arguments.add(row.lossesInARow); arguments.add(row.openContracts); arguments.add(row.unresolved)
        arguments.add(row.exposure.units(in: currency)); arguments.add(row.waiting)
    }
}

extension SessionRow {
    /// Everything that `SessionTable.figures` leaves alone is the same.
    func differsOnlyInFigures(from other: SessionRow) -> Bool {
        owner == other.owner && account == other.account && createdAt == other.createdAt && profit.currency == other.profit.currency
            && phase == other.phase && startedAt == other.startedAt && stoppedAt == other.stoppedAt && failure == other.failure && hold == other.hold
            && plan == other.plan
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
