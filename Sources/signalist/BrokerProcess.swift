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
        discussion: "Any token opens its own account with 10,000.00 USD unless --token names the ones it knows.")

    @Option(help: "Port to listen on; 0 lets the system choose.") var port = 0
    @Option(help: "Seed of the prices: the same seed gives the same prices.") var seed: UInt64 = 1
    @Option(help: "Broker seconds per second, 1 to 1000.") var speed = 1
    @Option(name: .customLong("state"), help: "Folder that keeps accounts, ledger and clock.") var stateDirectory: String?
    @Option(name: .customLong("jsonl"), help: "Write each frame that passes to this file, tokens masked.") var jsonlPath: String?
    @Option(name: .customLong("token"), help: "A token to accept (may be given again); without any, every well-formed one.") var tokens: [String] = []
    @Flag(help: "Accounts say that their money is real.") var realAccount = false
    @Option(name: .customLong("fault"), help: "What goes wrong: reply-lost:0.01,request-lost:0.01,drop:0.001,late:0.05,doubled:0.02") var fault = ""

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535") }
        guard (1...1_000).contains(speed) else { throw ValidationError("--speed \(speed): expected 1 to 1000") }
        do { _ = try FaultPlan(parsing: fault) } catch { throw ValidationError("--fault: \(error)") }
    }

    func run() async throws {
        var configuration = DerivSimulatorConfiguration()
        (configuration.port, configuration.seed, configuration.speed) = (port, seed, speed)
        (configuration.stateDirectory, configuration.jsonlPath, configuration.realAccount) = (stateDirectory, jsonlPath, realAccount)
        configuration.knownTokens = tokens.isEmpty ? nil : tokens
        configuration.faults = try FaultPlan(parsing: fault)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulator = DerivSimulator(configuration: configuration, group: group)
        let bound = try await simulator.start()
        Terminal.line(
            "simulated broker listening on ws://127.0.0.1:\(bound)/websockets/v3  (seed \(seed), speed \(speed)\(fault.isEmpty ? "" : ", faults \(fault)"))")
        let services = ServiceGroup(
            configuration: .init(services: [.init(service: Waiting())], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "broker")))
        try await services.run()
        await simulator.stop()
        try? await group.shutdownGracefully()
        Terminal.line("simulated broker stopped")
    }

    /// Runs until it is asked to end.
    private struct Waiting: Service {
        func run() async throws { try? await gracefulShutdown() }
    }
}

/// Whole lines to standard output at once, so that a pipe sees them as they come.
enum Terminal {
    static func line(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
