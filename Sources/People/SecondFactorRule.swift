public import TradingPorts

/// Who has to have a second factor.
public enum SecondFactorRule: Sendable, Hashable {
    /// Nobody: whoever wants one sets it up.
    case offered
    /// Everybody, where accounts with real money may trade.
    case realMoney
    case required
    /// Who has one of these roles, wherever the server trades.
    case roles([Role])

    /// `offered`, `real-money`, `required`, or roles with commas between; nil when it is none of these.
    public init?(_ text: String) {
        switch text {
        case "offered": self = .offered
        case "real-money": self = .realMoney
        case "required": self = .required
        default:
            let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init), roles = words.compactMap(Role.init(rawValue:))
            guard roles.count == words.count, Set(roles).count == roles.count else { return nil }
            self = .roles(roles)
        }
    }

    public func roles(allowsRealMoney: Bool) -> Set<Role> {
        switch self {
        case .offered: []
        case .realMoney: allowsRealMoney ? Set(Role.allCases) : []
        case .required: Set(Role.allCases)
        case .roles(let roles): Set(roles)
        }
    }
}
