import Foundation
import TradingModel

/// How earlier starts of this server ended, in a file beside the database. A broken invariant of an account, the loop or
/// the journal ends the process, and whoever supervises it starts it again; when three starts in a row end so within an
/// hour with the same session running, that session is what they have in common, and it starts `failed`.
///
/// One line a start, `start 17 42` with the running sessions, then what became of it: `crashed`, `steady` after an hour,
/// `ended` when it was asked to. A start that was killed, or lost its power, says nothing and counts for nothing.
struct StartRecord: Equatable {
    struct Start: Equatable {
        var sessions: [Int64]
        var outcome: Outcome?
    }
    enum Outcome: String { case crashed, steady, ended }

    private(set) var starts: [Start] = []

    static let crashesMost = 3
    static let steadyAfter = Duration.seconds(3_600)

    init() {}

    /// Lines that are none of ours are left out: the worst that follows is one more crash.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first == "start" {
                starts.append(Start(sessions: words.dropFirst().compactMap { Int64($0) }))
            } else if let outcome = Outcome(rawValue: String(line)), !starts.isEmpty {
                // What happens first counts: one that was steady for an hour is no crashing start.
                if starts[starts.count - 1].outcome == nil { starts[starts.count - 1].outcome = outcome }
            }
        }
    }

    /// The sessions that ran in each of the last three starts that said how they ended, when all three crashed.
    var suspects: [SessionID] {
        let told = starts.filter { $0.outcome != nil }.suffix(StartRecord.crashesMost)
        guard told.count == StartRecord.crashesMost, told.allSatisfy({ $0.outcome == .crashed }) else { return [] }
        let first = told.first!.sessions
        return first.filter { session in told.allSatisfy { $0.sessions.contains(session) } }.map { SessionID(rawValue: $0) }
    }

    /// What of it may still matter, as text.
    private var text: String {
        let told = starts.filter { $0.outcome != nil }.suffix(StartRecord.crashesMost - 1)
        return told.map { StartRecord.line($0.sessions) + "\($0.outcome!.rawValue)\n" }.joined()
    }

    private static func line(_ sessions: [Int64]) -> String { (["start"] + sessions.map(String.init)).joined(separator: " ") + "\n" }

    // MARK: The file

    /// Reads how earlier starts ended, puts this one on record, and from now on a crash too. Gives the sessions that three
    /// crashes have in common; they are not among this start's.
    static func begin(_ path: String, running: [SessionID]) throws -> [SessionID] {
        let record = StartRecord((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
        let suspects = record.suspects
        let text = (suspects.isEmpty ? record.text : "") + line(running.filter { !suspects.contains($0) }.map(\.rawValue))
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        CrashMark.install(path)
        return suspects
    }

    static func note(_ outcome: Outcome) { CrashMark.write(outcome == .ended ? "ended\n" : "steady\n") }
}

/// Puts a line into the record when the process dies of its own fault. What happens then is little and allowed in a
/// signal handler: one `write`, the old handler back, the signal again.
private enum CrashMark {
    nonisolated(unsafe) private static var file: Int32 = -1
    nonisolated(unsafe) private static let before = UnsafeMutablePointer<sigaction>.allocate(capacity: 32)
    private static let crashed: StaticString = "crashed\n"
    private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE]

    static func install(_ path: String) {
        if file >= 0 { close(file) }
        file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        if file < 0 { return }
        for signal in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                _ = Foundation.write(CrashMark.file, CrashMark.crashed.utf8Start, CrashMark.crashed.utf8CodeUnitCount)
                sigaction(signal, CrashMark.before + Int(signal), nil)
                raise(signal)
            }
            sigaction(signal, &action, before + Int(signal))
        }
    }

    static func write(_ line: StaticString) { if file >= 0 { _ = Foundation.write(file, line.utf8Start, line.utf8CodeUnitCount) } }
}
