import TradingModel

/// The newest signals that are on record, with what is known of each. Older ones have long been decided.
struct RecentSignals: Sendable {
    struct Known: Sendable {
        /// Nil of one that was accepted before these books began.
        var validUntil: Timestamp?, symbol: Symbol?
    }
    private var known: [SignalID: Known] = [:]
    private var ring: [SignalID] = []
    private var oldest = 0
    static let most = 16_384
    /// Some that may still be good were dropped, so that an unknown one proves nothing.
    var isFull: Bool { ring.count == RecentSignals.most }

    mutating func insert(_ signal: Signal) { insert(signal.id, Known(validUntil: signal.validUntil, symbol: signal.symbol)) }
    mutating func insert(seen id: SignalID) { insert(id, Known()) }

    private mutating func insert(_ id: SignalID, _ signal: Known) {
        if let before = known.updateValue(signal, forKey: id) {
            if signal.validUntil == nil { known[id] = before }
            return
        }
        if isFull {
            known[ring[oldest]] = nil
            ring[oldest] = id
            oldest = (oldest + 1) % RecentSignals.most
        } else {
            ring.append(id)
        }
    }

    func find(_ id: SignalID) -> Known? { known[id] }
}
