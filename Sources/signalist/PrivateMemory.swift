import CPrivateMemory
import Foundation

/// Keeps what this process knows to itself: tokens in use and opened keys stand in its memory, secrets of the environment
/// beside it. No core file is written, and other processes of the same user read neither memory nor environment; root can.
enum PrivateMemory {
    static func keep() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        precondition(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0, "no core file is wanted, and the system does not promise that")
        precondition(signalist_hide_memory() == 0, "the memory is not hidden from other processes of this user")
    }

    /// Where the program lies in memory, hexadecimal. A backtrace of a process that hides itself has addresses alone; with this
    /// they can be named (docs/operating.md).
    static var imageBase: String { "\(signalist_image_base()!)" }
}
