import GRDBSQLite
import Glibc
import Synchronization

/// SQLite's way to simulated disks: a VFS for the files in folders that were given one, the system's own for all others. SQLite keeps
/// a pointer to it for as long as the process lives, so it is made once and never freed.
enum DiskFileSystem {
    static let name = "signalist-simulated-disk"

    private static let disks = Mutex<[String: SimulatedDisk]>([:])
    private static let connections = Mutex(0)
    /// The VFS that was the process's own.
    nonisolated(unsafe) private static let system = sqlite3_vfs_find(nil)!
    nonisolated(unsafe) private static let methods = ioMethods()
    private static let registered: Bool = {
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        vfs.initialize(to: system.pointee)
        vfs.pointee.pNext = nil
        vfs.pointee.zName = UnsafePointer(strdup(name))
        vfs.pointee.szOsFile = max(system.pointee.szOsFile, Int32(MemoryLayout<OpenFile>.stride))
        vfs.pointee.xOpen = { _, path, file, flags, outFlags in DiskFileSystem.open(path, file, flags, outFlags) }
        vfs.pointee.xDelete = { _, path, sync in
            guard let path, let (disk, name) = DiskFileSystem.disk(of: path) else { return system.pointee.xDelete(system, path, sync) }
            disk.delete(name)
            return SQLITE_OK
        }
        vfs.pointee.xAccess = { _, path, flags, result in
            guard let path, let (disk, name) = DiskFileSystem.disk(of: path) else { return system.pointee.xAccess(system, path, flags, result) }
            result?.pointee = disk.exists(name) ? 1 : 0
            return SQLITE_OK
        }
        vfs.pointee.xFullPathname = { _, path, size, out in system.pointee.xFullPathname(system, path, size, out) }
        // What is random or tells the time in SQLite decides nothing that is compared.
        return sqlite3_vfs_register(vfs, 0) == SQLITE_OK
    }()

    /// From now on the files in this folder (a whole path, symbolic links followed) are on this disk.
    static func mount(_ disk: SimulatedDisk, on folder: String) {
        precondition(registered, "SQLite took no VFS")
        disks.withLock { $0[folder] = disk }
    }

    static func unmount(_ folder: String) { disks.withLock { $0[folder] = nil } }

    private static func disk(of path: UnsafePointer<CChar>) -> (SimulatedDisk, String)? {
        let text = String(cString: path)
        guard let slash = text.lastIndex(of: "/") else { return nil }
        return disks.withLock { $0[String(text[..<slash])] }.map { ($0, text) }
    }

    // MARK: Files

    /// What SQLite holds of an open file: its first field is the methods, as SQLite wants it.
    private struct OpenFile {
        var methods: UnsafePointer<sqlite3_io_methods>?
        var handle: Unmanaged<Handle>?
    }

    private final class Handle {
        let disk: SimulatedDisk, file: SimulatedFile, number: Int
        init(_ disk: SimulatedDisk, _ file: SimulatedFile, number: Int) { (self.disk, self.file, self.number) = (disk, file, number) }
    }

    private static func open(
        _ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let path, let (disk, name) = disk(of: path) else { return system.pointee.xOpen(system, path, file, flags, outFlags) }
        guard let file else { return SQLITE_MISUSE }
        file.pointee.pMethods = nil
        guard let opened = disk.file(name, creating: flags & SQLITE_OPEN_CREATE != 0) else { return SQLITE_CANTOPEN }
        let number = connections.withLock {
            $0 += 1; return $0
        }
        UnsafeMutableRawPointer(file).bindMemory(to: OpenFile.self, capacity: 1)
            .initialize(to: OpenFile(methods: UnsafePointer(methods), handle: .passRetained(Handle(disk, opened, number: number))))
        outFlags?.pointee = flags
        return SQLITE_OK
    }

    private static func handle(of file: UnsafeMutablePointer<sqlite3_file>?) -> Handle {
        UnsafeMutableRawPointer(file!).assumingMemoryBound(to: OpenFile.self).pointee.handle!.takeUnretainedValue()
    }

