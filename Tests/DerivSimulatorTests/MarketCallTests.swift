// What is told of the market: symbols by what is sold on them, streams of quotes, candles.

import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct MarketCallTests {
    @Test func symbolsAreThoseOnWhichTheKindIsSold() throws {
        let talk = try Conversation()
        func symbols(_ filter: String) throws -> Set<String> {
            let list = try #require(talk.say(#"{"active_symbols":"brief",\#(filter)}"#)[0]["active_symbols"]?.array)
            return Set(list.compactMap { $0["symbol"]?.string })
        }
        for type in ["CALL", "CALLE", "DIGITEVEN", "MULTUP"] {
            let named = try symbols(#""contract_type":["\#(type)"]"#)
            for market in MarketSymbol.all {
                let offers = talk.say(#"{"contracts_for":"\#(market.symbol)"}"#)[0].at("contracts_for.available")!.array!
                #expect(named.contains(market.symbol.text) == offers.contains { $0["contract_type"]?.string == type }, "\(market.symbol) \(type)")
            }
        }
        #expect(try symbols(#""contract_type":["ONETOUCH"]"#).isEmpty && symbols(#""barrier_category":["asian"]"#).isEmpty)
        #expect(try symbols(#""barrier_category":["american"]"#) == symbols(#""contract_type":["MULTDOWN"]"#))
        #expect(try symbols(#""contract_type":["CALL","MULTUP"],"barrier_category":["euro_atm"]"#) == symbols(#""contract_type":["CALL"]"#))
        #expect(try symbols(#""product_type":"basic""#).count == MarketSymbol.all.count)
    }

    @Test(arguments: [
        ("1HZ100V", "CALL", 5, "m", true), ("stpRNG", "PUT", 5, "m", true), ("1HZ10V", "DIGITEVEN", 5, "t", true), ("JD10", "CALL", 5, "t", true),
        ("R_100", "CALL", 5, "m", false), ("R_10", "DIGITODD", 5, "t", false), ("RDBEAR", "CALL", 5, "t", false), ("R_50", "CALL", 1, "d", true),
    ]) func quotesAreStreamedButWhereTheBrokerKeepsThemSilent(_ symbol: String, _ type: String, _ count: Int, _ unit: String, _ streams: Bool) throws {
        let talk = try Conversation()
        let terms =
            #""contract_type":"\#(type)","currency":"USD","symbol":"\#(symbol)","duration":\#(count),"duration_unit":"\#(unit)","amount":10,"basis":"stake""#
        let first = talk.say(#"{"proposal":1,"subscribe":1,\#(terms)}"#)[0], id = try #require(first.at("proposal.id")?.string)
        let updates = talk.pass(seconds: 4)
        #expect(updates.isEmpty == !streams)
        var last = try #require(first.at("proposal.spot_time")?.integer)
        for update in updates {
            #expect(update.at("proposal.id")?.string == id && update.cents("proposal.payout") == first.cents("proposal.payout"))
            let time = try #require(update.at("proposal.spot_time")?.integer)
            #expect(time > last)
            last = time
        }
    }

    private func candles(_ talk: Conversation, _ more: String) throws -> [JSONValue] {
        try #require(talk.say(#"{"ticks_history":"1HZ100V","end":"latest","style":"candles",\#(more)}"#)[0]["candles"]?.array)
    }

    @Test func theLastCandleIsTheOneThatForms() throws {
        let talk = try Conversation()
        talk.pass(seconds: 25)
        for seconds in [60, 3_600, 28_800, 86_400] as [Int64] {
            let now = talk.desk.now.seconds
            let last = try #require(try candles(talk, #""granularity":\#(seconds),"subscribe":1"#).last, "no candle of \(seconds) s")
            #expect(last["epoch"]?.integer == now - now % seconds)
            let update = try #require(talk.pass(seconds: 1).last { $0.at("ohlc.granularity")?.integer == seconds }?["ohlc"])
            if update["open_time"] == last["epoch"] { #expect(update["open"]?.string == Decimals.text(last.cents("open")!, decimals: 2)) }
        }
    }

    @Test func aSpanThatBeginsInACandleHasTheWholeOfIt() throws {
        let talk = try Conversation(), now = talk.desk.now.seconds, minute = now - now % 60 - 240
        let whole = try candles(talk, #""start":\#(minute),"granularity":60"#), within = try candles(talk, #""start":\#(minute + 30),"granularity":60"#)
        #expect(whole.count == 5 && whole[0]["epoch"]?.integer == minute)
        #expect(within == whole)
    }
}
