import Logging
import People
import ServiceLifecycle

/// Writes down now and then what the book of people has only in memory: when somebody was last seen, and how
/// often tries were refused.
struct PeopleKeeping: Service {
    let people: PeopleBook
    let logger: Logger

    func run() async throws {
        do { try await people.sealPasswords() } catch { logger.error("passwords could not be sealed", metadata: ["error": "\(error)"]) }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(30))
                if !Task.isCancelled { await write(isLast: false) }
            }
        }
        await write(isLast: true)
    }

    private func write(isLast: Bool) async {
        do { try await people.writeDown(isLast: isLast) } catch { logger.error("visits could not be written down", metadata: ["error": "\(error)"]) }
    }
}
