import Crypto
public import TradingModel
public import TradingPorts

// Coming in, being in, and going.
extension PeopleBook {
    public enum LogIn: Sendable {
        /// What the cookie is to say, this once.
        case done(Person, cookie: Secret)
        /// The address, the password or both are wrong. Which is nobody's business.
        case refused
        /// Too many tries; the next one counts after so many seconds.
        case wait(seconds: Int64)
    }

    /// - Parameter address: where the request comes from, as text.
    /// - Throws: `HashingQueue.Full` when more log in at once than the server looks at; what the store throws.
    public func logIn(_ email: String, password: Secret, address: String, agent: String) async throws -> LogIn {
        if let seconds = limits.take(address: address, at: now()) { return .wait(seconds: seconds) }
        let account = String(email.lowercased().prefix(Email.longest))
        if let seconds = limits.wait(account: account, at: now()) { return .wait(seconds: seconds) }
        var person: Person?
        if let email = Email(email) { person = try await store.person(email) }
        guard let person = try await proven(person, password) else {
            limits.failed(account: account, at: now())
            return .refused
        }
        limits.succeeded(account: account)
        return .done(person, cookie: try await begin(person.id, address: address, agent: agent))
    }

    /// The person, when this is its password. It takes as long when there is nobody, or nobody who may come in.
    func proven(_ person: Person?, _ password: Secret) async throws -> Person? {
        let stored = person?.disabledAt == nil ? person?.password : nil, hash = settings.hash
        let (isRight, fresh) = try await queue.run { () throws -> (Bool, String?) in
            guard try PasswordHash.isRight(password, for: stored ?? PeopleBook.nobodys(hash)), let stored else { return (false, nil) }
            return (true, hash.isOutdated(stored) ? try hash.text(of: password) : nil)
        }
        guard isRight, var person, let stored else { return nil }
        // Somebody who sets another password at the same moment wins.
        if let fresh, try await store.setPassword(fresh, of: person.id, whileIs: stored) { person.password = fresh }
        return person
    }

    /// Of no password: what is compared with is no hash of anything that is known.
    private static func nobodys(_ hash: PasswordHash) -> String {
        "$argon2id$v=19$m=\(hash.memory),t=\(hash.passes),p=1$c2lnbmFsaXN0LW5vLW9uZQ$" + String(repeating: "A", count: 43)
    }

    private func begin(_ person: OwnerID, address: String, agent: String) async throws -> Secret {
        let cookie = Cookie.new(), now = now(), id = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0.prefix(8)) }.hexText
        let visit = Visit(
            id: id, hash: cookie.hash, person: person, beganAt: now, seenAt: now, provedAt: now, address: address, agent: String(agent.prefix(200)))
        forget(try await store.begin(visit, atMost: settings.visitsMost, since: now.adding(seconds: -settings.wholeSeconds)))
        return cookie.text
    }

    struct Cookie {
        let text: Secret
        let hash: [UInt8]

        /// 256 bits of chance as 64 hexadecimal digits.
        static func new() -> Cookie {
            let text = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }.hexText
            return Cookie(text: Secret(text), hash: Array(SHA256.hash(data: Array(text.utf8))))
        }
    }

    /// The same visit under another cookie: what was known of it before opens nothing any more. Nil when it has ended.
    func renew(_ visit: Visit) async throws -> Secret? {
        let cookie = Cookie.new()
        guard try await store.renew(visit: visit.id, of: visit.person, hash: cookie.hash, provedAt: now()) else { return nil }
        forget([visit.hash])
        return cookie.text
    }

    /// A person's visits that have not ended, oldest first.
    public func visits(_ person: OwnerID) async throws -> [Visit] {
        try await writeDown()
        let now = now()
        return try await store.visits(person).filter {
            now.milliseconds(since: $0.seenAt) < settings.idleSeconds * 1_000 && now.milliseconds(since: $0.beganAt) < settings.wholeSeconds * 1_000
        }
    }

    /// False when there is none of this person.
    public func end(visit id: String, of person: OwnerID) async throws -> Bool {
        guard let hash = try await store.end(visit: id, of: person) else { return false }
        forget([hash])
        return true
    }
}
