import Crypto

/// The cryptography of envelope v1.
///
///     AAD        = "signalist/envelope/v1", algorithm, key version, key id, salt and the context, each with its length in front
///     derived    = HKDF-SHA256(key, salt, "sge-v1" || SHA-256(AAD), 64 bytes)
///     key        = derived[0..<32], commitment = derived[32..<64]
///     ciphertext = AES-256-GCM(key, nonce, padded secret, AAD)
///
/// Each record has a derived key of its own, so no count of seals wears a ring's key out in practice. The commitment
/// stops one ciphertext from opening under two keys. Key version and id choose exactly one key: none is tried.
enum Envelope {
    static let saltLength = 32
    static let nonceLength = 12

    static func seal(_ padded: [UInt8], with key: RingKey, for context: SealContext, salt: [UInt8], nonce: [UInt8]) -> SealedSecret {
        precondition(salt.count == saltLength && nonce.count == nonceLength, "a salt of \(salt.count) and a nonce of \(nonce.count) bytes")
        let aad = authenticatedData(keyVersion: key.version, keyID: key.id, salt: salt[...], context: context)
        let (derived, commitment) = derive(from: key, salt: salt[...], aad: aad)
        // The nonce has its length and the text is short: AES-GCM has nothing left to refuse.
        let box = try! AES.GCM.seal(padded, using: derived, nonce: AES.GCM.Nonce(data: nonce), authenticating: aad)
        var bytes = SealedSecret.magic + [SealedSecret.version, SealedSecret.algorithm] + bigEndian(key.version.rawValue)
        for part in [key.id, salt, nonce, commitment, Array(box.ciphertext), Array(box.tag)] { bytes += part }
        return try! SealedSecret(bytes: bytes)  // Built in its own shape just above.
    }

    /// The padded secret.
    /// - Throws: `notAuthentic`, without saying what differs.
    static func open(_ sealed: SealedSecret, with key: RingKey, for context: SealContext) throws(KeyRingError) -> [UInt8] {
        let aad = authenticatedData(keyVersion: sealed.keyVersion, keyID: sealed.keyID, salt: sealed.salt, context: context)
        let (derived, commitment) = derive(from: key, salt: sealed.salt, aad: aad)
        guard SealedSecret.areEqual(commitment, sealed.commitment) else { throw .notAuthentic }
        do {
            let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: sealed.nonce), ciphertext: sealed.ciphertext, tag: sealed.tag)
            return Array(try AES.GCM.open(box, using: derived, authenticating: aad))
        } catch { throw .notAuthentic }
    }

    private static func authenticatedData(keyVersion: KeyVersion, keyID: [UInt8], salt: ArraySlice<UInt8>, context: SealContext) -> [UInt8] {
        var data: [UInt8] = []
        for field in [Array("signalist/envelope/v1".utf8), [SealedSecret.algorithm], bigEndian(keyVersion.rawValue), keyID, Array(salt)] + context.fields {
            data.append(UInt8(field.count >> 8))
            data.append(UInt8(field.count & 0xff))
            data += field
        }
        return data
    }

    private static func derive(from key: RingKey, salt: ArraySlice<UInt8>, aad: [UInt8]) -> (key: SymmetricKey, commitment: [UInt8]) {
        guard let material = key.material else { preconditionFailure("key \(key.version) is destroyed and was to be used") }
        let info = Array("sge-v1".utf8) + Array(SHA256.hash(data: aad))
        let derived = HKDF<SHA256>.deriveKey(inputKeyMaterial: material, salt: salt, info: info, outputByteCount: 64)
        return derived.withUnsafeBytes { (SymmetricKey(data: $0[..<32]), Array($0[32...])) }
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}
