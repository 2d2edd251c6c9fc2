import SimulatedMarket
import Testing
import TradingModel

/// Which ticks a contract looks at, on prices made by hand: second 0 is the purchase.
@Suite struct SettlementRuleTests {
    private func contract(_ kind: ContractKind, _ duration: String) -> SoldContract {
        SoldContract(
            id: ContractID(rawValue: 1), login: .demo, terms: .fixture(kind, duration, on: .oneSecond), price: .usd(1_000), payout: .usd(1_955),
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
            #expect(SettlementRule(.fixture(.rise), startingAt: .opening).wins(entry: Price(pips: entry), exit: Price(pips: exit)) == rise)
            #expect(SettlementRule(.fixture(.fall), startingAt: .opening).wins(entry: Price(pips: entry), exit: Price(pips: exit)) == fall)
        }
        #expect(SettlementRule(.fixture(.even), startingAt: .opening).wins(entry: Price(pips: 1), exit: Price(pips: 120)), "a trailing zero is an even digit")
        #expect(SettlementRule(.fixture(.odd), startingAt: .opening).wins(entry: Price(pips: 1), exit: Price(pips: 129)))
    }

    @Test func ticksSeenAlreadyChangeNothing() {
        let ticks: [(Int64, Int64)] = [(1, 101), (2, 102)]
        #expect(fed(.rise, "5t", ticks) == fed(.rise, "5t", ticks + ticks))
    }
}
