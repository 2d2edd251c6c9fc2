import Synchronization
public import TradingModel
public import TradingPorts

// What people are told about their own way in, and what goes when it is not needed any more.
extension PeopleBook {
    /// A key that ends within so long is told of.
    public static let endingSeconds: Int64 = 7 * 86_400

    /// A person's, newest first, with what was tried up to now.
    public func notices(_ person: OwnerID) async throws -> [Notice] {
        try await writeDown()
        return try await store.notices(person)
    }

    public func unseenNotices(_ person: OwnerID) async throws -> Int {
        try await writeDownTries()
        return try await store.unseenNotices(person)
    }

    /// False when the person has none of this number.
    public func see(notice number: Int64, andOlder: Bool, of person: OwnerID) async throws -> Bool {
        try await store.see(notice: number, andOlder: andOlder, of: person)
    }

    func writeDownTries() async throws {
        let tries = failedTries.take()
        if !tries.isEmpty { try await store.note(tries) }
    }

    /// Takes away name and address of somebody who is disabled, for good.
    public func forget(_ person: OwnerID, by doer: Doer) async throws -> ForgottenPerson {
        let answer = try await store.forget(person, by: doer)
        if case .forgotten(let person) = answer { note(person) }
        return answer
    }

    /// Tells of keys that end soon, and once a day removes what has ended long enough ago. Called now and then. Gives what was removed.
    public func keepHouse() async throws -> Removed {
        try await store.tellOfEndingKeys(withinSeconds: PeopleBook.endingSeconds)
        let now = now()
        let isTime = lastRemoval.withLock { last in
            if let at = last, abs(now.milliseconds(since: at)) < 86_400_000 { return false }
            last = now
            return true
        }
        guard isTime else { return Removed() }
        // When a visit was last seen is in memory first.
        try await writeDown()
        let removed = try await store.removeOld(
            RetentionLimits(
                visitsBegan: now.adding(seconds: -settings.wholeSeconds), visitsSeen: now.adding(seconds: -settings.idleSeconds - 3_600),
                codes: now.adding(seconds: -86_400), others: now.adding(seconds: -Int64(settings.keepDays) * 86_400)))
        forget(removed.ended)
        return removed
    }
}
