import TradingModel

/// What goes wrong in one run, drawn from its seed: a random subset of the faults, each of random strength.
public struct SimulationPlan: Hashable, Sendable, CustomStringConvertible {
    /// Chances in a thousand.
    public var requestLost: Int64 = 0
    public var replyLost: Int64 = 0
    public var replyRepeated: Int64 = 0
    public var lineDrops: Int64 = 0
    public var crash: Int64 = 0
    public var outsideTrades: Int64 = 0
    /// The longest that a request or a reply is on its way, in milliseconds.
    public var delayMost: Int64 = 50
    /// The longest that a booking stays out of the statement, in milliseconds.
    public var statementLag: Int64 = 0
    /// The longest that a request on a closed connection may still be executed, in milliseconds.
    public var zombieMost: Int64 = 0

    public init() {}

    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0x706c_616e)
        func draw(_ most: Int64) -> Int64 { random.chance(percent: 50) ? random.pick(1...most) : 0 }
        requestLost = draw(100)
        replyLost = draw(100)
        replyRepeated = draw(150)
        lineDrops = draw(20)
        crash = draw(15)
        outsideTrades = draw(10)
        delayMost = 50 + draw(9_000)
        statementLag = draw(25_000)
        zombieMost = draw(25_000)
    }

    public var description: String {
        "request lost \(requestLost)‰, reply lost \(replyLost)‰, repeated \(replyRepeated)‰, line drops \(lineDrops)‰, crash \(crash)‰, "
            + "outside trades \(outsideTrades)‰, delay ≤ \(delayMost) ms, statement lag ≤ \(statementLag) ms, zombies ≤ \(zombieMost) ms"
    }
}
