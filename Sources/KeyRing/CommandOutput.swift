import Glibc

/// Runs a program and takes what it prints, without a shell. Its standard error stays ours, so that its own words of
/// what went wrong reach the log; what it printed is never part of an error.
enum CommandOutput {
    /// - Throws: `failed` or `malformed` when it cannot be run, does not end in time, ends with another code than 0 or prints too much.
    static func of(_ words: [String], seconds: Int) throws(KeyRingFileError) -> [UInt8] {
        guard let program = words.first, program.hasPrefix("/") else {
            throw .malformed(path: words.first ?? "", "the command's program is not named by its whole path")
        }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .failed("pipe", path: program, code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, nil, &arguments, environ)
        for argument in arguments { free(argument) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        guard code == 0 else { throw .failed("start", path: program, code: code) }
        let output = read(ends[0], until: monotonicSeconds() + seconds)
        if output == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let output else { throw .malformed(path: program, "it did not end within \(seconds) s, or printed more than \(KeyRingFile.longest) bytes") }
        guard status == 0 else { throw .malformed(path: program, "it failed (status \(status & 0x7f == 0 ? status >> 8 & 0xff : status & 0x7f))") }
        return output
    }

    /// All that comes, or nil when it takes too long or is too much.
    private static func read(_ file: Int32, until deadline: Int) -> [UInt8]? {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= KeyRingFile.longest {
            var ready = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            let left = deadline - monotonicSeconds()
            guard left > 0 else { return nil }
            guard poll(&ready, 1, Int32(left * 1_000)) > 0 else { continue }
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { return nil }
            bytes += buffer[..<max(0, count)]
        }
        return nil
    }

    private static func monotonicSeconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
}
