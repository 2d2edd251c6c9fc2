import HTTPTypes
import Synchronization
import TradingModel
import TradingPorts

/// Answers made of settled trades, each good for one position of its owner's journal: one fact more, and it is made anew.
final class AnalyticsCache: Sendable {
    private struct Entry { let owner: OwnerID, question: String, position: Int64, bytes: [UInt8] }
    /// The longest unused first.
    private let entries = Mutex<[Entry]>([])
    static let most = 64

    func answer(_ owner: OwnerID, _ question: String, at position: Int64) -> [UInt8]? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.owner == owner && $0.question == question }) else { return nil }
            let entry = entries.remove(at: index)
            guard entry.position == position else { return nil }
            entries.append(entry)
            return entry.bytes
        }
    }

    func keep(_ bytes: [UInt8], _ owner: OwnerID, _ question: String, at position: Int64) {
        entries.withLock { entries in
            entries.removeAll { $0.owner == owner && $0.question == question }
            if entries.count >= AnalyticsCache.most { entries.removeFirst() }
            entries.append(Entry(owner: owner, question: question, position: position, bytes: bytes))
        }
    }
}

extension Call {
    /// The kept answer to this question, or a new one. What is made while facts go on being written may hold newer ones
    /// than its position says; it is never older.
    func cached(_ question: String, _ make: () async throws -> Reply) async throws -> Reply {
        let position = try await reads.newestFact(owner)
        if let bytes = analytics.answer(owner, question, at: position) { return .json(.ok, bytes: bytes) }
        let reply = try await make()
        if reply.status == .ok { analytics.keep(reply.bytes, owner, question, at: position) }
        return reply
    }
}
