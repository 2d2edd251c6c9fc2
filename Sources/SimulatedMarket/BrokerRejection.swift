public import TradingModel

/// Why the broker does not sell. The codes are Deriv's.
public enum BrokerRejection: Error, Hashable, Sendable {
    case unknownSymbol(Symbol)
    /// This kind is not sold with this duration.
    case notOffered(ContractTerms)
    case stakeTooLow(least: Money)
    case payoutTooHigh(most: Money)
    case currencyDiffers(account: Currency)
    case priceMoved(ask: Money, maximum: Money)
    case insufficientBalance(balance: Money, price: Money)

    public var code: String {
        switch self {
        case .unknownSymbol: "InvalidSymbol"
        case .notOffered: "OfferingsValidationError"
        case .stakeTooLow, .payoutTooHigh: "ContractBuyValidationError"
        case .currencyDiffers: "InvalidCurrency"
        case .priceMoved: "PriceMoved"
        case .insufficientBalance: "InsufficientBalance"
        }
    }
}

/// What a contract would cost and pay.
public struct Quote: Hashable, Sendable {
    public let terms: ContractTerms
    public let price: Money
    /// Stake included.
    public let payout: Money
}

/// How an amount is meant: as the price, or as what a won contract pays.
public enum Basis: Hashable, Sendable { case stake, payout }

/// What the buyer gets in hand.
public struct Receipt: Hashable, Sendable {
    public let contract: SoldContract
    public let booking: Booking
}
