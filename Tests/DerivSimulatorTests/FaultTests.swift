import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct FaultTests {
    @Test func aPlanIsReadFromItsText() throws {
        let plan = try FaultPlan(parsing: "reply-lost:0.01,drop:0.001,late:0.05,doubled:0.02,request-lost:0.01,late-most-ms:5000,seed:9")
        #expect((plan.replyLost, plan.drop, plan.late) == (10_000, 1_000, 50_000))
        #expect((plan.doubled, plan.requestLost, plan.lateMostMilliseconds, plan.seed) == (20_000, 10_000, 5_000, 9))
        #expect(try FaultPlan(parsing: "") == .none)
        for text in ["late", "late:2", "late:-0.1", "late:x", "lost:0.1", "drop:0.6,reply-lost:0.6", "late:0.0000001"] {
            #expect(throws: FaultPlanError.self) { try FaultPlan(parsing: text) }
        }
    }

    private func bought(_ faults: String) throws -> (Conversation, [JSONValue]) {
        let talk = try Conversation()
        talk.say(#"{"authorize":"demo"}"#)
        talk.desk.faults = FaultDice(try FaultPlan(parsing: faults))
        return (talk, talk.say(#"{"buy":"1","price":10,"subscribe":1,"parameters":{\#(rise)}}"#))
    }

    @Test func aLostReplyHidesABuyThatHappened() throws {
        let (talk, frames) = try bought("reply-lost:1")
        #expect(frames.isEmpty && talk.desk.broker.contracts.count == 1)
        #expect(talk.pass(seconds: 5).isEmpty, "no stream begins that the client cannot know of")
        #expect(talk.code(#"{"balance":1}"#) == nil, "only buys are lost")
    }

    @Test func aLostRequestBuysNothing() throws {
        let (talk, frames) = try bought("request-lost:1")
        #expect(frames.isEmpty && talk.desk.broker.contracts.isEmpty)
    }

    @Test func aDropClosesTheSocketAfterTheBuy() throws {
        let (talk, frames) = try bought("drop:1")
        #expect(frames.isEmpty && talk.isClosed && talk.desk.broker.contracts.count == 1)
    }

    @Test func aLateAnswerComesLaterAndADoubledOneTwice() throws {
        let (late, frames) = try bought("late:1,late-most-ms:5000")
        #expect(frames.filter { $0.type == "buy" }.isEmpty && late.late.count == 1)
        #expect((100...5_000).contains(late.late[0].milliseconds))
        late.session.sendLate(late.late[0].frame)
        #expect(late.frames.last?.type == "buy")
        let (talk, twice) = try bought("doubled:1")
        #expect(twice.filter { $0.type == "buy" }.count == 2 && talk.desk.broker.contracts.count == 1)
    }
}
