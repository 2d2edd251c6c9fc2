import DerivSimulator
import TradingEngine
import TradingModel

/// One trade, and what happens to it: at which of its numbered points our process dies, what becomes of the buy's
/// answer, and how far the broker's statement lags. For the exhaustive checks.
public struct CrashScript: Hashable, Sendable {
    public enum Answer: String, Hashable, Sendable, CaseIterable { case normal, lost, late, doubled, reordered }

    /// Points in ascending order; they are counted from the moment of the signal, through every restart.
    public var deaths: [Int]
    public var answer: Answer
    public var lagSeconds: Int64

    public init(deaths: [Int], answer: Answer = .normal, lagSeconds: Int64 = 0) { (self.deaths, self.answer, self.lagSeconds) = (deaths, answer, lagSeconds) }
}

extension World {
    /// Runs one script and says how many points it went by. Throws when an oracle finds something.
    public static func run(_ script: CrashScript, keepsWholeTrace: Bool = false) throws(SimulationFailure) -> (
        points: Int, twins: [Int], report: SimulationReport
    ) {
        var settings = Settings()
        settings.script = script
        settings.keepsWholeTrace = keepsWholeTrace
        let world = World(seed: 7, settings: settings)
        let report = try world.run()
        return (world.points, world.twins, report)
    }

    func runScript(_ script: CrashScript) throws(SimulationFailure) {
        // Long enough for the session to be active.
        try run(until: began + 5_000)
        if script.lagSeconds > 0 { broker.lag(milliseconds: script.lagSeconds * 1_000, balanceToo: false) }
        isArmed = true
        signal(accounts[0].owner, only: nil)
        try run(until: now + 15_000)
        // The same signal comes again after whatever happened, as a client's second try would.
        if process != nil, let sent = crowd.sent.first, judge.acceptedAt(sent.signal.id) == nil { ask(.signal(sent.signal), .signal(sent.signal.id)) }
        try run(until: now + 25_000)
        isArmed = false
        try run(until: now + 60_000)
    }
}

extension CrashScript {
    /// How many scripts of each kind there were, and how many of them were not run, being the same as another.
    public struct Count: Sendable {
        public var singles = 0, pairs = 0, same = 0
        public init() {}
    }

    /// Runs every script: no death, every single point, and with `pairs` every pair of points (the second one counted in
    /// what follows the first), each with every answer and with a statement that lags not at all, by 30 and by 60 seconds.
    /// Of points between which nothing changed but our own memory, which a death takes, one is run for all.
    /// `every` thins the single points out; 1 takes each.
    @discardableResult
    public static func all(
        pairs: Bool, answers: [Answer] = Answer.allCases, lags: [Int64] = [0, 30, 60], every: Int = 1,
        _ each: (CrashScript, Result<SimulationReport, SimulationFailure>) -> Void
    ) -> Count {
        var count = Count()
        func run(_ script: CrashScript) -> (points: Int, twins: [Int]) {
            do throws(SimulationFailure) {
                let (points, twins, report) = try World.run(script)
                each(script, .success(report))
                return (points, twins)
            } catch {
                each(script, .failure(error))
                return (0, [])
            }
        }
        for answer in answers {
            for lag in lags {
                let (points, twins) = run(CrashScript(deaths: [], answer: answer, lagSeconds: lag))
                var pairsOfLast = 0
                for first in stride(from: 1, through: points, by: every) {
                    count.singles += 1
                    if every == 1, twins.contains(first) {
                        count.pairs += pairsOfLast
                        count.same += 1 + pairsOfLast
                        continue
                    }
                    let (further, later) = run(CrashScript(deaths: [first], answer: answer, lagSeconds: lag))
                    pairsOfLast = pairs ? max(0, further - first) : 0
                    if pairsOfLast == 0 { continue }
                    count.pairs += pairsOfLast
                    for second in first + 1...further {
                        if later.contains(second) { count.same += 1; continue }
                        _ = run(CrashScript(deaths: [first, second], answer: answer, lagSeconds: lag))
                    }
                }
            }
        }
        return count
    }
}
