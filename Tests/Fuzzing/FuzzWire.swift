import PlainJSON
import TradingEngine
import TradingModel

// What the broker says: frames to a line that has every question open, statements, answers to a token.
@testable import DerivWire

private let account = AccountID(rawValue: 1)
private let profile = AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)
private let now = Timestamp(seconds: 1_790_000_000)
private let symbol = Symbol("1HZ100V")!
private let intent = BuyIntent(
    id: IntentID(session: SessionID(rawValue: 3), signal: SignalID(high: 1, low: 2)), account: account,
    terms: ContractTerms(symbol: symbol, kind: .even, duration: ContractDuration(text: "1t")!),
    stake: Stake(recorded: Money(minorUnits: 1_000, currency: .usd)),
    intendedAt: now, day: TradingDay(daysSince1970: 20_717))

extension DerivLine {
    fileprivate mutating func hear(_ frame: some Collection<UInt8>) {
        Array(frame).withUnsafeBytes { received($0, at: now) }
        actions.removeAll()
    }
    fileprivate mutating func hear(_ text: String) { hear(Array(text.utf8)) }
}

/// Logged in, with a buy, a walk, quotes, offers, streams and times that are not answered: each number from 1 to about
/// 20 is a question of another kind.
private let asked: DerivLine = {
    var line = DerivLine(account: account, profile: profile, seed: 7)
    line.command(.open(account, profile), at: now)
    line.connecting(at: now)
    line.opened(at: now)
    line.hear(#"{"msg_type":"authorize","req_id":1,"authorize":{"loginid":"VRTC1","currency":"USD","is_virtual":1,"balance":10000}}"#)
    line.hear(#"{"msg_type":"transaction","req_id":2,"transaction":{"id":"t1"}}"#)
    line.hear(#"{"msg_type":"statement","req_id":3,"statement":{"transactions":[]}}"#)
    line.hear(#"{"msg_type":"balance","req_id":4,"balance":{"balance":10000}}"#)
    precondition(line.state == .ready, "the line of the fuzzer is not ready")
    for id in 5...7 { line.hear(#"{"msg_type":"time","req_id":\#(id),"time":1790000000}"#) }
    line.command(.lookUp(account, intents: [intent], anchor: nil, since: now), at: now)
    line.hear(#"{"msg_type":"statement","req_id":9,"statement":{"transactions":[]}}"#)
    line.hear(#"{"msg_type":"balance","req_id":10,"balance":{"balance":10000}}"#)
    line.hear(#"{"msg_type":"portfolio","req_id":11,"portfolio":{"contracts":[]}}"#)
    line.hear(#"{"msg_type":"profit_table","req_id":12,"profit_table":{"transactions":[]}}"#)
    line.command(.buy(account, intent), at: now)
    line.command(.offers(account, symbol), at: now)
    line.command(.watch(account, ContractID(rawValue: 7)), at: now)
    line.command(.quote(account, intent.terms, stake: intent.stake.amount), at: now)
    line.follow([symbol], past: 3, fresh: [symbol], at: now)
    line.command(.lookUp(account, intents: [intent], anchor: TransactionID(rawValue: 500), since: now), at: now)
    line.send(.balance, at: now, Requests.balance)
    line.send(.portfolio, at: now, Requests.portfolio)
    line.send(.profitTable, at: now) { Requests.profitTable($0, from: now) }
    line.actions.removeAll()
    return line
}()

/// Frames, one a line, to a line with everything open, and to one that is logging in.
func fuzzLine(_ bytes: UnsafeRawBufferPointer) {
    var ready = asked, loggingIn = DerivLine(account: account, profile: profile, seed: 7)
    loggingIn.command(.open(account, profile), at: now)
    loggingIn.connecting(at: now)
    loggingIn.opened(at: now)
    for frame in bytes.split(separator: 0x0a, maxSplits: 8) {
        let copy = Array(frame)
        copy.withUnsafeBytes { ready.received($0, at: now) }
        copy.withUnsafeBytes { loggingIn.received($0, at: now) }
    }
    for case .event(let event) in ready.actions + loggingIn.actions { check(event) }
    ready.passTime(at: now.adding(seconds: 1))
}

/// No event has money that is none, a contract without a price, or a moment past the end of time.
private func check(_ event: BrokerEvent) {
    func sane(_ money: Money) { if money.minorUnits.magnitude > UInt64(Money.most) { fatalError("money \(money) in \(event)") } }
    switch event {
    case .bought(let id, let contract, let balance):
        sane(contract.price); sane(contract.payout); sane(balance)
        if !contract.price.isPositive || id != intent.id { fatalError("\(event)") }
    case .lineUp(let balance, _): sane(balance)
    case .booked(let booking): sane(booking.amount); sane(booking.balanceAfter)
    case .lookedUp(let findings):
        sane(findings.balance)
        for booking in findings.bookings { sane(booking.amount); sane(booking.balanceAfter) }
    case .quoted(_, _, let payout): sane(payout)
    default: break
    }
}

/// Pages of a statement, one a line, then the balance, the portfolio and the profit table.
func fuzzWalk(_ bytes: UnsafeRawBufferPointer) {
    var walk = StatementWalk(intents: [intent], anchor: TransactionID(rawValue: 500), since: now, currency: .usd, askedAt: now), next = walk.first
    for page in bytes.split(separator: 0x0a, maxSplits: 16) {
        guard let value = try? JSONValue.parse(page) else { return }
        do {
            switch next {
            case .statement: next = try walk.statement(value)
            case .balance: next = try walk.balance(value)
            case .portfolio: next = try walk.portfolio(value)
            case .profitTable: next = try walk.profitTable(value)
            case .done(let findings): return check(.lookedUp(findings))
            }
        } catch { return }
    }
}

func fuzzStatement(_ bytes: UnsafeRawBufferPointer) {
    var reading = StatementReading()
    for frame in bytes.split(separator: 0x0a, maxSplits: 16) { _ = Array(frame).withUnsafeBytes { reading.received($0) } }
}

func fuzzToken(_ bytes: UnsafeRawBufferPointer) { _ = TokenCheck.read(bytes) }
