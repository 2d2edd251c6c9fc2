public import TradingModel

/// Why the broker does not sell or buy back. The codes are Deriv's.
public enum BrokerRejection: Error, Hashable, Sendable {
    case unknownSymbol(Symbol)
    /// This kind is not sold with this duration, multiplier or digit on this symbol.
    case notOffered(OfferedTerms)
    /// The market is closed, and opens again at this moment.
    case marketIsClosed(opens: Timestamp)
    /// The contract would end after the market closes, or after its price returns to the opening.
    case endsTooLate(last: Timestamp)
    /// A multiplier has no payout to quote by.
    case stakeOnly
    case stakeTooLow(least: Money)
    case stakeTooHigh(most: Money)
    case payoutTooHigh(most: Money)
    case takeProfitOutside(ClosedRange<Money>)
    case stopLossOutside(ClosedRange<Money>)
    case currencyDiffers(account: Currency)
    case priceMoved(ask: Money, maximum: Money)
    case insufficientBalance(balance: Money, price: Money)
    /// No such contract runs on this account.
    case nothingToSell(ContractID)
    case notSoldBack(OfferedTerms)
    /// It can be sold once its entry tick has come.
    case entryTickMissing
    case bidMoved(bid: Money, minimum: Money)
    /// Only a running multiplier has orders.
    case noOrders(ContractID)
    /// Its orders were changed in this second already.
    case changedTooOften

    public var code: String {
        switch self {
        case .unknownSymbol: "InvalidSymbol"
        case .notOffered, .notSoldBack: "OfferingsValidationError"
        case .marketIsClosed: "MarketIsClosed"
        case .stakeOnly: "ContractCreationFailure"
        case .endsTooLate, .stakeTooLow, .stakeTooHigh, .payoutTooHigh, .takeProfitOutside, .stopLossOutside: "ContractBuyValidationError"
        case .currencyDiffers: "InvalidCurrency"
        case .priceMoved, .bidMoved: "PriceMoved"
        case .insufficientBalance: "InsufficientBalance"
        case .nothingToSell: "InvalidSellContractProposal"
        case .entryTickMissing: "ContractSellValidationError"
        case .noOrders: "ContractUpdateNotAllowed"
        case .changedTooOften: "ContractUpdateFailure"
        }
    }
}

/// What a contract would cost and pay.
public struct Quote: Hashable, Sendable {
    public let terms: OfferedTerms
    public let price: Money
    /// Stake included; 0 for a multiplier.
    public let payout: Money
}

/// How an amount is meant: as the price, or as what a won contract pays.
public enum Basis: Hashable, Sendable { case stake, payout }

/// What the buyer gets in hand.
public struct Receipt: Hashable, Sendable {
    public let contract: SoldContract
    public let booking: Booking
}
