// Several accounts on one connection, the site's status, its hours, its limits, and what is masked.

import Foundation
import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

@Suite struct AccountTests {
    @Test func severalAccountsAreToldApartByTheirLogin() throws {
        let talk = try Conversation()
        let answer = talk.say(#"{"authorize":"first","tokens":["second","readonly-third","first"]}"#)[0]
        let logins = answer.at("authorize.account_list")!.array!.map { $0["loginid"]!.string! }
        #expect(logins.count == 3 && Set(logins).count == 3 && logins[0] == answer.at("authorize.loginid")?.string)
        #expect(talk.code(#"{"balance":1}"#) == "InputValidationFailed", "with several accounts the call must say which")
        #expect(talk.code(#"{"balance":1,"loginid":"VRTC999"}"#) == "PermissionDenied")
        for login in logins { talk.say(#"{"transaction":1,"subscribe":1,"loginid":"\#(login)"}"#) }
        let bought = talk.say(#"{"buy":"1","price":10,"loginid":"\#(logins[1])","subscribe":1,"parameters":{\#(rise)}}"#)
        #expect(bought.map(\.type) == ["buy", "proposal_open_contract", "transaction"])
        #expect(talk.desk.broker.contracts[0].login.text == logins[1])
        #expect(talk.say(#"{"balance":1,"loginid":"\#(logins[0])"}"#)[0].cents("balance.balance") == 1_000_000)
        #expect(talk.say(#"{"balance":1,"loginid":"\#(logins[0])","account":"\#(logins[1])"}"#)[0].cents("balance.balance") == 999_000)
        #expect(talk.code(#"{"buy":"1","price":10,"loginid":"\#(logins[2])","parameters":{\#(rise)}}"#) == "PermissionDenied")
        #expect(talk.code(#"{"ping":1}"#) == nil)
        // One account stays, and with it its streams.
        talk.say(#"{"authorize":"second"}"#)
        #expect(talk.pass(seconds: 5).map(\.type).suffix(2) == ["proposal_open_contract", "transaction"])
        talk.say(#"{"logout":1}"#)
        #expect(talk.session.streams.isEmpty)
    }

    @Test func oneBadTokenOfSeveralIsInvalid() throws {
        let talk = try Conversation { $0.knownTokens = ["good"] }
        #expect(talk.code(#"{"authorize":"good","tokens":["bad"]}"#) == "InvalidToken")
        #expect(talk.code(#"{"balance":1}"#) == "AuthorizationRequired")
        let many = (0..<26).map { #""t\#($0)""# }.joined(separator: ",")
        #expect(talk.code(#"{"authorize":"good","tokens":[\#(many)]}"#) == "InputValidationFailed")
    }

    @Test func allBalancesAreForOAuthTokens() throws {
        let talk = try Conversation()
        talk.say(#"{"authorize":"plain"}"#)
        #expect(talk.code(#"{"balance":1,"account":"all"}"#) == "PermissionDenied")
        let login = talk.say(#"{"authorize":"a1-first","tokens":["a1-second"]}"#)[0].at("authorize.loginid")!.string!
        let all = talk.say(#"{"balance":1,"account":"all","loginid":"\#(login)"}"#)[0]
        #expect(all.at("balance.accounts")?.members?.count == 2 && all.cents("balance.total.deriv_demo.amount") == 2_000_000)
    }

    @Test func aStreamOfAllBalancesTellsOfEveryAccount() throws {
        let talk = try Conversation()
        let logins = talk.say(#"{"authorize":"a1-first","tokens":["a1-second"]}"#)[0].at("authorize.account_list")!.array!.map { $0["loginid"]!.string! }
        let stream = talk.say(#"{"balance":1,"account":"all","subscribe":1,"loginid":"\#(logins[0])"}"#)[0].at("subscription.id")
        for (number, login) in logins.enumerated() {
            let update = try #require(talk.say(#"{"buy":"1","price":10,"loginid":"\#(login)","parameters":{\#(rise)}}"#).last)
            #expect(update.type == "balance" && update.at("subscription.id") == stream && update.at("balance.id") == stream)
            #expect(update.at("balance.loginid")?.string == login && update.cents("balance.balance") == 999_000)
            #expect(update.cents("balance.total.deriv_demo.amount") == 2_000_000 - 1_000 * Int64(number + 1))
        }
        #expect(talk.code(#"{"balance":1,"account":"all","subscribe":1,"loginid":"\#(logins[0])"}"#) == "AlreadySubscribed")
        talk.say(#"{"authorize":"a1-first"}"#)
        #expect(talk.session.streams.isEmpty, "it ends with one of its accounts")
    }

    @Test func aReportOfADayThatDoesNotExistIsRefused() throws {
        let talk = try Conversation()
        talk.say(#"{"authorize":"demo"}"#)
        talk.say(#"{"buy":"1","price":10,"parameters":{\#(rise)}}"#)
        talk.pass(seconds: 5)
        for (span, rows) in [(#""date_to":"2020-02-28""#, 0), (#""date_from":"2020-02-28""#, 1)] {
            #expect(talk.say(#"{"profit_table":1,\#(span)}"#)[0].at("profit_table.count")?.integer == Int64(rows))
        }
        for span in [#""date_to":"2020-02-31""#, #""date_from":"2030-02-31""#, #""date_from":"2026-04-31""#] {
            let answer = talk.say(#"{"profit_table":1,\#(span)}"#)[0]
            #expect(answer.at("error.code")?.string == "InputValidationFailed" && answer.at("error.details")?.members?.count == 1)
        }
    }

    @Test func hoursAreSaidForAnyDay() throws {
        let talk = try Conversation()
        func times(_ day: String, _ symbol: String) throws -> JSONValue {
            let markets = try #require(talk.say(#"{"trading_times":"\#(day)"}"#)[0].at("trading_times.markets")?.array)
            let symbols = markets.flatMap { $0["submarkets"]!.array! }.flatMap { $0["symbols"]!.array! }
            #expect(symbols.count == MarketSymbol.all.count)
            return try #require(symbols.first { $0["symbol"]?.string == symbol })
        }
        #expect(try times("today", "R_100").at("times.open")?.array == [.string("00:00:00")])
        #expect(try times("2026-09-25", "frxEURUSD").at("times.close")?.array == [.string("20:55:00")])
        #expect(try times("2026-9-26", "frxEURUSD").at("times.open")?.array == [.string("--")])
        #expect(try times("2026-09-26", "1HZ10V").at("times.settlement")?.string == "23:59:59")
        #expect(talk.code(#"{"trading_times":"2026-02-30"}"#) == "InputValidationFailed")
        #expect(talk.code(#"{"trading_times":"tomorrow"}"#) == "InputValidationFailed")
    }

    @Test func aClosedMarketSellsAndStreamsNothing() throws {
        let saturday = Timestamp(seconds: BrokerDesk.opening.seconds + 5 * 86_400)
        let talk = Conversation(on: try BrokerDesk(DerivSimulatorConfiguration(), clock: .behind, opening: saturday))
        let pair = rise.replacing("1HZ100V", with: "frxEURUSD").replacing(#""duration":2"#, with: #""duration":5"#)
        #expect(talk.code(#"{"proposal":1,\#(pair)}"#) == "MarketIsClosed")
        #expect(talk.code(#"{"ticks":"frxEURUSD"}"#) == "MarketIsClosed")
        #expect(talk.code(#"{"ticks_history":"frxEURUSD","end":"latest","subscribe":1}"#) == "MarketIsClosed")
        #expect(talk.say(#"{"ticks_history":"frxEURUSD","end":"latest","count":9}"#)[0].at("history.prices")?.array?.count == 9)
        let symbols = try #require(talk.say(#"{"active_symbols":"brief"}"#)[0]["active_symbols"]?.array)
        #expect(symbols.filter { $0["exchange_is_open"]?.integer == 0 }.allSatisfy { $0["market"]?.string == "forex" })
        #expect(symbols.count { $0["exchange_is_open"]?.integer == 0 } == 6)
    }

    @Test func theSiteSaysWhenItGoesDown() throws {
        let talk = try Conversation { $0.rateLimits = .published }
        let first = talk.say(#"{"website_status":1,"subscribe":1,"req_id":4}"#)[0]
        #expect(first.at("website_status.site_status")?.string == "up")
        #expect(first.at("website_status.api_call_limits.max_requestes_general.minutely")?.integer == 180)
        talk.desk.announceUpdating()
        #expect(talk.frames.last?.at("website_status.site_status")?.string == "updating" && talk.frames.last?["req_id"]?.integer == 4)
    }

    // MARK: Limits

    @Test func limitsAreThoseThatArePublished() throws {
        let talk = try Conversation { $0.rateLimits = .published }
        talk.say(#"{"authorize":"demo"}"#)
        func codes(_ text: String, _ times: Int) -> [String?] { (0..<times).map { _ in talk.code(text) } }
        #expect(codes(#"{"portfolio":1}"#, 25).allSatisfy { $0 == nil })
        let refusal = talk.say(#"{"portfolio":1,"req_id":8}"#)[0]
        #expect(refusal.at("error.code")?.string == "RateLimit" && refusal.type == "portfolio" && refusal["req_id"]?.integer == 8)
        #expect(talk.code(#"{"proposal":1,\#(rise)}"#) == "RateLimit", "a quote counts in the group of portfolio and statement, too")
        #expect(talk.code(#"{"proposal_open_contract":1}"#) == nil && talk.code(#"{"ping":1}"#) == nil, "other groups go on")
        let other = Conversation(on: talk.desk)
        other.say(#"{"authorize":"demo"}"#)
        #expect(other.code(#"{"statement":1}"#) == "RateLimit", "limits are the user's, over all connections")
        other.say(#"{"authorize":"somebody"}"#)
        #expect(other.code(#"{"statement":1}"#) == nil)
        talk.pass(seconds: 60)
        #expect(codes(#"{"statement":1}"#, 26).count { $0 == "RateLimit" } == 1)
        #expect(codes(#"{"time":1}"#, 181).last == "RateLimit")
    }

    @Test func anHourHasItsOwnLimit() {
        var meter = RateMeter(), passed = 0, limits = RateLimits.published
        limits.outcome = RateLimits.Rate(minutely: 25, hourly: 60)
        for second in 0..<3_600 as Range<Int64> where meter.count([.outcome], limits: limits, at: Timestamp(seconds: 7_200 + second)) == nil { passed += 1 }
        #expect(passed == 60)
        #expect(meter.count([.outcome], limits: limits, at: Timestamp(seconds: 10_800)) == nil)
    }

    @Test func sixStreamsOfQuotesAreOneTooMany() throws {
        let talk = try Conversation { $0.rateLimits = .published }
        for amount in 1...5 { #expect(talk.code(#"{"proposal":1,"subscribe":1,\#(rise.replacing("10,", with: "\(amount),"))}"#) == nil) }
        #expect(talk.code(#"{"proposal":1,"subscribe":1,\#(rise)}"#) == "RateLimit")
        talk.say(#"{"forget_all":"proposal"}"#)
        #expect(talk.code(#"{"proposal":1,"subscribe":1,\#(rise)}"#) == nil)
    }

    // MARK: Masks

    @Test func noTokenIsInALogOrAnEcho() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("frames-\(UInt64.random(in: 0 ... .max)).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        let talk = try Conversation { $0.jsonlPath = file.path }
        for text in [
            #"{"authorize":"secret-token-1","tokens":["secret-token-2"]}"#, #"{"authorize":["secret-token-3"]}"#, #"{"copy_start":"secret-token-4"}"#,
            #"{"buy_contract_for_multiple_accounts":"1","tokens":["secret-token-5"]}"#, #"{"authorize":"secret-token-6","nonsense":"é"}"#,
        ] { #expect(!talk.say(text).description.contains("secret")) }
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("<not shown>") && !text.contains("secret"))
        #expect(text.split(separator: "\n").count == 10)
    }
}
