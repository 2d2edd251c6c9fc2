import Foundation

/// When an assertion of the production code ends this process, the seed that did it is the thing to know: it is written
/// by the signal's handler, which may do nothing but write bytes that are there already.
enum CrashReport {
    /// One line for each thread of the run, made before its seed begins.
    nonisolated(unsafe) private static var line: UnsafeMutablePointer<CChar> = UnsafeMutablePointer<CChar>.allocate(capacity: 256)
    nonisolated(unsafe) private static var isReady = false
    private static let lock = NSLock()

    static func running(seed: UInt64, minutes: Int64) {
        lock.lock()
        defer { lock.unlock() }
        // With several at once the newest is named; `--jobs 1` tells for sure.
        let text = "\ndied near this seed; again: script/simulate --seed \(seed) --runs 1 --minutes \(minutes) --jobs 1 --trace\n"
        text.withCString { _ = strncpy(line, $0, 255) }
        if isReady { return }
        isReady = true
        for number in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV] {
            signal(number) { number in
                _ = write(2, CrashReport.line, strlen(CrashReport.line))
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
