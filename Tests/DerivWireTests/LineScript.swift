// One account's line to Deriv as a script: what comes in as frames and moments, what goes out as frames and events.
import PlainJSON
import Testing
import TradingEngine
import TradingModel

@testable import DerivWire

/// Drives a `DerivLine` and plays the broker's side of the wire by hand.
struct LineScript {
    var line: DerivLine
    var now = Timestamp(seconds: 1_790_000_000)
    private(set) var sent: [JSONValue] = []
    var events: [BrokerEvent] = []
    private(set) var loginID: Int64 = 0
    private(set) var other: [String] = []

    static let account = AccountID(rawValue: 1)
    static let profile = AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)

    init() { line = DerivLine(account: Self.account, profile: Self.profile, seed: 7) }

    mutating func drain() {
        for action in line.actions {
            switch action {
            case .send(let bytes), .sendBuy(let bytes, _): sent.append(try! JSONValue.parse(bytes))
            case .event(let event): events.append(event)
            case .connect(let pause): other.append("connect after \(pause > 0 ? "a pause" : "nothing")")
            case .login(let id):
                loginID = id
                other.append("login \(id)")
            case .close: other.append("close")
            case .ticks(let ticks, let isPast): other.append("\(isPast ? "past" : "tick") \(ticks.map { "\($0.price.pips)" }.joined(separator: " "))")
            case .clock: other.append("clock")
            case .openProfit(let contract, let profit): other.append("\(contract) would yield \(profit.minorUnits)")
            case .remark(let text): other.append(text)
            }
        }
        line.actions = []
    }

    mutating func frame(_ text: String) {
        Array(text.utf8).withUnsafeBytes { line.received($0, at: now) }
        drain()
    }
    mutating func wait(_ seconds: Int64) {
        now = now.adding(seconds: seconds)
        line.passTime(at: now)
        drain()
    }
    mutating func command(_ command: BrokerCommand) { line.command(command, at: now); drain() }
    mutating func takeEvents() -> [BrokerEvent] { defer { events = [] }; return events }
    mutating func takeOther() -> [String] { defer { other = [] }; return other }
    /// The number of the newest request that carries this call.
    func request(_ call: String) -> Int64 { sent.last { $0[call] != nil }?["req_id"]?.integer ?? -1 }

    /// What the broker lets one user ask.
    static func status(_ id: Int64, general: Int = 180, outcome: Int = 25, pricing: Int = 80) -> String {
        func rate(_ minutely: Int) -> String { #"{"minutely":\#(minutely),"hourly":14400,"applies_to":"x"}"# }
        return
            #"{"echo_req":{},"msg_type":"website_status","req_id":\#(id),"website_status":{"site_status":"up","api_call_limits":{"max_requestes_general":\#(rate(general)),"max_requests_outcome":\#(rate(outcome)),"max_requests_pricing":\#(rate(pricing))}}}"#
    }

    static let authorized =
        #"{"echo_req":{},"msg_type":"authorize","req_id":1,"authorize":{"loginid":"VRTC1","currency":"USD","is_virtual":1,"balance":10000}}"#

    /// Connected, logged in, subscribed.
    static func ready() -> LineScript {
        var s = LineScript()
        s.command(.open(account, profile))
        s.logIn()
        return s
    }

    mutating func logIn() {
        let account = LineScript.account
        line.connecting(at: now)
        line.opened(at: now)
        drain()
        frame(LineScript.authorized.replacing("\"req_id\":1,", with: "\"req_id\":\(loginID),"))
        frame(#"{"echo_req":{},"msg_type":"transaction","req_id":\#(request("transaction")),"transaction":{"id":"t1"},"subscription":{"id":"t1"}}"#)
        frame(
            #"{"echo_req":{},"msg_type":"statement","req_id":\#(request("statement")),"statement":{"count":1,"transactions":[{"transaction_id":500,"amount":10000,"action_type":"virtual_credit","balance_after":10000,"transaction_time":1}]}}"#
        )
        frame(#"{"echo_req":{},"msg_type":"balance","req_id":\#(request("balance")),"balance":{"balance":10000.00,"currency":"USD","loginid":"VRTC1"}}"#)
        for request in sent where request["time"] != nil {
            frame(#"{"echo_req":{},"msg_type":"time","req_id":\#(request["req_id"]!.integer!),"time":1790000000}"#)
        }
        frame(LineScript.status(request("website_status")))
        // The engine asks at once what happened meanwhile; nothing is bought before that is known.
        command(.lookUp(account, intents: [], anchor: nil, since: now))
        frame(#"{"echo_req":{},"msg_type":"statement","req_id":\#(request("statement")),"statement":{"count":0,"transactions":[]}}"#)
        frame(#"{"echo_req":{},"msg_type":"balance","req_id":\#(request("balance")),"balance":{"balance":10000.00,"currency":"USD","loginid":"VRTC1"}}"#)
        events.removeAll { if case .lookedUp = $0 { true } else { false } }
    }

    static let intent = BuyIntent(
        id: IntentID(session: SessionID(rawValue: 3), signal: SignalID(high: 1, low: 2)), account: account,
        terms: ContractTerms(symbol: Symbol("1HZ100V")!, kind: .even, duration: .ticks(1)), stake: Stake(recorded: Money(minorUnits: 1_000, currency: .usd)),
        intendedAt: Timestamp(seconds: 1_790_000_000), day: TradingDay(daysSince1970: 20_717))

    /// Questions until no more may wait or be unanswered; a broker that lets us ask as often as we like.
    mutating func askUntilFull() {
        line.budget.limits = CallLimits(websiteStatus: try! JSONValue.parse(Array(LineScript.limitless.utf8)))!
        var number = 0
        while !line.requests.isFull {
            command(.offers(LineScript.account, Symbol("S\(number)")!))
            number += 1
        }
    }
    static let limitless =
        #"{"api_call_limits":{"max_requestes_general":{"minutely":1000000,"hourly":1000000},"max_requests_outcome":{"minutely":1000000,"hourly":1000000},"max_requests_pricing":{"minutely":1000000,"hourly":1000000}}}"#

    func receipt(price: String = "10", passthrough: String = intent.id.text) -> String {
        #"{"echo_req":{"buy":"1"},"passthrough":{"intent":"\#(passthrough)"},"msg_type":"buy","req_id":\#(request("buy")),"buy":{"balance_after":9990.00,"buy_price":\#(price),"contract_id":77,"transaction_id":501,"payout":19.6,"purchase_time":1790000003,"start_time":1790000003,"shortcode":"x","longcode":"y"}}"#
    }
}
