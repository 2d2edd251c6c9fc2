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

    /// By a one-time code. Whoever is in as this person is out.
    /// - Throws: `HashingQueue.Full`; what the store throws.
    public func setPassword(_ password: Secret, code: String, address: String) async throws -> PasswordSet {
        if let seconds = limits.take(address: address, at: now()) { return .wait(seconds: seconds) }
        guard let hash = OneTimeCode.hash(ofGiven: code), case .done(let person) = try await store.personOfCode(hash: hash) else { return .unknownCode }
        if let refusal = PasswordRule.refusal(password, about: [person.name, person.email.text]) { return .refused(refusal) }
        let text = try await stored(password)
        guard case .done(let id) = try await store.redeem(hash: hash, settingPassword: text) else { return .unknownCode }
        limits.succeeded(account: person.email.key)
        forget(try await store.endVisits(of: id, but: nil))
        return .done(id)
    }

    public enum PasswordChange: Sendable {
        /// What the cookie of this visit is to say from now on; all others of the person have ended.
        case done(cookie: Secret)
        case refused(PasswordRule.Refusal)
        /// The password of before is another one.
        case wrong
        case wait(seconds: Int64)
    }

    /// - Throws: `HashingQueue.Full`; what the store throws.
    public func changePassword(_ visit: Visit, from before: Secret, to after: Secret) async throws -> PasswordChange {
        switch try await typed(before, by: visit) {
        case .wrong: return .wrong
        case .wait(let seconds): return .wait(seconds: seconds)
        case .right(let person):
            if let refusal = PasswordRule.refusal(after, about: [person.name, person.email.text]) { return .refused(refusal) }
            let text = try await stored(after)
            guard let old = person.password, try await store.setPassword(text, of: person.id, whileIs: old) else { return .wrong }
            forget(try await store.endVisits(of: person.id, but: visit.id))
            guard let cookie = try await renew(visit) else { return .wrong }
            return .done(cookie: cookie)
        }
    }

    enum Typed {
        case right(Person)
        case wrong
        case wait(seconds: Int64)
    }

    /// A password that somebody who is in typed again. Wrong ones count as tries to log in.
    func typed(_ password: Secret, by visit: Visit) async throws -> Typed {
        guard let person = try await store.person(visit.person) else { return .wrong }
        if let seconds = limits.wait(account: person.email.key, at: now()) { return .wait(seconds: seconds) }
        guard let person = try await proven(person, password) else {
            limits.failed(account: person.email.key, at: now())
            return .wrong
        }
        limits.succeeded(account: person.email.key)
        return .right(person)
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
    public func setUp(code: String, email: Email, name: String, password: Secret, address: String) async throws -> SetUp {
        if let seconds = limits.take(address: address, at: now()) { return .wait(seconds: seconds) }
        guard let hash = OneTimeCode.hash(ofGiven: code), try await !store.hasAdmin() else { return .unknownCode }
        if let refusal = PasswordRule.refusal(password, about: [name, email.text]) { return .refused(refusal) }
        let text = try await stored(password)
        switch try await store.redeem(hash: hash, settingUp: NewPerson(email: email, name: name, role: .admin, password: text)) {
        case .unknownCode: return .unknownCode
        case .done(.emailTaken), .done(.ownerTaken): return .emailTaken
        case .done(.added(let person)):
            note(person)
            return .done(person)
        }
    }

    private func stored(_ password: Secret) async throws -> String {
        let hash = settings.hash
        return try await queue.run { try hash.text(of: password) }
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
    public func prove(_ visit: Visit, with password: Secret) async throws -> Proof {
        switch try await typed(password, by: visit) {
        case .wrong: return .wrong
        case .wait(let seconds): return .wait(seconds: seconds)
        case .right: return try await renew(visit).map { .done(cookie: $0) } ?? .wrong
        }
    }

    public func isProven(_ visit: Visit) -> Bool { now().milliseconds(since: visit.provedAt) < PeopleBook.proofSeconds * 1_000 }

    // MARK: Real money

    public func realTrading(_ account: AccountID, owner: OwnerID) async throws -> Timestamp? { try await store.realTrading(account, owner: owner) }

    public func setRealTrading(_ account: AccountID, owner: OwnerID, isEnabled: Bool) async throws {
        try await store.keepRealTrading(account, owner: owner, at: isEnabled ? now() : nil)
    }

    // MARK: By an admin

    public func add(_ person: NewPerson) async throws -> AddedPerson {
        let added = try await store.add(person)
        if case .added(let person) = added { note(person) }
        return added
    }

    /// Whoever is disabled is out when this returns.
    public func change(_ id: OwnerID, _ change: PersonChange) async throws -> ChangedPerson {
        let changed = try await store.change(id, change)
        if case .changed(let person) = changed {
            note(person)
            if person.disabledAt != nil { forget(try await store.endVisits(of: id, but: nil)) }
        }
        return changed
    }

    public func people() async throws -> [Person] { try await store.people() }
    public func person(_ id: OwnerID) async throws -> Person? { try await store.person(id) }

    /// A code with which this person sets a password; shown once.
    public func passwordCode(_ person: OwnerID) async throws -> Secret {
        try await store.makeOneTimeCode(.setPassword, person: person, validForSeconds: PeopleBook.linkSeconds)
    }

    public func isSetUpOpen() async throws -> Bool { try await !store.hasAdmin() }

    /// A code for the first set-up, or nil when there is an admin.
    public func setUpCode() async throws -> Secret? {
        if try await store.hasAdmin() { return nil }
        return try await store.makeOneTimeCode(.setUp, person: nil, validForSeconds: PeopleBook.setUpSeconds)
    }
}
