import TradingModel

/// A contract's terms as the broker's statement writes them: `CALL_R_100_19.53_1790000003_5T_S0P_0`,
/// `DIGITEVEN_1HZ100V_19.60_1790000017_1T_0_0`, `PUT_R_50_19.55_1790000003_1790000018_S0P_0`.
struct Shortcode: Equatable {
    var kind: ContractKind
    var symbol: Symbol
    var start: Timestamp
    /// Ticks it runs, or nil when it ends at `expiry`.
    var ticks: Int64?
    var expiry: Timestamp?

    /// Nil for kinds we do not trade and for texts we do not understand.
    init?(_ text: String) {
        var parts = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 7, let kind = ContractKind(derivType: parts[0]) else { return nil }
        parts.removeFirst()
        // A symbol may contain underscores; the payout is the first part that is a decimal with a point.
        guard let payout = parts.firstIndex(where: { $0.contains(".") && Decimals.units($0, decimals: 8) != nil }), payout >= 1,
            let symbol = Symbol(parts[..<payout].joined(separator: "_")), parts.count >= payout + 4,
            let start = Int64(parts[payout + 1]), (0...253_402_300_799).contains(start)
        else { return nil }
        (self.kind, self.symbol, self.start) = (kind, symbol, Timestamp(seconds: start))
        let end = parts[payout + 2]
        if end.hasSuffix("T") {
            guard let ticks = Int64(end.dropLast()) else { return nil }
            self.ticks = ticks
        } else {
            guard let expiry = Int64(end), (0...253_402_300_799).contains(expiry) else { return nil }
            self.expiry = Timestamp(seconds: expiry)
        }
        // Rise and fall with a barrier of their own are another contract.
        let barrier = parts[payout + 3]
        if kind == .rise || kind == .fall, barrier != "S0P" { return nil }
    }

    func matches(_ terms: ContractTerms) -> Bool {
        guard kind == terms.kind, symbol == terms.symbol else { return false }
        if terms.duration.unit == .ticks { return ticks == Int64(terms.duration.count) }
        guard let seconds = terms.duration.seconds, let expiry else { return false }
        return expiry == start.adding(seconds: seconds)
    }
}
