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
    public func beginSecondFactor(_ person: OwnerID) async throws -> Secret? {
        let secret = SymmetricKey(size: .init(bitCount: TimeCode.secretBytes * 8)).withUnsafeBytes { Array($0) }
        guard try await store.beginSecondFactor(person, sealed: try box.seal(Secret(secret.hexText), person)) else { return nil }
        return Secret(TimeCode.base32(secret))
    }

    public enum Confirmed: Sendable {
        /// Codes for when the telephone is lost, each good once, and what the cookie says from now on. Other visits have ended.
        case done(codes: [Secret], cookie: Secret)
        case wrong
        case wait(seconds: Int64)
    }

    public func confirmSecondFactor(_ visit: Visit, code: String) async throws -> Confirmed {
        guard let person = try await store.person(visit.person) else { return .wrong }
        if let seconds = limits.wait(account: person.email.key, at: now()) { return .wait(seconds: seconds) }
        guard let factor = try await store.secondFactor(visit.person), factor.confirmedAt == nil else { return .wrong }
        guard let step = TimeCode.step(of: code, try opened(factor, visit.person), at: now()) else {
            limits.failed(account: person.email.key, at: now())
            return .wrong
        }
        let codes = (0..<PeopleBook.recoveryCodes).map { _ in OneTimeCode.new().text.reveal { Secret(String($0.prefix(PeopleBook.recoveryLength))) } }
        let hashes = codes.map { $0.reveal { Array(SHA256.hash(data: Array($0.utf8))) } }
        guard try await store.confirmSecondFactor(visit.person, step: step, recovery: hashes, at: now()) else { return .wrong }
        forget(try await store.endVisits(of: visit.person, but: visit.id))
        guard let cookie = try await renew(visit) else { return .wrong }
        return .done(codes: codes, cookie: cookie)
    }

    /// Gives what the cookie says from now on; nil when the visit has ended. Other visits have ended.
    public func removeSecondFactor(_ visit: Visit) async throws -> Secret? {
        try await store.removeSecondFactor(visit.person)
        forget(try await store.endVisits(of: visit.person, but: visit.id))
        return try await renew(visit)
    }

    /// Nil without a second factor; else whether this code, of the telephone or for its loss, is right. It is used up then.
    func isSecondFactorRight(_ person: OwnerID, code: String?) async throws -> SecondFactorAnswer {
        guard let factor = try await store.secondFactor(person), factor.confirmedAt != nil else { return .none }
        guard let code else { return .needed }
        if code.utf8.count == PeopleBook.recoveryLength {
            let hash = Array(SHA256.hash(data: Array(code.utf8)))
            return try await store.useRecoveryCode(hash: hash, of: person, at: now()) ? .right : .wrong
        }
        guard let step = TimeCode.step(of: code, try opened(factor, person), at: now()) else { return .wrong }
        return try await store.useStep(step, of: person) ? .right : .wrong
    }

    enum SecondFactorAnswer { case none, needed, right, wrong }

    private func opened(_ factor: SecondFactor, _ person: OwnerID) throws -> [UInt8] {
        guard let secret = try box.open(factor.sealed, person).reveal({ [UInt8](hex: $0) }) else {
            throw SecondFactorError(person: person)
        }
        return secret
    }
}

/// A secret that opened and is none.
struct SecondFactorError: Error, CustomStringConvertible {
    let person: OwnerID
    var description: String { "the second factor of person \(person) opens and is no secret of ours" }
}
