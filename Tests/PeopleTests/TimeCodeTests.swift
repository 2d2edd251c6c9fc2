import Testing
import TradingModel

@testable import People

/// Codes of telephones, against the tables of the RFCs.
@Suite struct TimeCodeTests {
    @Test(
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"), (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func theTableOfRFC6238(seconds: Int64, code: String) {
        let secret = Array("12345678901234567890".utf8), now = Timestamp(seconds: seconds)
        #expect(TimeCode.code(secret, step: TimeCode.step(at: now)) == code)
        #expect(TimeCode.step(of: code, secret, at: now.adding(seconds: 30)) == TimeCode.step(at: now))
        #expect(TimeCode.step(of: code, secret, at: now.adding(seconds: 61)) == nil)
    }

    @Test(arguments: [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")])
    func theTableOfRFC4648(text: String, base32: String) { #expect(TimeCode.base32(Array(text.utf8)) == base32) }
}
