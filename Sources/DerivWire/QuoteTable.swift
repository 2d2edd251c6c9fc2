import TradingModel

/// The quotes that this connection was given, by what they are for. Their ids stay here: the engine knows a quote by its
/// contract, stake and payout, and one that belongs to another connection cannot be bought by mistake.
struct QuoteTable: Sendable {
    private struct Entry: Sendable { let proposal: String, terms: ContractTerms, stake: Money, payout: Money }
    /// In the order in which they came.
    private var entries: [Entry] = []
    /// The oldest goes first; the engine asks again for what it still wants.
    static let most = 256

    mutating func add(_ proposal: String, _ terms: ContractTerms, stake: Money, payout: Money) {
        entries.removeAll { $0.terms == terms && $0.stake == stake }
        if entries.count >= QuoteTable.most { entries.removeFirst() }
        entries.append(Entry(proposal: proposal, terms: terms, stake: stake, payout: payout))
    }

    /// The id to buy by, which is used up with it.
    mutating func take(_ terms: ContractTerms, stake: Money, payout: Money) -> String? {
        guard let index = entries.firstIndex(where: { $0.terms == terms && $0.stake == stake && $0.payout == payout }) else { return nil }
        return entries.remove(at: index).proposal
    }
}
