// How many streams are open, and whose: each costs memory for as long as its client likes.

import HTTPTypes
import Hummingbird
import People
import Synchronization
import TradingModel
import TradingPorts

/// How many streams may be open: in all, of one owner whatever it asks with, and of one visit.
struct StreamLimits: Sendable, Hashable {
    var inAll: Int
    var ofOwner: Int
    var ofVisit: Int
}

final class StreamCount: Sendable {
    private struct Open {
        var inAll = 0
        var ofOwner: [OwnerID: Int] = [:]
        /// By the visit's id.
        var ofVisit: [String: Int] = [:]
    }
    private let state = Mutex(Open())

    /// Why one more is too many.
    enum Full: Sendable { case inAll, ofOwner, ofVisit }

    var open: Int { state.withLock(\.inAll) }

    func full(for caller: Caller, _ limits: StreamLimits) -> Full? { state.withLock { StreamCount.full($0, caller, limits) } }

    /// False when it is one too many.
    func take(for caller: Caller, _ limits: StreamLimits) -> Bool {
        state.withLock { state in
            guard StreamCount.full(state, caller, limits) == nil else { return false }
            state.inAll += 1
            state.ofOwner[caller.owner, default: 0] += 1
            if let visit = caller.visit { state.ofVisit[visit.id, default: 0] += 1 }
            return true
        }
    }

    func giveBack(of caller: Caller) {
        state.withLock { state in
            state.inAll -= 1
            // Whoever has none is not kept in mind.
            if let left = state.ofOwner[caller.owner] { state.ofOwner[caller.owner] = left > 1 ? left - 1 : nil }
            if let visit = caller.visit, let left = state.ofVisit[visit.id] { state.ofVisit[visit.id] = left > 1 ? left - 1 : nil }
        }
    }

    private static func full(_ state: Open, _ caller: Caller, _ limits: StreamLimits) -> Full? {
        if state.inAll >= limits.inAll { return .inAll }
        if state.ofOwner[caller.owner, default: 0] >= limits.ofOwner { return .ofOwner }
        if let visit = caller.visit, state.ofVisit[visit.id, default: 0] >= limits.ofVisit { return .ofVisit }
        return nil
    }
}

extension Call {
    /// Why no further stream may be opened, or nil.
    var noFurtherStream: Problem? {
        let limits = configuration.streams
        return switch streams.full(for: caller, limits) {
        case nil: nil
        case .inAll: Problem(.tooManyStreams, "expected fewer than \(limits.inAll) open streams", headers: [.retryAfter: "30"])
        case .ofOwner: Problem(.tooManyOwnStreams, "expected fewer than \(limits.ofOwner) open streams of one owner", headers: [.retryAfter: "30"])
        case .ofVisit: Problem(.tooManyOwnStreams, "expected fewer than \(limits.ofVisit) open streams of one visit", headers: [.retryAfter: "30"])
        }
    }

    /// A stream as it is answered. It is counted once it is written and not before: a response that is never written never comes there.
    /// - Parameter ended: called when it has ended, or found no room after all.
    func stream(
        _ headers: HTTPFields = [:], ended: @escaping @Sendable () -> Void = {},
        _ run: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Reply {
        var headers = headers
        headers[.contentType] = "text/event-stream"
        return Reply(
            status: .ok, headers: headers,
            body: .stream { writer in
                defer { ended() }
                if streams.take(for: caller, configuration.streams) {
                    defer { streams.giveBack(of: caller) }
                    try await run(&writer)
                }
                try await writer.finish(nil)
            })
    }

    /// Is what let the caller in still good?
    var isStillIn: Bool { people.isStillIn(caller) }
}
