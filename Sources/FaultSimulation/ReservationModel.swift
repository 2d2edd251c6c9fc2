public import TradingEngine
public import TradingModel

/// The rule that lets a stake through, tried in every state that it can reach: all interleavings of reserving, answers,
/// settling and rollover over small numbers, with all six limits. Not drawn from a seed: everything is tried.
public struct ReservationModel: Sendable {
    /// Whether a stake is let through.
    public typealias Rule = (RiskLimits, RiskPicture, Money) -> Bool

    public var tradesPerDay: Int32
    /// Minor units, as are the next two.
    public var lossPerDay: Int64
    public var drawdown: Int64
    public var greatestStake: Int64
    public var lossesInARow: Int32
    /// Contracts that run or may run, at most; 7 at most.
    public var open: Int
    /// Of what is available. With nothing open `balance` allows the greatest stake, beside open contracts less.
    public var riskPerTradeBasisPoints: Int64 = 200
    public var balance: Int64 = 150

    public init(tradesPerDay: Int32, lossPerDay: Int64, drawdown: Int64, greatestStake: Int64, lossesInARow: Int32, open: Int) {
        precondition(open <= 7 && greatestStake < 4 && lossPerDay < 24 && drawdown < 24, "more than a state can hold")
        (self.tradesPerDay, self.lossPerDay, self.drawdown) = (tradesPerDay, lossPerDay, drawdown)
        (self.greatestStake, self.lossesInARow, self.open) = (greatestStake, lossesInARow, open)
    }

    /// Small enough for a moment; and what `--exhaustive` walks.
    public static let small = ReservationModel(tradesPerDay: 4, lossPerDay: 4, drawdown: 5, greatestStake: 3, lossesInARow: 3, open: 3)
    public static let large = ReservationModel(tradesPerDay: 7, lossPerDay: 13, drawdown: 14, greatestStake: 3, lossesInARow: 6, open: 6)

    /// Of this peak the drawdown is a whole number of basis points; only the distance to the peak matters.
    private static let peak: Int64 = 100
    private static let stakes: ClosedRange<Int64> = 1...4

    public var limits: RiskLimits {
        RiskLimits(
            tradesPerDay: tradesPerDay, lossPerDay: usd(lossPerDay), greatestStake: usd(greatestStake), riskPerTradeBasisPoints: riskPerTradeBasisPoints,
            drawdownBasisPoints: drawdown * 10_000 / Self.peak, lossesInARow: lossesInARow)
    }

    private func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }

    // MARK: A state

    /// How many there are of each stake, three bits each.
    private struct Stakes {
        var bits: UInt64 = 0
        func count(of stake: Int64) -> UInt64 { bits >> UInt64(3 * (stake - 1)) & 7 }
        mutating func add(_ stake: Int64) { bits += 1 << UInt64(3 * (stake - 1)) }
        mutating func remove(_ stake: Int64) { bits -= 1 << UInt64(3 * (stake - 1)) }
        var count: Int { stakes.reduce(0) { $0 + Int(count(of: $1)) } }
        var sum: Int64 { stakes.reduce(0) { $0 + $1 * Int64(count(of: $1)) } }
    }

    private struct State {
        /// Profit of the day, and the fall from the peak.
        var profit: Int64 = 0, fall: Int64 = 0
        var streak: Int32 = 0, trades: Int32 = 0
        var open = Stakes()
        /// Buys without an answer, which may be open or nothing: of today, and of an earlier day.
        var held = Stakes(), heldBefore = Stakes()

        init() {}
        var taken: Int64 { open.sum + held.sum + heldBefore.sum }

        /// What tells it from others, and all there is of it.
        var key: UInt64 {
            var key = UInt64(profit + 32) << 6 | UInt64(min(fall, 63))
            key = key << 4 | UInt64(min(streak, 15))
            key = key << 4 | UInt64(min(trades, 15))
            return key << 36 | open.bits << 24 | held.bits << 12 | heldBefore.bits
        }
        init(key: UInt64) {
            (open.bits, held.bits, heldBefore.bits) = (key >> 24 & 0xfff, key >> 12 & 0xfff, key & 0xfff)
            (trades, streak) = (Int32(key >> 36 & 15), Int32(key >> 40 & 15))
            (fall, profit) = (Int64(key >> 44 & 63), Int64(key >> 50) - 32)
        }
    }

    // MARK: The walk

    /// How many states the rule can reach, and which limits are passed in any of them.
    public func explore(_ rule: Rule) -> (states: Int, violations: Set<String>) {
        var walk = Walk(model: self, limits: limits)
        walk.reach(State())
        while let key = walk.queue.popLast() { walk.visit(State(key: key), rule) }
        return (walk.seen.count, walk.violations)
    }

    private struct Walk {
        let model: ReservationModel
        let limits: RiskLimits
        var seen: Set<UInt64> = [], queue: [UInt64] = [], violations: Set<String> = []

        mutating func reach(_ state: State) {
            guard abs(state.profit) < 25, seen.insert(state.key).inserted else { return }
            queue.append(state.key)
            if -state.profit > model.lossPerDay { violations.insert("loss per day") }
            if state.fall > model.drawdown { violations.insert("drawdown") }
            if state.streak > model.lossesInARow { violations.insert("losses in a row") }
            if state.trades > model.tradesPerDay { violations.insert("trades per day") }
        }

        mutating func visit(_ state: State, _ rule: Rule) {
            reserve(state, rule)
            for stake in stakes {
                if state.held.count(of: stake) > 0 {
                    var answered = state
                    answered.held.remove(stake)
                    var refused = answered
                    refused.trades -= 1
                    reach(refused)
                    answered.open.add(stake)
                    reach(answered)
                }
                if state.heldBefore.count(of: stake) > 0 {
                    var answered = state
                    answered.heldBefore.remove(stake)
                    reach(answered)
                    answered.open.add(stake)
                    reach(answered)
                }
                if state.open.count(of: stake) > 0 {
                    settle(state, stake, -stake)
                    if stake != 1 { settle(state, stake, -1) }
                    settle(state, stake, 2)
                }
            }
            var next = state
            (next.profit, next.trades) = (0, 0)
            (next.heldBefore.bits, next.held) = (next.heldBefore.bits + next.held.bits, Stakes())
            reach(next)
        }

        private mutating func reserve(_ state: State, _ rule: Rule) {
            let held = state.held.count + state.heldBefore.count, open = state.open.count + held
            guard open < model.open else { return }
            let taken = state.taken
            let picture = RiskPicture(
                exposure: taken, profitToday: state.profit, equity: peak - state.fall, peak: peak, lossesInARow: state.streak, open: Int32(open),
                tradesToday: state.trades, unanswered: min(Int32(held), state.trades), available: model.balance - taken)
            for stake in stakes where rule(limits, picture, model.usd(stake)) {
                if stake > model.greatestStake { violations.insert("greatest stake") }
                if stake * 10_000 > model.riskPerTradeBasisPoints * picture.available { violations.insert("risk per trade") }
                var sent = state
                sent.trades += 1
                sent.held.add(stake)
                reach(sent)
            }
        }

        private mutating func settle(_ state: State, _ stake: Int64, _ profit: Int64) {
            var settled = state
            settled.open.remove(stake)
            settled.profit += profit
            settled.fall = max(0, settled.fall - profit)
            settled.streak = profit < 0 ? settled.streak + 1 : 0
            reach(settled)
        }
    }
}
