import Crypto
public import TradingModel
public import TradingPorts

// Codes of a telephone beside the password, and those for when it is lost.
extension PeopleBook {
    /// Codes for when the telephone is lost.
    public static let recoveryCodes = 10
    /// 16 letters of 5 bits.
    private static let recoveryLength = 16

    public func hasSecondFactor(_ person: OwnerID) async throws -> Bool { try await store.secondFactor(person)?.confirmedAt != nil }

    /// A new secret, as telephones take it; shown once. Nil when there is a second factor already. It counts once a code was shown.
    public func beginSecondFactor(_ person: OwnerID, by doer: Doer) async throws -> Secret? {
        let secret = SymmetricKey(size: .init(bitCount: TimeCode.secretBytes * 8)).withUnsafeBytes { Array($0) }
        guard try await store.beginSecondFactor(person, sealed: try box.seal(Secret(secret.hexText), person), by: doer) else { return nil }
        return Secret(TimeCode.base32(secret))
    }

    public enum Confirmed: Sendable {
        /// Codes for when the telephone is lost, each good once, and what the cookie says from now on. Other visits have ended.
        case done(codes: [Secret], cookie: Secret)
        case wrong
        case wait(seconds: Int64)
    }

    /// Whoever confirms or removes one typed no password for it now: the proof of before is as old as it was.
    public func confirmSecondFactor(_ visit: Visit, code: String, by doer: Doer) async throws -> Confirmed {
        guard let person = try await store.person(visit.person) else { return .wrong }
        guard let factor = try await store.secondFactor(visit.person), factor.confirmedAt == nil else { return .wrong }
        let secret = try opened(factor, visit.person), lane = LogInLimits.Lane.inside(person.email.key)
        if let seconds = limits.turn(lane, isKnown: true, at: now()) { return .wait(seconds: seconds) }
        guard let step = TimeCode.step(of: code, secret, at: now()) else { return .wrong }
        limits.succeeded(lane, isKnown: true)
        let codes = (0..<PeopleBook.recoveryCodes).map { _ in OneTimeCode.new().text.reveal { Secret(String($0.prefix(PeopleBook.recoveryLength))) } }
        let hashes = codes.map { $0.reveal { Array(SHA256.hash(data: Array($0.utf8))) } }
        let cookie = Cookie.new(), renewed = RenewedVisit(visit, to: cookie.hash, provedAt: visit.provedAt)
        guard
            let ended = try await store.confirmSecondFactor(
                visit.person, step: step, recovery: hashes, at: now(), keeping: renewed, by: doer)
        else { return .wrong }
        noteChange(of: visit.person)
        forget(ended, renewed: visit)
        return .done(codes: codes, cookie: cookie.text)
    }

    /// Gives what the cookie says from now on; nil when the visit has ended. Other visits have ended.
    public func removeSecondFactor(_ visit: Visit, by doer: Doer) async throws -> Secret? {
        let cookie = Cookie.new(), renewed = RenewedVisit(visit, to: cookie.hash, provedAt: visit.provedAt)
        guard let ended = try await store.removeSecondFactor(visit.person, keeping: renewed, by: doer) else { return nil }
        noteChange(of: visit.person)
        forget(ended, renewed: visit)
        return cookie.text
    }

    /// Nil without a second factor; else whether this code, of the telephone or for its loss, is right. It is used up then.
    func isSecondFactorRight(_ person: OwnerID, code: String?, by doer: Doer) async throws -> SecondFactorAnswer {
        guard let factor = try await store.secondFactor(person), factor.confirmedAt != nil else { return .none }
        guard let code else { return .needed }
        if code.utf8.count == PeopleBook.recoveryLength {
            let hash = Array(SHA256.hash(data: Array(code.utf8)))
            return try await store.useRecoveryCode(hash: hash, of: person, at: now(), by: doer) ? .right : .wrong
        }
        guard let step = TimeCode.step(of: code, try opened(factor, person), at: now()) else { return .wrong }
        return try await store.useStep(step, of: person) ? .right : .wrong
    }

    enum SecondFactorAnswer { case none, needed, right, wrong }

    private func opened(_ factor: SecondFactor, _ person: OwnerID) throws -> [UInt8] {
        do {
            if let secret = try box.open(factor.sealed, person).reveal({ [UInt8](hex: $0) }) { return secret }
        } catch { couldNotOpen(person, error) }
        throw SecondFactorError(person: person)
    }
}

/// The secret of a second factor does not open, or opened and is none.
public struct SecondFactorError: Error, CustomStringConvertible {
    let person: OwnerID
    public var description: String { "the second factor of person \(person) does not open or is no secret of ours" }
}
