public import TradingModel

/// Which tick a contract enters on, which it ends on, and what the two mean.
///
/// The entry is the first tick strictly after the start; of a multiplier the newest one at the start. Digits count the
/// entry as tick number 1; directions need their ticks after it. A contract over time ends on the last tick at or before
/// its end. Equality loses, but for the kinds that are named after it.
public struct SettlementRule: Hashable, Sendable {
    public enum Exit: Hashable, Sendable {
        /// The tick with this number, the entry tick being number 1.
        case tick(number: Int)
        /// The last tick at or before this moment.
        case moment(Timestamp)
        /// Whenever somebody or a limit ends it.
        case none
    }
    public let kind: OfferedKind
    public let digit: Int?
    public let start: Timestamp
    public let exit: Exit

    public init(_ terms: OfferedTerms, startingAt start: Timestamp) {
        (kind, digit, self.start) = (terms.kind, terms.digit, start)
        switch terms.span {
        case .open: exit = .none
        case .duration(let duration):
            if let seconds = duration.seconds {
                exit = .moment(start.adding(seconds: seconds))
            } else {
                exit = .tick(number: Int(duration.count) + (terms.kind.family == .direction ? 1 : 0))
            }
        }
    }

    /// Of the kinds that win or lose as a whole; a multiplier pays what it is worth.
    public func wins(entry: Price, exit: Price) -> Bool {
        switch kind {
        case .rise: exit > entry
        case .fall: exit < entry
        case .riseOrEqual: exit >= entry
        case .fallOrEqual: exit <= entry
        case .digitMatches: exit.lastDigit == digit!
        case .digitDiffers: exit.lastDigit != digit!
        case .digitOver: exit.lastDigit > digit!
        case .digitUnder: exit.lastDigit < digit!
        case .even: exit.lastDigit % 2 == 0
        case .odd: exit.lastDigit % 2 == 1
        case .multiplierUp, .multiplierDown: preconditionFailure("a multiplier neither wins nor loses as a whole")
        }
    }
}
