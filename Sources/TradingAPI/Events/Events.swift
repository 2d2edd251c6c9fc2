// The live stream (server-sent events): every fact of the owner as it becomes durable, from where the client left off.

import HTTPTypes
import Hummingbird
import PlainJSON
import TradingModel
import TradingPorts
import TradingService

enum Events {
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    /// Facts read from the journal at a time while a client catches up.
    static let batch = 500

    static func stream(_ call: Call) async throws -> Reply {
        let after = try call.parameters(["after"])["after"].ifGiven?.integer(0...Int64.max)
        // A browser that reconnects sends the header and the old address: the header is newer.
        let asked = call.headers[lastEventID] ?? after.map(String.init)
        if let problem = call.noFurtherStream { throw problem }
        return call.stream { writer in try await run(call, asked: asked, &writer) }
    }

    /// Subscribes first and reads the journal then, so that nothing falls between; what comes both ways is sent once.
    private static func run(_ call: Call, asked: String?, _ writer: inout any ResponseBodyWriter) async throws {
        var asked = asked
        let reach = try await FactReach(call.caller, reads: call.reads)
        while !Task.isCancelled, call.isStillIn {
            let subscription = call.desk.facts(of: call.owner)
            defer { subscription.cancel() }
            let newest = try await call.reads.newestFact(call.owner)
            var place: StreamPlace
            switch StreamPlace.start(asked: asked, newest: newest) {
            case .after(let last):
                place = StreamPlace(last: last)
                try await writer.write(ByteBuffer(string: ": after \(last)\n\n"))
            case .reset(let newest):
                place = StreamPlace(last: newest)
                try await writer.write(EventText.reset(newest))
            }
            if place.last < newest { try await catchUp(call, reach, &place, &writer) }
            // A feed that ends at once, twice at the same place, is closed.
            guard try await follow(call, reach, subscription, &place, &writer), asked != String(place.last) else { return }
            asked = String(place.last)
        }
    }

    private static func catchUp(_ call: Call, _ reach: FactReach, _ place: inout StreamPlace, _ writer: inout any ResponseBodyWriter) async throws {
        while call.isStillIn {
            let entries = try await call.reads.facts(call.owner, after: place.last, limit: batch)
            guard case .send(let new) = place.take(entries), !new.isEmpty else { return }
            try await write(reach.of(new), &writer)
            if entries.count < batch { return }
        }
    }

    private static func write(_ entries: [JournalEntry], _ writer: inout any ResponseBodyWriter) async throws {
        if !entries.isEmpty { try await writer.write(EventText.facts(entries)) }
    }

    /// True when the reader fell behind, and must be caught up.
    private static func follow(
        _ call: Call, _ reach: FactReach, _ subscription: FactSubscription, _ place: inout StreamPlace, _ writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        try await PacedStream.run(every: call.configuration.heartbeat, while: { call.isStillIn }, next: { await subscription.next() }) { item in
            switch item {
            case .beat: try await writer.write(ByteBuffer(string: ":\n\n"))
            case .over: return false
            case .new(let entries):
                switch place.take(entries) {
                case .send(let new): try await write(reach.of(new), &writer)
                case .gap: try await catchUp(call, reach, &place, &writer)
                }
            }
            return true
        }
    }
}
