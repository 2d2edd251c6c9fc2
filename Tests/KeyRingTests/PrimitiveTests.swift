import Crypto
import Testing

/// What others published of the primitives that everything sealed rests on. They are a library's; a build of it that answers otherwise must not
/// open or seal anything.
@Suite struct PrimitiveTests {
    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).map { UInt8(hex.dropFirst($0).prefix(2), radix: 16)! }
    }

    /// RFC 5869, test case 1.
    @Test func keysAreDerivedAsRFC5869Says() {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: [UInt8](repeating: 0x0b, count: 22)), salt: bytes("000102030405060708090a0b0c"),
            info: bytes("f0f1f2f3f4f5f6f7f8f9"), outputByteCount: 42)
        #expect(key.withUnsafeBytes { Array($0) } == bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
    }

    /// RFC 4231, test case 2.
    @Test func messagesAreSignedAsRFC4231Says() {
        let code = HMAC<SHA256>.authenticationCode(for: Array("what do ya want for nothing?".utf8), using: SymmetricKey(data: Array("Jefe".utf8)))
        #expect(Array(code) == bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
    }

    /// The example of one block of NIST's Secure Hash Standard.
    @Test func hashesAreThoseOfTheStandard() {
        #expect(Array(SHA256.hash(data: Array("abc".utf8))) == bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    }

    /// AES-256 in Galois/Counter mode, test cases 13 and 14 of its specification.
    @Test(arguments: [
        ("", "", "530f8afbc74536b9a963b4f1c4cb738b"),
        ("00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
    ]) func aesGCMIsThatOfItsSpecification(plain: String, sealed: String, tag: String) throws {
        let key = SymmetricKey(data: [UInt8](repeating: 0, count: 32)), nonce = try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12))
        let box = try AES.GCM.seal(bytes(plain), using: key, nonce: nonce)
        #expect(Array(box.ciphertext) == bytes(sealed) && Array(box.tag) == bytes(tag))
        #expect(try Array(AES.GCM.open(box, using: key)) == bytes(plain))
    }
}
