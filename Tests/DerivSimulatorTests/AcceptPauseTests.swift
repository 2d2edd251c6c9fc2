import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import DerivSimulator

/// A listener that has no descriptors left asks the system once a second, not all the time.
@Suite struct AcceptPauseTests {
    @Test func aListenerPausesWhenAcceptFails() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let listener = try await ServerBootstrap(group: loop).serverChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPause()) }
        }.bind(host: "127.0.0.1", port: 0).get()
        func isReading() async throws -> Bool { try await listener.getOption(.autoRead).get() }
        #expect(try await isReading())
        // Looked at in the same turn of the loop: the pause is over when a busy machine comes back to this test.
        let readsOn = try await loop.submit {
            listener.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            listener.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            return try listener.syncOptions!.getOption(.autoRead)
        }.get()
        #expect(!readsOn, "it asks on")
        while try await !isReading() { await Task.yield() }
        // It takes connections again.
        let client = try await ClientBootstrap(group: loop).connect(to: listener.localAddress!).get()
        try await client.close().get()
        try await listener.close().get()
    }
}
