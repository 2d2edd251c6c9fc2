public import TradingModel

/// Every session ever made, with those that can still change by themselves at hand: what is done in each turn is done
/// for the live ones only, so a turn costs the same after ten thousand sessions have ended as after one. One that rests
/// answers every question all the same, and a contract that turns up late makes it live again.
public struct SessionRoster: Sendable {
    /// In the order in which they were made; none ever leaves, so a place stays what it is.
    private var sessions: [Session] = []
    private struct Entry { let id: SessionID, place: Int }
    /// In the order of their ids: all of them, and the live ones.
    private var order: [Entry] = [], live: [Entry] = []

    public init() {}

    /// All of them in the order of their ids.
    public var elements: [Session] { order.map { sessions[$0.place] } }
    public var count: Int { sessions.count }

    // MARK: One session

    /// Where a session is. What reads a field of it reads it through its place, `roster[at: place].field`: the session
    /// itself is not copied.
    @inline(__always) func place(of id: SessionID) -> Int? {
        SessionRoster.place(of: id, in: live) ?? SessionRoster.place(of: id, in: order)
    }

    /// The place of a session that is known to be there.
    @inline(__always) func knownPlace(of id: SessionID) -> Int {
        guard let place = place(of: id) else { preconditionFailure("session \(id) is not known") }
        return place
    }

    public func contains(_ id: SessionID) -> Bool { place(of: id) != nil }
    public func find(_ id: SessionID) -> Session? { place(of: id).map { sessions[$0] } }

    /// The session of an id that is known to be there.
    public subscript(id: SessionID) -> Session {
        @inline(__always) get { sessions[knownPlace(of: id)] }
        @inline(__always) _modify { yield &sessions[knownPlace(of: id)] }
    }

    subscript(at place: Int) -> Session {
        @inline(__always) get { sessions[place] }
        @inline(__always) _modify { yield &sessions[place] }
    }

    // MARK: The live ones

    /// Those that run or have something open, in the order of their ids.
    public var liveElements: [Session] { live.map { sessions[$0.place] } }

    /// The ids of the live sessions of which something is true, in their order.
    @inline(__always) func live(where isMeant: (borrowing Session) -> Bool) -> [SessionID] {
        var ids: [SessionID] = []
        for index in live.indices where isMeant(sessions[live[index].place]) { ids.append(live[index].id) }
        return ids
    }

    /// The places of the live sessions, in the order of their ids.
    var livePlaces: some Sequence<Int> { live.lazy.map(\.place) }

    mutating func insert(_ session: Session) {
        precondition(!contains(session.id), "session \(session.id) is there already")
        let entry = Entry(id: session.id, place: sessions.count)
        sessions.append(session)
        order.insert(entry, at: SessionRoster.firstIndex(notBefore: entry.id, in: order))
        if session.isLive { live.insert(entry, at: SessionRoster.firstIndex(notBefore: entry.id, in: live)) }
    }

    /// After a session changed: is it live, or does it rest? Nil when that is as it was.
    mutating func file(_ id: SessionID) -> Bool? {
        let place = knownPlace(of: id), isLive = sessions[place].isLive
        let index = SessionRoster.firstIndex(notBefore: id, in: live), wasLive = index < live.count && live[index].id == id
        if isLive == wasLive { return nil }
        if isLive { live.insert(Entry(id: id, place: place), at: index) } else { live.remove(at: index) }
        return isLive
    }

    // MARK: Halving

    @inline(__always) private static func place(of id: SessionID, in entries: [Entry]) -> Int? {
        let index = firstIndex(notBefore: id, in: entries)
        return index < entries.count && entries[index].id == id ? entries[index].place : nil
    }

    private static func firstIndex(notBefore id: SessionID, in entries: [Entry]) -> Int {
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// What is at hand follows from the sessions: only they are compared and kept.
extension SessionRoster: Hashable {
    public static func == (a: SessionRoster, b: SessionRoster) -> Bool { a.sessions == b.sessions }
    public func hash(into hasher: inout Hasher) { hasher.combine(sessions) }
}

extension SessionRoster: Codable {
    public init(from decoder: any Decoder) throws {
        for session in try decoder.singleValueContainer().decode([Session].self) { insert(session) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(sessions)
    }
}
