// `/api/deriv/auto-trading/live-updates`: what happens to the owner's trades, as the previous system told it: frames of
// `data:` alone. Ours carry an `id:` beside it, which its clients ignore and with which a browser resumes by itself.

import HTTPTypes
import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousStream {
    /// How often what is open is told again, and how often a stream shows life.
    static let openEvery = Duration.seconds(2)
    static let heartbeatEvery = 15

    static func stream(_ call: Call) async throws -> Reply {
        if let problem = call.noFurtherPreviousStream { throw problem }
        let asked = call.headers[Events.lastEventID]
        return call.stream([.connection: "keep-alive"]) { writer in try await run(call, asked: asked, &writer) }
    }

    /// Subscribes first and reads the journal then, so that nothing falls between; what comes both ways is sent once. A
    /// client too far behind goes on from now: the previous system had no word for what it missed, and what is open is
    /// told all the time.
    private static func run(_ call: Call, asked: String?, _ writer: inout any ResponseBodyWriter) async throws {
        var asked = asked, isFirst = true
        while !Task.isCancelled, call.isStillIn {
            let subscription = call.desk.facts(of: call.owner)
            defer { subscription.cancel() }
            let newest = try await call.reads.newestFact(call.owner)
            var place: StreamPlace
            switch StreamPlace.start(asked: asked, newest: newest) {
            case .after(let last): place = StreamPlace(last: last)
            case .reset(let newest): place = StreamPlace(last: newest)
            }
            if isFirst { try await writer.write(status(call, id: place.last)) }
            isFirst = false
            if place.last < newest { try await catchUp(call, &place, &writer) }
            guard try await follow(call, subscription, &place, &writer), asked != String(place.last) else { return }
            asked = String(place.last)
        }
    }

    private static func catchUp(_ call: Call, _ place: inout StreamPlace, _ writer: inout any ResponseBodyWriter) async throws {
        while call.isStillIn {
            let entries = try await call.reads.facts(call.owner, after: place.last, limit: Events.batch)
            guard case .send(let new) = place.take(entries), !new.isEmpty else { return }
            try await write(new, call, &writer)
            if entries.count < Events.batch { return }
        }
    }

    private static func write(_ entries: [JournalEntry], _ call: Call, _ writer: inout any ResponseBodyWriter) async throws {
        for entry in entries { if let frame = try await frame(entry, call) { try await writer.write(frame) } }
    }

    /// True when the reader fell behind, and must be caught up.
    private static func follow(
        _ call: Call, _ subscription: FactSubscription, _ place: inout StreamPlace, _ writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        var beats = 0, told: [ContractID: Money] = [:]
        return try await PacedStream.run(every: openEvery, while: { call.isStillIn }, next: { await subscription.next() }) { item in
            switch item {
            case .over: return false
            case .new(let entries):
                switch place.take(entries) {
                case .send(let new): try await write(new, call, &writer)
                case .gap: try await catchUp(call, &place, &writer)
                }
            case .beat:
                beats += 1
                let open = try await call.reads.bought(call.owner, .open, limit: openMost, offset: 0).rows
                try await writer.write(openTrades(open, call))
                try await writeUpdates(of: open, &told, call, &writer)
                if beats % heartbeatEvery == 0 {
                    try await writer.write(
                        data { json in
                            json.member("type", "heartbeat")
                            json.member("timestamp", call.desk.clock.now())
                        })
                }
            }
            return true
        }
    }

    /// Open trades that are told of.
    static let openMost = 100

    /// What open contracts would yield, where that has changed since it was told last.
    private static func writeUpdates(of open: [TradeRow], _ told: inout [ContractID: Money], _ call: Call, _ writer: inout any ResponseBodyWriter) async throws
    {
        var now: [ContractID: Money] = [:]
        for row in open {
            guard let contract = row.contract, let profit = call.desk.openProfit(of: contract.id) else { continue }
            now[contract.id] = profit
            if told[contract.id] == profit { continue }
            try await writer.write(
                data { json in
                    json.member("type", "trade_update")
                    json.memberObject("data") { json in
                        json.member("tradeId", row.previousID)
                        json.member("contractId", contract.id.description)
                        json.member("unrealizedPnl", number: profit)
                        json.member("unrealizedPnlPercent", units: profit.percentOf(contract.price), scale: 2)
                    }
                })
        }
        told = now
    }

    // MARK: Frames

    static func data(id: Int64? = nil, _ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        json.object { write(&$0) }
        var buffer = ByteBuffer(string: id.map { "id: \($0)\n" } ?? "")
        buffer.writeString("data: ")
        buffer.writeBytes(json.bytes)
        buffer.writeString("\n\n")
        return buffer
    }

    private static func status(_ call: Call, id: Int64) async throws -> ByteBuffer {
        let session = try await call.previousSession()
        return data(id: id) { json in
            json.member("type", "status")
            json.memberObject("data") { json in
                json.member("isRunning", session != nil)
                json.member("sessionId", ifAny: session?.previousID)
                json.member("activeContracts", session?.openContracts ?? 0)
                json.member("dailyTradeCount", session?.tradesToday ?? 0)
                if let session { json.member("dailyProfitLoss", number: session.profitToday) } else { json.member("dailyProfitLoss", 0) }
            }
        }
    }

    private static func openTrades(_ open: [TradeRow], _ call: Call) -> ByteBuffer {
        data { json in
            json.member("type", "open_trades")
            json.memberObject("data") { json in
                json.memberArray("trades") { json in
                    for row in open {
                        guard let contract = row.contract else { continue }
                        json.object { json in
                            json.member("tradeId", row.previousID)
                            json.member("symbol", row.intent.terms.symbol.text)
                            json.member("side", row.intent.terms.kind.previousSide)
                            json.member("entryPrice", number: contract.price)
                            json.member("lotOrStake", number: contract.price)
                            json.unrealized(row, call)
                            json.member("entryTimestamp", contract.purchasedAt)
                        }
                    }
                }
            }
        }
    }

    private static func balanceUpdate(_ balance: Money, id: Int64? = nil) -> ByteBuffer {
        data(id: id) { json in
            json.member("type", "balance_update")
            json.memberObject("data") { $0.member("balance", number: balance) }
        }
    }

    /// What a fact was to the previous system, and the balance that the broker gave with it; nil when it had no word for it.
    private static func frame(_ entry: JournalEntry, _ call: Call) async throws -> ByteBuffer? {
        guard var frame = try await word(of: entry, call) else { return nil }
        switch entry.fact.event {
        case .buyConfirmed(_, _, let balance?), .settled(_, _, let balance?): frame.writeImmutableBuffer(balanceUpdate(balance))
        default: break
        }
        return frame
    }

    private static func word(of entry: JournalEntry, _ call: Call) async throws -> ByteBuffer? {
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
        case .settled(let intent, let settlement, _), .settlementCorrected(let intent, let settlement, _, _):
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
        case .balanceReported(let balance, _): return balanceUpdate(balance, id: id)
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

extension Call {
    /// In the previous system's words, which had one code for it.
    var noFurtherPreviousStream: Problem? {
        guard var problem = noFurtherStream else { return nil }
        (problem.status, problem.detail) = (.tooManyRequests, "Too many streams are open")
        return problem
    }
}
