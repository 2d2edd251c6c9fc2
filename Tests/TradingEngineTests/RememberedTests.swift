// What the engine remembers for a while, held against the plainest thing that does the same.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct RememberedTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>) func idsAreSeenForAMinuteAndNoLonger(seed: UInt64) {
        var random = SeededRandom(seed: seed), seen = SeenSignals(), plain: [(id: SignalID, at: Timestamp)] = []
        var now = Timestamp(seconds: 1_000)
        for _ in 0..<6_000 {
            now = now.adding(milliseconds: random.pick(0...(seed.isMultiple(of: 2) ? 40 : 2_000)))
            // Few enough to come again, and, one time in two, such as belong close together.
            let number = UInt64(random.pick(0...4_000)), id = SignalID(high: seed > 4 ? number << 40 : number &* 0x2545_f491_4f6c_dd1d, low: number & 1)
            let isThere = plain.contains { $0.id == id && now.milliseconds(since: $0.at) <= 60_000 }
            if seen.contains(id) {
                // It may still be there after its minute, until the next one comes; never the other way round.
                #expect(plain.contains { $0.id == id })
            } else {
                #expect(!isThere, "seed \(seed): forgotten too soon")
                seen.insert(id, at: now)
                plain.removeAll { now.milliseconds(since: $0.at) > 60_000 }
                plain.append((id, now))
                #expect(!plain.contains { !seen.contains($0.id) }, "seed \(seed)")
            }
        }
        #expect(plain.count > 20)
    }

    @Test func idsThatBelongInOnePlaceAreToldApart() {
        var seen = SeenSignals()
        func id(_ number: UInt64) -> SignalID { SignalID(high: number, low: number) }
        for number in 0..<500 as Range<UInt64> { seen.insert(id(number), at: Timestamp(milliseconds: Int64(number) * 200)) }
        for number in 0..<500 as Range<UInt64> { #expect(seen.contains(id(number)) == (499 - number <= 300), "\(number)") }
    }

    @Test func itSaysWhenItIsFull() {
        var seen = SeenSignals()
        let now = Timestamp(seconds: 1_000)
        for number in 1...UInt64(SeenSignals.most) {
            #expect(!seen.isFull(at: now))
            seen.insert(SignalID(high: number, low: 0), at: now)
        }
        #expect(seen.isFull(at: now.adding(seconds: 60)) && !seen.isFull(at: now.adding(milliseconds: 60_001)))
    }

    @Test func contractsAreForgottenInTheOrderInWhichTheyCame() {
        var random = SeededRandom(seed: 3), known = KnownContracts(), plain: [ContractID] = []
        for round in 0..<400 {
            let contract = ContractID(rawValue: random.pick(1...900))
            known.insert(contract)
            if !plain.contains(contract) { plain.append(contract) }
            if round % 90 == 89 {
                known.keepNewest(40)
                plain = plain.suffix(40)
            }
            for number in 1...900 as ClosedRange<Int64> {
                #expect(known.contains(ContractID(rawValue: number)) == plain.contains(ContractID(rawValue: number)))
            }
            #expect(known.count == plain.count)
        }
    }

    @Test func aLookUpThatEndsCutsWhatIsKnownUnlessSomethingIsUnresolved() {
        typealias S = EngineScript
        var s = S.trading(balance: 10_000_000)
        func quiet(_ second: Int64) { _ = s.at(second, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(10_000_000), at: S.start, newest: 100_000)))) }
        for number in 1...300 as ClosedRange<UInt64> {
            _ = s.at(10, .signal(S.signal(number, at: 10)), S.bought(number, Int64(number), balance: 10_000_000, at: 10))
            // The first three stay open.
            if number > 3 { _ = s.at(10, S.sold(Int64(number), for: 1_000, balance: 10_000_000, at: 10)) }
        }
        #expect(s.account.known.count == 300, "until a look-up ends")
        _ = s.at(400, .signal(S.signal(500, at: 400)), .deadline)
        quiet(401)
        #expect(s.account.unresolved.count == 1 && s.account.known.count == 300, "a look-up may still reach back")
        _ = s.at(402, S.bought(500, 500, balance: 10_000_000, at: 400))
        _ = s.at(702, .deadline)
        quiet(703)
        #expect(s.account.openContracts == 4 && s.account.known.count == Account.knownMost + 4)
        #expect(s.account.known.contains(ContractID(rawValue: 500)) && !s.account.known.contains(ContractID(rawValue: 1)), "the newest stay")
    }
}
