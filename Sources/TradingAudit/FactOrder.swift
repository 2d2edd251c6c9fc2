public import TradingEngine
public import TradingModel

/// I12, I13, I26: facts are numbered without a gap, those of each owner too, and their time never goes back.
public struct FactOrder: Sendable {
    private var next: Int64
    private var owners: [OwnerID: Int64]
    private var newestAt: Timestamp

    /// `next` is the number of the fact that comes; `owners` the newest number of each owner.
    public init(next: Int64 = 1, owners: [OwnerID: Int64] = [:], newestAt: Timestamp = Timestamp(milliseconds: 0)) {
        (self.next, self.owners, self.newestAt) = (next, owners, newestAt)
    }

    public mutating func take(_ fact: Fact, sequence: Int64, ownerSequence: Int64) -> Finding? {
        let expected = owners[fact.owner, default: 0] + 1
        defer { (next, newestAt, owners[fact.owner]) = (sequence + 1, max(newestAt, fact.at), ownerSequence) }
        if sequence != next { return Finding("I12", .journal, "fact \(sequence) follows fact \(next - 1)") }
        if ownerSequence != expected {
            return Finding("I26", .journal, "fact \(sequence) is number \(ownerSequence) of owner \(fact.owner), after \(expected - 1)")
        }
        if fact.at < newestAt { return Finding("I13", .journal, "\(fact.line) at \(fact.at), after a fact at \(newestAt)") }
        return nil
    }
}
