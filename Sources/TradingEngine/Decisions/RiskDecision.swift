public import TradingModel

/// Everything that the limits look at, in minor units, basis points and counts. A value of its own, so that every
/// reachable one can be tried.
public struct RiskPicture: Hashable, Sendable {
    /// What can still be lost: prices of open contracts and stakes held.
    public var exposure: Int64
    /// Settled profit of the trading day.
    public var profitToday: Int64
    /// Start balance and settled profit, and the peak it is measured from.
    public var equity: Int64
    public var peak: Int64
    public var lossesInARow: Int32
    /// Contracts that run or may run.
    public var open: Int32
    /// Contracts bought today, unanswered ones included.
    public var tradesToday: Int32
    /// Of these, the ones without an answer.
    public var unanswered: Int32
    /// The account's balance less everything held.
    public var available: Int64

    public init(
        exposure: Int64, profitToday: Int64, equity: Int64, peak: Int64, lossesInARow: Int32, open: Int32, tradesToday: Int32,
        unanswered: Int32, available: Int64
    ) {
        (self.exposure, self.profitToday, self.equity, self.peak) = (exposure, profitToday, equity, peak)
        (self.lossesInARow, self.open, self.tradesToday, self.unanswered, self.available) = (lossesInARow, open, tradesToday, unanswered, available)
    }

    @inline(__always) public init(_ session: Session, available: Money) {
        self.init(
            exposure: session.exposure.minorUnits, profitToday: session.profitToday.minorUnits, equity: session.equity.minorUnits,
            peak: session.countedPeak.minorUnits, lossesInARow: session.lossesInARow, open: session.openOrUnresolved,
            tradesToday: session.tradesToday, unanswered: min(session.unresolved, session.tradesToday), available: available.minorUnits)
        #if SeededBugs
        if SeededBug.drawdownFromTheStart.isPlanted { peak = session.startBalance.minorUnits }
        #endif
    }

    /// In the first seconds of a day the broker may still sell, and settle, on the one before: both are held against the limits.
    mutating func countTheDayBefore(_ session: Session) {
        tradesToday += session.tradesBefore
        profitToday = min(profitToday, profitToday + session.profitBefore)
    }

    /// Our day may end a little after the broker's: what ended on its next one makes no loss of this one good, nor the reverse.
    mutating func countTheDayAfter(_ session: Session, from next: Timestamp) {
        profitToday = session.endedLately.worse(profitToday, before: next)
    }

    /// The same once every open contract has ended at its price, and every unanswered buy was no buy: what is left of
    /// a refusal here cannot be waited out.
    var withNothingOpen: RiskPicture {
        var picture = self
        picture.exposure = 0
        picture.open = 0
        picture.tradesToday -= unanswered
        picture.unanswered = 0
        return picture
    }
}

/// The six limits of a session, in the one place where they are decided. What is open counts as lost (the reservation
/// rule: `exposure + stake + max(0, loss today) <= limit`), so no order of settlements can pass a limit; a day's profit
/// never widens the room.
public enum RiskDecision {
    public static func tradesPerDay(_ limits: RiskLimits, _ picture: RiskPicture) -> Refusal? {
        #if SeededBugs
        if SeededBug.oneTradeTooMany.isPlanted, picture.tradesToday == limits.tradesPerDay { return nil }
        #endif
        guard let limit = limits.tradesPerDay, picture.tradesToday + 1 > limit else { return nil }
        return Refusal(.tradesPerDayReached, .init(Int64(picture.tradesToday), against: Int64(limit), .count))
    }

    public static func lossPerDay(_ limits: RiskLimits, _ picture: RiskPicture, stake: Int64) -> Refusal? {
        #if SeededBugs
        if SeededBug.profitWidensTheRoom.isPlanted, picture.profitToday > 0 { return nil }
        if SeededBug.countsRealisedLossOnly.isPlanted, -picture.profitToday + stake <= limits.lossPerDay?.minorUnits ?? 0 { return nil }
        #endif
        guard let limit = limits.lossPerDay else { return nil }
        let worst = picture.exposure + stake + max(0, -picture.profitToday)
        guard worst > limit.minorUnits else { return nil }
        return Refusal(.lossPerDayReached, .init(worst, against: limit.minorUnits, .money(limit.currency)))
    }

    public static func greatestStake(_ limits: RiskLimits, stake: Int64) -> Refusal? {
        #if SeededBugs
        if SeededBug.forgetsTheGreatestStake.isPlanted { return nil }
        #endif
        guard let limit = limits.greatestStake, stake > limit.minorUnits else { return nil }
        return Refusal(.greatestStakeExceeded, .init(stake, against: limit.minorUnits, .money(limit.currency)))
    }

    public static func riskPerTrade(_ limits: RiskLimits, _ picture: RiskPicture, stake: Money) -> Refusal? {
        guard let basisPoints = limits.riskPerTradeBasisPoints else { return nil }
        #if SeededBugs
        if SeededBug.risksWhatIsHeld.isPlanted {
            return stake.minorUnits * 10_000 > (picture.available + picture.exposure) * basisPoints ? Refusal(.riskPerTradeExceeded) : nil
        }
        #endif
        let most = Money(minorUnits: max(0, picture.available), currency: stake.currency).share(basisPoints: basisPoints)
        guard stake > most else { return nil }
        return Refusal(.riskPerTradeExceeded, .init(stake.minorUnits, against: most.minorUnits, .money(stake.currency)))
    }

