public import TradingModel

/// The contracts of an account that are explained, the newest of them: those that a look-up may meet again. Found by
/// halving, forgotten in the order in which they came.
public struct KnownContracts: Sendable {
    /// In the order in which they became known.
    private var arrivals: [ContractID] = []
    /// The same, ascending.
    private var sorted: [ContractID] = []

    init() {}
    public var count: Int { arrivals.count }

    public func contains(_ contract: ContractID) -> Bool {
        let index = firstIndex(notBefore: contract)
        return index < sorted.count && sorted[index] == contract
    }

    mutating func insert(_ contract: ContractID) {
        let index = firstIndex(notBefore: contract)
        if index < sorted.count, sorted[index] == contract { return }
        sorted.insert(contract, at: index)
        arrivals.append(contract)
    }

    /// Forgets all but the newest `most`.
    mutating func keepNewest(_ most: Int) {
        guard arrivals.count > most else { return }
        arrivals.removeFirst(arrivals.count - most)
        sorted = arrivals.sorted()
    }

    private func firstIndex(notBefore contract: ContractID) -> Int {
        // The broker counts upwards: what is new comes last.
        if let last = sorted.last, last < contract { return sorted.count }
        var low = 0, high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < contract { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension KnownContracts: Hashable {
    public static func == (a: KnownContracts, b: KnownContracts) -> Bool { a.arrivals == b.arrivals }
    public func hash(into hasher: inout Hasher) { hasher.combine(arrivals) }
}

extension KnownContracts: Codable {
    public init(from decoder: any Decoder) throws {
        arrivals = try decoder.singleValueContainer().decode([ContractID].self)
        sorted = arrivals.sorted()
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(arrivals)
    }
}
