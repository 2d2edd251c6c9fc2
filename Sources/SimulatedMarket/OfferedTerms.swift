public import TradingModel

/// What the simulated broker sells: more kinds than our engine trades, because other people's clients buy them.
public enum OfferedKind: UInt8, Hashable, Sendable, CaseIterable {
    case rise, fall
    /// As rise and fall, but an exit equal to the entry pays.
    case riseOrEqual, fallOrEqual
    /// The last digit of the last tick equals the chosen one, or any other.
    case digitMatches, digitDiffers
    /// The last digit of the last tick is greater or smaller than the chosen one.
    case digitOver, digitUnder
    case even, odd
    /// Pays the relative move of the price, times a multiplier, until it is sold or a limit ends it.
    case multiplierUp, multiplierDown

    public enum Family: Hashable, Sendable { case direction, digit, multiplier }

    public var family: Family {
        switch self {
        case .rise, .fall, .riseOrEqual, .fallOrEqual: .direction
        case .digitMatches, .digitDiffers, .digitOver, .digitUnder, .even, .odd: .digit
        case .multiplierUp, .multiplierDown: .multiplier
        }
    }

    /// The digits a buyer may choose, or nil when there is none to choose. Over 9 and under 0 could never win.
    public var digits: ClosedRange<Int>? {
        switch self {
        case .digitMatches, .digitDiffers: 0...9
        case .digitOver: 0...8
        case .digitUnder: 1...9
        case .rise, .fall, .riseOrEqual, .fallOrEqual, .even, .odd, .multiplierUp, .multiplierDown: nil
        }
    }

    /// The kind as our engine knows it, or nil when it trades none of these.
    public var modelled: ContractKind? {
        switch self {
        case .rise: .rise
        case .fall: .fall
        case .even: .even
        case .odd: .odd
        case .riseOrEqual, .fallOrEqual, .digitMatches, .digitDiffers, .digitOver, .digitUnder, .multiplierUp, .multiplierDown: nil
        }
    }

    public init(_ kind: ContractKind) {
        switch kind {
        case .rise: self = .rise
        case .fall: self = .fall
        case .even: self = .even
        case .odd: self = .odd
        }
    }

    /// The word in a ledger: those of `ContractKind`, and some more.
    public var name: String {
        switch self {
        case .rise: "rise"
        case .fall: "fall"
        case .riseOrEqual: "rise_or_equal"
        case .fallOrEqual: "fall_or_equal"
        case .digitMatches: "digit_matches"
        case .digitDiffers: "digit_differs"
        case .digitOver: "digit_over"
        case .digitUnder: "digit_under"
        case .even: "even"
        case .odd: "odd"
        case .multiplierUp: "multiplier_up"
        case .multiplierDown: "multiplier_down"
        }
    }
    public init?(name: String) {
        guard let kind = OfferedKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

/// What a contract of the simulated broker is about, apart from its price.
public struct OfferedTerms: Hashable, Sendable {
    public let symbol: Symbol
    public let kind: OfferedKind
    /// How the end is fixed.
    public enum Span: Hashable, Sendable {
        case duration(ContractDuration)
        /// It has no end of its own: it multiplies moves by so much until somebody or a limit ends it.
        case open(multiplier: Int64)
    }
    public let span: Span
    /// The digit of the kinds that have one.
    public let digit: Int?

    /// Nil when the parts do not fit the kind: a digit where none belongs or one missing, a multiplier with a duration.
    public init?(symbol: Symbol, kind: OfferedKind, span: Span, digit: Int? = nil) {
        switch (kind.digits, digit) {
        case (nil, nil): break
        case (let allowed?, let digit?): guard allowed.contains(digit) else { return nil }
        case (nil, _?), (_?, nil): return nil
        }
        switch span {
        case .duration: guard kind.family != .multiplier else { return nil }
        case .open(let multiplier): guard kind.family == .multiplier, (1...10_000).contains(multiplier) else { return nil }
        }
        (self.symbol, self.kind, self.span, self.digit) = (symbol, kind, span, digit)
    }

    public init(_ terms: ContractTerms) {
        (symbol, kind, span, digit) = (terms.symbol, OfferedKind(terms.kind), .duration(terms.duration), nil)
    }

    public var duration: ContractDuration? {
        switch span {
        case .duration(let duration): duration
        case .open: nil
        }
    }
    public var multiplier: Int64? {
        switch span {
        case .duration: nil
        case .open(let multiplier): multiplier
        }
    }
    /// Ticks it runs, or nil when it does not end by their number.
    public var tickCount: Int64? { duration.flatMap { $0.unit == .ticks ? Int64($0.count) : nil } }

    /// The terms as our engine knows them, or nil when it trades none of these.
    public var modelled: ContractTerms? {
        guard let kind = kind.modelled, let duration else { return nil }
        return ContractTerms(symbol: symbol, kind: kind, duration: duration)
    }
}
