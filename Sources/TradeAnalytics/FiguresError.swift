// What makes trades unfit for figures.

/// What is wrong with a trade, for figures. Nothing is taken over from a trade that is refused.
public enum FiguresError: Error, Hashable, Sendable {
    /// An amount is beyond what is believed (`Money.most`), in minor units.
    case amountTooLarge(Int64)
    /// A stake is negative, in minor units.
    case negativeStake(Int64)
    /// The sum of the profits, or of the stakes, is beyond what 64 bits hold.
    case sumTooLarge
    /// It settled before the one that was added last; figures follow the order of settlement. In milliseconds since 1970.
    case outOfOrder(Int64, after: Int64)
    /// It settled before 1970 or after the year 9999, in milliseconds since 1970.
    case noSuchTime(Int64)
    /// Columns of one table differ in length, or a row names a group that is not there.
    case unevenColumns(row: Int)
    /// There are more symbols or sides than columns hold: 256 of each.
    case tooManyGroups(Int)
    /// The start balance is none to measure a fall or a return against: less than one minor unit, or too large.
    case startBalance(Int64)
}

extension FiguresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .amountTooLarge(let amount): "an amount of \(amount) minor units, expected no more than 10^12 either way"
        case .negativeStake(let stake): "a stake of \(stake) minor units, expected none below zero"
        case .sumTooLarge: "the sum of all amounts is more than 64 bits hold"
        case .outOfOrder(let time, let last): "settled at \(time) ms, before the trade ahead of it at \(last) ms; trades come in order of settlement"
        case .noSuchTime(let time): "settled at \(time) ms, expected a time from 1970 to the year 9999"
        case .unevenColumns(let row): "row \(row) is not whole: every column has a value for each row, and each group it names is there"
        case .tooManyGroups(let count): "\(count) symbols or sides, expected no more than 256 of each"
        case .startBalance(let balance): "a start balance of \(balance) minor units, expected 1 to 10^12"
        }
    }
}
