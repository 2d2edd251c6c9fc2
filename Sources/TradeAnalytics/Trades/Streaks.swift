/// Wins and losses in a row: how many it is now, and how many it was at most. Breaking even ends both.
public struct Streaks: Hashable, Sendable {
    public private(set) var wins = 0
    public private(set) var losses = 0
    public private(set) var longestWins = 0
    public private(set) var longestLosses = 0

    @inline(__always)
    public init() {}

    @inline(__always)
    public mutating func add(_ profit: Int64) {
        wins = profit > 0 ? wins &+ 1 : 0
        losses = profit < 0 ? losses &+ 1 : 0
        longestWins = max(longestWins, wins)
        longestLosses = max(longestLosses, losses)
    }
}
