import Testing
import TradingModel

@testable import People

/// Passwords as they are stored, and those that are not taken.
@Suite struct PasswordTests {
    static let quick = PasswordHash(memory: 64, passes: 1)

    @Test func aPasswordOpensItsOwnHashAndNoOther() throws {
        let text = try PasswordTests.quick.text(of: Secret("correct horse battery"))
        #expect(text.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try PasswordHash.isRight(Secret("correct horse battery"), for: text))
        for wrong in ["correct horse batterz", "correct horse battery ", "", "Correct horse battery"] {
            #expect(try !PasswordHash.isRight(Secret(wrong), for: text), "\(wrong)")
        }
        #expect(try PasswordTests.quick.text(of: Secret("correct horse battery")) != text, "each has a salt of its own")
        #expect(!text.contains("horse"))
    }

    /// From the tests of Argon2's authors.
    @Test func theReferenceIsKnown() throws {
        let text = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        #expect(try PasswordHash.isRight(Secret("password"), for: text))
        #expect(try !PasswordHash.isRight(Secret("differentpassword"), for: text))
    }

    @Test func bytesAreTakenAsTheyAre() throws {
        // é as one character and as two: no form is preferred.
        let text = try PasswordTests.quick.text(of: Secret("caf\u{e9} au lait et pain"))
        #expect(try PasswordHash.isRight(Secret("caf\u{e9} au lait et pain"), for: text))
        #expect(try !PasswordHash.isRight(Secret("cafe\u{301} au lait et pain"), for: text))
    }

    @Test func theStandardIsWhatOWASPAsks() throws {
        let text = try PasswordHash.standard.text(of: Secret("correct horse battery"))
        #expect(text.hasPrefix("$argon2id$v=19$m=47104,t=1,p=1$"))
        #expect(try PasswordHash.isRight(Secret("correct horse battery"), for: text))
        #expect(!PasswordHash.standard.isOutdated(text))
        #expect(PasswordHash.standard.isOutdated(try PasswordTests.quick.text(of: Secret("correct horse battery"))))
        #expect(PasswordHash.standard.isOutdated("$2b$12$abcdefghijklmnopqrstuv"))
    }

    @Test(arguments: [
        "", "$argon2id$v=19$m=64,t=1,p=1$", "$2b$12$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$aGFzaA",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQxMjM0NTY$aGFzaGhhc2hoYXNo", "$argon2id$v=19$m=64,t=4294967295,p=1$c29tZXNhbHQxMjM0NTY$aGFzaGhhc2hoYXNo",
        "$argon2id$v=19$m=64,t=1,p=1$!!!!$aGFzaGhhc2hoYXNo",
    ])
    func whatIsNoHashOfOursOpensNothing(_ text: String) {
        #expect(throws: PasswordHashError.self) { try PasswordHash.isRight(Secret("correct horse battery"), for: text) }
    }

    @Test(arguments: [
        ("", PasswordRule.Refusal.tooShort), ("elevenchars", .tooShort), (String(repeating: "xk4", count: 43), .tooLong), ("password1234", .common),
        ("Liverpool2024!", .common), ("iloveyou!!!!", .common), ("christopher1", .common), ("aaaaaaaaaaaa", .simple), ("abababababab", .simple),
        ("xk4Qxk4Qxk4Q", .simple), ("abcdefghijkl", .simple), ("098765432109", .simple), ("ada.lovelace1", .aboutYou), ("lovelace2024", .aboutYou),
        ("signalist-12", .aboutYou),
    ])
    func whatIsTriedFirstIsRefused(_ password: String, _ refusal: PasswordRule.Refusal) {
        #expect(PasswordRule.refusal(Secret(password), about: ["Ada Lovelace", "ada.lovelace@example.org"]) == refusal)
    }

    @Test(arguments: [
        "correct horse battery", "9Kq-wv3x!Tz0", "wir fahren nach köln", "пароль для торговли", String(repeating: "xk4p8q2w", count: 16).dropLast(1) + "Z",
    ])
    func whatIsNotIsTaken(_ password: String) {
        #expect(PasswordRule.refusal(Secret(password), about: ["Ada Lovelace", "ada@example.org"]) == nil)
    }

    @Test func soManyWaitAndNoMore() async throws {
        let queue = HashingQueue(most: 2), gate = Gate()
        async let first: Void = queue.run { gate.wait() }
        async let second: Void = queue.run { gate.wait() }
        while queue.count < 2 { await Task.yield() }
        await #expect(throws: HashingQueue.Full.self) { try await queue.run {} }
        gate.open()
        try await first
        try await second
        #expect(try await queue.run { 7 } == 7)
    }
}
