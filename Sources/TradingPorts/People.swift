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
    /// Argon2id in the PHC format; nil until one is set.
    public var password: String?
    public var createdAt: Timestamp
    /// From then on nothing that is this person's opens anything.
    public var disabledAt: Timestamp?

    public init(
        id: OwnerID, email: Email, name: String, role: Role, password: String? = nil, createdAt: Timestamp, disabledAt: Timestamp? = nil
    ) {
        (self.id, self.email, self.name, self.role) = (id, email, name, role)
        (self.password, self.createdAt, self.disabledAt) = (password, createdAt, disabledAt)
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
    case changed(Person)
    case unknown
    /// Nobody could look after people any more.
    case lastAdmin
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

/// People and their one-time codes at rest. Everything is durable when it returns; the store's clock dates it.
public protocol PersonStore: Sendable {
    /// In the order of their ids.
    func people() async throws -> [Person]
    func person(_ id: OwnerID) async throws -> Person?
    func person(_ email: Email) async throws -> Person?
    func add(_ person: NewPerson) async throws -> AddedPerson
    /// False when there is none. With `whileIs` also when the password is another one by now.
    func setPassword(_ password: String, of person: OwnerID, whileIs before: String?) async throws -> Bool

    /// Other words, another role, or out and in again.
    func change(_ person: OwnerID, _ change: PersonChange) async throws -> ChangedPerson

    /// Keeps the hash of a new code. Every earlier one of the same purpose and person is good for nothing from then on.
    /// - Parameter person: nil for `setUp`, and only for it.
    func keepOneTimeCode(hash: [UInt8], _ purpose: OneTimePurpose, person: OwnerID?, validForSeconds: Int64) async throws
    /// Whose code this is, while it is good; it stays so. For what must be looked at before it is used.
    func personOfCode(hash: [UInt8]) async throws -> Redeemed<Person>
    /// Uses the code up and sets the password, both or neither: of two who show one code at once, one is told `done`.
    func redeem(hash: [UInt8], settingPassword password: String) async throws -> Redeemed<OwnerID>
    /// Uses the code up and adds the first admin, both or neither. The first owner that is no person becomes it, if there is one.
    func redeem(hash: [UInt8], settingUp person: NewPerson) async throws -> Redeemed<AddedPerson>
    /// Is there an admin? Until then a set-up code is good.
    func hasAdmin() async throws -> Bool
}
