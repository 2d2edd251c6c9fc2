// A connection that is closed takes what it has not sent with it.
import DerivSimulator
import NIOCore
import NIOPosix
import Testing

@testable import DerivBroker

@Suite(.timeLimit(.minutes(1))) struct ClosingTests {
    @Test func nothingIsSentAfterAClose() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulator = DerivSimulator(configuration: DerivSimulatorConfiguration(), group: group)
        let port = try await simulator.start(), address = try #require(BrokerAddress("ws://127.0.0.1:\(port)", appID: 1_089))
        let channel = try await WebSocketClient(address: address).connect(on: group.next()) {
            WebSocketMessageHandler(onText: { _ in }, onClosed: { _, _ in })
        }.get()
        let socket = try #require(channel as? any SocketOptionProvider), lingering = try await socket.getSoLinger().get()
        // On, for no seconds: the system drops its buffer and resets the connection.
        #expect(withUnsafeBytes(of: lingering) { Array($0.bindMemory(to: Int32.self)) } == [1, 0])
        try await channel.close()
        await simulator.stop()
        try await group.shutdownGracefully()
    }
}
