import Testing
import TradingModel

@Suite struct DecimalsTests {
    @Test(
        arguments: [
            (1_950, 2, "19.50"), (-1_950, 2, "-19.50"), (5, 2, "0.05"), (-5, 2, "-0.05"), (0, 2, "0.00"), (0, 0, "0"), (123, 0, "123"),
            (1, 8, "0.00000001"), (100_000_000, 8, "1.00000000"), (.max, 2, "92233720368547758.07"), (-.max, 0, "-9223372036854775807"),
        ] as [(Int64, Int, String)])
    func unitsAndTextAreTheSame(units: Int64, decimals: Int, text: String) {
        #expect(Decimals.text(units, decimals: decimals) == text)
        #expect(Decimals.units(text, decimals: decimals) == units)
    }

    @Test(arguments: [("19.5", 1_950), ("19", 1_900), ("019.50", 1_950), ("19.5000", 1_950), ("-0", 0), ("-0.00", 0), ("0.1", 10)] as [(String, Int64)])
    func otherTextsOfAnAmountAreRead(text: String, units: Int64) { #expect(Decimals.units(text, decimals: 2) == units) }

    @Test(arguments: ["", "-", "+1", ".5", "-.5", ".", "1.2.3", "1,5", "1e3", " 1", "1 ", "1.005", "19.501", "NaN", "0x1", "--1", "1-", "१"])
    func whatIsNoAmountIsRefused(text: String) { #expect(Decimals.units(text, decimals: 2) == nil) }

    @Test(arguments: ["92233720368547758.08", "9223372036854775808", "99999999999999999999999999", "1000000000000000000"])
    func whatDoesNotFitIsRefused(text: String) { #expect(Decimals.units(text, decimals: 2) == nil) }

    @Test func aPointNeedsADigitBehindIt() { #expect(Decimals.units("19.", decimals: 2) == nil) }

    @Test func theLeastIntegerComesBack() {
        #expect(Decimals.text(.min, decimals: 2) == "-92233720368547758.08")
        #expect(Decimals.units("-92233720368547758.08", decimals: 2) == .min)
    }
}
