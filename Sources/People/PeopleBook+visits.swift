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
        /// The password is right, and a code is needed beside it.
        case codeNeeded
        /// Too many tries; the next one counts after so many seconds.
        case wait(seconds: Int64)
    }

    /// - Parameter code: of the second factor, or for when that is lost.
    /// - Throws: `HashingQueue.Full` when more log in at once than the server looks at; what the store throws.
    public func logIn(_ email: String, password: Secret, code: String? = nil, from whence: Whence, agent: String) async throws -> LogIn {
        if let seconds = limits.take(address: whence.household, at: now()) { return .wait(seconds: seconds) }
        let account = String(email.lowercased().prefix(Email.longest)), lane = LogInLimits.Lane(account: account, network: whence.network)
        let isKnown = try await store.hasLoggedIn(account: account, from: whence.network)
        if let seconds = limits.turn(lane, isKnown: isKnown, at: now()) { return .wait(seconds: seconds) }
        let answer: Looked
        do {
            answer = try await looked(email, password, code, whence, agent)
        } catch is PasswordUnopened {
            // Said to nobody who is not in: an answer of its own would tell that there is such a person.
            limits.giveBack(lane, isKnown: isKnown)
            return .refused
        } catch {
            limits.giveBack(lane, isKnown: isKnown)
            throw error
        }
        switch answer.answer {
        case .done: limits.succeeded(lane, isKnown: isKnown)
        case .codeNeeded: limits.giveBack(lane, isKnown: isKnown)
        case .refused:
            if let tried = answer.tried { failedTries.count(answer.isCodeWrong ? .codeRefused : .logInRefused, of: tried, network: whence.network, at: now()) }
            try await store.note(refusals.refused("log in", answer.tried, from: whence.address, at: now()))
        case .wait: break
        }
        return answer.answer
    }

    private struct Looked {
        let answer: LogIn
        /// Whose account was tried.
        let tried: OwnerID?
        /// The password was right.
        let isCodeWrong: Bool
        init(_ answer: LogIn, _ tried: OwnerID?, isCodeWrong: Bool = false) { (self.answer, self.tried, self.isCodeWrong) = (answer, tried, isCodeWrong) }
    }

    private func looked(_ email: String, _ password: Secret, _ code: String?, _ whence: Whence, _ agent: String) async throws -> Looked {
        var person: Person?
        if let email = Email(email) { person = try await store.person(email) }
        let tried = person?.id
        guard let person = try await proven(person, password) else { return Looked(.refused, tried) }
        let doer = Doer("person \(person.id)", at: whence.address), factor = try await isSecondFactorRight(person.id, code: code, by: doer)
        switch factor {
        case .none, .right: break
        case .needed: return Looked(.codeNeeded, tried)
        case .wrong: return Looked(.refused, tried, isCodeWrong: true)
        }
        let shown = ShownAtLogIn(passwordNumber: person.passwordNumber, hasShownCode: factor == .right, network: whence.network)
        guard let cookie = try await begin(person.id, shown, address: whence.household, agent: agent, by: doer) else { return Looked(.refused, tried) }
        return Looked(.done(person, cookie: cookie), tried)
    }

    /// The person, when this is its password. It takes as long when there is nobody, or nobody who may come in.
    /// - Throws: `PasswordUnopened`, as late as any other answer; what store and queue throw.
    func proven(_ person: Person?, _ password: Secret) async throws -> Person? {
        let stored = person?.disabledAt == nil ? person?.password : nil, hash = settings.hash
        var known: String?, failure: PasswordUnopened?
        if let person, let stored {
            do { known = try opened(stored, of: person.id) } catch {
                failure = PasswordUnopened(person: person.id)
                couldNotOpen(person.id, error)
            }
        }
        let (isRight, fresh) = try await queue.run { [known] () throws -> (Bool, String?) in
            guard try PasswordHash.isRight(password, for: known ?? PeopleBook.nobodys(hash)), let known else { return (false, nil) }
            return (true, hash.isOutdated(known) ? try hash.text(of: password) : nil)
        }
        if let failure { throw failure }
        guard isRight, let person, let stored else { return nil }
        if let fresh { try await rewrite(stored, of: person.id, as: fresh) }
        return person
    }

    /// Of no password: what is compared with is no hash of anything that is known.
    private static func nobodys(_ hash: PasswordHash) -> String {
        "$argon2id$v=19$m=\(hash.memory),t=\(hash.passes),p=1$c2lnbmFsaXN0LW5vLW9uZQ$" + String(repeating: "A", count: 43)
    }

    private func begin(_ person: OwnerID, _ shown: ShownAtLogIn, address: String, agent: String, by doer: Doer) async throws -> Secret? {
        let cookie = Cookie.new(), now = now(), id = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0.prefix(8)) }.hexText
        let visit = Visit(
            id: id, hash: cookie.hash, person: person, beganAt: now, seenAt: now, provedAt: now, address: address, agent: String(agent.prefix(200)))
        let since = now.adding(seconds: -settings.wholeSeconds)
        guard let ended = try await store.begin(visit, shown, atMost: settings.visitsMost, since: since, by: doer) else { return nil }
        forget(ended)
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
        guard try await store.renew(RenewedVisit(visit, to: cookie.hash, provedAt: now())) else { return nil }
        forget([visit.hash])
        return cookie.text
    }

    /// What ended with a change that this visit made, and its own cookie of before.
    func forget(_ ended: Ended, renewed visit: Visit? = nil) {
        forget(ended.visits + (visit.map { [$0.hash] } ?? []))
        forget(keys: ended.keys)
        forget(ownerKeys: ended.ownerKeys)
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
    public func end(visit id: String, of person: OwnerID, _ how: VisitEnd, by doer: Doer) async throws -> Bool {
        guard let hash = try await store.end(visit: id, of: person, how, by: doer) else { return false }
        forget([hash])
        return true
    }
}
