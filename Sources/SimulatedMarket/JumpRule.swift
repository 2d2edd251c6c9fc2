/// Jumps: how often they come, how large they are, and what they do to the chance of ending above a place.
enum JumpRule {
    /// A tick in so many has one: three times an hour on average.
    static let every: Int64 = 1_200
    /// Standard deviations of a usual step.
    static let deviations: Int64 = 30

    /// The size of one at a price, in thousandths of a pip.
    static func milliPips(on market: MarketSymbol, from pips: Int64) -> Int64 { Spread.milliPips(of: market, from: pips, ticks: 1) * deviations }

    /// The chance to end above a place that lies `distance` below, in millionths: the mean over the number of jumps that
    /// `ticks` ticks may bring, each up or down alike. `spread` is what the usual steps add; all lengths are thousandths of a pip, and
    /// `normal` is the chance of a distance and a spread.
    static func chance(of distance: Int64, spread: Int64, jump: Int64, ticks: Int64, _ normal: (Int64, Int64) -> Int64) -> Int64 {
        guard ticks <= fewTicks else { return normal(distance, spread + spread * variancePercent / 100) }
        // What is left of 1 for the numbers of jumps that are not counted goes half each way.
        var weight = chanceOfNone(ticks), rest = scale, sum: Int64 = 0
        for jumps in 0...mostJumps {
            sum += weight * mean(jumps, distance, spread, jump, normal)
            rest -= weight
            weight = weight * (ticks - jumps) / ((jumps + 1) * (every - 1))
            if weight <= 0 { break }
        }
        return (sum + rest * 500_000) / scale
    }

    /// The mean over the ways in which so many jumps can go: a row of Pascal's triangle.
    private static func mean(_ jumps: Int64, _ distance: Int64, _ spread: Int64, _ jump: Int64, _ normal: (Int64, Int64) -> Int64) -> Int64 {
        var ways: Int64 = 1, sum: Int64 = 0
        for up in 0...jumps {
            sum += ways * normal(distance + (2 * up - jumps) * jump, spread)
            ways = ways * (jumps - up) / (up + 1)
        }
        return sum >> jumps
    }

    /// (1199/1200)^ticks, in `scale`.
    private static func chanceOfNone(_ ticks: Int64) -> Int64 {
        var left = ticks, power = scale * (every - 1) / every, result = scale
        while left > 0 {
            if left & 1 == 1 { result = result * power / scale }
            power = power * power / scale
            left >>= 1
        }
        return result
    }

    private static let scale: Int64 = 1_000_000_000
    /// Past four jumps on average their sum is as good as normal: the spread grows by the root of 1 + 30²/1200.
    private static let fewTicks: Int64 = 4 * every
    private static let mostJumps: Int64 = 14
    /// √1.75 is 1.3229.
    private static let variancePercent: Int64 = 32
}
