// A log as an honest program leaves it, and everything that somebody may do to it afterwards.

import AuditLog
import PlainJSON
import Testing
import TradingModel

@Suite struct ChainTests {
    static let instance = [UInt8](repeating: 7, count: 16)
    static let signer = AuditSigner(seed: (0..<32).map { UInt8($0) })

    struct Stored {
        var entry: AuditEntry
        var hash: [UInt8]
        var facts: [[UInt8]] = []
    }

    /// Turns of one, two and three facts, an act between.
    static func log() -> [Stored] {
        var stored: [Stored] = [], hash = AuditChain.beginning(of: instance), fact: Int64 = 0
        for number in 1...4 as ClosedRange<Int64> {
            var entry = AuditEntry(
                sequence: number, at: Timestamp(milliseconds: number * 1_000), actor: "host", action: "keys add", object: "", outcome: "done",
                content: AuditChain.content())
            var digests: [[UInt8]] = []
            if number != 2 {
                let first = fact + 1
                for _ in 0..<number { fact += 1; digests.append(row(fact).digest) }
                entry = AuditEntry(
                    sequence: number, at: entry.at, actor: "loop", action: AuditEntry.facts, object: AuditEntry.factNumbers(first...fact), outcome: "done",
                    content: FactRow.digest(of: digests))
            }
            hash = AuditChain.link(hash, entry.digest)
            stored.append(Stored(entry: entry, hash: hash, facts: digests))
        }
        return stored
    }

    static func row(_ number: Int64, body: String = "{}", session: Int64? = nil) -> FactRow {
        FactRow(
            sequence: number, owner: 1, ownerSequence: number, at: Timestamp(milliseconds: number), account: 1, session: session, kind: "line_up",
            body: Array(body.utf8))
    }

    static func follow(_ log: [Stored], _ checkpoints: [AuditCheckpoint] = [], newestFact: Int64 = 8) throws -> AuditVerification {
        var verification = AuditVerification(instance: instance, checkpoints: checkpoints)
        for stored in log { try verification.follow(stored.entry, hash: stored.hash, facts: stored.facts) }
        try verification.end(newestFact: newestFact)
        return verification
    }

    static func checkpoint(_ log: [Stored], at place: Int) -> AuditCheckpoint {
        AuditCheckpoint(sequence: log[place].entry.sequence, hash: log[place].hash, at: Timestamp(seconds: 9), signer: signer)
    }

    @Test func anHonestLogIsWhole() throws {
        let log = ChainTests.log(), found = try ChainTests.follow(log, [ChainTests.checkpoint(log, at: 1), ChainTests.checkpoint(log, at: 3)])
        #expect(found.sequence == 4 && found.facts == 8 && found.checkpoints == 2)
    }

    @Test func nothingCanBeChangedLeftOutOrPutBetween() {
        let honest = ChainTests.log()
        func refused(_ change: (inout [Stored]) -> Void) -> Int64? {
            var log = honest
            change(&log)
            do { _ = try ChainTests.follow(log); return nil } catch { return (error as? AuditVerification.Fault)?.sequence }
        }
        for place in honest.indices {
            let entry = honest[place].entry
            func with(actor: String? = nil, outcome: String? = nil, at: Timestamp? = nil) -> AuditEntry {
                AuditEntry(
                    sequence: entry.sequence, at: at ?? entry.at, actor: actor ?? entry.actor, action: entry.action, object: entry.object,
                    outcome: outcome ?? entry.outcome, content: entry.content)
            }
            #expect(refused { $0[place].entry = with(actor: "owner 2") } == entry.sequence)
            #expect(refused { $0[place].entry = with(outcome: "failed") } == entry.sequence)
            #expect(refused { $0[place].entry = with(at: Timestamp(milliseconds: 1)) } == (place == 0 ? 1 : entry.sequence) || place == 0)
            #expect(refused { $0[place].hash[31] ^= 1 } == entry.sequence)
            if place < 3 { #expect(refused { $0.remove(at: place) } == entry.sequence) }
            #expect(refused { $0.insert($0[place], at: place) } == entry.sequence + 1)
        }
        #expect(refused { $0.removeLast() } == 4, "facts of the journal that no entry stands for")
        #expect(refused { $0.swapAt(0, 1) } == 1)
    }

    @Test func theFactsAreThoseThatWereRecorded() throws {
        let honest = ChainTests.log()
        var log = honest
        log[3].facts[1] = ChainTests.row(6, body: "{ }").digest
        #expect(throws: AuditVerification.Fault.self) { try ChainTests.follow(log) }
        log = honest
        log[3].facts.removeLast()
        #expect(throws: AuditVerification.Fault.self) { try ChainTests.follow(log) }
        #expect(throws: AuditVerification.Fault.self, "a fact more than the log knows") { try ChainTests.follow(honest, newestFact: 9) }
        #expect(ChainTests.row(1).digest != ChainTests.row(1, session: 0).digest)
    }

    /// Who can write the database can make a chain that fits: only the second place shows it.
    @Test func aLogWrittenAnewOrCutOffDoesNotFitItsCheckpoint() throws {
        let honest = ChainTests.log(), checkpoint = ChainTests.checkpoint(honest, at: 3)
        var anew = honest, hash = AuditChain.beginning(of: ChainTests.instance)
        anew[1].entry = AuditEntry(
            sequence: 2, at: anew[1].entry.at, actor: "host", action: "keys list", object: "", outcome: "done", content: AuditChain.content())
        for place in anew.indices {
            hash = AuditChain.link(hash, anew[place].entry.digest)
            anew[place].hash = hash
        }
        #expect(try ChainTests.follow(anew).sequence == 4, "it fits in itself")
        #expect(throws: AuditVerification.Fault.self) { try ChainTests.follow(anew, [checkpoint]) }
        #expect(throws: AuditVerification.Fault.self, "the end is gone, and its facts with it") {
            try ChainTests.follow(Array(honest.dropLast()), [checkpoint], newestFact: 4)
        }
    }

    @Test func aCheckpointIsALineAndItsSignatureCoversAllOfIt() throws {
        let checkpoint = ChainTests.checkpoint(ChainTests.log(), at: 2)
        #expect(AuditCheckpoint(line: checkpoint.line) == checkpoint && checkpoint.isSigned)
        for (old, new) in [("\"sequence\":3", "\"sequence\":4"), ("\"at\":9000", "\"at\":9001")] {
            let changed = try #require(AuditCheckpoint(line: checkpoint.line.replacing(old, with: new)))
            #expect(changed != checkpoint && !changed.isSigned)
        }
        var other = AuditCheckpoint(line: checkpoint.line.replacing(checkpoint.signature.hexText, with: checkpoint.hash.hexText))
        #expect(other?.isSigned == false)
        for length in 0..<checkpoint.line.utf8.count { #expect(AuditCheckpoint(line: String(checkpoint.line.prefix(length))) == nil) }
        other = AuditCheckpoint(line: "{\"sequence\":0}")
        #expect(other == nil)
    }

    @Test func anotherStoresLogIsNotThisOnes() {
        var verification = AuditVerification(instance: [UInt8](repeating: 8, count: 16), checkpoints: [])
        let first = ChainTests.log()[0]
        #expect(throws: AuditVerification.Fault.self) { try verification.follow(first.entry, hash: first.hash, facts: first.facts) }
    }
}