    /// `(peak - equity + exposure + stake) * 10_000 <= limit * peak`, by cross-multiplication: no rounding decides.
    public static func drawdown(_ limits: RiskLimits, _ picture: RiskPicture, stake: Int64) -> Refusal? {
        guard let limit = limits.drawdownBasisPoints else { return nil }
        let fall = picture.peak - picture.equity + picture.exposure + stake
        let (fallHigh, fallLow) = fall.multipliedFullWidth(by: 10_000)
        let (roomHigh, roomLow) = limit.multipliedFullWidth(by: picture.peak)
        guard (fallHigh, fallLow) > (roomHigh, roomLow) else { return nil }
        let basisPoints = picture.peak > 0 ? picture.peak.dividingFullWidth((fallHigh, fallLow)) : (quotient: 10_000, remainder: 0)
        return Refusal(.drawdownReached, .init(basisPoints.quotient + (basisPoints.remainder > 0 ? 1 : 0), against: limit, .basisPoints))
    }

    public static func lossesInARow(_ limits: RiskLimits, _ picture: RiskPicture) -> Refusal? {
        #if SeededBugs
        if SeededBug.openIsNotYetLost.isPlanted, picture.lossesInARow < limits.lossesInARow ?? 0 { return nil }
        #endif
        guard let limit = limits.lossesInARow, picture.lossesInARow + picture.open + 1 > limit else { return nil }
        return Refusal(.lossesInARowReached, .init(Int64(picture.lossesInARow + picture.open), against: Int64(limit), .count))
    }

    /// The first limit that stands in the way of this stake, or nil.
    public static func refusal(_ limits: RiskLimits, _ picture: RiskPicture, stake: Money) -> Refusal? {
        guard var refusal = first(limits, picture, stake: stake) else { return nil }
        refusal.waitingHelps = first(limits, picture.withNothingOpen, stake: stake) == nil
        return refusal
    }

    private static func first(_ limits: RiskLimits, _ picture: RiskPicture, stake: Money) -> Refusal? {
        tradesPerDay(limits, picture) ?? lossPerDay(limits, picture, stake: stake.minorUnits)
            ?? greatestStake(limits, stake: stake.minorUnits) ?? riskPerTrade(limits, picture, stake: stake)
            ?? drawdown(limits, picture, stake: stake.minorUnits) ?? lossesInARow(limits, picture)
    }

    /// The limit, if any, that refuses even the smallest stake with nothing open: it pauses the session.
    static func pause(_ limits: RiskLimits, _ picture: RiskPicture, leastStake: Money) -> PauseCause? {
        let calm = picture.withNothingOpen
        if let refusal = tradesPerDay(limits, calm) ?? lossPerDay(limits, calm, stake: leastStake.minorUnits) { return .limitOfTheDay(refusal.code) }
        if let refusal = drawdown(limits, calm, stake: leastStake.minorUnits) ?? lossesInARow(limits, calm) { return .limit(refusal.code) }
        return nil
    }
}

/// What an account and an owner may have at risk over all their sessions.
enum ExposureDecision {
    struct Picture {
        var exposure: Int64
        var profitToday: Int64
        var open: Int32
    }
    struct Codes { var loss: Refusal.Code, exposure: Refusal.Code, contracts: Refusal.Code }

    static let accountCodes = Codes(loss: .accountLossPerDayReached, exposure: .accountOpenExposureReached, contracts: .accountOpenContractsReached)
    static let ownerCodes = Codes(loss: .ownerLossPerDayReached, exposure: .ownerOpenExposureReached, contracts: .ownerOpenContractsReached)

    static func refusal(_ limits: ExposureLimits, _ picture: Picture, stake: Money, codes: Codes) -> Refusal? {
        #if SeededBugs
        if SeededBug.forgetsAccountLimits.isPlanted, codes.loss == .accountLossPerDayReached { return nil }
        if SeededBug.forgetsOwnerLimits.isPlanted, codes.loss == .ownerLossPerDayReached { return nil }
        #endif
        if let limit = limits.lossPerDay, limit.currency == stake.currency {
            let loss = max(0, -picture.profitToday), worst = picture.exposure + stake.minorUnits + loss
            if worst > limit.minorUnits {
                return Refusal(
                    codes.loss, .init(worst, against: limit.minorUnits, .money(limit.currency)),
                    waitingHelps: stake.minorUnits + loss <= limit.minorUnits)
            }
        }
        if let limit = limits.openExposure, limit.currency == stake.currency, picture.exposure + stake.minorUnits > limit.minorUnits {
            return Refusal(
                codes.exposure, .init(picture.exposure + stake.minorUnits, against: limit.minorUnits, .money(limit.currency)),
                waitingHelps: stake <= limit)
        }
        if let limit = limits.openContracts, picture.open + 1 > limit {
            return Refusal(codes.contracts, .init(Int64(picture.open), against: Int64(limit), .count), waitingHelps: limit > 0)
        }
        return nil
    }
}
