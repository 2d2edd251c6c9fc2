import Foundation
import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct StateTests {
    private func inFolder(_ body: (StateFolder) throws -> Void) throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        try body(folder)
    }

    /// A desk that goes on where the folder stands.
    private func desk(_ folder: StateFolder) throws -> BrokerDesk {
        try .fixture { $0.stateDirectory = folder.path }
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

            let killed = try folder.copied()
            defer { killed.remove() }
            #expect(try DerivSimulator.resumeTime(stateDirectory: killed.path) == before.clock)
            let second = try desk(killed)
            #expect(second.broker.clock.seconds == before.clock.seconds)
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
            first.desk.close()
            let ledger = URL(fileURLWithPath: folder.path).appendingPathComponent("ledger.jsonl"), whole = try Data(contentsOf: ledger)
            try (whole + Data(#"{"line":"bou"#.utf8)).write(to: ledger)
            let second = Conversation(on: try desk(folder))
            #expect(second.desk.broker.ledger == first.desk.broker.ledger)
            second.say(#"{"authorize":"demo"}"#)
            second.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
            second.desk.close()
            #expect(try desk(folder).broker.ledger.count == 3)
        }
    }

    @Test func aLedgerThatIsNoneIsRefused() throws {
        try inFolder { folder in
            try desk(folder).close()
            try Data("{\"line\":\"x\"}\n".utf8).write(to: URL(fileURLWithPath: folder.path).appendingPathComponent("ledger.jsonl"))
            #expect(throws: StateError.self) { try desk(folder) }
        }
    }

    /// Two brokers would each write what the other does not know.
    @Test func oneBrokerAtATimeHasTheDirectory() throws {
        try inFolder { folder in
            let first = Conversation(on: try desk(folder))
            first.say(#"{"authorize":"demo"}"#)
            let before = try Data(contentsOf: URL(fileURLWithPath: folder.path).appendingPathComponent("ledger.jsonl"))
            let error = #expect(throws: StateError.self) { try desk(folder) }
            #expect(error?.what.hasSuffix("is in use by another broker") == true)
            #expect(throws: StateError.self) { try DerivSimulator.resumeTime(stateDirectory: folder.path) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path).appendingPathComponent("ledger.jsonl")) == before)
            first.desk.close()
            #expect(try desk(folder).broker.ledger == first.desk.broker.ledger)
        }
    }

    /// An order that was acknowledged is a moment the broker knows, and it acts on no tick from before.
    @Test func aChangedOrderHoldsFromItsMomentOn() throws {
        try inFolder { folder in
            let first = Conversation(on: try desk(folder))
            first.say(#"{"authorize":"demo"}"#)
            let terms = #""contract_type":"MULTUP","currency":"USD","symbol":"1HZ100V","amount":100,"basis":"stake","multiplier":400"#
            let bought = first.say(#"{"buy":"1","price":100,"parameters":{\#(terms)}}"#)[0], id = try #require(bought.at("buy.contract_id")?.integer)
            try first.desk.save()
            var best: Int64 = 0, profit: Int64 = 0
            for _ in 0..<600 where best < 200 || profit >= 0 {
                first.pass(seconds: 1)
                profit = try #require(first.say(#"{"proposal_open_contract":1,"contract_id":\#(id)}"#)[0].cents("proposal_open_contract.profit"))
                best = max(best, profit)
            }
            try #require(best >= 200 && profit < 0 && first.desk.broker.contracts[0].isOpen, "this seed shows nothing")
            let order = Decimals.text(best - 50, decimals: 2)
            #expect(first.code(#"{"contract_update":1,"contract_id":\#(id),"limit_order":{"take_profit":\#(order)}}"#) == nil)
            let killed = try folder.copied()
            defer { killed.remove() }
            let second = Conversation(on: try desk(killed))
            #expect(second.desk.broker.clock == first.desk.broker.clock, "the clock goes on from the order")
            second.say(#"{"authorize":"demo"}"#)
            let again = second.say(#"{"proposal_open_contract":1,"contract_id":\#(id)}"#)[0]
            #expect(again.cents("proposal_open_contract.profit") == profit && again.at("proposal_open_contract.is_expired")?.integer == 0)
            second.pass(seconds: 1)
            #expect(second.code(#"{"contract_update":1,"contract_id":\#(id),"limit_order":{"take_profit":null}}"#) == nil)
        }
    }

    /// `bot-9853` and `bot-30206` come to the same login.
    @Test func tokensNeverShareAnAccount() throws {
        try inFolder { folder in
            func login(_ token: String, _ desk: BrokerDesk) -> String? {
                Conversation(on: desk).say(#"{"authorize":"\#(token)"}"#)[0].at("authorize.loginid")?.string
            }
            let first = try desk(folder), one = try #require(login("bot-9853", first)), other = try #require(login("bot-30206", first))
            #expect(one == "VRTC581716088" && other == "VRTC581716089")
            #expect(login("readonly-bot-30206", first) == other && login("readonlybot-9853", first) != one)
            let trader = Conversation(on: first)
            trader.say(#"{"authorize":"readonlybot"}"#)
            #expect(trader.code(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#) == nil, "only readonly- takes the right to trade away")
            first.close()
            let second = try desk(folder)
            #expect(login("bot-30206", second) == other && login("bot-9853", second) == one)
        }
    }
}
