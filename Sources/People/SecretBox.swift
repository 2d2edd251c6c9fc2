public import TradingModel

/// The key ring does not open what is stored of this person's password: the operator has to bring back the key, or the person sets another.
public struct PasswordUnopened: Error, Sendable {
    public let person: OwnerID
}

/// Seals and opens what belongs to one person: the key ring, as the book of people sees it.
public struct SecretBox: Sendable {
    public var seal: @Sendable (_ secret: Secret, _ person: OwnerID) throws -> [UInt8]
    public var open: @Sendable (_ sealed: [UInt8], _ person: OwnerID) throws -> Secret

    public init(
        seal: @escaping @Sendable (Secret, OwnerID) throws -> [UInt8], open: @escaping @Sendable ([UInt8], OwnerID) throws -> Secret
    ) {
        (self.seal, self.open) = (seal, open)
    }

    /// For those who keep no such secret.
    public static let unimplemented = SecretBox(
        seal: { _, person in fatalError("SecretBox.seal(\(person)) is not part of this test") },
        open: { _, person in fatalError("SecretBox.open(\(person)) is not part of this test") })
}
