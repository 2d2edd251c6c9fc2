import Testing
import TradingModel

@Suite struct MoneyTests {
    func usd(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: .usd) }

    @Test func arithmeticStaysInMinorUnits() {
        #expect(usd(1_950) + usd(50) == usd(2_000))
        #expect(usd(1_950) - usd(2_000) == usd(-50))
        #expect(-usd(5) == usd(-5))
        var sum = usd(1)
        sum += usd(2)
        sum -= usd(4)
        #expect(sum == usd(-1))
        #expect(usd(1) < usd(2) && !(usd(2) < usd(2)))
    }

    @Test(
        arguments: [
            (1_000, 250, 25), (1_999, 250, 49), (-1_999, 250, -49), (39, 250, 0), (-39, 250, 0), (40, 250, 1), (1_000, 10_000, 1_000),
            (1_000, 0, 0), (999, 1, 0), (10_000, 1, 1), (9_999, 1, 0),
        ] as [(Int64, Int64, Int64)])
    func aShareIsRoundedTowardsZero(amount: Int64, basisPoints: Int64, share: Int64) {
        #expect(usd(amount).share(basisPoints: basisPoints) == usd(share))
    }

    @Test func aShareOfTheMostIsExact() {
        #expect(usd(Money.most).share(basisPoints: 9_999) == usd(999_900_000_000))
        #expect(usd(.max).share(basisPoints: 10_000) == usd(.max), "the product is wider than 64 bits, the share is not")
        #expect(usd(.min).share(basisPoints: 10_000) == usd(.min))
    }

    @Test func sharesNeverAddUpToMoreThanTheAmount() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<5_000 {
            let amount = usd(random.pick(0...Money.most)), points = random.pick(0...10_000)
            let one = amount.share(basisPoints: points), rest = amount.share(basisPoints: 10_000 - points)
            #expect(one + rest <= amount && amount - one - rest <= usd(1))
            #expect((-amount).share(basisPoints: points) == -one)
        }
    }

    @Test func lossIsTheMagnitudeOfANegativeAmount() {
        #expect([usd(-7).loss, usd(0).loss, usd(7).loss] == [usd(7), usd(0), usd(0)])
        #expect(usd(-1).isNegative && !usd(0).isNegative && !usd(0).isPositive && usd(1).isPositive)
    }

    @Test func itIsWrittenWithItsCurrency() {
        #expect(usd(1_950).description == "19.50 USD")
        #expect(Money(minorUnits: -1, currency: Currency("BTC", exponent: 8)!).description == "-0.00000001 BTC")
        #expect(Money(minorUnits: 7, currency: Currency("JPY", exponent: 0)!).decimalText == "7")
    }

    @Test func moneyOfTwoCurrenciesNeverMeets() async {
        await #expect(processExitsWith: .failure) { _ = Money.zero(.usd) + .zero(Currency("EUR", exponent: 2)!) }
        await #expect(processExitsWith: .failure) { _ = Money.zero(.usd) < .zero(Currency("USD", exponent: 3)!) }
    }

    @Test func aFixedStakeAndAShareOfTheBalance() {
        #expect(StakeRule.fixed(usd(100)).amount(forAvailable: usd(5)) == usd(100))
        #expect(StakeRule.shareOfBalance(basisPoints: 100).amount(forAvailable: usd(12_345)) == usd(123))
        #expect(StakeRule.shareOfBalance(basisPoints: 100).amount(forAvailable: usd(-12_345)) == usd(0))
    }
}
