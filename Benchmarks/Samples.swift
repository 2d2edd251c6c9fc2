// Times in whole nanoseconds, and what is said of many of them.

struct Samples: Sendable {
    private(set) var nanoseconds: [Int] = []

    mutating func add(_ time: Int) { nanoseconds.append(time) }
    mutating func add(_ others: Samples) { nanoseconds += others.nanoseconds }
    var count: Int { nanoseconds.count }

    /// The smallest sample that at least so many percent of all do not exceed.
    func percentile(_ percent: Int) -> Int {
        precondition(!nanoseconds.isEmpty, "a percentile of no samples")
        let sorted = nanoseconds.sorted()
        return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }

    var median: Int { percentile(50) }

    /// The figures that every list of times is shown by.
    func figures(_ name: String) -> [Figure] {
        [50, 90, 99].map { Figure("\(name) \($0 == 50 ? "median" : "p\($0)")", .nanoseconds(percentile($0))) }
    }
}
