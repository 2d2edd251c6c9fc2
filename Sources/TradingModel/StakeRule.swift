/// From balance to amount.
public enum StakeRule: Hashable, Sendable, Codable {
    case fixed(Money)
    /// A share of the available balance in basis points (100 is 1 %), rounded down to the minor unit.
    case shareOfBalance(basisPoints: Int64)

    @inlinable
    public func amount(forAvailable available: Money) -> Money {
        switch self {
        case .fixed(let money): money
        case .shareOfBalance(let basisPoints):
            available.isPositive ? available.share(basisPoints: basisPoints) : .zero(available.currency)
        }
    }
}
