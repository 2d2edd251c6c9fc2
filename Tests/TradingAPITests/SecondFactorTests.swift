import Crypto
import HTTPTypes
import PlainJSON
import Testing
import TradingModel

@testable import People
@testable import TradingAPI

/// A telephone's codes beside the password.
@Suite struct SecondFactorTests {
    /// Ada with a confirmed second factor: who is in, the telephone's secret, the codes for its loss.
    func withFactor(_ world: PeopleWorld) async throws -> (browser: Browser, secret: [UInt8], codes: [String]) {
        try await world.person("ada")
        var browser = try await world.browser("ada")
        let begun = await browser.send(.post, "/api/v1/me/second-factor"), text = try #require(begun.json["secret"]?.string)
        #expect(begun.status == 201 && begun.json["uri"]?.string == "otpauth://totp/signalist:ada@example.org?secret=\(text)&issuer=signalist")
        let secret = SecondFactorTests.bytes(text), code = TimeCode.code(secret, step: TimeCode.step(at: world.now))
        #expect(await browser.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"abcdef"}"#).line == "422 unknown_code code")
        let done = await browser.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"\#(code)"}"#)
        #expect(done.status == 200)
        browser.cookie = try #require(Browser.cookie(done))
        return (browser, secret, done.json["recoveryCodes"]?.array?.compactMap(\.string) ?? [])
    }

    /// Base 32, as a telephone reads it.
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [], held: UInt32 = 0, bits = 0
        for letter in text.utf8 {
            let value = letter >= 0x41 ? letter - 0x41 : letter - 0x32 + 26
            (held, bits) = (held << 5 | UInt32(value), bits + 5)
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
            }
        }
        return bytes
    }

    func logIn(_ world: PeopleWorld, code: String?) async -> String {
        let more = code.map { #","code":"\#($0)""# } ?? ""
        return await world.client.post("/api/v1/log-in", #"{"email":"ada@example.org","password":"\#(PeopleWorld.password)"\#(more)}"#).line
    }

    @Test func withoutItsCodeNobodyComesInAndEachCodeIsGoodOnce() async throws {
        let world = try PeopleWorld(), (browser, secret, codes) = try await withFactor(world)
        func code(_ steps: Int64 = 0) -> String { TimeCode.code(secret, step: TimeCode.step(at: world.now) + steps) }
        #expect(await browser.get("/api/v1/me").json["secondFactor"]?.bool == true)
        #expect(await logIn(world, code: nil) == "401 second_factor_needed code")
        #expect(await logIn(world, code: code()) == "401 log_in_refused", "it confirmed the telephone already")
        world.turn(bySeconds: 30)
        #expect(await logIn(world, code: code(5)) == "401 log_in_refused")
        // Three wrong ones make the account rest.
        world.turn(bySeconds: 1)
        #expect(await logIn(world, code: code()) == "200")
        #expect(await logIn(world, code: code()) == "401 log_in_refused")
        world.turn(bySeconds: 60)
        #expect(await logIn(world, code: code(-1)) == "200", "clocks differ")
        #expect(codes.count == 10 && Set(codes).count == 10)
        #expect(await logIn(world, code: codes[3]) == "200")
        #expect(await logIn(world, code: codes[3]) == "401 log_in_refused")
        #expect(await logIn(world, code: String(repeating: "a", count: 16)) == "401 log_in_refused")
        #expect(
            await world.client.post("/api/v1/log-in", #"{"email":"ada@example.org","password":"wrong horse battery"}"#).line == "401 log_in_refused",
            "nothing is said of it before the password is right")
    }

    @Test func itIsSetUpOnceAndTakenAwayByWhoTypedThePassword() async throws {
        let world = try PeopleWorld()
        var (browser, secret, _) = try await withFactor(world)
        #expect(await browser.send(.post, "/api/v1/me/second-factor").line == "409 second_factor_exists")
        world.turn(bySeconds: 300)
        #expect(await browser.send(.delete, "/api/v1/me/second-factor").line == "403 password_needed")
        browser.cookie = try #require(Browser.cookie(await browser.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#)))
        #expect(await logIn(world, code: TimeCode.code(secret, step: TimeCode.step(at: world.now))) == "200")
        #expect(await browser.send(.delete, "/api/v1/me/second-factor").status == 204)
        #expect(await logIn(world, code: nil) == "200")
    }

    @Test func neitherConfirmingNorRemovingOneRenewsThePasswordsProof() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        var browser = try await world.browser("ada")
        let begun = await browser.send(.post, "/api/v1/me/second-factor"), secret = SecondFactorTests.bytes(try #require(begun.json["secret"]?.string))
        world.turn(bySeconds: 240)
        let code = TimeCode.code(secret, step: TimeCode.step(at: world.now))
        browser.cookie = try #require(Browser.cookie(await browser.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"\#(code)"}"#)))
        #expect(await browser.send(.post, "/api/v1/me/second-factor").line == "409 second_factor_exists", "the proof is four minutes old")
        world.turn(bySeconds: 61)
        #expect(await browser.send(.delete, "/api/v1/me/second-factor").line == "403 password_needed")
        browser.cookie = try #require(Browser.cookie(await browser.send(.post, "/api/v1/me/proof", #"{"password":"\#(PeopleWorld.password)"}"#)))
        world.turn(bySeconds: 240)
        browser.cookie = try #require(Browser.cookie(await browser.send(.delete, "/api/v1/me/second-factor")))
        world.turn(bySeconds: 61)
        #expect(await browser.send(.post, "/api/v1/me/second-factor").line == "403 password_needed")
    }

    @Test func confirmingEndsOtherVisits() async throws {
        let world = try PeopleWorld()
        try await world.person("ada")
        let other = try await world.browser("ada"), browser = try await world.browser("ada")
        let begun = await browser.send(.post, "/api/v1/me/second-factor")
        #expect(await logIn(world, code: nil) == "200", "one that was not confirmed asks for nothing")
        let secret = SecondFactorTests.bytes(try #require(begun.json["secret"]?.string))
        let code = TimeCode.code(secret, step: TimeCode.step(at: world.now))
        #expect(await browser.send(.post, "/api/v1/me/second-factor/confirm", #"{"code":"\#(code)"}"#).status == 200)
        #expect(await other.get("/api/v1/me").status == 401)
        #expect(await browser.get("/api/v1/me").status == 401, "under a new cookie")
    }
}
