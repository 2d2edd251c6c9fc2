// What is on record about a trade, as one file; and everything that somebody may do to that file.

import AuditLog
import GRDB
import PlainJSON
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

@testable import SQLiteStore

@Suite struct ProofTests {
    static let signer = AuditSigner(seed: (0..<32).map { UInt8($0) })
    static let body = Array(#"{"symbol":"1HZ100V","kind":"rise"}"#.utf8)

    /// The scripted history with a correction at its end, a checkpoint after every fifth turn, and each signal's bytes.
    struct World {
        let store: SQLiteStore
        var checkpoints: [AuditCheckpoint] = []
        let entries: [JournalEntry]

        init(_ folder: TemporaryFolder, isCoveredToTheEnd: Bool = true) throws {
            store = try folder.open()
            var history = ScriptedHistory()
            let ended = EngineScript.start.adding(seconds: 50), contract = ContractID(rawValue: 12)
            history.at(
                700,
                .broker(
                    ScriptedHistory.adasAccount,
                    .contractSeen(
                        contract,
                        settlement: Settlement(contract: contract, transaction: TransactionID(rawValue: 121), payout: .usd(1_950), settledAt: ended))))
            history.at(710, EngineScript.sold(12, for: 0, balance: 99_000, at: 50))
            let turns = history.turns
            entries = turns.flatMap(\.entries)
            for (place, turn) in turns.enumerated() {
                var rows = turn.rows
                for case .signalAccepted(let signal) in turn.entries.map(\.fact.event) {
                    rows.append(.origin(signal.id, SignalOrigin(.api, name: "POST /api/v1/signals", key: nil, body: ProofTests.body)))
                }
                try store.write(turn.entries, rows: rows)
                if place % 5 == 4 || isCoveredToTheEnd && place == turns.count - 1 { try cover() }
            }
        }

        mutating func cover() throws {
            let end = try store.auditEnd()
            if checkpoints.last?.sequence == end.sequence { return }
            checkpoints.append(AuditCheckpoint(sequence: end.sequence, hash: end.hash, at: Timestamp(seconds: 9), signer: ProofTests.signer))
        }

        var intents: [(id: IntentID, owner: OwnerID)] {
            entries.compactMap { entry in if case .buyIntended(let intent) = entry.fact.event { (intent.id, entry.fact.owner) } else { nil } }
        }

        func proof(_ intent: (id: IntentID, owner: OwnerID)) async throws -> TradeProof {
            try #require(try await store.proof(of: intent.id, owner: intent.owner, checkpoints: checkpoints)).stated(by: ProofTests.signer)
        }
    }

    static func verified(_ proof: TradeProof, key: [UInt8]? = signer.publicKey) -> ProofVerification {
        ProofVerification(proof, publicKeys: key.map { [$0] } ?? []) { $0.line }
    }

    @Test func everyTradeOfAHistoryHasAProofThatHolds() async throws {
        let folder = try TemporaryFolder(), world = try World(folder)
        var states: Set<String> = [], kinds: Set<String> = [], names: Set<String> = []
        for intent in world.intents {
            let proof = try await world.proof(intent), found = Self.verified(proof)
            #expect(found.isRight, "\(intent.id): \(found.checks.filter { !$0.isRight })")
            #expect(try TradeProof(proof.bytes) == proof)
            #expect(proof.origin?.body == Self.body && proof.nextCheckpointBy == nil)
            #expect(found.isComplete == !["intended", "in_doubt", "ambiguous", "open"].contains(proof.state))
            states.insert(proof.state)
            kinds.formUnion(proof.facts.map(\.row.kind))
            names.formUnion(proof.compared.map(\.name))
            let other = intent.owner == ScriptedHistory.ada ? ScriptedHistory.ben : ScriptedHistory.ada
            #expect(try await world.store.proof(of: intent.id, owner: other, checkpoints: world.checkpoints) == nil)
        }
        #expect(states.isSuperset(of: ["settled", "rejected"]), "\(states)")
        #expect(kinds.isSuperset(of: ["buy_rejected", "buy_abandoned", "contract_adopted", "buy_in_doubt", "settlement_corrected"]), "\(kinds)")
        #expect(names.isSuperset(of: ["balance", "open_contracts", "loss_per_day"]), "\(names)")
        #expect(try await world.store.proof(of: EngineScript.intent(999), owner: ScriptedHistory.ada, checkpoints: []) == nil)
        try world.store.close()
    }

    @Test func whatIsStillMissingIsSaid() async throws {
        let folder = try TemporaryFolder(), world = try World(folder, isCoveredToTheEnd: false)
        var uncovered = 0
        for intent in world.intents {
            var proof = try #require(try await world.store.proof(of: intent.id, owner: intent.owner, checkpoints: []))
            let found = Self.verified(proof)
            #expect(found.isRight && !found.isComplete, "\(found.checks)")
            #expect(proof.missing.contains { $0.what == "checkpoint" } && proof.nextCheckpointBy == proof.madeAt.adding(seconds: 301))
            proof.missing.removeAll { $0.what == "checkpoint" }
            #expect(!Self.verified(proof).isRight, "that it is missing must be said")
            if try await world.proof(intent).missing.contains(where: { $0.what == "checkpoint" }) { uncovered += 1 }
        }
        #expect(uncovered < world.intents.count)
        try world.store.close()
    }

    /// One bit of any byte of the file: it is unreadable then, or wrong, or a member changed that nothing follows from.
    @Test func oneBitOfTheFileShows() async throws {
        let folder = try TemporaryFolder(), world = try World(folder)
        let proof = try await Self.settled(world), bytes = proof.bytes
        func plain(_ proof: TradeProof) -> TradeProof {
            var proof = proof
            (proof.nextCheckpointBy, proof.missing) = (nil, [])
            return proof
        }
        for place in stride(from: 0, to: bytes.count, by: 13) {
            var changed = bytes
            changed[place] ^= 1
            guard let read = try? TradeProof(changed) else { continue }
            let isHarmless = plain(read) == plain(proof)
            #expect(
                isHarmless || !Self.verified(read).isRight,
                "byte \(place): \(String(decoding: changed[max(0, place - 40)..<min(place + 20, bytes.count)], as: UTF8.self))")
        }
        try world.store.close()
    }

