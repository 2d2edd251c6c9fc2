import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TradingAPI
import TradingService
import UnixSignals

/// The server: trades the accounts and sessions of its database until it is told to end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the trading server.",
        discussion: "Settings come from the environment or a file; 'signalist settings' lists them all.")

    @Option(help: "A settings file, NAME = value a line.") var config: String?

    func run() async throws {
        let configuration: ServerConfiguration
        do { configuration = try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
        var logger = Logger(label: "signalist") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = configuration.logLevel
        logger.info("loaded", metadata: ["at": "\(PrivateMemory.imageBase)"])
        let brokerGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let parts = try Composition(configuration, brokerGroup: brokerGroup, logger: logger)
        _ = try parts.firstOwner()
        try await parts.offerSetUp()
        let control = try parts.controlSocket()
        defer { control.close() }
        let api = try makeAPIService(
            desk: parts.server, hooks: parts.hooks, people: parts.people, configuration: parts.apiConfiguration(), eventLoopGroup: parts.apiGroup,
            logger: logger
        ) { [logger] port in
            logger.notice("listening", metadata: ["address": "\(configuration.certificate == nil ? "http" : "https")://\(configuration.host):\(port)"])
        }
        // Started in this order, ended in the reverse: the API refuses first, the loop commits last.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: parts.checkpointing),
                    .init(service: Trading(server: parts.server, logger: logger), successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: PeopleKeeping(people: parts.people, logger: logger)),
                    .init(
                        service: AfterStart(server: parts.server, service: api), successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do { try await parts.runSteadily { try await group.run() } } catch {
            logger.critical("the server ends", metadata: ["error": "\(error)"])
            await parts.close()
            throw ExitCode(70)
        }
        await parts.close()
        try? await brokerGroup.shutdownGracefully()
        logger.notice("ended")
    }

    /// Nobody is answered before the start is on record: sessions that it ended would look as if they ran.
    private struct AfterStart<Wrapped: Service>: Service {
        let server: TradingServer
        let service: Wrapped

        func run() async throws {
            await server.started()
            try await service.run()
        }
    }

    /// Trades until it is asked to end. When the journal fails, this process's memory is ahead of it and the process ends at
    /// once: taking the rest down in order would answer requests from that memory, and a step of it that fails would look
    /// like a broken invariant.
    private struct Trading: Service {
        let server: TradingServer
        let logger: Logger

        func run() async throws {
            do { try await server.run() } catch {
                logger.critical("the server ends", metadata: ["error": "\(error)"])
                _exit(70)
            }
        }
    }
}
