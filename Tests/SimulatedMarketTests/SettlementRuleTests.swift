import SimulatedMarket
import Testing
import TradingModel

/// Which ticks a contract looks at, on prices made by hand: second 0 is the purchase.
@Suite struct SettlementRuleTests {
    private func contract(_ kind: ContractKind, _ duration: String) -> SoldContract {
        SoldContract(
            id: ContractID(rawValue: 1), login: .demo, offer: OfferedTerms(.fixture(kind, duration, on: .oneSecond)), price: .usd(1_000), payout: .usd(1_955),
            purchasedAt: Timestamp(seconds: 0), buy: TransactionID(rawValue: 1), tag: nil)
    }
    private func fed(_ kind: ContractKind, _ duration: String, _ prices: [(Int64, Int64)]) -> SoldContract {
        var contract = contract(kind, duration)
        for (second, pips) in prices { contract.take(Tick(symbol: .oneSecond, time: Timestamp(seconds: second), price: Price(pips: pips))) }
        return contract
    }

    @Test func theEntryIsTheFirstTickStrictlyAfterThePurchase() {
        #expect(fed(.rise, "2t", [(0, 100)]).entry == nil)
        #expect(fed(.rise, "2t", [(0, 100), (1, 101), (2, 102)]).entry?.price.pips == 101)
    }

    @Test func riseAndFallNeedTheirTicksAfterTheEntry() {
        #expect(fed(.rise, "2t", [(1, 101), (2, 102)]).exit == nil)
        let contract = fed(.rise, "2t", [(1, 101), (2, 102), (3, 103), (4, 1)])
        #expect(contract.exit?.price.pips == 103)
        #expect(contract.ticks.count == 3)
    }

    @Test func digitsCountTheEntryAsTickNumberOne() {
        #expect(fed(.even, "1t", [(1, 101), (2, 102)]).exit?.price.pips == 101)
        #expect(fed(.odd, "3t", [(1, 101), (2, 102), (3, 103), (4, 104)]).exit?.price.pips == 103)
    }

    @Test func aContractOverTimeEndsOnTheLastTickAtOrBeforeItsEnd() {
        var contract = fed(.rise, "15s", [(2, 101), (14, 102), (16, 103)])
        let rule = contract.rule
        #expect(rule.exit == .moment(Timestamp(seconds: 15)))
        #expect(contract.ticks.map(\.price.pips) == [101, 102])
        contract.take(Tick(symbol: .oneSecond, time: Timestamp(seconds: 15), price: Price(pips: 109)))
        #expect(contract.ticks.last?.price.pips == 109, "a tick exactly at the end counts")
    }

    @Test func equalityLosesOnBothSides() {
        for (entry, exit, rise, fall) in [(100, 101, true, false), (100, 99, false, true), (100, 100, false, false)] as [(Int64, Int64, Bool, Bool)] {
            #expect(SettlementRule(OfferedTerms(.fixture(.rise)), startingAt: .opening).wins(entry: Price(pips: entry), exit: Price(pips: exit)) == rise)
            #expect(SettlementRule(OfferedTerms(.fixture(.fall)), startingAt: .opening).wins(entry: Price(pips: entry), exit: Price(pips: exit)) == fall)
        }
        #expect(
            SettlementRule(OfferedTerms(.fixture(.even)), startingAt: .opening).wins(entry: Price(pips: 1), exit: Price(pips: 120)),
            "a trailing zero is an even digit")
        #expect(SettlementRule(OfferedTerms(.fixture(.odd)), startingAt: .opening).wins(entry: Price(pips: 1), exit: Price(pips: 129)))
    }

    @Test func equalsPayWhenNothingMoved() throws {
        for (entry, exit, rise, fall) in [(100, 101, true, false), (100, 99, false, true), (100, 100, true, true)] as [(Int64, Int64, Bool, Bool)] {
            #expect(try rule(.riseOrEqual).wins(entry: Price(pips: entry), exit: Price(pips: exit)) == rise)
            #expect(try rule(.fallOrEqual).wins(entry: Price(pips: entry), exit: Price(pips: exit)) == fall)
        }
    }

    @Test func chosenDigitsAreHeldAgainstTheLastOne() throws {
        for digit in 0...9 {
            let exit = Price(pips: 12_340 + Int64(digit)), entry = Price(pips: 1)
            for chosen in 0...9 {
                #expect(try rule(.digitMatches, chosen).wins(entry: entry, exit: exit) == (digit == chosen))
                #expect(try rule(.digitDiffers, chosen).wins(entry: entry, exit: exit) == (digit != chosen))
                if chosen < 9 { #expect(try rule(.digitOver, chosen).wins(entry: entry, exit: exit) == (digit > chosen)) }
                if chosen > 0 { #expect(try rule(.digitUnder, chosen).wins(entry: entry, exit: exit) == (digit < chosen)) }
            }
        }
    }

    private func rule(_ kind: OfferedKind, _ digit: Int? = nil) throws -> SettlementRule {
        SettlementRule(try .fixture(kind, digit: digit), startingAt: .opening)
    }

    @Test func termsThatDoNotFitTheirKindAreNone() {
        let ticks = OfferedTerms.Span.duration(.ticks(5))
        #expect(OfferedTerms(symbol: .r100, kind: .digitMatches, span: ticks) == nil)
        #expect(OfferedTerms(symbol: .r100, kind: .digitOver, span: ticks, digit: 9) == nil, "over 9 could never win")
        #expect(OfferedTerms(symbol: .r100, kind: .digitUnder, span: ticks, digit: 0) == nil)
        #expect(OfferedTerms(symbol: .r100, kind: .rise, span: ticks, digit: 1) == nil)
        #expect(OfferedTerms(symbol: .r100, kind: .rise, span: .open(multiplier: 10)) == nil)
        #expect(OfferedTerms(symbol: .r100, kind: .multiplierUp, span: ticks) == nil)
    }

    @Test func ticksSeenAlreadyChangeNothing() {
        let ticks: [(Int64, Int64)] = [(1, 101), (2, 102)]
        #expect(fed(.rise, "5t", ticks) == fed(.rise, "5t", ticks + ticks))
    }
}
