// Quotes on the wire: asked for, bought by their id, and good only on the connection that gave them.
import PlainJSON
import Testing
import TradingEngine
import TradingModel

@testable import DerivWire

struct QuoteScripts {
    static let terms = ContractTerms(symbol: Symbol("1HZ100V")!, kind: .even, duration: .ticks(5))
    static let stake = Money(minorUnits: 1_000, currency: .usd)
    static let proposal = "0123456789abcdef0123456789abcdef"

    static func intent(_ s: LineScript, payout: Int64?) -> BuyIntent {
        BuyIntent(
            id: IntentID(session: SessionID(rawValue: 1), signal: SignalID(high: 1, low: 1)), account: LineScript.account, terms: terms,
            stake: Stake(recorded: stake), intendedAt: s.now, day: TradingDay(daysSince1970: 0),
            quotedPayout: payout.map { Money(minorUnits: $0, currency: .usd) })
    }
    static func quote(_ s: inout LineScript, payout: String, price: String = "10.00") {
        s.command(.quote(LineScript.account, terms, stake: stake))
        s.frame(
            #"{"echo_req":{},"msg_type":"proposal","req_id":\#(s.request("proposal")),"proposal":{"id":"\#(proposal)","ask_price":\#(price),"payout":\#(payout)}}"#
        )
    }

    @Test func aQuoteIsAskedForAndBoughtByItsId() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        Self.quote(&s, payout: "19.54")
        let asked = s.sent.last { $0["proposal"] != nil }
        #expect(asked?["amount"]?.number != nil && asked?["basis"]?.string == "stake" && asked?["contract_type"]?.string == "DIGITEVEN")
        #expect(s.takeEvents() == [.quoted(Self.terms, stake: Self.stake, payout: Money(minorUnits: 1_954, currency: .usd))])
        s.command(.buy(LineScript.account, Self.intent(s, payout: 1_954)))
        let bought = s.sent.last!
        #expect(bought["buy"]?.string == Self.proposal && bought["parameters"] == nil)
        #expect(bought["price"]?.number?.units(digits: 2) == 1_000)
        #expect(bought["passthrough"]?["intent"]?.string == Self.intent(s, payout: nil).id.text)
        s.command(.buy(LineScript.account, Self.intent(s, payout: 1_954)))
        #expect(s.takeEvents() == [.notSent(Self.intent(s, payout: nil).id)], "a quote is bought once")
    }

    @Test func aQuoteOfAnotherConnectionOrPayoutIsNotBought() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        Self.quote(&s, payout: "19.54")
        _ = s.takeEvents()
        s.command(.buy(LineScript.account, Self.intent(s, payout: 1_955)))
        #expect(s.takeEvents() == [.notSent(Self.intent(s, payout: nil).id)])
        var other = LineScript.ready()
        _ = other.takeEvents()
        other.command(.buy(LineScript.account, Self.intent(other, payout: 1_954)))
        #expect(other.takeEvents() == [.notSent(Self.intent(other, payout: nil).id)])
    }

    @Test func aPriceThatIsNotOurStakeIsNoQuote() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        Self.quote(&s, payout: "19.54", price: "10.01")
        #expect(s.takeEvents() == [.quoteRefused(Self.terms, stake: Self.stake, Rejection(code: Label("price differs")!))])
    }

    @Test func aRefusedQuoteKeepsTheBrokersCode() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        s.command(.quote(LineScript.account, Self.terms, stake: Self.stake))
        s.frame(
            #"{"echo_req":{},"msg_type":"proposal","req_id":\#(s.request("proposal")),"error":{"code":"MarketIsClosed","message":"closed"}}"#)
        #expect(s.takeEvents() == [.quoteRefused(Self.terms, stake: Self.stake, Rejection(code: Label("MarketIsClosed")!))])
    }

    @Test func anUnreadableQuoteEndsTheConnection() {
        var s = LineScript.ready()
        _ = s.takeEvents()
        Self.quote(&s, payout: "\"a lot\"")
        #expect(s.takeOther().contains { $0.hasPrefix("hanging up: unreadable") })
    }
}
