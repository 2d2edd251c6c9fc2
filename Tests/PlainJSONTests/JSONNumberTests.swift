import PlainJSON
import Testing

/// The number that a text is, or why it is none.
func number(_ text: String) -> Result<JSONNumber, JSONError> {
    do throws(JSONError) {
        let value = try JSONValue.parse(text.utf8)
        return value.number.map { .success($0) } ?? .failure(.malformed(at: -1))
    } catch { return .failure(error) }
}

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0, 0), ("-0", 0, 0), ("7", 7, 0), ("-7", -7, 0), ("682.23", 68_223, 2), ("-0.05", -5, 2), ("19.50", 1_950, 2), ("0.00", 0, 2),
            ("1e2", 100, 0), ("1E+2", 100, 0), ("1.5e1", 15, 0), ("1.25e1", 125, 1), ("5e-3", 5, 3), ("1e-18", 1, 18), ("0e9", 0, 0), ("0.0e-9", 0, 0),
            ("100e-20", 1, 18), ("999999999999999999", 999_999_999_999_999_999, 0), ("-999999999999999999", -999_999_999_999_999_999, 0),
            ("0.000000000000000001", 1, 18), ("123456789.123456789", 123_456_789_123_456_789, 9), ("9e18", 9_000_000_000_000_000_000, 0),
        ] as [(String, Int64, Int)])
    func theDigitsAreTheValue(text: String, mantissa: Int64, scale: Int) {
        #expect(number(text) == .success(JSONNumber(mantissa: mantissa, scale: scale)))
    }

    @Test(arguments: [
        "-", "+1", ".5", "5.", "01", "-01", "00", "1.e3", "1e", "1e+", "1e-", "0x10", "1_000", "1,5", "NaN", "Infinity", "-Infinity", "--1", "1.2.3", "1e2.5",
        "١",
    ])
    func whatIsNoNumberIsRefused(text: String) {
        guard case .failure(.malformed) = number(text) else {
            Issue.record("\(text) gave \(number(text))")
            return
        }
    }

    @Test(arguments: [
        "12345678901234567890", "1e19", "1e1000", "1e99999999999999999999", "-1e400", "1e-19", "1e-999999999999", "123e-20", "0.0000000000000000001", "99e18",
    ])
    func whatDoesNotFitIsRefusedAtOnce(text: String) {
        #expect(number(text) == .failure(.numberTooLong(at: 0)))
    }

    @Test func everyWholeNumberThatFitsIsRead() {
        #expect(number("9223372036854775807") == .success(JSONNumber(mantissa: .max, scale: 0)))
        #expect(number("-9223372036854775807") == .success(JSONNumber(mantissa: -.max, scale: 0)))
        #expect(number("9223372036854775808") == .failure(.numberTooLong(at: 0)))
    }

    @Test func unitsLoseNoDigit() {
        let price = JSONNumber(mantissa: 68_223, scale: 2)
        #expect((0...4).map { price.units(digits: $0) } == [nil, nil, 68_223, 682_230, 6_822_300])
        #expect(JSONNumber(mantissa: 1_950, scale: 2).units(digits: 1) == 195)
        #expect(JSONNumber(mantissa: 1_900, scale: 2).integer == 19)
        #expect(JSONNumber(mantissa: 1_950, scale: 2).integer == nil)
        #expect(JSONNumber(mantissa: -1_950, scale: 2).units(digits: 3) == -19_500)
    }

    @Test func unitsThatDoNotFitAreNil() {
        #expect(JSONNumber(mantissa: 1, scale: 0).units(digits: 18) == 1_000_000_000_000_000_000)
        #expect(JSONNumber(mantissa: 10, scale: 0).units(digits: 18) == nil)
        #expect(JSONNumber(mantissa: 1, scale: 0).units(digits: 19) == nil)
        #expect(JSONNumber(mantissa: 0, scale: 18).units(digits: 0) == 0)
    }
}
