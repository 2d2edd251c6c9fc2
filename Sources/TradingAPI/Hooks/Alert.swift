// What came in at a hook, read as its template says.

import Crypto
import PlainJSON
import TradingModel
import TradingPorts
import TradingService

/// A proposal of somebody else's: what to buy and for how long, never how much.
struct Alert: Sendable {
    let symbol: Symbol
    let kind: ContractKind
    let duration: ContractDuration?
    let strategy: Label?
    /// The sender's own name for it.
    let id: String?
    let barTime: Timestamp?
    let sentAt: Timestamp?

    init(_ body: JSONValue, _ template: HookTemplate) throws(Problem) {
        guard case .object(let members) = body else { throw Problem(.malformedJSON, "the body is not an object") }
        if template.rules == nil { _ = try Fields(members, only: Set(HookTemplate.Name.allCases.map(\.rawValue))) }
        symbol = try template.field(.symbol, in: body).symbol()
        kind = try template.field(.kind, in: body).kind()
        duration = try template.field(.duration, in: body).ifGiven?.duration()
        strategy = try template.field(.strategy, in: body).ifGiven?.label()
        id = try template.field(.id, in: body).ifGiven?.alertID()
        barTime = try template.field(.barTime, in: body).ifGiven?.anyMoment()
        sentAt = try template.field(.sentAt, in: body).ifGiven?.anyMoment()
    }

    /// What makes it the same alert when it comes again, from the same or another sender: its own id; or what it
    /// proposes and the bar that it is about; or the number that was used once. Nil when it has none of them.
    func key(_ hook: Hook, nonce: String?) -> String? {
        if let id { return "hook \(hook.id) id \(SHA256.hash(data: Array(id.utf8)).hexText)" }
        if let barTime {
            let what = "\(symbol) \(kind.name) \(duration?.text ?? "-") \(strategy.map { $0.text.utf8.hexText } ?? "-")"
            return "hook \(hook.id) bar \(barTime.milliseconds) \(what)"
        }
        return nonce.map { "hook \(hook.id) once \($0)" }
    }

    /// In the place of a source in the signal's id: `key` names the hook, and its source may be changed between an alert and its retry.
    private static let namespace = Label("webhook")!

    func signal(_ hook: Hook, key: String, now: Timestamp) -> Signal {
        Signal(
            id: SignalIdentity.id(owner: hook.owner, source: Alert.namespace, key: key), owner: hook.owner, session: hook.session, source: hook.source,
            strategy: strategy, symbol: symbol, kind: kind, duration: duration, issuedAt: now, validUntil: now.adding(seconds: Int64(hook.validSeconds)))
    }

    /// An alert that comes again must propose the same.
    func expectSame(as other: Signal) throws(Problem) {
        guard other.strategy == strategy, other.symbol == symbol, other.kind == kind, other.duration == duration else {
            throw Problem(.idempotencyKeyReused, "this alert came before and proposed something else", field: "id")
        }
    }
}

extension Field {
    func alertID() throws(Problem) -> String {
        let text = value?.string ?? value?.integer.map(String.init)
        guard let text, (1...256).contains(text.utf8.count) else { throw wrong("a text of 1 to 256 bytes, or a whole number") }
        return text
    }

    /// ISO 8601, or whole seconds or milliseconds since 1970, as a number or as text.
    func anyMoment() throws(Problem) -> Timestamp {
        if let text = value?.string, let moment = Timestamp(iso8601: text) { return moment }
        let number = value?.integer ?? value?.string.flatMap { Decimals.units($0, decimals: 0) }
        // Seconds until the year 5138, milliseconds since 1973.
        if let number, (0..<253_402_300_800_000).contains(number) {
            return number < 100_000_000_000 ? Timestamp(seconds: number) : Timestamp(milliseconds: number)
        }
        throw wrong("a moment such as 2026-11-22T10:15:30Z, or seconds or milliseconds since 1970")
    }
}
