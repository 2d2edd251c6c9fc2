// Shortcodes of statements, read for what they say and refused when they say something else.
import Testing
import TradingModel

@testable import DerivWire

struct ShortcodeTests {
    @Test(arguments: [
        ("CALL_R_100_19.53_1790000003_5T_S0P_0", "R_100 rise 5t"), ("DIGITEVEN_1HZ100V_19.60_1790000017_1T_0_0", "1HZ100V even 1t"),
        ("PUT_R_50_19.55_1790000003_1790000018_S0P_0", "R_50 fall 15s"), ("DIGITODD_R_10_0.68_1790000017_10T_0_0", "R_10 odd 10t"),
    ]) func whatWeTradeIsRead(code: String, terms: String) throws {
        let read = try #require(Shortcode(code)), parts = terms.split(separator: " ").map(String.init)
        let wanted = ContractTerms(symbol: Symbol(parts[0])!, kind: ContractKind(name: parts[1])!, duration: ContractDuration(text: parts[2])!)
        #expect(read.matches(wanted))
        var other = wanted
        other.duration = .ticks(7)
        #expect(!read.matches(other))
    }

    @Test(arguments: [
        "", "CALL", "CALL_R_100", "MULTUP_1HZ100V_9.00_10_1_2_60m_0.00_N1", "CALL_R_100_19.53_1790000003_5T_S10P_0", "CALL_R_100_19.53_x_5T_S0P_0",
        "CALL_R_100_19.53_1790000003_T_S0P_0", "DIGITEVEN__19.60_1790000017_1T_0_0", "CALL_R_100_1953_1790000003_5T_S0P_0",
    ])
    func everythingElseIsNot(code: String) { #expect(Shortcode(code) == nil) }
}