    static func settled(_ world: World) async throws -> TradeProof {
        for intent in world.intents {
            let proof = try await world.proof(intent)
            if proof.state == "settled" { return proof }
        }
        throw NothingSettled()
    }
    struct NothingSettled: Error {}

    @Test func anotherTradesSettlementIsNotThisOnes() async throws {
        let folder = try TemporaryFolder(), world = try World(folder)
        var proofs: [TradeProof] = []
        for intent in world.intents { proofs.append(try await world.proof(intent)) }
        let ended = proofs.filter { $0.state == "settled" }, other = try #require(ended.last), one = ended[0]
        let mine = try #require(one.facts.firstIndex { $0.row.kind == "settled" }), theirs = try #require(other.facts.first { $0.row.kind == "settled" })
        var spliced = one
        spliced.facts[mine] = theirs
        spliced.chain += other.chain.filter { segment in !one.chain.contains { $0.first == segment.first } }
        let found = Self.verified(spliced)
        #expect(found.checks.first { $0.name == "trade" }?.isRight == false, "\(found.checks)")
        try world.store.close()
    }

    @Test func whoSignedIsAskedOfTheReader() async throws {
        let folder = try TemporaryFolder(), world = try World(folder), proof = try await Self.settled(world)
        #expect(!Self.verified(proof, key: AuditSigner(seed: [UInt8](repeating: 5, count: 32)).publicKey).isRight)
        let found = Self.verified(proof, key: nil)
        #expect(found.isRight && found.signers == [Self.signer.publicKey])
        #expect(found.checks.first { $0.name == "signature" }?.says.contains("no --public-key was given") == true)
        try world.store.close()
    }

    /// Of a fact that is not in the file the chain knows nothing; the statement does.
    @Test func whatIsLeftOutShowsByTheStatement() async throws {
        let folder = try TemporaryFolder(), world = try World(folder)
        for intent in world.intents {
            let proof = try await world.proof(intent)
            for (place, fact) in proof.facts.enumerated() {
                var less = proof
                less.facts.remove(at: place)
                let found = Self.verified(less)
                #expect(found.checks.first { $0.name == "statement" }?.isRight == false, "without \(fact.line)")
                // Whoever leaves something out can only leave the statement out, too, and that is told.
                less.statement = nil
                #expect(!Self.verified(less).isComplete)
            }
            var other = proof.stated(by: AuditSigner(seed: [UInt8](repeating: 5, count: 32)))
            #expect(!Self.verified(other).isRight && Self.verified(other, key: nil).signers.count == 2)
            other = proof.stated(by: nil)
            #expect(Self.verified(other).isRight && Self.verified(other).missing.map(\.what).contains("statement"))
        }
        try world.store.close()
    }

    @Test func whatWasReceivedIsNeitherChangedNorDeleted() async throws {
        let folder = try TemporaryFolder(), world = try World(folder)
        for sql in ["UPDATE signal_origin SET body = x'00'", "DELETE FROM signal_origin"] {
            await #expect(throws: (any Error).self) { try await world.store.pool.write { try $0.execute(sql: sql) } }
        }
        try await world.store.pool.write { db in
            try db.execute(sql: "DROP TRIGGER signal_origin_keeps_its_rows; UPDATE signal_origin SET body = x'7b7d' WHERE number = 1")
        }
        let first = world.entries.lazy.compactMap { entry in if case .signalAccepted(let signal) = entry.fact.event { signal.id } else { nil } }.first
        let intent = try #require(world.intents.first { $0.id.signal == first })
        #expect(Self.verified(try await world.proof(intent)).checks.first { $0.name == "chain" }?.isRight == false)
        #expect(throws: AuditVerification.Fault.self) { try AuditReader(world.store.path).verify(world.checkpoints) }
        try world.store.close()
    }
}
