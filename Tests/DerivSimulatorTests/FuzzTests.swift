// Requests with anything in any place: each is answered, and nothing that a client can say ends the process.

import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct FuzzTests {
    private static let requests = [
        #"{"authorize":"demo","tokens":["other"]}"#, #"{"balance":1,"account":"current","subscribe":1}"#, #"{"ping":1}"#, #"{"time":1}"#,
        #"{"active_symbols":"full","contract_type":["CALL"]}"#, #"{"contracts_for":"R_100","currency":"USD"}"#, #"{"trading_times":"2026-09-25"}"#,
        #"{"ticks":["R_100","R_50"],"subscribe":1}"#, #"{"ticks":"frxEURUSD"}"#,
        #"{"ticks_history":"R_100","end":"latest","start":1789990000,"count":10,"style":"candles","granularity":60,"subscribe":1}"#,
        #"{"proposal":1,\#(rise),"subscribe":1}"#, #"{"buy":"1","price":10,"parameters":{\#(rise)},"subscribe":1}"#,
        #"{"buy":"1","price":20,"parameters":{"contract_type":"MULTUP","currency":"USD","symbol":"BOOM500","amount":20,"basis":"stake","multiplier":100,"limit_order":{"take_profit":5,"stop_loss":5}}}"#,
        #"{"buy":"1","price":10,"parameters":{"contract_type":"DIGITOVER","currency":"USD","symbol":"R_100","amount":10,"basis":"payout","duration":3,"duration_unit":"t","barrier":"5"}}"#,
        #"{"sell":260000000001,"price":0}"#, #"{"sell_expired":1}"#,
        #"{"contract_update":1,"contract_id":260000000001,"limit_order":{"take_profit":3,"stop_loss":null}}"#,
        #"{"contract_update_history":1,"contract_id":260000000001,"limit":5}"#, #"{"proposal_open_contract":1,"contract_id":260000000001,"subscribe":1}"#,
        #"{"portfolio":1,"contract_type":["CALL"]}"#, #"{"statement":1,"limit":5,"offset":1,"date_from":1,"date_to":2000000000,"description":1}"#,
        #"{"profit_table":1,"limit":5,"offset":1,"date_from":"2020-01-01","date_to":"2000000000","sort":"ASC"}"#, #"{"transaction":1,"subscribe":1}"#,
        #"{"forget":"00000000-0000-0000-0000-000000000000"}"#, #"{"forget_all":["ticks","candles","proposal","proposal_open_contract"]}"#,
        #"{"topup_virtual":1}"#, #"{"website_status":1,"subscribe":1}"#, #"{"logout":1}"#,
    ]
    private static let strangers = [
        "0", "-1", "1", "9223372036854775807", "-9223372036854775807", "260000000000", "260000000003", "0.001", "1e17", "-0.5", "99999999.99", "1e-9",
        "null", "true", #""""#, #""1""#, #""latest""#, #""9999999999""#, #""0000-00-00""#, #""9999-12-31""#, #""frxEURUSD""#, #""STPRNG5""#, #""CALLE""#,
        #""MULTDOWN""#, #""DIGITMATCH""#, #""payout""#, #""d""#, "[]", "[[]]", "{}", #"{"take_profit":-9223372036854775807}"#, #"["all"]"#, #""all""#,
    ]

    @Test(arguments: [1, 2, 3] as [UInt64]) func anythingIsAnswered(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func pick(_ count: Int) -> Int { Int(random.pick(0...Int64(count - 1))) }
        let talk = try Conversation()
        talk.say(#"{"authorize":"demo"}"#)
        var served = 0
        for round in 0..<1_500 {
            var request = try JSONValue.parse(Array(FuzzTests.requests[pick(FuzzTests.requests.count)].utf8))
            for _ in 0..<pick(3) { request = changed(request, pick) }
            var json = JSONWriter()
            json.value(request)
            let answers = talk.say(json.text)
            #expect(!answers.isEmpty, "no answer to \(json.text)")
            if answers.first?["error"] == nil { served += 1 }
            if round % 7 == 0 { talk.pass(seconds: Int64(pick(4))) }
            if talk.session.authorisations.isEmpty { talk.say(#"{"authorize":"demo"}"#) }
        }
        #expect(served > 100)
        #expect(talk.say(#"{"ping":1}"#).first?["ping"]?.string == "pong")
    }

    /// One member of the request, or of an object in it, becomes something else, goes, or comes from another request.
    private func changed(_ value: JSONValue, _ pick: (Int) -> Int) -> JSONValue {
        guard var members = value.members, !members.isEmpty else { return value }
        let index = pick(members.count), member = members[index]
        switch pick(5) {
        case 0 where member.value.members != nil: members[index] = JSONMember(member.key, changed(member.value, pick))
        case 1: members.remove(at: index)
        case 2:
            let other = try? JSONValue.parse(Array(FuzzTests.requests[pick(FuzzTests.requests.count)].utf8))
            if let stranger = other?.members?.last, !members.contains(where: { $0.key == stranger.key }) { members.append(stranger) }
        default: members[index] = JSONMember(member.key, (try? JSONValue.parse(Array(FuzzTests.strangers[pick(FuzzTests.strangers.count)].utf8))) ?? .null)
        }
        return .object(members)
    }

    @Test func anEmptyListOfSymbolsIsAnswered() throws { #expect(try Conversation().code(#"{"ticks":[]}"#) == "InvalidSymbol") }

    @Test func idsOfAnySizeAreNone() throws {
        let talk = try Conversation()
        talk.say(#"{"authorize":"demo"}"#)
        for id in ["9223372036854775807", "-9223372036854775807", "0", "259999999999", "260000000001"] {
            #expect(talk.code(#"{"proposal_open_contract":1,"contract_id":\#(id)}"#) == "InvalidContractId")
            #expect(talk.code(#"{"sell":\#(id),"price":0}"#) == "InvalidSellContractProposal")
            #expect(talk.desk.broker.booking(TransactionID(rawValue: Int64(id)!)) == nil)
        }
    }
}
