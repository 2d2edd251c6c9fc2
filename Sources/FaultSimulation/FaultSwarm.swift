import TradingModel

/// What goes wrong in one run: a random subset of the faults, each of random strength, drawn from the seed. All zero is
/// a calm world.
public struct FaultSwarm: Hashable, Sendable {
    // Of the broker's answers, in a thousand.
    public var buyLost: Int64 = 0, buyAnswerLost: Int64 = 0, answerLate: Int64 = 0, answerDoubled: Int64 = 0, answerReordered: Int64 = 0
    public var answerLost: Int64 = 0, frameCut: Int64 = 0, fieldRetyped: Int64 = 0
    public var priceMoved: Int64 = 0, unknownCode: Int64 = 0, unknownCodeButSold: Int64 = 0
    /// An answer that is late is so by this much at most, in milliseconds.
    public var latestAnswer: Int64 = 20_000
    // Of the network. Chances in a thousand of one mishap's moment, of which there are about fifteen a minute.
    public var cut: Int64 = 0, halfOpenUp: Int64 = 0, halfOpenDown: Int64 = 0, halfOpenBoth: Int64 = 0, brokerCloses: Int64 = 0
    public var noConnection: Int64 = 0
    /// The longest that a frame is on its way, and that one of a closed connection is executed after an orderly and after
    /// any other end, in milliseconds.
    public var latencyMost: Int64 = 40, zombieClean: Int64 = 0, zombieUnclean: Int64 = 0
    // Of the broker, in a thousand of a mishap's moment.
    public var rateLimited: Int64 = 0, marketClosed: Int64 = 0, tokenRevoked: Int64 = 0, loggedOut: Int64 = 0, statementBroken: Int64 = 0
    public var outsideTrade: Int64 = 0, lookAlike: Int64 = 0, moneyMoved: Int64 = 0, settlementStuck: Int64 = 0, settlementUntold: Int64 = 0
    /// For a while the stream of a contract says another payout than the statement, which alone is right.
    public var settlementMisstated: Int64 = 0
    public var clockStep: Int64 = 0, ticksWrong: Int64 = 0
    /// The reports lag by so much, in milliseconds; with `balanceLags` the balance too.
    public var reportLag: Int64 = 0, balanceLags = false
    // Of our machine. Deaths in 100,000 of the points where one can be; write errors in 10,000 of the appends.
    public var death: Int64 = 0, writeError: Int64 = 0
    public var slowDisk: Int64 = 0
    /// The wall clock at a start is wrong by so much at most, in milliseconds.
    public var wallClockOff: Int64 = 0
    /// The longest until the process is started again, in milliseconds.
    public var downMost: Int64 = 5_000
    // Coincidences that chance alone would bring about too seldom. Of the buys that leave, in a thousand: the connection ends
    // uncleanly with it on its way; somebody buys the same by hand at that moment, and its own answer is lost.
    public var cutUnderBuy: Int64 = 0, alikeBesideBuy: Int64 = 0
    /// Of the look-ups that begin, in a thousand: a signal comes, whose buy the broker executes between the look-up's questions.
    public var signalInLookUp: Int64 = 0

    /// Of the contracts that won, in a thousand: heard of only after others that ended later; and, of those that end in the last minute
    /// before the run's midnight, only after it.
    public var winLate: Int64 = 0, winOverMidnight: Int64 = 0

    public static let calm = FaultSwarm()
    public init() {}