    private static func ioMethods() -> UnsafeMutablePointer<sqlite3_io_methods> {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 2
        methods.pointee.xClose = { file in
            let open = UnsafeMutableRawPointer(file!).assumingMemoryBound(to: OpenFile.self)
            let handle = open.pointee.handle!.takeRetainedValue()
            handle.file.state.withLock { state in
                state.locks.unlock(handle.number, level: 0)
                state.memory.leave(handle.number)
            }
            open.pointee = OpenFile(methods: nil, handle: nil)
            return SQLITE_OK
        }
        methods.pointee.xRead = { file, bytes, count, offset in
            let isWhole = DiskFileSystem.handle(of: file).file.read(UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
            return isWhole ? SQLITE_OK : SQLITE_IOERR | 2 << 8  // SQLITE_IOERR_SHORT_READ
        }
        methods.pointee.xWrite = { file, bytes, count, offset in
            let handle = DiskFileSystem.handle(of: file)
            guard handle.disk.mayChange() else { return SQLITE_FULL }
            handle.file.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
            return SQLITE_OK
        }
        methods.pointee.xTruncate = { file, length in
            let handle = DiskFileSystem.handle(of: file)
            guard handle.disk.mayChange() else { return SQLITE_IOERR | 6 << 8 }  // SQLITE_IOERR_TRUNCATE
            handle.file.truncate(to: Int(length))
            return SQLITE_OK
        }
        methods.pointee.xSync = { file, _ in
            let handle = DiskFileSystem.handle(of: file)
            guard handle.disk.mayChange() else { return SQLITE_IOERR | 4 << 8 }  // SQLITE_IOERR_FSYNC
            handle.file.sync()
            return SQLITE_OK
        }
        methods.pointee.xFileSize = { file, size in
            size?.pointee = Int64(DiskFileSystem.handle(of: file).file.length)
            return SQLITE_OK
        }
        methods.pointee.xLock = { file, level in
            let handle = DiskFileSystem.handle(of: file)
            return handle.file.state.withLock { $0.locks.lock(handle.number, level: level) } ? SQLITE_OK : SQLITE_BUSY
        }
        methods.pointee.xUnlock = { file, level in
            let handle = DiskFileSystem.handle(of: file)
            handle.file.state.withLock { $0.locks.unlock(handle.number, level: level) }
            return SQLITE_OK
        }
        methods.pointee.xCheckReservedLock = { file, result in
            result?.pointee = DiskFileSystem.handle(of: file).file.state.withLock { $0.locks.isReserved } ? 1 : 0
            return SQLITE_OK
        }
        methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        methods.pointee.xSectorSize = { _ in 512 }
        // As the system's: a write does not spoil the bytes beside it. Nothing else is promised.
        methods.pointee.xDeviceCharacteristics = { _ in 0x1000 }  // SQLITE_IOCAP_POWERSAFE_OVERWRITE
        addSharedMemory(to: methods)
        return methods
    }

    private static func addSharedMemory(to methods: UnsafeMutablePointer<sqlite3_io_methods>) {
        methods.pointee.xShmMap = { file, index, size, extend, out in
            out?.pointee = DiskFileSystem.handle(of: file).file.state.withLock { $0.memory.region(Int(index), size: Int(size), extending: extend != 0) }
            return SQLITE_OK
        }
        methods.pointee.xShmLock = { file, offset, count, flags in
            let handle = DiskFileSystem.handle(of: file), slots = Int(offset)..<Int(offset + count), exclusive = flags & 8 != 0  // SQLITE_SHM_EXCLUSIVE
            let isUnlock = flags & 1 != 0  // SQLITE_SHM_UNLOCK
            return handle.file.state.withLock { state in
                if isUnlock {
                    state.memory.unlock(handle.number, slots, exclusive: exclusive)
                    return SQLITE_OK
                }
                return state.memory.lock(handle.number, slots, exclusive: exclusive) ? SQLITE_OK : SQLITE_BUSY
            }
        }
        // The locks above are fences enough.
        methods.pointee.xShmBarrier = { _ in }
        methods.pointee.xShmUnmap = { file, _ in
            let handle = DiskFileSystem.handle(of: file)
            handle.file.state.withLock { $0.memory.leave(handle.number) }
            return SQLITE_OK
        }
    }

}
