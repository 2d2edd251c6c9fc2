import TradingEngine
public import TradingModel

/// How much something lets be lost, limit by limit. Compared here once more, and not with the code that decides what waits.
public struct Room: Equatable, Sendable {
    struct Limit: Equatable, Sendable {
        let most: Int64
        /// Nil of what is no amount. Two that are not of one currency cannot be compared, nor can a fixed stake and a share.
        var currency: Currency?
    }
    /// Nil allows everything.
    private var limits: [Limit?]
    private let names: [String]

    private init(_ limits: [(String, Limit?)]) { (self.limits, names) = (limits.map(\.1), limits.map(\.0)) }

    public init(_ limits: ExposureLimits) {
        self.init([
            ("lossPerDay", Room.amount(limits.lossPerDay)), ("openExposure", Room.amount(limits.openExposure)),
            ("openContracts", Room.count(limits.openContracts)),
        ])
    }

    public init(_ plan: SessionPlan) {
        let limits = plan.limits
        let stake =
            switch plan.stakeRule {
            case .fixed(let stake): Room.amount(stake)
            case .shareOfBalance(let basisPoints): Limit(most: basisPoints)
            }
        self.init([
            ("tradesPerDay", Room.count(limits.tradesPerDay)), ("lossPerDay", Room.amount(limits.lossPerDay)),
            ("greatestStake", Room.amount(limits.greatestStake)), ("riskPerTrade", limits.riskPerTradeBasisPoints.map { Limit(most: $0) }),
            ("drawdown", limits.drawdownBasisPoints.map { Limit(most: $0) }), ("lossesInARow", Room.count(limits.lossesInARow)),
            ("openContracts", Limit(most: Int64(plan.openContracts))), ("stake", stake),
        ])
    }

    /// Of a promise: the longer the wait, the less.
    public init(waitingSeconds: Int64) { self.init([("wait", Limit(most: -waitingSeconds))]) }

    /// Of something that is closed or open: an emergency stop that is lifted, a drawdown that is accepted.
    public init(isOpen: Bool) { self.init([("it", isOpen ? nil : Limit(most: 0))]) }

    init(_ change: Raise.Change) {
        switch change {
        case .promise(let seconds): self.init(waitingSeconds: seconds)
        case .ownerLimits(let limits), .accountLimits(_, let limits): self.init(limits)
        case .plan(_, let plan): self.init(plan)
        case .acceptDrawdown, .liftEmergencyStop: self.init(isOpen: true)
        }
    }

    private static func amount(_ money: Money?) -> Limit? { money.map { Limit(most: $0.minorUnits, currency: $0.currency) } }
    private static func count(_ most: Int32?) -> Limit? { most.map { Limit(most: Int64($0)) } }

    private func isLaxer(at place: Int, than other: Room) -> Bool {
        guard let before = other.limits[place] else { return false }
        guard let now = limits[place], now.currency == before.currency else { return true }
        return now.most > before.most
    }

    /// The first limit that allows more here than there.
    public func laxer(than other: Room) -> String? { limits.indices.first { isLaxer(at: $0, than: other) }.map { names[$0] } }

    /// The first limit that was to be lowered, from `before` to `asked`, and still allows more than was asked for.
    public func notLowered(to asked: Room, from before: Room) -> String? {
        limits.indices.first { !asked.isLaxer(at: $0, than: before) && isLaxer(at: $0, than: asked) }.map { names[$0] }
    }
}