    /// Drawn from a seed.
    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x7377_6172_6d)
        // In one seed of eight a coincidence is set up, and little else is in its way.
        let isAmbush = seed % 16 == 3 || seed % 16 == 9
        // In another eighth what is won is heard of late, and the limits are narrow enough for it to matter.
        let isLate = seed % 16 == 6, isOverMidnight = seed % 16 == 14, chance: Int64 = isAmbush || isLate || isOverMidnight ? 8 : 35
        func draw(_ most: Int64) -> Int64 {
            // Two draws whether it is on or not, so that one fault does not decide about the others.
            let isOn = random.chance(percent: chance), strength = random.pick(1...max(1, most))
            return isOn ? strength : 0
        }
        buyLost = draw(150); buyAnswerLost = draw(200); answerLate = draw(120); answerDoubled = draw(150); answerReordered = draw(150)
        answerLost = draw(15); frameCut = draw(10); fieldRetyped = draw(25)
        priceMoved = draw(150); unknownCode = draw(80); unknownCodeButSold = draw(80)
        latestAnswer = random.pick(500...25_000)
        cut = draw(40); halfOpenUp = draw(25); halfOpenDown = draw(25); halfOpenBoth = draw(25); brokerCloses = draw(25)
        noConnection = draw(400)
        latencyMost = 40 + draw(6_000); zombieClean = draw(29_000); zombieUnclean = draw(149_000)
        rateLimited = draw(15); marketClosed = draw(15); tokenRevoked = draw(6); loggedOut = draw(8); statementBroken = draw(10)
        outsideTrade = draw(25); lookAlike = draw(25); moneyMoved = draw(30); settlementStuck = draw(25); settlementUntold = draw(60)
        clockStep = draw(15); ticksWrong = draw(30)
        reportLag = draw(29_000); balanceLags = random.chance(percent: 30)
        let long = draw(900_000)
        // Only the statement may lag longer than the settings say: then its chain does not close.
        if !balanceLags, long > 0 { reportLag = long }
        death = draw(250); writeError = draw(25); slowDisk = draw(60)
        wallClockOff = draw(20_000)
        downMost = 1_000 + draw(240_000)
        if isAmbush { setUpAmbush(&random) }
        var late = SeededRandom(seed: SeededRandom.mix(seed ^ 0x6c61_7465))
        if isLate { winLate = late.pick(300...900) }
        if isOverMidnight { winOverMidnight = late.pick(600...1_000) }
        if seed % 16 == 4 || seed % 16 == 5 { settlementMisstated = random.pick(10...60) }
    }

    /// One of the coincidences, at a strength with which it comes about several times in a run.
    private mutating func setUpAmbush(_ random: inout SeededRandom) {
        let strength = random.pick(100...500)
        latencyMost = max(latencyMost, random.pick(40...1_500))
        switch random.pick(0...2) {
        case 0:
            cutUnderBuy = strength
            zombieUnclean = 149_000
        case 1: alikeBesideBuy = strength
        default:
            signalInLookUp = strength
            // Somebody else's bookings make look-ups, and what was bought meanwhile is not heard of at once.
            outsideTrade = max(outsideTrade, 150)
            buyAnswerLost = max(buyAnswerLost, 300)
        }
    }

    /// Names and strengths of what is on, for the report of a failing seed.
    public var description: String {
        var parts: [String] = []
        for (name, value) in strengths where value != 0 { parts.append("\(name) \(value)") }
        if balanceLags { parts.append("balance lags too") }
        return parts.isEmpty ? "calm" : parts.joined(separator: ", ")
    }

    private var strengths: [(String, Int64)] {
        [
            ("buy lost ‰", buyLost), ("buy's answer lost ‰", buyAnswerLost), ("answers late ‰", answerLate), ("latest ms", answerLate > 0 ? latestAnswer : 0),
            ("doubled ‰", answerDoubled), ("reordered ‰", answerReordered), ("answers lost ‰", answerLost), ("frames cut ‰", frameCut),
            ("fields retyped ‰", fieldRetyped), ("price moved ‰", priceMoved), ("unknown code ‰", unknownCode), ("unknown code but sold ‰", unknownCodeButSold),
            ("cut ‰", cut), ("half-open up ‰", halfOpenUp), ("half-open down ‰", halfOpenDown), ("half-open both ‰", halfOpenBoth),
            ("broker closes ‰", brokerCloses), ("no connection ‰", noConnection), ("latency ≤ ms", latencyMost), ("zombies clean ≤ ms", zombieClean),
            ("zombies unclean ≤ ms", zombieUnclean), ("rate limited ‰", rateLimited), ("market closed ‰", marketClosed), ("token revoked ‰", tokenRevoked),
            ("logged out ‰", loggedOut), ("statement broken ‰", statementBroken), ("outside trades ‰", outsideTrade), ("look-alikes ‰", lookAlike),
            ("money moved ‰", moneyMoved), ("settlements stuck ‰", settlementStuck), ("settlements untold ‰", settlementUntold), ("clock steps ‰", clockStep),
            ("wrong ticks ‰", ticksWrong), ("report lag ms", reportLag), ("deaths /100000", death), ("write errors /10000", writeError),
            ("slow disk ‰", slowDisk), ("wall clock off ≤ ms", wallClockOff), ("down ≤ ms", downMost),
            ("settlements misstated ‰", settlementMisstated), ("cut under buys ‰", cutUnderBuy), ("alike beside buys ‰", alikeBesideBuy),
            ("signals in look-ups ‰", signalInLookUp), ("wins late ‰", winLate), ("wins over midnight ‰", winOverMidnight),
        ]
    }
}

extension FaultSwarm: CustomStringConvertible {}

/// Something that goes wrong for a while, or once.
public enum Mishap: Int, Sendable, CaseIterable {
    case cut, halfOpenUp, halfOpenDown, halfOpenBoth, brokerCloses, noConnection
    case rateLimited, marketClosed, tokenRevoked, loggedOut, statementBroken
    case outsideTrade, lookAlike, moneyMoved, settlementStuck, settlementUntold
    case clockStep, ticksStale, ticksFrozen, ticksAbsurd, ticksMissing
    case buyLost, buyAnswerLost, answerLost, answerLate, answerDoubled, answerReordered, frameCut, fieldRetyped
    case priceMoved, unknownCode, unknownCodeButSold, zombie, bookingHidden
    case death, deathInRecovery, writeErrorLost, writeErrorKept, slowDisk, wallClockOff, diskFull, diskDied, powerLost, powerTore
    case cutUnderBuy, alikeBesideBuy, signalInLookUp, settlementMisstated, winLate, winOverMidnight

    public var name: String { "\(self)" }
}
