import People
import TradingModel
import TradingPorts

extension PeopleBook {
    /// For tests in which keys of owners are the only way in.
    static var nobody: PeopleBook { PeopleBook(store: NoPeople(), everybody: [], keys: [], instance: [], now: { .fixture }) }
}

/// A store that knows nobody, and is asked nothing else.
private struct NoPeople: PersonStore, VisitStore, AccessKeyStore, RealTradingStore, SecondFactorStore, NoticeStore, RetentionStore {
    struct Asked: Error {}
    func people() async throws -> [Person] { throw Asked() }
    func person(_ id: OwnerID) async throws -> Person? { nil }
    func person(_ email: Email) async throws -> Person? { throw Asked() }
    func personNow(_ id: OwnerID) throws -> Person? { throw Asked() }
    func add(_ person: NewPerson, by: Doer) async throws -> AddedPerson { throw Asked() }
    func change(_ person: OwnerID, _ change: PersonChange, by: Doer) async throws -> ChangedPerson { throw Asked() }
    func rewritePassword(_ password: String, of person: OwnerID, whileIs: String) async throws -> Bool { throw Asked() }
    func changePassword(
        _ password: String, of person: OwnerID, number: Int64, keeping: RenewedVisit, revokingKeys: Bool, by: Doer
    ) async throws -> Ended? { throw Asked() }
    func keepOneTimeCode(hash: [UInt8], _ purpose: OneTimePurpose, person: OwnerID?, validForSeconds: Int64, by: Doer) async throws { throw Asked() }
    func personOfCode(hash: [UInt8]) async throws -> Redeemed<Person> { throw Asked() }
    func redeem(hash: [UInt8], settingPassword password: String, from address: String) async throws -> Redeemed<PasswordRedeemed> { throw Asked() }
    func redeem(
        hash: [UInt8], settingUp person: NewPerson, password: @escaping @Sendable (OwnerID) throws -> String, from address: String
    ) async throws -> Redeemed<AddedPerson> { throw Asked() }
    func hasAdmin() async throws -> Bool { throw Asked() }
    func note(_ refused: [RefusedTries]) async throws { throw Asked() }
    func visit(hash: [UInt8]) throws -> Visit? { throw Asked() }
    func visits(_ person: OwnerID) async throws -> [Visit] { throw Asked() }
    func hasLoggedIn(account: String, from network: String) async throws -> Bool { throw Asked() }
    func begin(_ visit: Visit, _ shown: ShownAtLogIn, atMost most: Int, since: Timestamp, by: Doer) async throws -> [[UInt8]]? { throw Asked() }
    func end(visit id: String, of person: OwnerID, _ how: VisitEnd, by: Doer) async throws -> [UInt8]? { throw Asked() }
    func renew(_ visit: RenewedVisit) async throws -> Bool { throw Asked() }
    func seen(_ marks: [(hash: [UInt8], at: Timestamp)]) async throws { throw Asked() }
    func accessKeys(_ owner: OwnerID) async throws -> [AccessKey] { throw Asked() }
    func hasAccessKey(_ id: String) throws -> Bool { throw Asked() }
    func add(_ key: AccessKey, atMost most: Int, in visit: String, by: Doer) async throws -> AddedKey { throw Asked() }
    func remove(accessKey id: String, owner: OwnerID, by: Doer) async throws -> Bool { throw Asked() }
    func ownerKeys(_ owner: OwnerID) async throws -> [OwnerKey] { throw Asked() }
    func remove(ownerKey id: String, owner: OwnerID, by: Doer) async throws -> Bool { throw Asked() }
    func used(_ marks: [(id: String, at: Timestamp)]) async throws { throw Asked() }
    func realTrading(_ account: AccountID, owner: OwnerID) async throws -> Timestamp? { throw Asked() }
    func keepRealTrading(_ account: AccountID, owner: OwnerID, at: Timestamp?, by: Doer) async throws { throw Asked() }
    func secondFactor(_ person: OwnerID) async throws -> SecondFactor? { throw Asked() }
    func beginSecondFactor(_ person: OwnerID, sealed: [UInt8], by: Doer) async throws -> Bool { throw Asked() }
    func confirmSecondFactor(
        _ person: OwnerID, step: Int64, recovery: [[UInt8]], at now: Timestamp, keeping: RenewedVisit, by: Doer
    ) async throws -> Ended? { throw Asked() }
    func useStep(_ step: Int64, of person: OwnerID) async throws -> Bool { throw Asked() }
    func useRecoveryCode(hash: [UInt8], of person: OwnerID, at now: Timestamp, by: Doer) async throws -> Bool { throw Asked() }
    func removeSecondFactor(_ person: OwnerID, keeping: RenewedVisit?, by: Doer) async throws -> Ended? { throw Asked() }
    func notices(_ person: OwnerID) async throws -> [Notice] { throw Asked() }
    func unseenNotices(_ person: OwnerID) async throws -> Int { throw Asked() }
    func see(notice number: Int64, andOlder: Bool, of person: OwnerID) async throws -> Bool { throw Asked() }
    func note(_ tries: [FailedTries]) async throws { throw Asked() }
    func tellOfEndingKeys(withinSeconds seconds: Int64) async throws { throw Asked() }
    func forget(_ person: OwnerID, by: Doer) async throws -> ForgottenPerson { throw Asked() }
    func removeOld(_ limits: RetentionLimits) async throws -> Removed { throw Asked() }
}
