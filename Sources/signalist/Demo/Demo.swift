import ArgumentParser
import DerivSimulator
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TradingAPI
import TradingModel
import TradingService
import UnixSignals

/// The whole system on this machine: server, store, and a simulated broker behind a real WebSocket.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch the system trade against a simulated broker on this machine.",
        discussion: """
            Two strategies trade a volatility index with contracts of 1 to 5 ticks. Everything is kept in var/, so the next
            start goes on where this one ended. Press Ctrl-C to end. No money is involved.
            """)

    @Option(name: .customLong("for"), help: "End by itself after so long: 60s, 5m, 1h.") var duration: String?
    @Option(help: "How many times as fast as real time, 1 to 100.") var speed = 10
    @Option(help: "Seed of the prices at the first start: the same seed gives the same prices.") var seed: UInt64 = 1
    @Option(help: "Port of the API; 0 lets the system choose.") var port = 8080
    @Option(name: .customLong("state"), help: "Folder for everything that is kept.") var folder = "var"
    @Flag(help: "The summary as one JSON object on standard output, everything else on standard error.") var json = false

    private var seconds: Int? { duration.flatMap { Demo.seconds($0) } }

    private func settings(brokerPort: Int) -> ServerConfiguration {
        var settings = ServerConfiguration()
        (settings.port, settings.brokerSpeed, settings.brokerURL) = (port, speed, "ws://127.0.0.1:\(brokerPort)/websockets/v3")
        (settings.dataDirectory, settings.keyRing, settings.apiKeyFile) = (folder + "/data", folder + "/keys/key-ring.json", folder + "/api-key")
        return settings
    }

    static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
        guard let last = text.last else { return nil }
        let factor = units[last], digits = factor == nil ? text : String(text.dropLast())
        guard let count = Int(digits), (1...1_000_000).contains(count) else { return nil }
        return count * (factor ?? 1)
    }

    func validate() throws {
        guard (1...100).contains(speed) else { throw ValidationError("--speed \(speed): expected 1 to 100") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535") }
        if let duration, Demo.seconds(duration) == nil { throw ValidationError("--for \(duration): expected a time such as 60s, 5m or 1h") }
    }

    func run() async throws {
        let json = json
        let say: @Sendable (String) -> Void = { text in json ? Terminal.note(text) : Terminal.line(text) }
        var logger = Logger(label: "signalist") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error

        // One clock for broker and server, going on where the broker's stopped.
        try Folder.make(folder)
        let brokerFolder = folder + "/broker"
        let clock = SimulatorClock(start: try DerivSimulator.resumeTime(stateDirectory: brokerFolder) ?? Demo.wallSecond(), speed: speed)
        let brokerGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var simulated = DerivSimulatorConfiguration()
        (simulated.seed, simulated.speed, simulated.stateDirectory) = (seed, speed, brokerFolder)
        let simulator = DerivSimulator(configuration: simulated, clock: clock, group: brokerGroup)
        let brokerPort = try await simulator.start()

        let settings = settings(brokerPort: brokerPort)
        let parts = try Composition(settings, clock: { clock.now() }, brokerGroup: brokerGroup, logger: logger)
        let owner = try parts.firstOwner()

        let served = try await simulator.seed()
        say(
            "signalist demo: simulated broker on ws://127.0.0.1:\(brokerPort), \(speed) times as fast, seed \(served)"
                + (served == seed ? "" : ", which stays that of the first start"))
        let director = DemoDirector(parts: parts, owner: owner, seconds: seconds, say: say)
        let api = try makeAPIService(
            desk: parts.server, hooks: parts.hooks, people: parts.people, configuration: parts.apiConfiguration(), eventLoopGroup: parts.apiGroup,
            logger: logger
        ) { port in
            say("API on http://127.0.0.1:\(port)/api/v1, key in \(settings.apiKeyFile)")
            await director.listening(on: port)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: parts.server, failureTerminationBehavior: .cancelGroup),
                    .init(service: PeopleKeeping(people: parts.people, logger: logger)),
                    .init(service: api, failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: director, successTerminationBehavior: .gracefullyShutdownGroup, failureTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        // As Ctrl-C: whoever watched has gone.
        Terminal.onClose { Task { await group.triggerGracefulShutdown() } }
        do { try await parts.runSteadily { try await group.run() } } catch {
            Terminal.note("the demo ends: \(error)")
            await parts.close()
            await simulator.stop()
            throw ExitCode(70)
        }
        await parts.close()
        await simulator.stop()
        try? await brokerGroup.shutdownGracefully()
        guard let summary = await director.summary else { throw ExitCode(1) }
        Terminal.line(json ? summary.json : summary.text)
        if !summary.ledgerMismatches.isEmpty { throw ExitCode(2) }
    }

    private static func wallSecond() -> Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}
