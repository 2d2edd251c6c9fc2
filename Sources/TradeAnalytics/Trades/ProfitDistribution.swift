/// How often each profit came. It is exact, and it says everything about a population that does not hang on the order
/// of its trades: sums, deviations, quantiles.
///
/// Few trades are kept one by one. From `sparseMost` on, the profits near zero (stakes of traders) are counted in a
/// table, so that space grows only with those far from it.
public struct ProfitDistribution: Sendable {
    /// Profits from `-reach` to below `reach` minor units have a counter each.
    static let reach: Int64 = 32_768
    static let sparseMost = 4_096

    /// Empty while there are few trades.
    private var counters: [Int] = []
    /// Profits that have no counter.
    private var others: [Int64] = []

    public init() {}

    public mutating func add(_ profit: Int64) {
        if !counters.isEmpty, (-ProfitDistribution.reach..<ProfitDistribution.reach).contains(profit) {
            counters[Int(profit + ProfitDistribution.reach)] += 1
            return
        }
        others.append(profit)
        if counters.isEmpty, others.count == ProfitDistribution.sparseMost { makeCounters() }
    }

    private mutating func makeCounters() {
        counters = [Int](repeating: 0, count: Int(2 * ProfitDistribution.reach))
        let all = others
        others = []
        for profit in all { add(profit) }
    }

    /// Each profit once, from the lowest to the highest.
    public var runs: [ProfitRun] {
        var runs = ProfitRun.runs(of: others)
        guard !counters.isEmpty else { return runs }
        let near = ProfitRun.runs(of: counters, from: -ProfitDistribution.reach)
        let above = runs.firstIndex { $0.profit > 0 } ?? runs.count
        runs.insert(contentsOf: near, at: above)
        return runs
    }
}

/// A profit and how often it came.
public struct ProfitRun: Hashable, Sendable {
    /// In minor units.
    public let profit: Int64
    /// 1 at least.
    public let count: Int

    /// The runs of profits in any order.
    static func runs(of profits: [Int64]) -> [ProfitRun] {
        let sorted = profits.sorted()
        var runs: [ProfitRun] = [], start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            runs.append(ProfitRun(profit: sorted[start], count: end - start))
            start = end
        }
        return runs
    }

    /// The runs of counters, the first of which counts `lowest`.
    static func runs(of counters: some Sequence<some BinaryInteger>, from lowest: Int64) -> [ProfitRun] {
        var runs: [ProfitRun] = [], profit = lowest
        for count in counters {
            if count > 0 { runs.append(ProfitRun(profit: profit, count: Int(count))) }
            profit += 1
        }
        return runs
    }
}
