/// Which side of which question a contract takes.
public enum ContractKind: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// Pays when the exit tick is higher than the entry tick.
    case rise
    /// Pays when the exit tick is lower than the entry tick.
    case fall
    /// Pays when the last digit of the last tick is even.
    case even
    /// Pays when the last digit of the last tick is odd.
    case odd

    /// The word in our API: `rise`, `fall`, `even`, `odd`.
    public var name: String {
        switch self {
        case .rise: "rise"
        case .fall: "fall"
        case .even: "even"
        case .odd: "odd"
        }
    }
    public init?(name: String) {
        guard let kind = ContractKind.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

/// How long a contract runs.
public struct ContractDuration: Hashable, Sendable, Codable {
    public enum Unit: UInt8, Hashable, Sendable, Codable, CaseIterable { case ticks, seconds, minutes, hours, days }
    public let count: Int32
    public let unit: Unit

    /// The most of any unit that is believed: a year of days, a day of seconds.
    public init?(_ count: Int64, _ unit: Unit) {
        let most: Int64 =
            switch unit {
            case .ticks: 100
            case .seconds: 86_400
            case .minutes: 1_440
            case .hours: 24
            case .days: 365
            }
        guard (1...most).contains(count) else { return nil }
        (self.count, self.unit) = (Int32(count), unit)
    }

    public static func ticks(_ count: Int64) -> ContractDuration { ContractDuration(count, .ticks)! }

    /// As the broker writes it: `5t`, `15s`, `2m`, `1h`, `1d`.
    public var text: String {
        switch unit {
        case .ticks: "\(count)t"
        case .seconds: "\(count)s"
        case .minutes: "\(count)m"
        case .hours: "\(count)h"
        case .days: "\(count)d"
        }
    }
    public init?(text: some StringProtocol) {
        guard let last = Array(text.utf8).last, let count = Int64(text.dropLast()), "\(count)" == text.dropLast() else { return nil }
        switch last {
        case 0x74: self.init(count, .ticks)
        case 0x73: self.init(count, .seconds)
        case 0x6d: self.init(count, .minutes)
        case 0x68: self.init(count, .hours)
        case 0x64: self.init(count, .days)
        default: return nil
        }
    }

    /// Seconds it lasts, or nil for ticks.
    public var seconds: Int64? {
        switch unit {
        case .ticks: nil
        case .seconds: Int64(count)
        case .minutes: Int64(count) * 60
        case .hours: Int64(count) * 3_600
        case .days: Int64(count) * 86_400
        }
    }

    /// An upper bound of the time from purchase to expiry in seconds, two seconds for a tick and one tick to enter.
    public var atMostSeconds: Int64 { seconds ?? Int64(count + 1) * 2 + 2 }
}

/// What a contract is about, apart from its price: symbol, kind and duration.
public struct ContractTerms: Hashable, Sendable, Codable {
    public var symbol: Symbol
    public var kind: ContractKind
    public var duration: ContractDuration
    @inlinable public init(symbol: Symbol, kind: ContractKind, duration: ContractDuration) {
        (self.symbol, self.kind, self.duration) = (symbol, kind, duration)
    }
}

extension ContractTerms: CustomStringConvertible {
    public var description: String { "\(symbol) \(kind.name) \(duration.text)" }
}
