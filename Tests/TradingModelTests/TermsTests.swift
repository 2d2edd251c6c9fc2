import Testing
import TradingModel

@Suite struct ContractTermsTests {
    @Test(
        arguments: [
            ("5t", 5, .ticks, nil, 14), ("15s", 15, .seconds, 15, 15), ("2m", 2, .minutes, 120, 120), ("1h", 1, .hours, 3_600, 3_600),
            ("365d", 365, .days, 31_536_000, 31_536_000),
        ]
            as [(String, Int64, ContractDuration.Unit, Int64?, Int64)])
    func aDurationIsWrittenAsTheBrokerDoes(text: String, count: Int64, unit: ContractDuration.Unit, seconds: Int64?, atMost: Int64) throws {
        let duration = try #require(ContractDuration(count, unit))
        #expect(duration.text == text)
        #expect(ContractDuration(text: text) == duration)
        #expect(duration.seconds == seconds && duration.atMostSeconds == atMost)
    }

    @Test(arguments: ["", "t", "5", "0t", "-5t", "101t", "86401s", "1441m", "25h", "366d", "5T", "5 t", "5.0t", "5tt", "t5", "99999999999999999999t"])
    func whatIsNoDurationIsRefused(text: String) { #expect(ContractDuration(text: text) == nil) }

    @Test(arguments: ["+5t", "05t"])
    func aDurationHasOneText(text: String) { #expect(ContractDuration(text: text) == nil) }

    @Test func kindsHaveNames() {
        #expect(ContractKind.allCases.map(\.name) == ["rise", "fall", "even", "odd"])
        #expect(ContractKind.allCases.map { ContractKind(name: $0.name) } == ContractKind.allCases)
        #expect(ContractKind(name: "Rise") == nil && ContractKind(name: "") == nil && ContractKind(name: "CALL") == nil)
    }

    @Test func theLastDigitIsTheShownOne() {
        #expect([68_223, 68_220, 7, 0, -13].map { Price(pips: $0).lastDigit } == [3, 0, 7, 0, 3])
        #expect(Price(pips: .min).lastDigit == 8)
    }
}

@Suite struct OfferTests {
    let offer = Offer(
        symbol: Symbol("R_100")!, kind: .rise, unit: .ticks, shortest: 1, longest: 10,
        leastStake: Money(minorUnits: 35, currency: .usd), mostStake: Money(minorUnits: 50_000, currency: .usd))

    func terms(_ symbol: String = "R_100", _ kind: ContractKind = .rise, _ duration: String = "5t") -> ContractTerms {
        ContractTerms(symbol: Symbol(symbol)!, kind: kind, duration: ContractDuration(text: duration)!)
    }

    @Test func itCoversItsOwnTermsOnly() {
        #expect([terms(), terms("R_100", .rise, "1t"), terms("R_100", .rise, "10t")].allSatisfy(offer.covers))
        #expect(![terms("R_50"), terms("R_100", .fall), terms("R_100", .rise, "11t"), terms("R_100", .rise, "5s")].contains(where: offer.covers))
        #expect(terms().description == "R_100 rise 5t")
    }

    @Test func aStakeLiesWithinTheOffer() {
        #expect([34, 35, 50_000, 50_001].map { Stake(Money(minorUnits: $0, currency: .usd), within: offer) != nil } == [false, true, true, false])
    }
}

@Suite struct SecretTests {
    @Test func aSecretDoesNotPrintItself() {
        let secret = Secret("a1-token")
        var dumped = ""
        dump((secret, [secret]), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(["token": secret])", "\(Optional(secret) as Any)", dumped] {
            #expect(!text.contains("a1-token"), "\(text)")
        }
        #expect(secret.reveal { $0 } == "a1-token")
    }
}

@Suite struct SeededRandomTests {
    @Test func aSeedGivesTheSameNumbersEverywhere() {
        // SplitMix64's published first numbers for the seed 1234567.
        var random = SeededRandom(seed: 1_234_567)
        #expect((0..<3).map { _ in random.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func aPickIsInItsRange() {
        var random = SeededRandom(seed: 1), seen: [Int64: Int] = [:]
        for _ in 0..<10_000 { seen[random.pick(-2...3), default: 0] += 1 }
        #expect(seen.keys.sorted() == [-2, -1, 0, 1, 2, 3])
        #expect(seen.values.allSatisfy { (1_450...1_900).contains($0) }, "\(seen)")
        #expect(random.pick(7...7) == 7)
        #expect(!random.chance(percent: 0) && random.chance(percent: 100))
    }
}
