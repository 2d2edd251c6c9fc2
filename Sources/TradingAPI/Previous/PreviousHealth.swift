// `/api/health`: how the previous system said that it is well, with what is true of this one.

import Foundation
import Hummingbird
import Logging
import PlainJSON
import TradingModel
import TradingPorts
import TradingService

enum PreviousHealth {
    static func health(_ call: Call) async throws -> Reply {
        .json { json in
            json.object { json in
                json.member("status", "healthy")
                json.member("timestamp", call.desk.clock.now())
                json.member("service", "signalist-api")
                json.member("version", call.configuration.version)
            }
        }
    }

    static func liveness(_ call: Call) async throws -> Reply {
        .json { json in
            json.object { json in
                json.member("alive", true)
                json.member("timestamp", call.desk.clock.now())
                json.uptime(call)
            }
        }
    }

    /// It answers anybody, so it says no more than that.
    static func readiness(_ call: Call) async throws -> Reply {
        let database = await look(call)
        guard call.desk.health().isReady, database.error == nil else {
            return .json(.serviceUnavailable) { json in
                json.object { json in
                    json.member("ready", false)
                    json.member("timestamp", call.desk.clock.now())
                    json.member("error", database.error ?? "The trading loop does not run")
                }
            }
        }
        return .json { json in
            json.object { json in
                json.member("ready", true)
                json.member("timestamp", call.desk.clock.now())
                json.memberObject("checks") {
                    $0.member("database", true); $0.member("redis", notConfigured)
                }
            }
        }
    }

    static func detailed(_ call: Call) async throws -> Reply {
        let database = await look(call), health = call.desk.health()
        let isHealthy = database.error == nil && health.isReady, isWell = health.parts.allSatisfy(\.isWell)
        let memory = Memory.now()
        return .json(isHealthy ? .ok : .serviceUnavailable) { json in
            json.object { json in
                json.member("status", !isHealthy ? unhealthy : isWell ? healthy : "degraded")
                json.member("timestamp", call.desk.clock.now())
                json.memberObject("services") { json in
                    json.memberObject("database") { json in
                        json.member("status", database.error == nil ? healthy : unhealthy)
                        json.member("latency", units: database.microseconds, scale: 3)
                        if let error = database.error { json.member("error", error) }
                    }
                    json.memberObject("redis") { $0.member("status", notConfigured) }
                }
                json.uptime(call)
                json.memberObject("memory") { json in
                    json.member("used", memory.used)
                    json.member("total", memory.total)
                    json.member("percentage", units: memory.total > 0 ? memory.used * 10_000 / memory.total : 0, scale: 2)
                }
            }
        }
    }

    static func services(_ call: Call) async throws -> Reply {
        let health = call.desk.health()
        func isWell(_ name: String) -> Bool { health.parts.first { $0.name == name }?.isWell ?? health.isReady }
        return .json { json in
            json.object { json in
                json.member("timestamp", call.desk.clock.now())
                json.memberObject("services") { json in
                    json.memberObject("botManager") { $0.member("status", isWell("loop") ? healthy : unhealthy) }
                    json.memberObject("tradeReconciliation") { json in
                        // Look-ups go over the accounts' lines, and each runs while its line is up.
                        json.member("status", isWell("broker lines") ? healthy : "degraded")
                        json.member("isRunning", health.isReady)
                        json.member("intervalMs", call.desk.comparesEverySeconds * 1_000)
                    }
                    // Held since the start, or there were no server: one process a database.
                    json.memberObject("distributedLock") { $0.member("status", healthy) }
                }
            }
        }
    }

    private static let healthy = "healthy", unhealthy = "unhealthy", notConfigured = "not_configured"

    /// Asks the store for what it never has. The error is for anybody: what failed inside stands in the log.
    private static func look(_ call: Call) async -> (microseconds: Int64, error: String?) {
        let began = ContinuousClock.now
        var failure: String?
        do { _ = try await call.reads.owner(keyHash: [UInt8](repeating: 0, count: 32)) } catch {
            call.logger.error("the store does not answer", metadata: ["error": "\(error)"])
            failure = "The database does not answer"
        }
        let took = (ContinuousClock.now - began).components
        return (took.seconds * 1_000_000 + took.attoseconds / 1_000_000_000_000, failure)
    }

    /// Bytes of this process in memory, and of the machine.
    private struct Memory {
        var used: Int64
        var total: Int64

        /// Zeros where the system does not tell.
        static func now() -> Memory {
            let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
            let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
            return Memory(used: max(0, (pages ?? 0) * page), total: Int64(clamping: ProcessInfo.processInfo.physicalMemory))
        }
    }
}

extension JSONWriter {
    /// Seconds since the process began to answer.
    fileprivate mutating func uptime(_ call: Call) {
        let passed = (ContinuousClock.now - call.startedAt).components
        member("uptime", units: passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000, scale: 3)
    }
}
