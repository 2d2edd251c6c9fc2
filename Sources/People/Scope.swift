public import TradingPorts

/// One kind of thing that may be done. Each operation of the API names the one that it needs.
public enum Scope: String, Sendable, Hashable, CaseIterable {
    /// Figures, health, what can be chosen.
    case readMetrics = "read:metrics"
    /// One's own sessions, signals, trades, accounts and the live stream.
    case readTrades = "read:trades"
    /// Propose signals, and take them back.
    case sendSignals = "signal:send"
    /// Make, start, pause and stop sessions; the emergency stop.
    case controlSessions = "session:control"
    /// Tokens, limits of accounts, hooks.
    case manageAccounts = "account:manage"
    /// Everybody's sessions: see, pause, stop.
    case operate
    /// People and their roles.
    case admin
    /// Read what was done by whom.
    case audit
    /// One's own password, visits and keys. Only for whoever has logged in.
    case own

    /// May a key have it? What remains is for people who have logged in.
    public var isForKeys: Bool {
        switch self {
        case .readMetrics, .readTrades, .sendSignals, .controlSessions: true
        // Who looks after people sets their passwords: that takes the own one typed again, which no key can.
        case .manageAccounts, .operate, .admin, .audit, .own: false
        }
    }
}

/// Some scopes, in one word: every request asks it.
public struct Scopes: Sendable, Hashable {
    private var bits: UInt16 = 0

    public init(_ scopes: some Sequence<Scope>) { for scope in scopes { bits |= Scopes.bit(scope) } }
    public func contains(_ scope: Scope) -> Bool { bits & Scopes.bit(scope) != 0 }
    public func intersection(_ other: Scopes) -> Scopes {
        var both = self
        both.bits &= other.bits
        return both
    }
    /// In the order in which they are declared.
    public var list: [Scope] { Scope.allCases.filter(contains) }

    private static func bit(_ scope: Scope) -> UInt16 {
        switch scope {
        case .readMetrics: 1
        case .readTrades: 2
        case .sendSignals: 4
        case .controlSessions: 8
        case .manageAccounts: 16
        case .operate: 32
        case .admin: 64
        case .audit: 128
        case .own: 256
        }
    }
}

extension Role {
    public var scopes: Scopes {
        switch self {
        case .viewer: Role.viewing
        case .trader: Role.trading
        case .operator: Role.operating
        case .admin: Role.everything
        case .auditor: Role.auditing
        }
    }

    private static let viewing = Scopes([.readMetrics, .readTrades, .own])
    private static let trading = Scopes([.readMetrics, .readTrades, .sendSignals, .controlSessions, .manageAccounts, .own])
    private static let operating = Scopes([.readMetrics, .readTrades, .controlSessions, .operate, .own])
    private static let everything = Scopes(Scope.allCases)
    private static let auditing = Scopes([.readMetrics, .audit, .own])
}
