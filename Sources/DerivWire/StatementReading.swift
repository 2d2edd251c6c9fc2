import PlainJSON
public import TradingEngine
public import TradingModel

/// Reads an account's whole statement over a connection of its own, to hold our books against the broker's: log in,
/// page by page, then the balance. A value: frames in, frames out.
public struct StatementReading: Sendable {
    public enum Step: Sendable {
        case send([UInt8])
        /// Every booking, oldest first, and the balance after them.
        case done([Booking], balance: Money)
        case failed(String)
    }

    private var currency: Currency?
    private var rows: [Booking] = []
    private var seen: Set<TransactionID> = []
    private var next: Int64 = 2

    public init() {}

    public func login(_ token: Secret) -> [UInt8] { LoginRequest.frame(token, requestID: 1) }

    public mutating func received(_ bytes: UnsafeRawBufferPointer) -> Step? {
        do {
            let message = try IncomingMessage(try JSONValue.parse(bytes))
            if let error = message.error { return .failed("\(message.type): \(error.code)") }
            guard let payload = message.payload else { return .failed("no \(message.type) in the answer") }
            switch message.type {
            case "authorize":
                guard let currency = Currency.named(try payload.needString("currency")) else { return .failed("currency") }
                self.currency = currency
                return page()
            case "statement":
                guard let currency, let transactions = payload["transactions"]?.array else { return .failed("transactions") }
                for row in transactions {
                    let booking = try StatementWalk.booking(row, currency: currency, matcher: IntentMatcher(intents: []))
                    if seen.insert(booking.transaction).inserted { rows.append(booking) }
                }
                if transactions.count == StatementWalk.pageSize { return page() }
                next += 1
                return .send(Requests.balance(next))
            case "balance":
                guard let currency else { return .failed("currency") }
                return .done(rows.reversed(), balance: try payload.needMoney("balance", currency))
            default: return nil
            }
        } catch let error as Unreadable { return .failed("unreadable: \(error.field)") } catch { return .failed("not JSON") }
    }

    private mutating func page() -> Step {
        next += 1
        return .send(Requests.statement(next, limit: StatementWalk.pageSize, offset: rows.count, from: nil))
    }
}
