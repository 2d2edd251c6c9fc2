import Synchronization
import TradingModel

/// A disk that can lose its power. What was written and not yet synced may afterwards be there, be gone, or be there in part, in
/// any combination; what was synced is there. It can also refuse one write, or die in the middle of a commit.
///
/// Files are named by their whole path. A file that is open when the power fails stays with whoever has it, and is nobody's any more.
final class SimulatedDisk: Sendable {
    /// How the next operation that changes something goes wrong.
    enum Fault: Sendable {
        /// It is refused, once: the disk is full.
        case full
        /// It fails, and so does everything after it, until the power is back.
        case dead
    }

    struct State {
        var files: [String: SimulatedFile] = [:]
        /// Writes, syncs and the like until the fault; nil is never.
        var operationsLeft: Int?
        var fault = Fault.full
        var isDead = false
        var operations: Int64 = 0
        var refused: Int64 = 0
    }
    let state = Mutex(State())

    /// After so many further writes and syncs.
    func fail(after operations: Int, _ fault: Fault) { state.withLock { ($0.operationsLeft, $0.fault) = (operations, fault) } }
    /// Nothing reaches the disk any more.
    func stop() { state.withLock { $0.isDead = true } }
    /// No fault is to come. A disk that died beside a commit, in a checkpoint, is well again: what that missed is still in the
    /// write-ahead log.
    func heal() { state.withLock { ($0.operationsLeft, $0.isDead) = (nil, false) } }

    /// Writes that were torn by the power, of all files.
    @discardableResult
    func loseProcess(andPower: Bool, _ random: inout SeededRandom) -> Int {
        let files = state.withLock { state in
            (state.isDead, state.operationsLeft) = (false, nil)
            return state.files.sorted { $0.key < $1.key }
        }
        var torn = 0
        for (path, file) in files {
            let (survivor, lost) = file.survivor(ofPowerFailure: andPower, &random)
            torn += lost
            state.withLock { $0.files[path] = survivor }
        }
        return torn
    }

    // MARK: For the file system

    func file(_ path: String, creating: Bool) -> SimulatedFile? {
        state.withLock { state in
            if let file = state.files[path] { return file }
            guard creating, !state.isDead else { return nil }
            let file = SimulatedFile()
            state.files[path] = file
            return file
        }
    }

    func exists(_ path: String) -> Bool { state.withLock { $0.files[path] != nil } }
    func delete(_ path: String) { state.withLock { state in if !state.isDead { state.files[path] = nil } } }

    /// Whether an operation that changes something may go ahead.
    func mayChange() -> Bool {
        state.withLock { state in
            state.operations += 1
            if state.isDead { return false }
            guard let left = state.operationsLeft else { return true }
            state.operationsLeft = left - 1
            if left > 0 { return true }
            state.operationsLeft = nil
            state.refused += 1
            if state.fault == .dead { state.isDead = true }
            return false
        }
    }
}

/// One file: its bytes as the process sees them, what of them is not safe yet, and the locks on it.
final class SimulatedFile: Sendable {
    /// A write or, without bytes, a new length, and what it replaced.
    fileprivate struct Change { let offset: Int, new: [UInt8]?, old: [UInt8], lengthBefore: Int }

    struct State {
        fileprivate var bytes: [UInt8] = []
        fileprivate var unsynced: [Change] = []
        var locks = FileLocks()
        var memory = SharedMemory()
    }
    let state: Mutex<State>

    init(_ bytes: [UInt8] = []) { state = Mutex(State(bytes: bytes)) }

    var length: Int { state.withLock { $0.bytes.count } }

