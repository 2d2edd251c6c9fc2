import Testing

@testable import KeyRing

@Suite struct SealedTextTests {
    @Test func theTextFormComesBack() throws {
        let sealed = try KeyRing.fixture().seal(token, for: .fixture())
        #expect(try SealedSecret(text: sealed.text) == sealed)
        #expect(sealed.text.hasPrefix("U0dFAQEAAAAB"))
        #expect(sealed.text.utf8.allSatisfy { $0 != 0x2b && $0 != 0x2f && $0 != 0x3d }, "no +, / or padding")
    }

    @Test func anyOtherTextOfTheSameBytesIsRefused() throws {
        let ring = KeyRing.fixture()
        let text = try ring.seal(token, for: .fixture()).text  // 173 bytes: its last letter has two free bits
        for other in [
            text + "=", text + "\n", " " + text, text + "A", text.replacing("U0dF", with: "U0d+"), String(text.dropLast()),
            String(text.dropLast()) + String(successor(of: text.last!)),
        ] {
            #expect(throws: KeyRingError.self, "\(other)") { try SealedSecret(text: other) }
        }
    }

    /// The next letter of the alphabet: the same bytes to a decoder that ignores stray bits.
    func successor(of letter: Character) -> Character {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return alphabet[(alphabet.firstIndex(of: letter)! + 1) % 64]
    }

    /// The vectors of RFC 4648.
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
    func base64OfTheStandard(plain: String, text: String) {
        #expect(Base64.standard.text(Array(plain.utf8)) == text)
        #expect(Base64.standard.bytes(text) == Array(plain.utf8))
        #expect(Base64.url.text(Array(plain.utf8)) == text.replacing("=", with: ""))
        #expect(Base64.url.bytes(text.replacing("=", with: "")) == Array(plain.utf8))
    }

    @Test func theTwoAlphabetsDiffer() {
        #expect(Base64.standard.text([0xfb, 0xff]) == "+/8=")
        #expect(Base64.url.text([0xfb, 0xff]) == "-_8")
        #expect(Base64.standard.bytes("-_8=") == nil)
        #expect(Base64.url.bytes("+/8") == nil)
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9", "Zm9=", "Zm 8", "====", "=", "Z===", "Zg==Zg==", "Zmé="])
    func whatIsNotCanonicalIsNoBase64(text: String) { #expect(Base64.standard.bytes(text) == nil) }

    @Test(arguments: ["Z", "Zh", "Zm9vY", "Zg==", "Zm9v\n", "Zm.v"])
    func whatIsNotCanonicalIsNoBase64URL(text: String) { #expect(Base64.url.bytes(text) == nil) }
}
