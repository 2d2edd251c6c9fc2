import TradingModel

/// What goes wrong on request, for the tests of others. Probabilities are in millionths of one; none by default.
///
///     reply-lost:0.01,request-lost:0.01,drop:0.001,late:0.05,doubled:0.02,late-most-ms:20000,seed:7
public struct FaultPlan: Hashable, Sendable {
    /// A buy is executed and never answered.
    public var replyLost: Int64 = 0
    /// A buy is never executed and never answered.
    public var requestLost: Int64 = 0
    /// A buy is executed and the socket closed without an answer.
    public var drop: Int64 = 0
    /// An answer comes 100 to `lateMostMilliseconds` of broker time late.
    public var late: Int64 = 0
    /// An answer is sent twice.
    public var doubled: Int64 = 0
    public var lateMostMilliseconds: Int64 = 20_000
    public var seed: UInt64 = 1

    public static let none = FaultPlan()
    public init() {}

    /// The plan of a text such as the one above; an empty text is no faults.
    public init(parsing text: String) throws(FaultPlanError) {
        for part in text.split(separator: ",") {
            let pair = part.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { throw FaultPlanError(part: String(part), expected: "name:probability") }
            switch pair[0] {
            case "reply-lost": replyLost = try FaultPlan.millionths(pair[1], part)
            case "request-lost": requestLost = try FaultPlan.millionths(pair[1], part)
            case "drop": drop = try FaultPlan.millionths(pair[1], part)
            case "late": late = try FaultPlan.millionths(pair[1], part)
            case "doubled": doubled = try FaultPlan.millionths(pair[1], part)
            case "late-most-ms":
                guard let value = Int64(pair[1]), (100...3_600_000).contains(value) else {
                    throw FaultPlanError(part: String(part), expected: "100 to 3600000")
                }
                lateMostMilliseconds = value
            case "seed":
                guard let value = UInt64(pair[1]) else { throw FaultPlanError(part: String(part), expected: "a whole number") }
                seed = value
            default: throw FaultPlanError(part: String(part), expected: "reply-lost, request-lost, drop, late, doubled, late-most-ms or seed")
            }
        }
        guard replyLost + requestLost + drop <= 1_000_000 else {
            throw FaultPlanError(part: text, expected: "reply-lost, request-lost and drop of 1 at most in all")
        }
    }

    private static func millionths(_ text: Substring, _ part: Substring) throws(FaultPlanError) -> Int64 {
        guard let value = Decimals.units(text, decimals: 6), (0...1_000_000).contains(value) else {
            throw FaultPlanError(part: String(part), expected: "a probability of 0 to 1 with at most six decimals")
        }
        return value
    }
}

/// The part of a fault plan that could not be read.
public struct FaultPlanError: Error, Hashable, Sendable, CustomStringConvertible {
    public let part: String
    public let expected: String
    public var description: String { "fault plan: \(part): expected \(expected)" }
}
