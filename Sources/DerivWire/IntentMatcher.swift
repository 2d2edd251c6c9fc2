import TradingEngine
import TradingModel

/// Which intents a booked purchase may be, by everything that can be compared: symbol, kind, duration, price and the
/// second it was bought. The broker stores no word of ours, so this is all there is.
struct IntentMatcher {
    let intents: [BuyIntent]

    /// Broker seconds that a purchase may stand before the intent: by so much our time may be ahead when a buy leaves, and the
    /// broker's clock counts whole seconds.
    let earlySeconds: Int64
    /// And after it: longer than any request can stay on its way.
    static let lateSeconds: Int64 = 600

    /// `clockAheadMost`: milliseconds by which our time may be ahead of the broker's when a buy leaves.
    init(intents: [BuyIntent], clockAheadMost: Int64 = LineSettings().clockAheadMost) {
        self.intents = intents
        earlySeconds = (clockAheadMost + 999) / 1_000 + 1
    }

    func candidates(shortcode: String, price: Money, purchasedAt: Timestamp) -> [IntentID] {
        #if SeededBugs
        if SeededBug.matchesByPriceAlone.isPlanted { return intents.filter { fits($0, price: price, purchasedAt: purchasedAt) }.map(\.id) }
        #endif
        guard let code = Shortcode(shortcode) else { return [] }
        return intents.filter { code.matches($0.terms) && fits($0, price: price, purchasedAt: purchasedAt) }.map(\.id)
    }

    /// Whether price and time alone could be an intent's.
    func fitsAny(price: Money, purchasedAt: Timestamp) -> Bool { intents.contains { fits($0, price: price, purchasedAt: purchasedAt) } }

    private func fits(_ intent: BuyIntent, price: Money, purchasedAt: Timestamp) -> Bool {
        price == intent.stake.amount && purchasedAt >= intent.intendedAt.adding(seconds: -earlySeconds)
            && purchasedAt <= intent.intendedAt.adding(seconds: IntentMatcher.lateSeconds)
    }
}
