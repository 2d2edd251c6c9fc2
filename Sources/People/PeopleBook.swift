import Crypto
import Synchronization
public import TradingModel
public import TradingPorts

/// What the book needs of a store.
public typealias PeopleStore = PersonStore & VisitStore & AccessKeyStore & RealTradingStore & SecondFactorStore & NoticeStore & RetentionStore

public struct PeopleSettings: Sendable, Hashable {
    /// A visit in which nothing is asked ends after so long.
    public var idleSeconds: Int64 = 1_800
    /// Any visit ends after so long.
    public var wholeSeconds: Int64 = 86_400
    /// Visits of one person; one more ends the oldest.
    public var visitsMost = 10
    /// Tries to log in from one address.
    public var logInsPerMinute = 5
    /// Who has one of these roles has to have a second factor.
    public var secondFactorOf: Set<Role> = []
    /// Notices, keys that have ended and networks from which nobody logs in any more are kept for so many days.
    public var keepDays = 90
    /// How passwords are stored.
    public var hash = PasswordHash.standard

    public init() {}
}

/// The people of this server: who they are, who is in, and the ways in. What every request asks is answered from memory; what changes is
/// durable before memory says so, and what is taken back is gone from memory before the caller hears that it is.
public final class PeopleBook: Sendable {
    let store: any PeopleStore
    let settings: PeopleSettings
    /// The machine's clock.
    public let now: @Sendable () -> Timestamp
    let queue = HashingQueue()
    let limits: LogInLimits
    let refusals = RefusedTryBook()
    let failedTries = FailedTryCounts()
    /// When what has ended was last removed by this process.
    let lastRemoval = Mutex<Timestamp?>(nil)
    let realTradingTurns = Turns<AccountID>()
    /// The store's own number: codes of keys are of this store.
    let instance: [UInt8]
    let keys: Mutex<Keys>
    let box: SecretBox
    let passwordBox: SecretBox
    let hasLeaked: @Sendable (String) -> Bool
    /// Told when a person's password could not be opened.
    let couldNotOpen: @Sendable (OwnerID, any Error) -> Void
    private let standings: Mutex<[OwnerID: Standing]>
    private let known = Mutex(Known())

    /// What of a person each request needs.
    private struct Standing {
        let role: Role, isDisabled: Bool, hasSecondFactor: Bool
        init(_ person: Person) { (role, isDisabled, hasSecondFactor) = (person.role, person.disabledAt != nil, person.hasSecondFactor) }
    }

    private struct Known {
        /// Visits that were asked for, by hash.
        var visits: [[UInt8]: Visit] = [:]
        /// Seen since they were last written.
        var isDue: Set<[UInt8]> = []
    }
    /// Past this the visits in memory are forgotten and read again.
    private static let knownMost = 10_000

    /// - Parameters:
    ///   - everybody: all people of the store.
    ///   - keys: all keys of the store.
    ///   - instance: the store's own 16 random bytes.
    ///   - box: seals the secrets of second factors.
    ///   - passwordBox: seals the hashes of passwords.
    ///   - hasLeaked: asked of a password that is to be set: may nobody choose it?
    ///   - couldNotOpen: told whose password the box did not open, at each try.
    public init(
        store: any PeopleStore, everybody: [Person], keys: [AccessKey], instance: [UInt8], settings: PeopleSettings = PeopleSettings(),
        box: SecretBox = .unimplemented, passwordBox: SecretBox = .unimplemented, hasLeaked: @escaping @Sendable (String) -> Bool = { _ in false },
        couldNotOpen: @escaping @Sendable (OwnerID, any Error) -> Void = { _, _ in }, now: @escaping @Sendable () -> Timestamp
    ) {
        (self.store, self.settings, self.now, self.instance) = (store, settings, now, instance)
        (self.box, self.passwordBox, self.hasLeaked, self.couldNotOpen) = (box, passwordBox, hasLeaked, couldNotOpen)
        self.keys = Mutex(Keys(held: Dictionary(keys.map { ($0.id, Keys.Held($0)) }, uniquingKeysWith: { $1 })))
        limits = LogInLimits(perMinute: settings.logInsPerMinute)
        standings = Mutex(
            Dictionary(everybody.map { ($0.id, Standing($0)) }, uniquingKeysWith: { $1 }))
    }

    /// A person has changed, in the store already. Read again while the lock is held: of two changes at once, whoever comes here last finds both.
    func note(_ person: Person) {
        standings.withLock { standings in
            let person = (try? store.personNow(person.id)) ?? person
            standings[person.id] = Standing(person)
        }
    }

    /// The same of one of whom only the number is at hand.
    func noteChange(of person: OwnerID) {
        standings.withLock { standings in if let person = try? store.personNow(person) { standings[person.id] = Standing(person) } }
    }

