// What is done with a contract after it was bought, and the kinds our own engine does not trade.

import Foundation
import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct SellingTests {
    private func authorised(_ change: (inout DerivSimulatorConfiguration) -> Void = { _ in }) throws -> Conversation {
        let talk = try Conversation(change)
        talk.say(#"{"authorize":"demo"}"#)
        return talk
    }
    private let minute = rise.replacing(#""duration":2,"duration_unit":"t""#, with: #""duration":1,"duration_unit":"m""#)
    private let boom = #""contract_type":"MULTUP","currency":"USD","symbol":"BOOM500","amount":20,"basis":"stake","multiplier":100"#

    @Test func aRunningContractIsSoldBack() throws {
        let talk = try authorised()
        talk.say(#"{"transaction":1,"subscribe":1}"#)
        let bought = talk.say(#"{"buy":"1","price":10,"subscribe":1,"parameters":{\#(minute)}}"#)
        let id = bought[0].at("buy.contract_id")!.integer!
        #expect(bought[1].at("proposal_open_contract.is_valid_to_sell")?.integer == 0)
        #expect(talk.code(#"{"sell":\#(id),"price":0}"#) == "ContractSellValidationError", "its entry has not come")
        let running = try #require(talk.pass(seconds: 20).last { $0.type == "proposal_open_contract" })
        let bid = try #require(running.cents("proposal_open_contract.bid_price"))
        #expect(running.at("proposal_open_contract.is_valid_to_sell")?.integer == 1 && bid > 0)
        #expect(talk.code(#"{"sell":\#(id),"price":\#(Decimals.text(bid + 1, decimals: 2))}"#) == "PriceMoved")
        #expect(talk.code(#"{"sell":\#(id),"price":\#(Decimals.text(bid, decimals: 2))1}"#) == "PriceMoved", "a part of a cent more is more")
        let sold = talk.say(#"{"sell":\#(id),"price":\#(Decimals.text(bid, decimals: 2)),"req_id":3}"#)
        #expect(sold.map(\.type) == ["sell", "proposal_open_contract", "transaction"])
        #expect(sold[0].cents("sell.sold_for") == bid && sold[0].cents("sell.balance_after") == 999_000 + bid)
        #expect(sold[0].at("sell.reference_id") == bought[0].at("buy.transaction_id"))
        #expect(sold[1].at("proposal_open_contract.status")?.string == "sold" && sold[1].at("proposal_open_contract.is_expired")?.integer == 0)
        #expect(talk.code(#"{"sell":\#(id),"price":0}"#) == "InvalidSellContractProposal")
        #expect(talk.code(#"{"sell":1,"price":0}"#) == "InvalidSellContractProposal")
        #expect(talk.pass(seconds: 90).isEmpty)
        #expect(talk.say(#"{"profit_table":1}"#)[0].at("profit_table.transactions")?.array?.first?.cents("sell_price") == bid)
    }

    @Test func whatWaitsForItsBookingIsHurried() throws {
        let talk = try authorised { $0.settlementDelaySeconds = 30 }
        talk.say(#"{"buy":"1","price":10,"subscribe":1,"parameters":{\#(rise)}}"#)
        let frames = talk.pass(seconds: 10)
        let waiting = try #require(frames.last?["proposal_open_contract"])
        #expect(waiting["is_expired"]?.integer == 1 && waiting["is_settleable"]?.integer == 1 && waiting["is_sold"]?.integer == 0)
        #expect(waiting["status"]?.string == "open")
        let hurried = talk.say(#"{"sell_expired":1}"#)
        #expect(hurried.map(\.type) == ["sell_expired", "proposal_open_contract"])
        #expect(hurried[0].at("sell_expired.count")?.integer == 1 && hurried[1].at("proposal_open_contract.is_sold")?.integer == 1)
        #expect(talk.say(#"{"sell_expired":1}"#)[0].at("sell_expired.count")?.integer == 0)
    }

    @Test func ordersOfAMultiplierAreChanged() throws {
        let talk = try authorised()
        let quote = talk.say(#"{"proposal":1,"subscribe":1,\#(boom),"limit_order":{"take_profit":10,"stop_loss":8}}"#)[0]
        #expect(quote.cents("proposal.payout") == 0 && quote.cents("proposal.commission") == 170, "0.085 % on Boom and Crash")
        #expect(quote.at("proposal.limit_order.stop_loss.order_amount")?.number?.units(digits: 2) == -800)
        #expect(talk.pass(seconds: 2).map(\.type) == ["proposal", "proposal"], "its levels move with the price")
        let bought = talk.say(#"{"buy":"\#(quote.at("proposal.id")!.string!)","price":20,"subscribe":1}"#)
        let id = bought[0].at("buy.contract_id")!.integer!, contract = try #require(bought[1]["proposal_open_contract"])
        #expect(contract["multiplier"]?.integer == 100 && contract["is_valid_to_sell"]?.integer == 1 && contract["tick_stream"] == nil)
        #expect(contract.at("limit_order.take_profit.order_amount")?.integer == 10)
        #expect(bought[0].at("buy.shortcode")?.string == "MULTUP_BOOM500_20.00_100_1790000002_4970764799_0_10.00_N1")
        let update = #"{"contract_update":1,"contract_id":\#(id),"limit_order":{"take_profit":15,"stop_loss":null}}"#
        #expect(talk.code(update) == "ContractUpdateFailure", "once a second")
        talk.pass(seconds: 1)
        let changed = talk.say(update)
        #expect(changed.map(\.type) == ["contract_update", "proposal_open_contract"])
        #expect(changed[0].at("contract_update.take_profit.order_amount")?.integer == 15)
        #expect(changed[0].at("contract_update.stop_loss.order_amount") == .null && changed[0].at("contract_update.stop_loss.value") == .null)
        #expect(changed[1].at("proposal_open_contract.limit_order.stop_loss") == nil)
        talk.pass(seconds: 1)
        func refused(_ order: String) -> String? { talk.code(#"{"contract_update":1,"contract_id":\#(id),"limit_order":{\#(order)}}"#) }
        #expect(refused(#""take_profit":0.05"#) == "LimitOrderAmountTooLow" && refused(#""take_profit":9999"#) == "LimitOrderAmountTooHigh")
        #expect(refused(#""stop_loss":0.2"#) == "LimitOrderAmountTooLow" && refused(#""stop_loss":20.01"#) == "LimitOrderAmountTooHigh")
        let rows = try #require(talk.say(#"{"contract_update_history":1,"contract_id":\#(id),"limit":3}"#)[0]["contract_update_history"]?.array)
        #expect(rows.map { $0["order_amount"]?.string } == ["0.00", "15.00", "-8.00"])
        #expect(talk.say(#"{"portfolio":1}"#)[0].at("portfolio.contracts")?.array?.first?["expiry_time"]?.integer == 4_970_764_799)
        let sold = talk.say(#"{"sell":\#(id),"price":0}"#)
        #expect(sold[0].cents("sell.sold_for") != nil)
        #expect(talk.code(#"{"contract_update":1,"contract_id":\#(id),"limit_order":{}}"#) == "ContractUpdateNotAllowed")
        #expect(talk.code(#"{"contract_update_history":1,"contract_id":7}"#) == "ContractUpdateNotAllowed")
        #expect(talk.code(#"{"proposal":1,\#(boom.replacing("100", with: "99"))}"#) == "OfferingsValidationError")
        #expect(talk.code(#"{"proposal":1,\#(boom.replacing(#","multiplier":100"#, with: ""))}"#) == "ContractCreationFailure")
        #expect(talk.code(#"{"proposal":1,\#(boom),"duration":5}"#) == "OfferingsValidationError")
        #expect(talk.code(#"{"proposal":1,\#(boom),"limit_order":{"take_profit":0.001}}"#) == "ContractCreationFailure")
        #expect(talk.code(#"{"proposal":1,\#(rise),"multiplier":100}"#) == "OfferingsValidationError")
    }

    @Test(arguments: [("CALLE", ""), ("PUTE", ""), ("DIGITMATCH", "7"), ("DIGITDIFF", "7"), ("DIGITOVER", "4"), ("DIGITUNDER", "4")])
    func everyKindIsBoughtAndSettled(_ type: String, _ digit: String) throws {
        let talk = try authorised()
        let terms = rise.replacing("CALL", with: type) + (digit.isEmpty ? "" : #","barrier":"\#(digit)""#)
        var outcomes: Set<String> = []
        for _ in 0..<60 where outcomes.count < 2 {
            let bought = talk.say(#"{"buy":"1","price":10,"subscribe":1,"parameters":{\#(terms)}}"#)
            let code = try #require(bought[0].at("buy.shortcode")?.string)
            #expect(code.hasPrefix("\(type)_1HZ100V_") && code.hasSuffix("_2T_\(digit.isEmpty ? "S0P" : digit)_0"))
            let end = try #require(talk.pass(seconds: 5).last { $0.at("proposal_open_contract.is_sold")?.integer == 1 }?["proposal_open_contract"])
            let entry = try #require(end.cents("entry_tick")), exit = try #require(end.cents("exit_tick")), last = Int(exit % 10)
            let won =
                switch type {
                case "CALLE": exit >= entry
                case "PUTE": exit <= entry
                case "DIGITMATCH": last == 7
                case "DIGITDIFF": last != 7
                case "DIGITOVER": last > 4
                default: last < 4
                }
            #expect(end["status"]?.string == (won ? "won" : "lost"))
            #expect(end.cents("sell_price") == (won ? bought[0].cents("buy.payout") : 0))
            outcomes.insert(end["status"]!.string!)
        }
        #expect(outcomes == ["won", "lost"])
        if !digit.isEmpty {
            for wrong in [#""barrier":"10""#, #""barrier":"-1""#, #""duration_unit":"t""#] {
                let text = rise.replacing("CALL", with: type).replacing(
                    #""duration_unit":"t""#, with: wrong == #""duration_unit":"t""# ? wrong : wrong + #","duration_unit":"t""#)
                #expect(talk.code(#"{"proposal":1,\#(text)}"#) == "ContractCreationFailure")
            }
        }
    }

    @Test func ordersAndKindsSurviveAKill() throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        let talk = try authorised { $0.stateDirectory = folder.path }
        for terms in [minute, boom, rise.replacing("CALL", with: "DIGITOVER") + #","barrier":"4""#, rise.replacing("CALL", with: "PUTE")] {
            talk.say(#"{"buy":"1","price":20,"parameters":{\#(terms)}}"#)
        }
        talk.pass(seconds: 10)
        talk.say(#"{"contract_update":1,"contract_id":\#(talk.desk.broker.contracts[1].id.rawValue),"limit_order":{"take_profit":9.5}}"#)
        talk.say(#"{"sell":\#(talk.desk.broker.contracts[0].id.rawValue),"price":0}"#)
        let before = talk.desk.broker
        let killed = try folder.copied()
        defer { killed.remove() }
        let after = try authorised { $0.stateDirectory = killed.path }.desk.broker
        #expect(after.ledger == before.ledger)
        #expect(after.contracts.map(\.offer) == before.contracts.map(\.offer) && after.contracts.map(\.settlement) == before.contracts.map(\.settlement))
        #expect(after.contracts[1].limits == LimitOrder(takeProfit: Money(minorUnits: 950, currency: .usd)))
        #expect(after.contracts[1].multiplierRule == before.contracts[1].multiplierRule)
        #expect(after.contracts[1].entry == before.contracts[1].entry && after.contracts[1].limitChanges == before.contracts[1].limitChanges)
    }
}