    /// True when all of it was there; the rest is zeros.
    func read(_ into: UnsafeMutableRawBufferPointer, at offset: Int) -> Bool {
        state.withLock { state in
            let there = max(0, min(into.count, state.bytes.count - offset))
            if there > 0 { state.bytes.withUnsafeBytes { into.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + there])) } }
            if there < into.count { UnsafeMutableRawBufferPointer(rebasing: into[there...]).initializeMemory(as: UInt8.self, repeating: 0) }
            return there == into.count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        state.withLock { state in
            let before = state.bytes.count, end = offset + bytes.count
            let old = offset < before ? Array(state.bytes[offset..<min(before, end)]) : []
            state.unsynced.append(Change(offset: offset, new: Array(bytes), old: old, lengthBefore: before))
            state.bytes.put(bytes, at: offset)
        }
    }

    func truncate(to length: Int) {
        state.withLock { state in
            guard length < state.bytes.count else { return }
            state.unsynced.append(Change(offset: length, new: nil, old: Array(state.bytes[length...]), lengthBefore: state.bytes.count))
            state.bytes.removeLast(state.bytes.count - length)
        }
    }

    func sync() { state.withLock { $0.unsynced.removeAll(keepingCapacity: true) } }

    /// The same file after its process died. When the power failed too, each sector that was written since the last sync is there or
    /// not, as chance has it, so that late writes may survive early ones; a sector of 512 bytes may itself be torn.
    func survivor(ofPowerFailure: Bool, _ random: inout SeededRandom) -> (SimulatedFile, lost: Int) {
        let (bytes, changes) = state.withLock { ($0.bytes, $0.unsynced) }
        if !ofPowerFailure || changes.isEmpty {
            let file = SimulatedFile(bytes)
            file.state.withLock { $0.unsynced = changes }
            return (file, 0)
        }
        var disk = bytes, lost = 0
        for change in changes.reversed() {
            if disk.count > change.lengthBefore { disk.removeLast(disk.count - change.lengthBefore) }
            change.old.withUnsafeBytes { disk.put($0, at: change.offset) }
        }
        // Nothing, everything, or something: the last is the most wicked and the first the most usual.
        let keeps = [0, 100, random.pick(5...95), random.pick(5...95)][Int(random.pick(0...3))]
        for change in changes {
            guard let new = change.new else {
                if random.pick(1...100) <= keeps, disk.count > change.offset { disk.removeLast(disk.count - change.offset) } else { lost += 1 }
                continue
            }
            var from = 0
            while from < new.count {
                var to = min(new.count, from + 512 - (change.offset + from) % 512)
                let next = to
                if random.pick(1...100) <= keeps {
                    if keeps < 100, random.chance(percent: 5) { to = Int(random.pick(Int64(from)...Int64(to))); lost += 1 }
                    new[from..<to].withUnsafeBytes { disk.put($0, at: change.offset + from) }
                } else {
                    lost += 1
                }
                from = next
            }
        }
        return (SimulatedFile(disk), lost)
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        if bytes.isEmpty { return }
        if count < offset + bytes.count { append(contentsOf: repeatElement(0, count: offset + bytes.count - count)) }
        withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset..<offset + bytes.count]).copyMemory(from: bytes) }
    }
}

/// SQLite's five levels of lock on one file, for connections of one process.
struct FileLocks: Sendable {
    private var shared: [Int] = []
    private var reserved: Int?
    private var exclusive: Int?

    /// Levels as SQLite numbers them: 0 none, 1 shared, 2 reserved, 3 pending, 4 exclusive.
    mutating func lock(_ connection: Int, level: Int32) -> Bool {
        if let exclusive, exclusive != connection { return false }
        if level >= 1, !shared.contains(connection) { shared.append(connection) }
        if level >= 2 {
            if let reserved, reserved != connection { return false }
            reserved = connection
        }
        if level >= 4 {
            if shared.contains(where: { $0 != connection }) { return false }
            exclusive = connection
        }
        return true
    }

    mutating func unlock(_ connection: Int, level: Int32) {
        if level < 4, exclusive == connection { exclusive = nil }
        if level < 2, reserved == connection { reserved = nil }
        if level < 1 { shared.removeAll { $0 == connection } }
    }

    var isReserved: Bool { reserved != nil }
}

/// The write-ahead log's index, which connections share, and its eight locks.
struct SharedMemory: @unchecked Sendable {  // because the regions are written by SQLite under its own locks
    private(set) var regions: [UnsafeMutableRawPointer] = []
    private var readers: [[Int]] = Array(repeating: [], count: 8)
    private var writer: [Int?] = Array(repeating: nil, count: 8)

    mutating func region(_ index: Int, size: Int, extending: Bool) -> UnsafeMutableRawPointer? {
        while extending, regions.count <= index {
            let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            regions.append(region)
        }
        return index < regions.count ? regions[index] : nil
    }

    mutating func lock(_ connection: Int, _ slots: Range<Int>, exclusive: Bool) -> Bool {
        for slot in slots {
            if let other = writer[slot], other != connection { return false }
            if exclusive, readers[slot].contains(where: { $0 != connection }) { return false }
        }
        for slot in slots { if exclusive { writer[slot] = connection } else if !readers[slot].contains(connection) { readers[slot].append(connection) } }
        return true
    }

    mutating func unlock(_ connection: Int, _ slots: Range<Int>, exclusive: Bool) {
        for slot in slots {
            if exclusive { if writer[slot] == connection { writer[slot] = nil } } else { readers[slot].removeAll { $0 == connection } }
        }
    }

    mutating func leave(_ connection: Int) {
        unlock(connection, 0..<8, exclusive: true)
        unlock(connection, 0..<8, exclusive: false)
    }

    mutating func free() {
        for region in regions { region.deallocate() }
        regions = []
    }
}