    /// Has this person to have a second factor?
    public func isSecondFactorRequired(of person: OwnerID) -> Bool {
        standings.withLock { $0[person] }.map { settings.secondFactorOf.contains($0.role) } ?? false
    }

    /// Does it still have to set one up, before anything else? Keys and hooks of this person rest until then: they are no way round it. A key of
    /// `signalist owner` comes from the machine itself and is none of a person's ways.
    public func mustSetUpSecondFactor(_ person: OwnerID) -> Bool {
        standings.withLock { $0[person] }.map { settings.secondFactorOf.contains($0.role) && !$0.hasSecondFactor } ?? false
    }

    func isPerson(_ owner: OwnerID) -> Bool { standings.withLock { $0[owner] } != nil }

    /// Nil for a person who is disabled; an owner who is no person has a trader's.
    func scopes(of owner: OwnerID) -> Scopes? {
        guard let standing = standings.withLock({ $0[owner] }) else { return Role.trader.scopes }
        return standing.isDisabled ? nil : standing.role.scopes
    }

    // MARK: Who asks

    public static let ownerKeyScopes = Scopes(Scope.allCases.filter { Role.trader.scopes.contains($0) && $0 != .own })

    /// Whoever shows a key of this owner, or nil.
    public func caller(ownerKeyOf owner: OwnerID, hash: [UInt8]) -> Caller? {
        scopes(of: owner).map { Caller(owner: owner, scopes: $0.intersection(PeopleBook.ownerKeyScopes), way: .ownerKey(hash: hash)) }
    }

    /// Whoever shows this cookie, or nil. The visit has been seen from now on.
    public func caller(cookie text: String) throws -> Caller? {
        let hash = Array(SHA256.hash(data: Array(text.utf8))), now = now()
        guard let visit = try look(hash, at: now), let scopes = scopes(of: visit.person) else { return nil }
        return Caller(owner: visit.person, scopes: scopes, way: .visit(visit), needsSecondFactor: mustSetUpSecondFactor(visit.person))
    }

    /// Is what let the caller in still good? For streams, which go on.
    public func isStillIn(_ caller: Caller) -> Bool {
        guard let scopes = scopes(of: caller.owner), scopes.intersection(caller.scopes) == caller.scopes else { return false }
        switch caller.way {
        case .ownerKey(let hash): return !keys.withLock { $0.ownerKeysGone.contains(hash.prefix(4).map { $0 }.hexText) }
        case .accessKey(let key): return isHeld(key) && !mustSetUpSecondFactor(caller.owner)
        case .visit(let visit): return (try? look(visit.hash, at: now(), isSeen: false)) != nil && !mustSetUpSecondFactor(caller.owner)
        }
    }

    private func look(_ hash: [UInt8], at now: Timestamp, isSeen: Bool = true) throws -> Visit? {
        // Read while the lock is held: one that ends meanwhile is not remembered as it was.
        try known.withLock { known in
            guard var visit = try known.visits[hash] ?? store.visit(hash: hash) else { return nil }
            guard now.milliseconds(since: visit.seenAt) < settings.idleSeconds * 1_000, now.milliseconds(since: visit.beganAt) < settings.wholeSeconds * 1_000
            else {
                known.visits.removeValue(forKey: hash)
                return nil
            }
            if isSeen {
                visit.seenAt = max(visit.seenAt, now)
                known.isDue.insert(hash)
            }
            if known.visits.count >= PeopleBook.knownMost, known.visits[hash] == nil { known.visits = known.visits.filter { known.isDue.contains($0.key) } }
            known.visits[hash] = visit
            return visit
        }
    }

    /// Those with these hashes have ended, in the store already.
    func forget(_ hashes: [[UInt8]]) {
        known.withLock { known in
            for hash in hashes {
                known.visits.removeValue(forKey: hash)
                known.isDue.remove(hash)
            }
        }
    }

    /// Writes down when visits were last seen and keys last used, and how many tries were refused. Called now and then: after a crash they end sooner by as much.
    /// - Parameter isLast: also the tries of the minute that has not passed.
    public func writeDown(isLast: Bool = false) async throws {
        let due = known.withLock { known in
            defer { known.isDue = [] }
            return known.isDue.compactMap { hash in known.visits[hash].map { (hash: hash, at: $0.seenAt) } }
        }
        if !due.isEmpty { try await store.seen(due) }
        let used = keys.withLock { keys in
            defer { keys.isDue = [] }
            return keys.isDue.compactMap { id in keys.held[id]?.key.usedAt.map { (id: id, at: $0) } }
        }
        if !used.isEmpty { try await store.used(used) }
        let refused = refusals.due(at: isLast ? now().adding(seconds: 60) : now())
        if !refused.isEmpty { try await store.note(refused) }
        try await writeDownTries()
    }
}
