import Foundation
import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct StateTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulator-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// A desk that goes on where the folder stands.
    private func desk(_ folder: String) throws -> BrokerDesk {
        try .fixture { $0.stateDirectory = folder }
    }

    @Test(arguments: [true, false]) func aBrokerGoesOnWhereItWasKilled(savedBefore: Bool) throws {
        try inFolder { folder in
            let first = Conversation(on: try desk(folder))
            first.say(#"{"authorize":"demo"}"#)
            let long = rise.replacing(#""duration":2,"duration_unit":"t""#, with: #""duration":60,"duration_unit":"s""#)
            for _ in 0..<3 { first.say(#"{"buy":"1","price":10,"passthrough":{"intent":"i"},"parameters":{\#(rise)}}"#); first.pass(seconds: 4) }
            first.say(#"{"buy":"1","price":10,"parameters":{\#(long)}}"#)
            first.pass(seconds: 7)
            if savedBefore { try first.desk.save() }
            first.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
            // No save, no farewell: this is kill -9.
            let before = first.desk.broker

            let second = try desk(folder)
            #expect(second.broker.clock.seconds == before.clock.seconds)
            #expect(try DerivSimulator.resumeTime(stateDirectory: folder) == before.clock)
            #expect(second.broker.ledger == before.ledger)
            #expect(second.broker.accounts == before.accounts)
            #expect(second.broker.open == before.open)
            #expect(second.broker.spot(of: Symbol("R_100")!) == before.spot(of: Symbol("R_100")!))
            // Both futures are the same: what was open settles alike.
            first.pass(seconds: 90)
            second.run(seconds: 90)
            #expect(second.broker.ledger == first.desk.broker.ledger)
            #expect(second.broker.contracts == first.desk.broker.contracts)
        }
    }

    @Test func aTornLastLineIsCutOff() throws {
        try inFolder { folder in
            let first = Conversation(on: try desk(folder))
            first.say(#"{"authorize":"demo"}"#)
            first.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
            let ledger = URL(fileURLWithPath: folder).appendingPathComponent("ledger.jsonl"), whole = try Data(contentsOf: ledger)
            try (whole + Data(#"{"line":"bou"#.utf8)).write(to: ledger)
            let second = Conversation(on: try desk(folder))
            #expect(second.desk.broker.ledger == first.desk.broker.ledger)
            second.say(#"{"authorize":"demo"}"#)
            second.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
            #expect(try desk(folder).broker.ledger.count == 3)
        }
    }

    @Test func aLedgerThatIsNoneIsRefused() throws {
        try inFolder { folder in
            _ = try desk(folder)
            try Data("{\"line\":\"x\"}\n".utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent("ledger.jsonl"))
            #expect(throws: StateError.self) { try desk(folder) }
        }
    }
}
