/// How a simulated broker is set up.
public struct DerivSimulatorConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 lets the system choose; `start()` returns the one it chose.
    public var port = 0
    /// Decides every price. A state directory that exists keeps its own.
    public var seed: UInt64 = 1
    /// Broker seconds per second of the machine, when no clock is handed in; at least 1.
    public var speed = 1
    /// Where accounts, ledger, contracts and the market's place are kept; nil keeps nothing.
    public var stateDirectory: String?
    /// The tokens that are accepted; nil accepts every well-formed one. A token that begins with `readonly-` opens the
    /// account of the rest of it with the scope `read` alone.
    public var knownTokens: [String]?
    /// Accounts say that their money is real (`CR…` instead of `VRTC…`).
    public var realAccount = false
    public var faults = FaultPlan.none
    /// How many calls a user may make.
    public var rateLimits = RateLimits.none
    /// Seconds between a contract's end and its booking, 0 to 3,600.
    public var settlementDelaySeconds: Int64 = 0
    /// A file to which each frame is appended, both ways, tokens masked; nil for none.
    public var jsonlPath: String?
    /// What a new account holds, in cents of a dollar.
    public var openingBalanceMinorUnits: Int64 = 1_000_000

    public init() {}
}
