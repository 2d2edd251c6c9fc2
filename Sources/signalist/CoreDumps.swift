import Glibc

/// A process that holds tokens leaves no picture of its memory behind: not in a file, not for a program that gathers dumps, and not for
/// another process of the same user that would read it.
enum CoreDumps {
    /// Says what of it could not be done; empty when all was.
    static func forbid() -> [String] {
        var missing: [String] = [], none = rlimit(rlim_cur: 0, rlim_max: 0)
        if setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) != 0 { missing.append("RLIMIT_CORE: \(String(cString: strerror(errno)))") }
        // The limit does not bind a core_pattern that is a program; this does.
        if control(setDumpable, 0) != 0 { missing.append("PR_SET_DUMPABLE: \(String(cString: strerror(errno)))") }
        return missing
    }

    /// 0 when nobody can take one.
    static var dumpable: CInt { control(getDumpable, 0) }

    /// `PR_GET_DUMPABLE` and `PR_SET_DUMPABLE` of Linux.
    private static let getDumpable: CInt = 3, setDumpable: CInt = 4

    /// `prctl`, which takes as many arguments as it likes and therefore is not there for Swift.
    private static func control(_ option: CInt, _ value: CUnsignedLong) -> CInt {
        typealias Control = @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
        guard let found = dlsym(nil, "prctl") else { return -1 }
        return unsafeBitCast(found, to: Control.self)(option, value, 0, 0, 0)
    }
}
