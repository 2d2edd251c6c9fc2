// Keys that are for some sessions only. Each route says how far it reaches, and such a key goes no further than its sessions: of the owner's
// other sessions it finds nothing, and what is the owner's as a whole it neither sees nor changes.

import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension Route {
    /// What of an owner's a route shows or changes.
    enum Reach: Sendable, Hashable {
        /// The owner's as a whole. Nothing for a key that is for some sessions; what a new route has that says nothing else.
        case everything
        /// Of the one session that its path names, or that the trade in its path is of.
        case oneSession
        /// Of several sessions: the handler leaves out what is not for the key.
        case itsSessions
        /// Nothing of a session: known to anybody, or one and the same for all sessions.
        case noSession
    }
}

extension Caller {
    /// The sessions that this key is for; nil of whoever has all of the owner's.
    var only: [SessionID]? {
        guard case .accessKey(let key) = way, !key.sessions.isEmpty else { return nil }
        return key.sessions
    }

    /// May it see what is of this session?
    func reaches(_ session: SessionID) -> Bool { only?.contains(session) ?? true }

    /// A signal goes to the sessions that the key is for.
    func expectReach(_ session: SessionID?) throws(Problem) {
        guard let only else { return }
        guard let session, only.contains(session) else { throw outOfReach(field: "session") }
    }

    fileprivate func outOfReach(field: String? = nil) -> Problem {
        Problem(.forbidden, "this key is for the sessions \((only ?? []).map(\.description).joined(separator: ", ")) only", field: field)
    }

    /// The accounts that the key's sessions trade on; nil of whoever has all.
    func accountsInReach(_ reads: any ReadModels) async throws -> Set<AccountID>? {
        guard let only else { return nil }
        var accounts: Set<AccountID> = []
        for id in only { if let row = try await reads.session(id, owner: owner) { accounts.insert(row.account) } }
        return accounts
    }

    /// What of a signal is of the key's sessions, as if there were no others; nil when nothing is.
    func reach(_ row: SignalRow) -> SignalRow? {
        guard let only else { return row }
        if let session = row.signal.session { return only.contains(session) ? row : nil }
        var row = row
        row.decisions.removeAll { decision in decision.session.map { !only.contains($0) } ?? true }
        if row.decisions.isEmpty { return nil }
        row.status = .overall(row.decisions.lazy.map(\.status))
        return row
    }
}

extension Call {
    /// Another session of the same owner is not there, as anybody else's is not.
    func expectReach(of route: Route) throws(Problem) {
        guard caller.only != nil else { return }
        switch route.reach {
        case .noSession, .itsSessions: return
        case .oneSession:
            if route.names("session") {
                guard caller.reaches(try session()) else { throw Problem(Decline.sessionNotFound) }
            } else {
                guard caller.reaches(try trade().session) else { throw Problem(Decline.intentNotFound) }
            }
        case .everything: throw caller.outOfReach()
        }
    }

    func accountsInReach() async throws -> Set<AccountID>? { try await caller.accountsInReach(reads) }

    func expectReach(_ account: AccountID) async throws {
        guard try await accountsInReach()?.contains(account) ?? true else { throw Problem(Decline.accountNotFound) }
    }

    /// Pages that are looked through for one answer.
    private static let pagesMost = 40

    /// A page of what is in reach. Of a list that holds other sessions', too, it goes on until the page is full or it has looked long enough:
    /// such a page may have fewer rows than were asked for, and more may follow.
    func pageInReach<Filter, Row>(
        _ page: Page<Filter>, _ read: (Page<Filter>) async throws -> PageOf<Row>, _ reach: (Row) -> Row?
    ) async throws -> PageOf<Row> {
        guard caller.only != nil else { return try await read(page) }
        var next = page, found: [Row] = []
        for _ in 0..<Call.pagesMost {
            let rows = try await read(next)
            found += rows.rows.compactMap(reach)
            next.after = rows.next
            next.limit = page.limit - found.count
            if rows.next == nil || next.limit == 0 { break }
        }
        return PageOf(rows: found, next: next.after)
    }
}

/// Which facts of the owner a stream shows.
struct FactReach: Sendable {
    private let caller: Caller
    private let reads: any ReadModels
    /// Nil of whoever has all.
    private let accounts: Set<AccountID>?

    init(_ caller: Caller, reads: any ReadModels) async throws {
        (self.caller, self.reads) = (caller, reads)
        accounts = try await caller.accountsInReach(reads)
    }

    func of(_ entries: [JournalEntry]) async throws -> [JournalEntry] {
        if accounts == nil { return entries }
        var shown: [JournalEntry] = []
        for entry in entries { if try await shows(entry.fact) { shown.append(entry) } }
        return shown
    }

    /// Of the key's sessions and their accounts, and what holds for all of the owner's: stops, limits, the promise.
    private func shows(_ fact: Fact) async throws -> Bool {
        if let session = fact.session { return caller.reaches(session) }
        if let account = fact.account { return accounts?.contains(account) ?? true }
        switch fact.event {
        case .signalAccepted(let signal): return signal.session.map { caller.reaches($0) } ?? true
        case .signalCancelled(let id, _), .signalExpired(let id), .signalRefused(let id, _, _):
            return try await reads.signal(id, owner: caller.owner).flatMap { caller.reach($0) } != nil
        default: return true
        }
    }
}
