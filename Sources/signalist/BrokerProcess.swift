import ArgumentParser
import DerivSimulator
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The simulated broker on its own, for anybody's bot.
struct BrokerProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", abstract: "Run the simulated broker: Deriv's v3 WebSocket API on this machine.",
        discussion: """
            Clients written for Deriv connect to ws://127.0.0.1:PORT with any path and query. Every token of letters, digits,
            _ and - opens its own account with 10,000.00 USD, unless --token names the ones there are; readonly-NAME opens
            the account of NAME without the right to trade. docs/simulated-broker.md says what is simulated and how well.

            --fault makes things go wrong, for bots that want to be tested. Parts are joined by commas; a probability is a
            number from 0 to 1 with at most six decimals:
              reply-lost:P      a buy is executed and never answered
              request-lost:P    a buy is neither executed nor answered
              drop:P            a buy is executed and the socket closed without an answer
              late:P            an answer comes 100 ms to late-most-ms of broker time late
              late-most-ms:N    100 to 3600000, 20000 unless given
              doubled:P         an answer is sent twice
              seed:N            which course of mishaps; 1 unless given
            For example --fault reply-lost:0.01,drop:0.001,late:0.05
            """)

    @Option(help: "Port to listen on; 0 lets the system choose.") var port = 0
    @Option(help: "Seed of the prices: the same seed gives the same prices.") var seed: UInt64 = 1
    @Option(help: "Broker seconds per second, 1 to 1000.") var speed = 1
    @Option(name: .customLong("state"), help: "Folder that keeps accounts, ledger and clock; it survives kill -9.") var stateDirectory: String?
    @Option(name: .customLong("jsonl"), help: "Write each frame that passes to this file, tokens masked.") var jsonlPath: String?
    @Option(name: .customLong("token"), help: "A token to accept (may be given again); without any, every well-formed one.") var tokens: [String] = []
    @Flag(help: "Accounts say that their money is real.") var realAccount = false
    @Option(name: .customLong("fault"), help: "What goes wrong; see above.") var fault = ""
    @Option(help: "Limits of calls: published (Deriv's) or off.") var rateLimits = RateLimitChoice.published
    @Option(help: "Broker seconds between a contract's end and its booking, 0 to 3600.") var settlementDelay: Int64 = 0

    enum RateLimitChoice: String, ExpressibleByArgument, CaseIterable { case published, off }

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535") }
        guard (1...1_000).contains(speed) else { throw ValidationError("--speed \(speed): expected 1 to 1000") }
        guard (0...3_600).contains(settlementDelay) else { throw ValidationError("--settlement-delay \(settlementDelay): expected 0 to 3600") }
        for token in tokens where token.wholeMatch(of: /[A-Za-z0-9_\-]{1,128}/) == nil {
            throw ValidationError("--token \(token.prefix(12))…: expected 1 to 128 letters, digits, _ and -")
        }
        do { _ = try FaultPlan(parsing: fault) } catch { throw ValidationError("--fault: \(error)") }
    }

    func run() async throws {
        var configuration = DerivSimulatorConfiguration()
        (configuration.port, configuration.seed, configuration.speed) = (port, seed, speed)
        (configuration.stateDirectory, configuration.jsonlPath, configuration.realAccount) = (stateDirectory, jsonlPath, realAccount)
        configuration.knownTokens = tokens.isEmpty ? nil : tokens
        configuration.faults = try FaultPlan(parsing: fault)
        configuration.rateLimits = rateLimits == .published ? .published : .none
        configuration.settlementDelaySeconds = settlementDelay
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulator = DerivSimulator(configuration: configuration, group: group)
        let bound = try await simulator.start(), seed = try await simulator.seed()
        let address = "ws://127.0.0.1:\(bound)/websockets/v3", faults = fault.isEmpty ? "" : ", faults \(fault)"
        let lines = ["simulated broker listening on \(address)  (seed \(seed), speed \(speed)\(faults))"] + served().map { "  " + $0 }
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: Waiting(lines: lines))], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "broker")))
        try await services.run()
        await simulator.stop()
        try? await group.shutdownGracefully()
        Terminal.line("simulated broker stopped")
    }

    /// What a client finds here, for whoever started it.
    private func served() -> [String] {
        let catalogue = DerivSimulator.catalogue
        return [
            "accounts   \(realAccount ? "real" : "virtual"), 10,000.00 USD, \(tokens.isEmpty ? "one for every token" : "for \(tokens.count) known tokens")",
            "symbols    \(catalogue.symbols.joined(separator: " "))",
            "contracts  \(catalogue.contractTypes.joined(separator: " "))",
            "calls      \(catalogue.calls.joined(separator: " "))",
            "limits     \(rateLimits.rawValue)\(settlementDelay > 0 ? ", bookings \(settlementDelay) s late" : "")",
            "state      \(stateDirectory ?? "none: everything is forgotten when it ends")",
        ]
    }

    /// Runs until it is asked to end. It says that it is there only now that being asked ends it in order.
    private struct Waiting: Service {
        let lines: [String]
        func run() async throws {
            for line in lines { Terminal.line(line) }
            try? await gracefulShutdown()
        }
    }
}
