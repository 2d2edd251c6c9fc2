// The seeded simulation: a hostile world, a dying process, then calm, then the broker's own ledger as the judge.
import Testing
import TradingEngine
import TradingModel
import TradingTesting

struct SimulationTests {
    @Test func aCalmWorldAgreesToTheCent() throws {
        var simulation = Simulation(seed: 1, faults: SimulationPlan(), limits: RiskLimits())
        let summary = try simulation.run(minutes: 30)
        #expect(summary.bought > 20 && summary.doubts == 0 && summary.crashes == 0)
    }

    @Test(arguments: 0..<4) func noFaultMakesUsBuyTwicePassALimitOrLoseACent(part: Int) throws {
        var bought = 0, doubts = 0, crashes = 0, adopted = 0, facts = 0
        for seed in UInt64(part * 60 + 1)...UInt64(part * 60 + 60) {
            var simulation = Simulation(seed: seed)
            let summary = try simulation.run(minutes: 20)
            bought += summary.bought; doubts += summary.doubts; crashes += summary.crashes; adopted += summary.adopted; facts += summary.facts
        }
        print(
            "simulation, seeds \(part * 60 + 1) to \(part * 60 + 60): \(bought) bought, \(doubts) doubts, \(crashes) crashes, \(adopted) adopted, \(facts) facts"
        )
        #expect(bought > 500 && doubts > 20 && crashes > 20)
    }

    @Test func oneSeedIsOneRun() throws {
        for seed in [3, 17] as [UInt64] {
            var first = Simulation(seed: seed), second = Simulation(seed: seed)
            let (a, b) = (try first.run(minutes: 15), try second.run(minutes: 15))
            #expect(a == b, "seed \(seed)")
        }
    }

    /// A protocol that takes absence for proof at once, as a first draft would, is caught.
    @Test func theSimulationCatchesAHastyProtocol() {
        var settings = EngineSettings()
        (settings.quarantineSeconds, settings.quarantineUncleanSeconds, settings.statementLagSeconds, settings.tombstoneSeconds) = (0, 0, 0, 0)
        var caught: [String: UInt64] = [:]
        for seed in 1...150 as ClosedRange<UInt64> {
            var plan = SimulationPlan(seed: seed)
            (plan.zombieMost, plan.lineDrops, plan.statementLag) = (25_000, 20, 25_000)
            var simulation = Simulation(seed: seed, faults: plan, settings: settings)
            do {
                // An adoption means that a buy was given up which had happened after all.
                if try simulation.run(minutes: 15).adopted > 0 { caught["adopted", default: seed] = min(seed, caught["adopted"] ?? seed) }
            } catch { caught["failed", default: seed] = min(seed, caught["failed"] ?? seed) }
        }
        print("hasty protocol: \(caught)")
        #expect(!caught.isEmpty)
    }
}
