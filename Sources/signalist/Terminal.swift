import Foundation
import Synchronization

/// Whole lines to standard output and standard error at once, so that a pipe sees them as they come. A reader that has
/// gone takes nothing with it: what nobody reads is not written, and the command goes on or ends in order.
enum Terminal {
    static func line(_ text: String) {
        guard write(text + "\n", to: STDOUT_FILENO) == EPIPE else { return }
        whenClosed.withLock { closed in
            defer { closed = nil }; return closed
        }?()
    }
    static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// What to do, once, when who read standard output has gone. Nothing is done where nobody ever did.
    static func onClose(_ closed: @escaping @Sendable () -> Void) { whenClosed.withLock { $0 = closed } }
    private static let whenClosed = Mutex<(@Sendable () -> Void)?>(nil)

    /// A write to a pipe without a reader fails instead of ending the process: logs and lines are not worth a server.
    static func outliveReaders() { signal(SIGPIPE, SIG_IGN) }

    /// 0, or the system's number of what stands in the way.
    @discardableResult
    static func write(_ text: String, to file: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if written < 0 {
                let failure = errno
                if failure == EINTR { continue }
                if failure == EAGAIN {
                    var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                    if poll(&ready, 1, 1_000) > 0 { continue }
                }
                return failure
            }
            rest = rest.dropFirst(written)
        }
        return 0
    }
}
