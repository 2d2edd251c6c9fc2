public import TradingModel
public import TradingPorts

// Setting and changing passwords, and the first set-up.
extension PeopleBook {
    /// How long the code for the first set-up is good.
    public static let setUpSeconds: Int64 = 900
    /// How long a code for a password is good.
    public static let linkSeconds: Int64 = 86_400

    public enum PasswordSet: Sendable {
        case done(OwnerID)
        case refused(PasswordRule.Refusal)
        case unknownCode
        case wait(seconds: Int64)
    }

    /// By a one-time code. Whoever is in as this person is out, and its keys for programs are gone.
    /// - Throws: `HashingQueue.Full`; what the store throws.
    public func setPassword(_ password: Secret, code: String, from whence: Whence) async throws -> PasswordSet {
        if let seconds = limits.take(address: whence.household, at: now()) { return .wait(seconds: seconds) }
        guard let hash = OneTimeCode.hash(ofGiven: code), case .done(let person) = try await store.personOfCode(hash: hash) else {
            try await store.note(refusals.refused("one-time code", nil, from: whence.address, at: now()))
            return .unknownCode
        }
        if let refusal = PasswordRule.refusal(password, about: [person.name, person.email.text], hasLeaked: hasLeaked) { return .refused(refusal) }
        let text = try await stored(password, of: person.id)
        guard case .done(let redeemed) = try await store.redeem(hash: hash, settingPassword: text, from: whence.address) else { return .unknownCode }
        limits.forget(account: person.email.key)
        forget(redeemed.ended)
        return .done(redeemed.person)
    }

    public enum PasswordChange: Sendable {
        /// What the cookie of this visit is to say from now on; all others of the person have ended.
        case done(cookie: Secret)
        case refused(PasswordRule.Refusal)
        /// The password of before is another one.
        case wrong
        case wait(seconds: Int64)
    }

    /// - Parameter revokingKeys: keys for programs go, too.
    /// - Throws: `HashingQueue.Full`; what the store throws.
    public func changePassword(
        _ visit: Visit, from before: Secret, to after: Secret, revokingKeys: Bool = false, by doer: Doer, whence: Whence
    ) async throws -> PasswordChange {
        switch try await typed(before, by: visit, whence) {
        case .wrong: return .wrong
        case .wait(let seconds): return .wait(seconds: seconds)
        case .right(let person):
            if let refusal = PasswordRule.refusal(after, about: [person.name, person.email.text], hasLeaked: hasLeaked) { return .refused(refusal) }
            let text = try await stored(after, of: person.id), cookie = Cookie.new()
            let ended = try await store.changePassword(
                text, of: person.id, number: person.passwordNumber, keeping: RenewedVisit(visit, to: cookie.hash, provedAt: now()),
                revokingKeys: revokingKeys, by: doer)
            guard let ended else { return .wrong }
            forget(ended, renewed: visit)
            return .done(cookie: cookie.text)
        }
    }

    enum Typed {
        case right(Person)
        case wrong
        case wait(seconds: Int64)
    }

    /// A password that somebody who is in typed again. Wrong ones make those who are in wait, and nobody else.
    func typed(_ password: Secret, by visit: Visit, _ whence: Whence) async throws -> Typed {
        guard let person = try await store.person(visit.person) else { return .wrong }
        let lane = LogInLimits.Lane.inside(person.email.key)
        if let seconds = limits.turn(lane, isKnown: true, at: now()) { return .wait(seconds: seconds) }
        let found: Person?
        do { found = try await proven(person, password) } catch {
            limits.giveBack(lane, isKnown: true)
            throw error
        }
        guard let found else {
            failedTries.count(.proofRefused, of: visit.person, network: whence.network, at: now())
            try await store.note(refusals.refused("password typed again", visit.person, from: whence.address, at: now()))
            return .wrong
        }
        limits.succeeded(lane, isKnown: true)
        return .right(found)
    }

    public enum SetUp: Sendable {
        case done(Person)
        case refused(PasswordRule.Refusal)
        case emailTaken
        case unknownCode
        case wait(seconds: Int64)
    }

    /// Makes the first admin, once: of many who try at the same time with the same code one is told `done`.
    /// - Throws: `HashingQueue.Full`; what the store throws.
    public func setUp(code: String, email: Email, name: String, password: Secret, from whence: Whence) async throws -> SetUp {
        if let seconds = limits.take(address: whence.household, at: now()) { return .wait(seconds: seconds) }
        guard let hash = OneTimeCode.hash(ofGiven: code), try await !store.hasAdmin() else { return .unknownCode }
        if let refusal = PasswordRule.refusal(password, about: [name, email.text], hasLeaked: hasLeaked) { return .refused(refusal) }
        let text = try await hashed(password), box = passwordBox, new = NewPerson(email: email, name: name, role: .admin)
        switch try await store.redeem(
            hash: hash, settingUp: new, password: { SealedPassword.text(try box.seal(Secret(text), $0)) }, from: whence.address)
        {
        case .unknownCode:
            try await store.note(refusals.refused("set-up code", nil, from: whence.address, at: now()))
            return .unknownCode
        case .done(.emailTaken), .done(.ownerTaken): return .emailTaken
        case .done(.added(let person)):
            note(person)
            return .done(person)
        }
    }

