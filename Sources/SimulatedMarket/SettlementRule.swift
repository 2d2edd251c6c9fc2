public import TradingModel

/// Which tick a contract enters on, which it ends on, and what the two mean.
///
/// The entry is the first tick strictly after the start. Digits count it as tick number 1; rise and fall need their
/// ticks after it. A contract over time ends on the last tick at or before its end. Equality loses.
public struct SettlementRule: Hashable, Sendable {
    public enum Exit: Hashable, Sendable {
        /// The tick with this number, the entry tick being number 1.
        case tick(number: Int)
        /// The last tick at or before this moment.
        case moment(Timestamp)
    }
    public let kind: ContractKind
    public let start: Timestamp
    public let exit: Exit

    public init(_ terms: ContractTerms, startingAt start: Timestamp) {
        (kind, self.start) = (terms.kind, start)
        if let seconds = terms.duration.seconds {
            exit = .moment(start.adding(seconds: seconds))
        } else {
            switch terms.kind {
            case .rise, .fall: exit = .tick(number: Int(terms.duration.count) + 1)
            case .even, .odd: exit = .tick(number: Int(terms.duration.count))
            }
        }
    }

    public func wins(entry: Price, exit: Price) -> Bool {
        switch kind {
        case .rise: exit > entry
        case .fall: exit < entry
        case .even: exit.lastDigit % 2 == 0
        case .odd: exit.lastDigit % 2 == 1
        }
    }
}
