import People
import TradingModel
import TradingPorts

extension PeopleBook {
    /// For tests in which keys of owners are the only way in.
    static var nobody: PeopleBook { PeopleBook(store: NoPeople(), everybody: [], keys: [], instance: [], now: { .fixture }) }
}

/// A store that knows nobody, and is asked nothing else.
private struct NoPeople: PersonStore, VisitStore, AccessKeyStore, RealTradingStore, SecondFactorStore {
    struct Asked: Error {}
    func people() async throws -> [Person] { throw Asked() }
    func person(_ id: OwnerID) async throws -> Person? { nil }
    func person(_ email: Email) async throws -> Person? { throw Asked() }
    func add(_ person: NewPerson) async throws -> AddedPerson { throw Asked() }
    func change(_ person: OwnerID, _ change: PersonChange) async throws -> ChangedPerson { throw Asked() }
    func setPassword(_ password: String, of person: OwnerID, whileIs before: String?) async throws -> Bool { throw Asked() }
    func keepOneTimeCode(hash: [UInt8], _ purpose: OneTimePurpose, person: OwnerID?, validForSeconds: Int64) async throws { throw Asked() }
    func personOfCode(hash: [UInt8]) async throws -> Redeemed<Person> { throw Asked() }
    func redeem(hash: [UInt8], settingPassword password: String) async throws -> Redeemed<OwnerID> { throw Asked() }
    func redeem(hash: [UInt8], settingUp person: NewPerson) async throws -> Redeemed<AddedPerson> { throw Asked() }
    func hasAdmin() async throws -> Bool { throw Asked() }
    func visit(hash: [UInt8]) throws -> Visit? { throw Asked() }
    func visits(_ person: OwnerID) async throws -> [Visit] { throw Asked() }
    func begin(_ visit: Visit, atMost most: Int, since: Timestamp) async throws -> [[UInt8]] { throw Asked() }
    func end(visit id: String, of person: OwnerID) async throws -> [UInt8]? { throw Asked() }
    func endVisits(of person: OwnerID, but id: String?) async throws -> [[UInt8]] { throw Asked() }
    func renew(visit id: String, of person: OwnerID, hash: [UInt8], provedAt: Timestamp) async throws -> Bool { throw Asked() }
    func seen(_ marks: [(hash: [UInt8], at: Timestamp)]) async throws { throw Asked() }
    func accessKeys(_ owner: OwnerID) async throws -> [AccessKey] { throw Asked() }
    func add(_ key: AccessKey, atMost most: Int) async throws -> Bool { throw Asked() }
    func remove(accessKey id: String, owner: OwnerID) async throws -> Bool { throw Asked() }
    func used(_ marks: [(id: String, at: Timestamp)]) async throws { throw Asked() }
    func realTrading(_ account: AccountID, owner: OwnerID) async throws -> Timestamp? { throw Asked() }
    func keepRealTrading(_ account: AccountID, owner: OwnerID, at: Timestamp?) async throws { throw Asked() }
    func secondFactor(_ person: OwnerID) async throws -> SecondFactor? { throw Asked() }
    func beginSecondFactor(_ person: OwnerID, sealed: [UInt8]) async throws -> Bool { throw Asked() }
    func confirmSecondFactor(_ person: OwnerID, step: Int64, recovery: [[UInt8]], at now: Timestamp) async throws -> Bool { throw Asked() }
    func useStep(_ step: Int64, of person: OwnerID) async throws -> Bool { throw Asked() }
    func useRecoveryCode(hash: [UInt8], of person: OwnerID, at now: Timestamp) async throws -> Bool { throw Asked() }
    func removeSecondFactor(_ person: OwnerID) async throws { throw Asked() }
}
