// `/api/deriv/auto-trading/live-updates`: what happens to the owner's trades, as the previous system told it: frames of
// `data:` alone. Ours carry an `id:` beside it, which its clients ignore.

import HTTPTypes
import Hummingbird
import PlainJSON
import ServiceLifecycle
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousStream {
    /// How often what is open is told again, and how often a silent stream shows life.
    static let openEvery = Duration.seconds(2)
    static let heartbeatEvery = 15

    static func stream(_ call: Call) async throws -> Reply {
        guard call.streams.open < call.configuration.streamsMost else { throw PreviousError(.tooManyRequests, "Too many streams are open") }
        let first = try await status(call)
        return Reply(
            status: .ok, headers: [.contentType: "text/event-stream", .connection: "keep-alive"],
            body: .stream { writer in
                guard call.streams.take(most: call.configuration.streamsMost) else { return try await writer.finish(nil) }
                defer { call.streams.giveBack() }
                try await writer.write(first)
                try await follow(call, &writer)
                try await writer.finish(nil)
            })
    }

    private enum Item: Sendable { case facts([JournalEntry]), tick, over }

    private static func follow(_ call: Call, _ writer: inout any ResponseBodyWriter) async throws {
        let subscription = call.desk.facts(of: call.owner)
        defer { subscription.cancel() }
        let (items, offer) = AsyncStream<Item>.makeStream()
        let (turns, nextTurn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in turns {
                    guard let entries = await subscription.next() else { break }
                    offer.yield(.facts(entries))
                }
                offer.yield(.over)
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: openEvery)
                    offer.yield(.tick)
                }
            }
            defer { group.cancelAll() }
            nextTurn.yield()
            var ticks = 0
            for await item in items.cancelOnGracefulShutdown() {
                switch item {
                case .over: return
                case .facts(let entries):
                    for entry in entries { if let frame = try await frame(entry, call) { try await writer.write(frame) } }
                    nextTurn.yield()
                case .tick:
                    ticks += 1
                    try await writer.write(openTrades(call))
                    if ticks % heartbeatEvery == 0 {
                        try await writer.write(
                            data { json in
                                json.member("type", "heartbeat")
                                json.member("timestamp", call.desk.clock.now())
                            })
                    }
                }
            }
        }
    }

    // MARK: Frames

    private static func data(id: Int64? = nil, _ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        json.object { write(&$0) }
        var buffer = ByteBuffer(string: id.map { "id: \($0)\n" } ?? "")
        buffer.writeString("data: ")
        buffer.writeBytes(json.bytes)
        buffer.writeString("\n\n")
        return buffer
    }

    private static func status(_ call: Call) async throws -> ByteBuffer {
        let session = try await call.previousSession()
        return data { json in
            json.member("type", "status")
            json.memberObject("data") { json in
                json.member("isRunning", session != nil)
                json.member("sessionId", ifAny: session?.id.uuid)
                json.member("activeContracts", session?.openContracts ?? 0)
                json.member("dailyTradeCount", session?.tradesToday ?? 0)
                if let session { json.member("dailyProfitLoss", number: session.profitToday) } else { json.member("dailyProfitLoss", 0) }
            }
        }
    }

    private static func openTrades(_ call: Call) async throws -> ByteBuffer {
        let open = try await call.reads.bought(call.owner, .open, limit: 100, offset: 0).rows
        return data { json in
            json.member("type", "open_trades")
            json.memberObject("data") { json in
                json.memberArray("trades") { json in
                    for row in open {
                        guard let contract = row.contract else { continue }
                        json.object { json in
                            json.member("tradeId", row.intent.id.uuid)
                            json.member("symbol", row.intent.terms.symbol.text)
                            json.member("side", row.intent.terms.kind.previousSide)
                            json.member("entryPrice", number: contract.price)
                            json.member("lotOrStake", number: contract.price)
                            json.member("entryTimestamp", contract.purchasedAt)
                        }
                    }
                }
            }
        }
    }

    /// What a fact was to the previous system, or nil when it had no word for it.
    private static func frame(_ entry: JournalEntry, _ call: Call) async throws -> ByteBuffer? {
        let id = entry.ownerSequence
        switch entry.fact.event {
        case .buyConfirmed(let intent, let contract, _), .contractAdopted(let intent, let contract):
            guard let row = try await call.reads.trade(intent, owner: call.owner) else { return nil }
            return data(id: id) { json in
                json.member("type", "trade_executed")
                json.memberObject("data") { json in
                    json.member("tradeId", intent.uuid)
                    json.member("contractId", contract.id.description)
                    json.member("signalId", intent.signal.text)
                    json.member("symbol", row.intent.terms.symbol.text)
                    json.member("stake", number: contract.price)
                }
            }
        case .settled(let intent, let settlement, _):
            guard let row = try await call.reads.trade(intent, owner: call.owner), let profit = row.profit, let price = row.contract?.price else { return nil }
            return data(id: id) { json in
                json.member("type", "trade_closed")
                json.memberObject("data") { json in
                    json.member("tradeId", intent.uuid)
                    json.member("contractId", settlement.contract.description)
                    json.member("profitLoss", number: profit)
                    json.member("profitLossPercent", units: profit.percentOf(price), scale: 2)
                    json.member("status", PreviousTradeStatus.word(row))
                }
            }
        case .balanceReported(let balance, _):
            return data(id: id) { json in
                json.member("type", "balance_update")
                json.memberObject("data") { $0.member("balance", number: balance) }
            }
        case .failed(let evidence):
            return data(id: id) { json in
                json.member("type", "error")
                json.memberObject("data") { $0.member("message", evidence) }
            }
        case .paused(.limit(.drawdownReached), _):
            return data(id: id) { json in
                json.member("type", "drawdown_limit")
                json.memberObject("data") { $0.member("message", "Drawdown limit reached") }
            }
        default: return nil
        }
    }
}
