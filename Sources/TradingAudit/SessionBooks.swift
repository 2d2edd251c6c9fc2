import TradingEngine
import TradingModel

/// One session by its facts alone. Where an order of events can be read in two ways, the figures here are the milder ones: what they do
/// not allow is allowed by no reading.
struct SessionBooks: Sendable {
    enum Phase: Sendable {
        case idle, starting, active, paused, stopping, stopped, failed
        var runs: Bool {
            switch self {
            case .starting, .active, .paused, .stopping: true
            case .idle, .stopped, .failed: false
            }
        }
    }
    let owner: OwnerID
    let account: AccountID
    var plan: SessionPlan
    var phase = Phase.idle
    var profit: Int64 = 0, startBalance: Int64 = 0
    /// The highest equity since it began or a person accepted the drawdown.
    var peak: Int64 = 0
    var trades: Int64 = 0, settled: Int64 = 0, wins: Int64 = 0, losses: Int64 = 0
    var streak: Int32 = 0
    private var latestEnd = Timestamp(milliseconds: 0)
    private(set) var day: TradingDay?
    private(set) var dayFrom = Timestamp(milliseconds: 0)
    private(set) var soldToday: Int32 = 0
    private var profitToday: Int64 = 0
    /// Sales and results that the next day may have to count, and whether older ones among them were dropped.
    private var lately: [(at: Timestamp, sold: Int32, profit: Int64)] = []
    private var isDayWhole = true
    private static let latelyMost = 64

    init(owner: OwnerID, account: AccountID, plan: SessionPlan) { (self.owner, self.account, self.plan) = (owner, account, plan) }

    init(_ session: Session) {
        self.init(owner: session.owner, account: session.account, plan: session.plan)
        phase = Phase(session.phase)
        (profit, startBalance, peak) = (session.profit.minorUnits, session.startBalance.minorUnits, session.countedPeak.minorUnits)
        (trades, settled, wins, losses, streak) = (session.trades, session.settledCount, session.wins, session.losses, session.lossesInARow)
        (day, dayFrom, profitToday) = (session.day, session.dayFrom, session.profitToday.minorUnits)
        soldToday = max(0, session.tradesToday - session.unresolved)
        isDayWhole = false
    }

    var equity: Int64 { startBalance + profit }
    func lostToday(at now: Timestamp) -> Int64 { max(0, -profitToday(at: now)) }
    /// For sure: the calendar is not known here, and no trading day is shorter than this.
    func losesToday(at now: Timestamp) -> Bool { profitToday(at: now) < 0 && now < dayFrom.adding(seconds: 22 * 3_600) }
    /// What ended in the broker's seconds that ours have not reached may be of the next day. Of both readings the better.
    private func profitToday(at now: Timestamp) -> Int64 {
        max(profitToday, profitToday - lately.reduce(0) { $1.at > now && $1.at >= dayFrom ? $0 + $1.profit : $0 })
    }

    mutating func open(_ day: TradingDay, from: Timestamp) {
        (self.day, dayFrom) = (day, from)
        soldToday = lately.reduce(0) { $1.at >= from ? $0 + $1.sold : $0 }
        // Wins of the new day that were dropped would make its loss look greater.
        let isWhole = isDayWhole || lately.isEmpty || lately[0].at < from
        profitToday = isWhole ? lately.reduce(0) { $1.at >= from ? $0 + $1.profit : $0 } : 0
        isDayWhole = true
    }

    private mutating func remember(_ at: Timestamp, sold: Int32, profit: Int64) {
        lately.append((at, sold, profit))
        if lately.count > SessionBooks.latelyMost {
            lately.removeFirst(SessionBooks.latelyMost / 2)
            isDayWhole = false
        }
    }

    mutating func sold(_ contract: Contract) {
        trades += 1
        if contract.purchasedAt >= dayFrom { soldToday += 1 }
        remember(contract.purchasedAt, sold: 1, profit: 0)
    }

    mutating func ended(_ result: Int64, at moment: Timestamp) {
        profit += result
        settled += 1
        if moment >= dayFrom { profitToday += result }
        remember(moment, sold: 0, profit: result)
        if result > 0 { wins += 1 }
        if result < 0 {
            losses += 1; streak += 1
        } else if moment >= latestEnd {
            streak = 0
        }
        latestEnd = max(latestEnd, moment)
        peak = max(peak, equity)
    }

    /// A result that was told wrongly. Streak and peak begin anew: which of them it touched cannot be told from sums.
    mutating func corrected(from old: Int64, to new: Int64, endedAt moment: Timestamp) {
        profit += new - old
        if moment >= dayFrom { profitToday += new - old }
        remember(moment, sold: 0, profit: new - old)
        wins += (new > 0 ? 1 : 0) - (old > 0 ? 1 : 0)
        losses += (new < 0 ? 1 : 0) - (old < 0 ? 1 : 0)
        streak = 0
        peak = new < old ? equity : max(peak, equity)
    }
}

extension SessionBooks.Phase {
    init(_ phase: SessionPhase) {
        self =
            switch phase {
            case .idle: .idle
            case .starting: .starting
            case .active: .active
            case .paused: .paused
            case .stopping: .stopping
            case .stopped: .stopped
            case .failed: .failed
            }
    }
}
