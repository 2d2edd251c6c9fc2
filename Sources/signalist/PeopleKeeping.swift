import Logging
import People
import ServiceLifecycle
import TradingPorts

/// Writes down now and then what the book of people has only in memory: when somebody was last seen, how often tries were refused. Once an
/// hour it looks what ends soon and what is not needed any more.
struct PeopleKeeping: Service {
    let people: PeopleBook
    let logger: Logger

    private static let hour = Duration.seconds(3_600)

    func run() async throws {
        do { try await people.sealPasswords() } catch { logger.error("passwords could not be sealed", metadata: ["error": "\(error)"]) }
        await keepHouse()
        await cancelWhenGracefulShutdown {
            var kept = ContinuousClock.now
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(30))
                if Task.isCancelled { break }
                await write(isLast: false)
                if kept.duration(to: .now) >= PeopleKeeping.hour {
                    kept = .now
                    await keepHouse()
                }
            }
        }
        await write(isLast: true)
    }

    private func write(isLast: Bool) async {
        do { try await people.writeDown(isLast: isLast) } catch { logger.error("visits could not be written down", metadata: ["error": "\(error)"]) }
    }

    private func keepHouse() async {
        do {
            let removed = try await people.keepHouse()
            if !removed.words.isEmpty { logger.info("removed what has ended", metadata: ["what": "\(removed.words)"]) }
        } catch { logger.error("what has ended could not be removed", metadata: ["error": "\(error)"]) }
    }
}
