/// Follows the log entry by entry and says where it first is not what it was.
public struct AuditVerification: Sendable {
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// The entry at which it shows.
        public let sequence: Int64
        public let reason: String
        public var description: String { "entry \(sequence): \(reason)" }
    }

    private var hash: [UInt8]
    /// The newest entry that was followed.
    public private(set) var sequence: Int64 = 0
    /// Facts that entries stand for.
    public private(set) var facts: Int64 = 0
    /// Origins of signals that entries stand for.
    public private(set) var origins: Int64 = 0
    /// Checkpoints that agree.
    public private(set) var checkpoints = 0
    /// In order; those not yet reached.
    private var expected: ArraySlice<AuditCheckpoint>

    /// - Parameter checkpoints: in order of their entries, signatures looked at by the caller.
    public init(instance: [UInt8], checkpoints: [AuditCheckpoint]) {
        hash = AuditChain.beginning(of: instance)
        expected = checkpoints[...]
    }

    /// The next entry with the hash that is stored with it, and the digests of the facts that the journal has under the
    /// numbers that it names; the same of the origins of signals.
    public mutating func follow(_ entry: AuditEntry, hash stored: [UInt8], facts digests: [[UInt8]], origins kept: [[UInt8]] = []) throws(Fault) {
        guard entry.sequence == sequence + 1 else {
            throw Fault(sequence: sequence + 1, reason: entry.sequence > sequence ? "it is missing" : "entry \(entry.sequence) follows")
        }
        if entry.action == AuditEntry.facts {
            guard let numbers = entry.factNumbers, numbers.lowerBound == facts + 1 else {
                throw Fault(sequence: entry.sequence, reason: "it stands for facts \(entry.object), expected from \(facts + 1) on")
            }
            guard digests.count == numbers.count else {
                throw Fault(sequence: entry.sequence, reason: "of facts \(entry.object) the journal has \(digests.count)")
            }
            guard FactRow.digest(of: digests) == entry.content else {
                throw Fault(sequence: entry.sequence, reason: "facts \(entry.object) of the journal are not those that were recorded")
            }
            facts = numbers.upperBound
        }
        if entry.action == AuditEntry.origins {
            guard let numbers = entry.originNumbers, numbers.lowerBound == origins + 1 else {
                throw Fault(sequence: entry.sequence, reason: "it stands for origins \(entry.object), expected from \(origins + 1) on")
            }
            guard kept.count == numbers.count, FactRow.digest(of: kept) == entry.content else {
                throw Fault(sequence: entry.sequence, reason: "origins \(entry.object) of signals are not those that were recorded")
            }
            origins = numbers.upperBound
        }
        hash = AuditChain.link(hash, entry.digest)
        guard hash == stored else { throw Fault(sequence: entry.sequence, reason: "it does not fit its hash: it, or one before it, was changed") }
        sequence = entry.sequence
        while let checkpoint = expected.first, checkpoint.sequence <= sequence {
            guard checkpoint.sequence == sequence, checkpoint.hash == hash else {
                throw Fault(sequence: checkpoint.sequence, reason: "the chain is another than the checkpoint of \(checkpoint.at) says: it was written anew")
            }
            checkpoints += 1
            expected = expected.dropFirst()
        }
    }

    /// After the last entry; `newestFact` is the journal's, `newestOrigin` that of the table of origins.
    public func end(newestFact: Int64, newestOrigin: Int64 = 0) throws(Fault) {
        guard newestOrigin == origins else {
            throw Fault(sequence: sequence + 1, reason: "there are \(newestOrigin) origins of signals, the log stands for \(origins)")
        }
        guard newestFact == facts else {
            throw Fault(sequence: sequence + 1, reason: "the journal has \(newestFact) facts, the log stands for \(facts)")
        }
        if let checkpoint = expected.first {
            throw Fault(
                sequence: sequence + 1, reason: "it is missing: the checkpoint of \(checkpoint.at) has seen entry \(checkpoint.sequence)")
        }
    }
}
