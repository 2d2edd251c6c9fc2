public import TradingModel

// Who may come in, as a store keeps them. A person is an owner who can log in; an owner without one speaks by keys alone.

/// What a person may do.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Sees its own things.
    case viewer
    /// Trades its own accounts.
    case trader
    /// Looks after all sessions: pauses and stops them. Touches no token.
    case `operator`
    /// Looks after people; trades its own accounts, too, for on a server of one person that is all of them.
    case admin
    /// Reads what was done by whom.
    case auditor
}

/// An address that a person logs in with. Two that differ in large and small letters only are one.
public struct Email: Sendable, Hashable, CustomStringConvertible {
    /// As it was given.
    public let text: String
    /// In small letters: what makes two alike.
    public var key: String { text.lowercased() }

    public static let longest = 254

    /// Nil unless it is 3 to 254 bytes of visible ASCII with one @ and something on both sides of it.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (3...Email.longest).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.text = String(text)
    }

    public static func == (a: Email, b: Email) -> Bool { a.key == b.key }
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
    public var description: String { text }
}

public struct Person: Sendable, Hashable {
    public var id: OwnerID
    public var email: Email
    /// 1 to 128 bytes.
    public var name: String
    public var role: Role
    /// As it is stored: `SealedPassword`; nil until one is set.
    public var password: String?
    /// How often another password was set. What was let in by one is let in only while this stays.
    public var passwordNumber: Int64
    public var createdAt: Timestamp
    /// From then on nothing that is this person's opens anything.
    public var disabledAt: Timestamp?
    /// From then on name and address are nobody's.
    public var forgottenAt: Timestamp?
    /// One that was confirmed.
    public var hasSecondFactor: Bool

    public init(
        id: OwnerID, email: Email, name: String, role: Role, password: String? = nil, passwordNumber: Int64 = 0, createdAt: Timestamp,
        disabledAt: Timestamp? = nil, forgottenAt: Timestamp? = nil, hasSecondFactor: Bool = false
    ) {
        (self.id, self.email, self.name, self.role) = (id, email, name, role)
        (self.password, self.passwordNumber, self.createdAt, self.disabledAt) = (password, passwordNumber, createdAt, disabledAt)
        (self.forgottenAt, self.hasSecondFactor) = (forgottenAt, hasSecondFactor)
    }

    public static let longestName = 128
}

/// Somebody who is to become a person.
public struct NewPerson: Sendable, Hashable {
    public var email: Email
    /// 1 to 128 bytes.
    public var name: String
    public var role: Role
    public var password: String?
    /// The owner that this person is; nil makes a new one.
    public var owner: OwnerID?

    public init(email: Email, name: String, role: Role, password: String? = nil, owner: OwnerID? = nil) {
        (self.email, self.name, self.role, self.password, self.owner) = (email, name, role, password, owner)
    }
}

public enum AddedPerson: Sendable, Hashable {
    case added(Person)
    /// Somebody else has the address.
    case emailTaken
    /// The owner is a person already, or is not there.
    case ownerTaken
}

/// What is to be another about a person; nil stays as it is.
public struct PersonChange: Sendable, Hashable {
    public var name: String?
    public var role: Role?
    public var isDisabled: Bool?
    public init(name: String? = nil, role: Role? = nil, isDisabled: Bool? = nil) { (self.name, self.role, self.isDisabled) = (name, role, isDisabled) }
}

public enum ChangedPerson: Sendable, Hashable {
    /// Whoever is disabled has no visits and no keys any more, and gets none back by being enabled.
    case changed(Person, Ended)
    case unknown
    /// Nobody could look after people any more.
    case lastAdmin
    /// Who was forgotten stays as it is.
    case forgotten
}

/// What a one-time code is good for.
public enum OneTimePurpose: String, Sendable, Hashable, CaseIterable {
    /// Makes the first admin. It is nobody's, and good only while there is no admin.
    case setUp = "set_up"
    /// Sets one person's password.
    case setPassword = "set_password"
}

/// What came of showing a one-time code.
public enum Redeemed<Value: Sendable & Hashable>: Sendable, Hashable {
    case done(Value)
    /// It is none, was used, is too old, or its person is disabled. Which of these is nobody's business.
    case unknownCode
}

/// A password that was set by a code.
public struct PasswordRedeemed: Sendable, Hashable {
    public var person: OwnerID
    public var ended: Ended
    public init(person: OwnerID, ended: Ended) { (self.person, self.ended) = (person, ended) }
}

/// People and their one-time codes at rest. Everything is durable when it returns, with its entry on the audit log; the store's clock dates it.
public protocol PersonStore: Sendable {
    /// In the order of their ids.
    func people() async throws -> [Person]
    func person(_ id: OwnerID) async throws -> Person?
    func person(_ email: Email) async throws -> Person?
    /// On the calling thread, by its key: as it is at this moment.
    func personNow(_ id: OwnerID) throws -> Person?
    func add(_ person: NewPerson, by: Doer) async throws -> AddedPerson

    /// The same password as it is to be stored from now on. False, and nothing is done, when something else is stored by now.
    func rewritePassword(_ password: String, of person: OwnerID, whileIs before: String) async throws -> Bool
    /// Another password. In the same transaction every visit but one ends, which goes on under its new cookie, every code for a password ends,
    /// and with `revokingKeys` every key. Nil, and nothing is done, when the password or that visit is another one by now.
    /// - Parameter number: of the password that was typed.
    func changePassword(
        _ password: String, of person: OwnerID, number: Int64, keeping: RenewedVisit, revokingKeys: Bool, by: Doer
    ) async throws -> Ended?

    /// Other words, another role, or out and in again.
    func change(_ person: OwnerID, _ change: PersonChange, by: Doer) async throws -> ChangedPerson

    /// Keeps the hash of a new code. Every earlier one of the same purpose and person is good for nothing from then on.
    /// - Parameter person: nil for `setUp`, and only for it.
    func keepOneTimeCode(hash: [UInt8], _ purpose: OneTimePurpose, person: OwnerID?, validForSeconds: Int64, by: Doer) async throws
    /// Whose code this is, while it is good; it stays so. For what must be looked at before it is used.
    func personOfCode(hash: [UInt8]) async throws -> Redeemed<Person>
    /// Uses the code up, sets the password, and ends all visits and keys of the person, all or nothing: of two who show one code at once, one
    /// is told `done`.
    /// - Parameter address: where the request comes from.
    func redeem(hash: [UInt8], settingPassword password: String, from address: String) async throws -> Redeemed<PasswordRedeemed>
    /// Uses the code up and adds the first admin, both or neither. The first owner that is no person becomes it, if there is one.
    /// - Parameter password: as it is to be stored for whoever it turns out to be.
    func redeem(
        hash: [UInt8], settingUp person: NewPerson, password: @escaping @Sendable (OwnerID) throws -> String, from address: String
    ) async throws -> Redeemed<AddedPerson>
    /// Is there an admin? Until then a set-up code is good.
    func hasAdmin() async throws -> Bool

    /// Puts tries that were refused on the audit log.
    func note(_ refused: [RefusedTries]) async throws
}
