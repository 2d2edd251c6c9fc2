// A walk over the statement: whether the chain of balances closes, what a purchase may be, and what a page race does.
import PlainJSON
import Testing
import TradingEngine
import TradingModel

@testable import DerivWire

struct StatementWalkTests {
    private func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }
    private func row(_ id: Int, _ action: String, _ amount: String, _ balance: String, contract: Int? = nil, shortcode: String = "", at: Int = 1_790_000_003)
        -> String
    {
        #"{"transaction_id":\#(id),"action_type":"\#(action)","amount":\#(amount),"balance_after":\#(balance),"transaction_time":\#(at),"payout":19.6"#
            + (contract.map { ",\"contract_id\":\($0)" } ?? "") + #","shortcode":"\#(shortcode)"}"#
    }
    private func page(_ rows: String...) -> JSONValue {
        try! JSONValue.parse("{\"count\":\(rows.count),\"transactions\":[\(rows.joined(separator: ","))]}".utf8)
    }
    private func balance(_ text: String) -> JSONValue { try! JSONValue.parse("{\"balance\":\(text)}".utf8) }
    private func walk(_ intents: [BuyIntent] = [], anchor: Int64? = 500) -> StatementWalk {
        StatementWalk(
            intents: intents, anchor: anchor.map(TransactionID.init(rawValue:)), since: Timestamp(seconds: 1_790_000_000), currency: .usd,
            askedAt: Timestamp(seconds: 1_790_000_100))
    }
    private func findings(_ next: StatementWalk.Next) -> Findings? { if case .done(let findings) = next { findings } else { nil } }

    /// Called somebody else's, it would be nobody's buy for good.
    @Test(arguments: ["\"contract_id\":7,\"shortcode\":true", "\"contract_id\":7", "\"contract_id\":null,\"shortcode\":\"x\""])
    func aPurchaseThatFitsAndCannotBeReadStopsTheWalk(_ rest: String) {
        var walk = walk([LineScript.intent])
        let row =
            #"{"transaction_id":501,"action_type":"buy","amount":-10,"balance_after":9990,"transaction_time":1790000003,"payout":19.6,\#(rest)}"#
        #expect(throws: Unreadable.self) { _ = try walk.statement(page(row)) }
    }

    @Test func aPurchaseThatCannotBeOursMayLackItsShortcode() throws {
        var walk = walk([LineScript.intent])
        let row = #"{"transaction_id":501,"action_type":"buy","amount":-11,"balance_after":9989,"transaction_time":1790000003,"contract_id":7}"#
        guard case .balance = try walk.statement(page(row)) else { Issue.record("no balance"); return }
    }

    @Test func aChainThatClosesSaysSo() throws {
        var walk = walk()
        guard
            case .balance = try walk.statement(
                page(
                    row(502, "sell", "19.6", "10009.6", contract: 7), row(501, "buy", "-10", "9990", contract: 7), row(500, "virtual_credit", "10000", "10000"))
            )
        else { Issue.record("no balance"); return }
        let found = try #require(findings(try walk.balance(balance("10009.60"))))
        #expect(
            found.chainCloses && found.bookings.map(\.transaction.rawValue) == [501, 502] && found.newest?.rawValue == 502 && found.balance == usd(1_000_960))
    }

    /// Money that is there was booked: a statement that shows no such row is not whole, and proves nothing of an intent.
    @Test(arguments: [true, false]) func aStatementThatHidesTheFirstBookingProvesNothing(isEmpty: Bool) throws {
        var walk = walk([LineScript.intent], anchor: 0)
        let rows = isEmpty ? page() : page(row(501, "buy", "-11", "9989", contract: 7))
        for _ in 1...3 {
            _ = try walk.statement(rows)
            _ = try walk.balance(balance(isEmpty ? "10000" : "9989"))
        }
        _ = try walk.portfolio(try JSONValue.parse(#"{"contracts":[]}"#.utf8))
        #expect(try findings(walk.profitTable(try JSONValue.parse(#"{"transactions":[]}"#.utf8)))?.chainCloses == false)
    }

    @Test func anAccountThatBeginsWithNothingIsReadWhole() throws {
        var walk = walk([LineScript.intent], anchor: 0)
        _ = try walk.statement(page(row(1, "virtual_credit", "10000", "10000")))
        _ = try walk.balance(balance("10000"))
        _ = try walk.portfolio(try JSONValue.parse(#"{"contracts":[]}"#.utf8))
        #expect(try findings(walk.profitTable(try JSONValue.parse(#"{"transactions":[]}"#.utf8)))?.chainCloses == true)
    }

    @Test func aMissingRowIsNoticed() throws {
        var walk = walk()
        for attempt in 1...3 {
            _ = try walk.statement(page(row(502, "sell", "19.6", "10009.6", contract: 7), row(500, "virtual_credit", "10000", "10000")))
            let next = try walk.balance(balance("10009.60"))
            if attempt < 3 {
                guard case .statement = next else { Issue.record("not read again"); return }
            } else {
                #expect(findings(next)?.chainCloses == false)
            }
        }
    }

    @Test func withoutTheAnchorNothingIsProven() throws {
        var walk = walk()
        for _ in 1...2 { _ = try walk.statement(page(row(501, "buy", "-10", "9990", contract: 7))); _ = try walk.balance(balance("9990")) }
        _ = try walk.statement(page(row(501, "buy", "-10", "9990", contract: 7)))
        #expect(findings(try walk.balance(balance("9990")))?.chainCloses == false)
    }

    @Test func aPurchaseIsMatchedByEverythingThatCanBeCompared() throws {
        let intent = LineScript.intent, code = "DIGITEVEN_1HZ100V_19.60_1790000003_1T_0_0"
        let matcher = IntentMatcher(intents: [intent])
        #expect(matcher.candidates(shortcode: code, price: usd(1_000), purchasedAt: Timestamp(seconds: 1_790_000_003)) == [intent.id])
        #expect(matcher.candidates(shortcode: code, price: usd(999), purchasedAt: Timestamp(seconds: 1_790_000_003)).isEmpty, "another price")
        #expect(
            matcher.candidates(shortcode: code.replacing("EVEN", with: "ODD"), price: usd(1_000), purchasedAt: Timestamp(seconds: 1_790_000_003)).isEmpty,
            "another kind")
        #expect(
            matcher.candidates(shortcode: code.replacing("_1T_", with: "_2T_"), price: usd(1_000), purchasedAt: Timestamp(seconds: 1_790_000_003)).isEmpty,
            "another duration")
        #expect(matcher.candidates(shortcode: code, price: usd(1_000), purchasedAt: Timestamp(seconds: 1_789_999_990)).isEmpty, "before it was intended")
        #expect(matcher.candidates(shortcode: "nonsense", price: usd(1_000), purchasedAt: Timestamp(seconds: 1_790_000_003)).isEmpty)
    }

    /// The gate lets a buy leave while our time is ahead by so much, so its purchase may stand so long before its intent.
    @Test(arguments: [2_000, 40_000] as [Int64]) func aPurchaseIsLookedForAsFarBackAsOurTimeMayBeAhead(clockAheadMost: Int64) {
        let intent = LineScript.intent, matcher = IntentMatcher(intents: [intent], clockAheadMost: clockAheadMost)
        func finds(_ second: Int64) -> Bool {
            let code = "DIGITEVEN_1HZ100V_19.60_\(second)_1T_0_0"
            return matcher.candidates(shortcode: code, price: usd(1_000), purchasedAt: Timestamp(seconds: second)) == [intent.id]
        }
        let earliest = intent.intendedAt.adding(milliseconds: -clockAheadMost).seconds - 1
        #expect(finds(earliest) && !finds(earliest - 1))
    }

    @Test func whatStandsOnlyInThePortfolioWasBoughtAllTheSame() throws {
        var walk = walk([LineScript.intent])
        _ = try walk.statement(page(row(500, "virtual_credit", "10000", "10000")))
        guard case .portfolio = try walk.balance(balance("10000")) else { Issue.record("no portfolio"); return }
        _ = try walk.portfolio(
            try JSONValue.parse(
                #"{"contracts":[{"contract_id":77,"transaction_id":501,"buy_price":10,"payout":19.6,"purchase_time":1790000003,"shortcode":"DIGITEVEN_1HZ100V_19.60_1790000003_1T_0_0"}]}"#
                    .utf8))
        let found = try #require(findings(try walk.profitTable(try JSONValue.parse(#"{"count":0,"transactions":[]}"#.utf8))))
        #expect(found.bookings.map(\.contract?.rawValue) == [77] && found.bookings[0].mayBe == [LineScript.intent.id] && !found.chainCloses)
    }

    @Test func anAnswerOutOfTurnProvesNothing() throws {
        var walk = self.walk([LineScript.intent])
        let none = try JSONValue.parse(#"{"count":0,"transactions":[]}"#.utf8)
        #expect(throws: Unreadable.self) { _ = try walk.profitTable(none) }
    }

    @Test func pagesOfNothingButKnownRowsEnd() throws {
        var walk = self.walk(anchor: nil)
        let row = self.row(502, "sell", "0", "9990", contract: 7)
        let full = try JSONValue.parse("{\"transactions\":[\(Array(repeating: row, count: StatementWalk.pageSize).joined(separator: ","))]}".utf8)
        var pages = 0, next = walk.first
        while case .statement = next, pages <= StatementWalk.rowsMost / StatementWalk.pageSize + 1 {
            pages += 1
            next = try walk.statement(full)
        }
        guard case .balance = next else { Issue.record("still paging after \(pages) pages"); return }
        #expect(findings(try walk.balance(balance("9990")))?.chainCloses == false, "what was not read proves nothing")
    }
}

extension String {
    fileprivate func replacing(_ word: String, with other: String) -> String {
        guard let range = firstRange(of: word) else { return self }
        return self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
