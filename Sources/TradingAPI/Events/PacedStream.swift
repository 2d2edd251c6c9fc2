// How every live stream goes on: what is new, and a beat in between, each only when the one before was written. So a slow
// client fills the room of whatever it reads from, which has a limit, and nothing here.

import ServiceLifecycle

enum PacedStream<New: Sendable> {
    enum Item: Sendable {
        case new(New)
        case beat
        /// Nothing new comes any more.
        case over
    }

    /// How often it is asked whether the client may still listen: so long after a visit or a key has ended its streams have, too.
    static var lookEvery: Duration { .seconds(1) }

    /// Calls `take` with each item until it says that it is done, the client may not listen any more or has gone, or the server ends. False:
    /// anything but the first.
    static func run(
        every beat: Duration, while mayListen: @escaping @Sendable () -> Bool, next: @escaping @Sendable () async -> New?,
        take: (Item) async throws -> Bool
    ) async throws -> Bool {
        let (items, offer) = AsyncStream<Item>.makeStream()
        let (turns, nextTurn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (beats, nextBeat) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in turns {
                    guard let new = await next() else { break }
                    offer.yield(.new(new))
                }
                offer.yield(.over)
            }
            group.addTask {
                for await _ in beats {
                    try? await Task.sleep(for: beat)
                    offer.yield(.beat)
                }
            }
            group.addTask {
                while !Task.isCancelled, mayListen() { try? await Task.sleep(for: lookEvery) }
                offer.finish()
            }
            defer { group.cancelAll() }
            nextTurn.yield()
            nextBeat.yield()
            for await item in items.cancelOnGracefulShutdown() {
                guard mayListen() else { return false }
                guard try await take(item) else { return !Task.isCancelled }
                switch item {
                case .new: nextTurn.yield()
                case .beat: nextBeat.yield()
                case .over: break
                }
            }
            return false
        }
    }
}
