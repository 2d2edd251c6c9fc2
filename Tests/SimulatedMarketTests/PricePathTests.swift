import SimulatedMarket
import Testing
import TradingModel

@Suite struct PricePathTests {
    @Test func oneSeedGivesTheSameTicksEverywhere() {
        var path = PricePath(MarketSymbol.named(.r100)!, seed: 42, epoch: 1_790_000_000, pips: 123_456)
        // These numbers are the promise: another machine, another build and another year must give them too.
        #expect((0..<8).map { _ in path.step().price.pips } == goldenPrices)
        #expect(path.epoch == 1_790_000_016)
    }

    @Test func aPathGoesOnFromWhereItStood() {
        let market = MarketSymbol.named(.oneSecond)!
        var whole = PricePath(market, seed: 3, epoch: 100, pips: market.openingPips)
        for _ in 0..<500 { _ = whole.step() }
        var resumed = PricePath(market, seed: 3, epoch: whole.epoch, pips: whole.pips)
        #expect((0..<100).map { _ in whole.step() } == (0..<100).map { _ in resumed.step() })
    }

    @Test(arguments: MarketSymbol.all.filter { $0.process == .volatility && $0.hours == .always }) func stepsHaveTheSymbolsVolatilityAndDigitsAreEven(
        _ market: MarketSymbol
    ) {
        var path = PricePath(market, seed: 9, epoch: 0, pips: market.openingPips)
        var squares = 0.0, rises = 0, digits = [Int](repeating: 0, count: 10)
        let steps = 40_000
        for _ in 0..<steps {
            let before = Double(path.pips), tick = path.step(), relative = (Double(tick.price.pips) - before) / before
            squares += relative * relative
            if relative > 0 { rises += 1 }
            digits[tick.price.lastDigit] += 1
        }
        let expected = Double(market.volatilityPercent * market.volatilityPercent) / 10_000 * Double(market.tickSeconds) / 31_536_000
        #expect(abs(squares / Double(steps) / expected - 1) < 0.04)
        #expect(abs(Double(rises) / Double(steps) - 0.5) < 0.02)
        for count in digits { #expect(abs(count - steps / 10) < steps / 100) }
    }

    @Test func theHistoryIsARingOfTheNewest() {
        var history = TickHistory(capacity: 3)
        for second in 1...5 as ClosedRange<Int64> { history.append(Tick(symbol: .r100, time: Timestamp(seconds: second), price: Price(pips: second))) }
        #expect(history.map(\.price.pips) == [3, 4, 5])
        #expect(history.count(upTo: Timestamp(seconds: 2)) == 0)
        #expect(history.count(upTo: Timestamp(seconds: 4)) == 2)
        #expect(history.count(upTo: Timestamp(seconds: 9)) == 3)
    }
}

private let goldenPrices: [Int64] = [123_514, 123_460, 123_453, 123_478, 123_459, 123_446, 123_508, 123_536]