    private func hashed(_ password: Secret) async throws -> String {
        let hash = settings.hash
        return try await queue.run { try hash.text(of: password) }
    }

    // MARK: As they are stored

    private func stored(_ password: Secret, of person: OwnerID) async throws -> String {
        SealedPassword.text(try passwordBox.seal(Secret(try await hashed(password)), person))
    }

    /// The hash that is stored.
    /// - Throws: what the box throws when it does not open.
    func opened(_ stored: String, of person: OwnerID) throws -> String {
        guard let sealed = SealedPassword.bytes(stored) else { return stored }
        return try passwordBox.open(sealed, person).reveal { $0 }
    }

    /// Another hash of the same password, or the same, sealed. Somebody who sets another password at the same moment wins.
    func rewrite(_ stored: String, of person: OwnerID, as hash: String) async throws {
        // With a ring that seals nothing for now it stays as it is, and lets in as before.
        guard let sealed = try? passwordBox.seal(Secret(hash), person) else { return }
        _ = try await store.rewritePassword(SealedPassword.text(sealed), of: person, whileIs: stored)
    }

    /// Seals what was stored before there was a key to seal with. For a start.
    public func sealPasswords() async throws {
        for person in try await store.people() {
            if let stored = person.password, SealedPassword.bytes(stored) == nil { try await rewrite(stored, of: person.id, as: stored) }
        }
    }

    // MARK: Typed again

    public enum Proof: Sendable {
        /// What the cookie of this visit is to say from now on.
        case done(cookie: Secret)
        case wrong
        case wait(seconds: Int64)
    }

    /// The password once more: for so long what is dangerous may be done in this visit.
    public static let proofSeconds: Int64 = 300

    /// - Throws: `HashingQueue.Full`; what the store throws.
    public func prove(_ visit: Visit, with password: Secret, from whence: Whence) async throws -> Proof {
        switch try await typed(password, by: visit, whence) {
        case .wrong: return .wrong
        case .wait(let seconds): return .wait(seconds: seconds)
        case .right: return try await renew(visit).map { .done(cookie: $0) } ?? .wrong
        }
    }

    /// Has whoever asks shown to be the owner? A key types nothing, so where its owner is a person it has not; of an owner who is none the key of
    /// `signalist owner` is all there is.
    public func isProven(_ caller: Caller) -> Bool {
        switch caller.way {
        case .visit(let visit): now().milliseconds(since: visit.provedAt) < PeopleBook.proofSeconds * 1_000
        case .accessKey: false
        case .ownerKey: !isPerson(caller.owner)
        }
    }

    // MARK: Real money

    public func realTrading(_ account: AccountID, owner: OwnerID) async throws -> Timestamp? { try await store.realTrading(account, owner: owner) }

    /// Enables it, or takes that back: in the store, and for what decides about buys, which knows it last when it is given and first when it is
    /// taken back. One after the other for each account, and each to its end: what was acknowledged last is what holds.
    /// - Parameter tell: tells what decides about buys.
    /// - Throws: `HashingQueue.Full` when too many ask at once; what the store or `tell` throws.
    public func setRealTrading(
        _ account: AccountID, owner: OwnerID, isEnabled: Bool, by doer: Doer, tell: @escaping @Sendable (Bool) async throws -> Void
    ) async throws {
        let store = store, now = now
        try await realTradingTurns.run(account) {
            if !isEnabled { try await tell(false) }
            try await store.keepRealTrading(account, owner: owner, at: isEnabled ? now() : nil, by: doer)
            if isEnabled { try await tell(true) }
        }
    }

    // MARK: By an admin

    public func add(_ person: NewPerson, by doer: Doer) async throws -> AddedPerson {
        let added = try await store.add(person, by: doer)
        if case .added(let person) = added { note(person) }
        return added
    }

    /// Whoever is disabled is out when this returns, with all keys.
    public func change(_ id: OwnerID, _ change: PersonChange, by doer: Doer) async throws -> ChangedPerson {
        let changed = try await store.change(id, change, by: doer)
        if case .changed(let person, let ended) = changed {
            note(person)
            forget(ended)
        }
        return changed
    }

    public func people() async throws -> [Person] { try await store.people() }
    public func person(_ id: OwnerID) async throws -> Person? { try await store.person(id) }

    /// A code with which this person sets a password; shown once.
    public func passwordCode(_ person: OwnerID, by doer: Doer) async throws -> Secret {
        try await store.makeOneTimeCode(.setPassword, person: person, validForSeconds: PeopleBook.linkSeconds, by: doer)
    }

    public func isSetUpOpen() async throws -> Bool { try await !store.hasAdmin() }

    /// A code for the first set-up, or nil when there is an admin.
    public func setUpCode() async throws -> Secret? {
        if try await store.hasAdmin() { return nil }
        return try await store.makeOneTimeCode(.setUp, person: nil, validForSeconds: PeopleBook.setUpSeconds, by: .host)
    }
}
