import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct TradingTests {
    private func authorised(_ change: (inout DerivSimulatorConfiguration) -> Void = { _ in }) throws -> Conversation {
        let talk = try Conversation(change)
        talk.say(#"{"authorize":"demo"}"#)
        return talk
    }

    @Test func fromQuoteToSettlement() throws {
        let talk = try authorised()
        talk.say(#"{"transaction":1,"subscribe":1,"req_id":1}"#)
        talk.say(#"{"balance":1,"subscribe":1,"req_id":2}"#)
        let quote = talk.say(#"{"proposal":1,"subscribe":1,\#(rise)}"#)[0]
        #expect(quote.cents("proposal.payout") == 1_955)
        #expect(quote.at("proposal.id") == quote.at("subscription.id"))
        #expect(talk.pass(seconds: 1).map { $0.cents("proposal.payout") } == [1_955], "the spot moves, the price does not")

        let id = quote.at("proposal.id")!.string!
        let bought = talk.say(#"{"buy":"\#(id)","price":10,"subscribe":1,"req_id":3,"passthrough":{"intent":"7.abc"}}"#)
        #expect(bought.map(\.type) == ["buy", "proposal_open_contract", "transaction", "balance"])
        #expect(bought[0].cents("buy.balance_after") == 999_000)
        #expect(bought[0].at("buy.shortcode")?.string == "CALL_1HZ100V_19.55_1790000001_2T_S0P_0")
        #expect(bought[1]["req_id"]?.integer == 3 && bought[1]["echo_req"] == bought[0]["echo_req"])
        #expect(bought[1].at("proposal_open_contract.tick_stream")?.array == [])
        #expect(bought[2].cents("transaction.amount") == -1_000 && bought[2]["req_id"]?.integer == 1)
        #expect(bought[3].cents("balance.balance") == 999_000 && bought[3]["req_id"]?.integer == 2)
        #expect(talk.desk.broker.contracts[0].tag == "7.abc")
        #expect(talk.code(#"{"buy":"\#(id)","price":10}"#) == "InvalidContractProposal")
        #expect(talk.say(#"{"portfolio":1}"#)[0].at("portfolio.contracts")?.array?.count == 1)

        #expect(talk.pass(seconds: 2).map(\.type) == ["proposal_open_contract", "proposal_open_contract"])
        let end = talk.pass(seconds: 1)
        #expect(end.map(\.type) == ["proposal_open_contract", "transaction", "balance"])
        let contract = try #require(end[0]["proposal_open_contract"]), paid = try #require(contract.cents("sell_price"))
        #expect(contract["is_sold"]?.integer == 1 && contract["tick_stream"]?.array?.count == 3)
        #expect(contract["status"]?.string == (paid == 1_955 ? "won" : "lost"))
        #expect(contract.at("transaction_ids.sell") == end[1].at("transaction.transaction_id"))
        #expect(end[1].at("transaction.action")?.string == "sell" && end[1].cents("transaction.amount") == paid)
        #expect(end[2].cents("balance.balance") == 999_000 + paid)
        #expect(talk.pass(seconds: 5).isEmpty, "the stream of a settled contract has ended")
        #expect(talk.say(#"{"portfolio":1}"#)[0].at("portfolio.contracts")?.array == [])
    }

    @Test func aPurchaseIsRefusedWithTheBrokersCode() throws {
        let talk = try authorised()
        func code(price: String = "10", _ old: String = "", _ new: String = "") -> String? {
            let parameters = old.isEmpty ? rise : rise.replacing(old, with: new)
            return talk.code(#"{"buy":"1","price":\#(price),"parameters":{\#(parameters)}}"#)
        }
        #expect(code(price: "9.999") == "PriceMoved")
        #expect(code(price: "50000", #""amount":10"#, #""amount":50000"#) == "InsufficientBalance")
        #expect(code(#""amount":10"#, #""amount":0.34"#) == "ContractBuyValidationError")
        #expect(code(#""amount":10"#, #""amount":1.001"#) == "IncorrectStakeDecimals")
        #expect(code(#""amount":10,"#, "") == "ContractCreationFailure")
        #expect(code(#""duration":2"#, #""duration":11"#) == "OfferingsValidationError")
        #expect(code(#""duration_unit":"t""#, #""duration_unit":"s""#) == "OfferingsValidationError")
        #expect(code("CALL", "ONETOUCH") == "OfferingsValidationError")
        #expect(code("1HZ100V", "frxXXXYYY") == "InvalidSymbol")
        #expect(code("1HZ100V", "frxEURUSD") == "OfferingsValidationError", "two ticks are too few there")
        #expect(code("USD", "EUR") == "InvalidCurrency")
        #expect(talk.code(#"{"buy":"\#(String(repeating: "a", count: 36))","price":10}"#) == "InvalidContractProposal")
        #expect(talk.desk.broker.contracts.isEmpty)
        #expect(code(price: "10.009") == nil, "a maximum above the price is enough")
    }

    @Test func aProposalLivesOnItsOwnConnectionOnly() throws {
        let talk = try authorised(), other = Conversation(on: talk.desk)
        other.say(#"{"authorize":"demo"}"#)
        let id = talk.say(#"{"proposal":1,\#(rise)}"#)[0].at("proposal.id")!.string!
        #expect(other.code(#"{"buy":"\#(id)","price":10}"#) == "InvalidContractProposal")
        #expect(talk.code(#"{"buy":"\#(id)","price":10}"#) == nil)
    }

    @Test func everySessionOfAnAccountHearsOfItsBookings() throws {
        let talk = try authorised(), same = Conversation(on: talk.desk), stranger = Conversation(on: talk.desk)
        for (peer, token) in [(same, "demo"), (stranger, "somebody")] {
            peer.say(#"{"authorize":"\#(token)"}"#)
            peer.say(#"{"transaction":1,"subscribe":1}"#)
            peer.say(#"{"proposal_open_contract":1,"subscribe":1}"#)
        }
        let before = (same.frames.count, stranger.frames.count)
        talk.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
        #expect(same.frames.dropFirst(before.0).map(\.type) == ["transaction", "proposal_open_contract"])
        talk.pass(seconds: 10)
        #expect(stranger.frames.count == before.1)
    }

    @Test func reportsPageThroughWhatHappened() throws {
        let talk = try authorised()
        for _ in 0..<5 { talk.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#); talk.pass(seconds: 5) }
        let lines = try #require(talk.say(#"{"statement":1,"description":1}"#)[0].at("statement.transactions")?.array)
        #expect(lines.count == 11)
        #expect(lines.last?["action_type"]?.string == "virtual_credit")
        for (newer, older) in zip(lines, lines.dropFirst()) {
            #expect(older.cents("balance_after")! + newer.cents("amount")! == newer.cents("balance_after")!)
            #expect(older["transaction_id"]!.integer! < newer["transaction_id"]!.integer!)
        }
        let page = talk.say(#"{"statement":1,"limit":2,"offset":3}"#)[0].at("statement.transactions")?.array
        #expect(page?.compactMap { $0["transaction_id"]?.integer } == lines[3..<5].compactMap { $0["transaction_id"]?.integer })
        let sells = talk.say(#"{"statement":1,"action_type":"sell"}"#)[0].at("statement.transactions")?.array
        #expect(sells?.count == 5 && sells?.allSatisfy { $0["reference_id"] != nil } == true)
        let rows = talk.say(#"{"profit_table":1,"sort":"ASC","limit":3,"description":1}"#)[0].at("profit_table.transactions")?.array
        #expect(rows?.count == 3 && rows?.first?["purchase_time"]?.integer == 1_790_000_000)
        #expect(talk.say(#"{"statement":1,"date_to":1790000000}"#)[0].at("statement.count")?.integer == 2)
        #expect(talk.say(#"{"profit_table":1,"date_from":"2030-01-01"}"#)[0].at("profit_table.count")?.integer == 0)
    }

    @Test(arguments: ["1HZ100V", "R_10", "JD50", "stpRNG", "RDBULL", "frxEURUSD", "frxGBPUSD", "frxEURGBP", "BOOM300N", "CRASH1000"])
    func contractsForSaysWhatCanBeBought(_ symbol: String) throws {
        let talk = try authorised { $0.openingBalanceMinorUnits = 10_000_000 }
        let offers = try #require(talk.say(#"{"contracts_for":"\#(symbol)"}"#)[0].at("contracts_for.available")?.array)
        #expect(!offers.isEmpty)
        for item in offers {
            let most = item["max_stake"]!.number!.units(digits: 2)!
            for duration in [item["min_contract_duration"]!.string!, item["max_contract_duration"]!.string!] {
                // What lasts a day on one of these would pass its reset at midnight.
                if symbol == "RDBULL", duration == "1d" { continue }
                var text = #""contract_type":"\#(item["contract_type"]!.string!)","currency":"USD","symbol":"\#(symbol)""#
                if duration != "0" { text += #","duration":\#(duration.dropLast()),"duration_unit":"\#(duration.last!)""# }
                if let multiplier = item["multiplier_range"]?.array?.last?.integer { text += #","multiplier":\#(multiplier)"# }
                func quote(_ cents: Int64, _ digit: String = "") -> String? {
                    talk.code(#"{"proposal":1,"basis":"stake","amount":\#(Decimals.text(cents, decimals: 2)),\#(text)\#(digit)}"#)
                }
                let digits = item["last_digit_range"]?.array?.compactMap(\.integer).map { #","barrier":"\#($0)""# } ?? [""]
                for digit in digits {
                    #expect(quote(most, digit) == nil, "\(text)\(digit)")
                    #expect(quote(item.cents("min_stake")!, digit) == nil)
                }
                #expect(digits.contains { quote(most + 1, $0) == "ContractBuyValidationError" })
                if digits.count > 1 { #expect(quote(1_000) == "ContractCreationFailure", "a digit is needed") }
            }
        }
    }

    @Test func topUpFillsAnAccountThatLost() throws {
        let talk = try authorised()
        #expect(talk.code(#"{"topup_virtual":1}"#) == "TopupVirtualError")
        talk.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
        #expect(talk.say(#"{"topup_virtual":1}"#)[0].cents("topup_virtual.amount") == 1_000)
        #expect(talk.say(#"{"balance":1}"#)[0].cents("balance.balance") == 1_000_000)
    }
}
