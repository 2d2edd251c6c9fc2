// The two clocks that times are read from.

import CDispatch  // whose timespec the compiler takes it for
import Glibc

enum Stopwatch {
    /// The same for every thread of the machine, and it never goes back.
    static func now() -> Int { read(CLOCK_MONOTONIC) }

    /// What this thread has computed: others that want the processor do not count.
    static func threadTime() -> Int { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
