// Reads an account's whole statement, to hold our books against it.
import DerivWire
import NIOCore
public import TradingEngine
public import TradingModel
import TradingPorts

extension DerivBroker {
    public struct StatementUnreadable: Error, CustomStringConvertible { public let description: String }

    /// The account's whole statement as the broker tells it now, oldest row first, over a connection of its own.
    public func statement(of account: AccountID) async throws -> (bookings: [Booking], balance: Money) {
        guard let token = try hooks.vault.token(account) else { throw StatementUnreadable(description: "no token is stored for account \(account)") }
        let loop = group.next(), done = loop.makePromise(of: ([Booking], Money).self)
        let connecting = client.connect(on: loop) {
            // Lives on its channel's event loop, like the handler that calls it.
            final class Reader { var reading = StatementReading(); var send: ((ByteBuffer) -> Void)? }
            let reader = Reader()
            let handler = WebSocketMessageHandler(
                onText: { buffer in
                    switch buffer.withUnsafeReadableBytes({ reader.reading.received($0) }) {
                    case .send(let bytes): reader.send?(ByteBuffer(bytes: bytes))
                    case .done(let rows, let balance): done.succeed((rows, balance))
                    case .failed(let what): done.fail(StatementUnreadable(description: what))
                    case nil: break
                    }
                },
                onClosed: { cause, _ in done.fail(StatementUnreadable(description: cause)) })
            reader.send = { [unowned handler] in handler.send($0) }
            return handler
        }
        connecting.whenFailure { done.fail($0) }
        let opened = try await connecting.get()
        let timeout = loop.scheduleTask(in: .seconds(30)) { done.fail(StatementUnreadable(description: "no answer within 30 seconds")) }
        opened.writeAndFlush(WebSocketMessageHandler.frame(ByteBuffer(bytes: StatementReading().login(token))), promise: nil)
        defer { timeout.cancel(); opened.close(promise: nil) }
        let (rows, balance) = try await done.futureResult.get()
        return (rows, balance)
    }
}
