public import KeyRing
import TradingModel
public import TradingPorts

/// What became of sealing everything anew.
public struct ResealReport: Sendable, Hashable {
    /// Sealed anew by this command.
    public var resealed = 0
    /// All there is, after it, opened once more.
    public var census = SealedCensus()
}

/// How the bulk goes about it.
public struct ResealPace {
    /// Rows of one commit, 1 or more. One commit is what other writers may have to wait for.
    public var rows: Int
    /// Called after each commit with how many rows of how many were looked at; false stops the work where it is. It may take its time: that
    /// is how the work is slowed down.
    public var goesOn: (Int, Int) -> Bool

    public init(rows: Int = 16, goesOn: @escaping (Int, Int) -> Bool = { _, _ in true }) {
        precondition(rows >= 1, "a page of \(rows) rows")
        (self.rows, self.goesOn) = (rows, goesOn)
    }
}

extension KeyKeeper {
    /// Looks at all rows again until nothing that opens is under another key than the primary, and then opens everything once more. A row
    /// that changes meanwhile is left alone, and sealed with the primary by whoever changed it; so the second look finds nothing.
    func resealEverything(_ rotation: inout Rotation?, _ pace: ResealPace) throws -> ResealReport {
        var report = ResealReport(), passes = 0
        repeat {
            guard passes < 5 else { throw KeyCommandError.busy }
            passes += 1
            try resealPass(&rotation, pace, &report)
            if rotation != nil { try advance(&rotation!, to: .verifying) }
            report.census = try census(opening: true)
            if rotation != nil { rotation!.upTo = AccountID(rawValue: 0) }
        } while isDue(report.census)
        if rotation != nil { try advance(&rotation!) }
        return report
    }

    /// Is anything that opens under another key than the primary?
    private func isDue(_ census: SealedCensus) -> Bool {
        let primary = ring.primary, elsewhere = census.total - census.count(primary)
        return elsewhere > census.unopened.count
    }

    private func resealPass(_ rotation: inout Rotation?, _ pace: ResealPace, _ report: inout ResealReport) throws {
        let ring = ring, total = try store.sealedCount()
        var upTo = AccountID(rawValue: 0), seen = 0
        if let under = rotation, under.phase == .resealing { upTo = under.upTo }
        if rotation != nil, rotation!.phase != .resealing {
            rotation!.upTo = upTo
            try advance(&rotation!, to: .resealing)
        }
        while true {
            let page = try store.sealedRows(after: upTo, limit: pace.rows)
            guard let last = page.last else { return }
            var changes: [Reseal] = []
            for row in page {
                // What does not open stays byte for byte; the census names it.
                guard let opened = try? places.open(row.credential, row.account, ring), opened.isDue else { continue }
                changes.append(try places.change(row.account, row.credential, opened, ring))
            }
            upTo = last.account
            var next = rotation
            next?.upTo = upTo
            next?.changedAt = now()
            // Without a rotation there is no place to keep, and a page without changes needs no commit of its own.
            if !changes.isEmpty || next != nil {
                next?.resealed += Int64(changes.count)
                let left = try store.reseal(changes, next)
                rotation = next
                report.resealed += changes.count - left.count
            }
            seen += page.count
            guard pace.goesOn(min(seen, total), total) else { throw KeyCommandError.cancelled }
        }
    }

    /// Seals anew what is bound as it is bound no more: second factors of before they had a purpose of their own. For each start; from the second
    /// one on it finds nothing.
    public func rebind() throws -> Int {
        try command {
            var count = 0, upTo = AccountID(rawValue: SealedRow.firstHook - 1)
            while true {
                let page = try store.sealedRows(after: upTo, limit: 256), ring = ring
                guard let last = page.last else { return count }
                var changes: [Reseal] = []
                for row in page {
                    guard let opened = try? places.open(row.credential, row.account, ring), opened.isFormer else { continue }
                    changes.append(try places.change(row.account, row.credential, opened, ring))
                }
                if !changes.isEmpty { count += changes.count - (try store.reseal(changes, nil).count) }
                upTo = last.account
            }
        }
    }

    /// Counts everything sealed, and opens it too when asked.
    func census(opening: Bool) throws -> SealedCensus { try KeyKeeper.census(of: store, places, ring, opening: opening) }

    /// Opens everything sealed in a copy of the data.
    /// - Parameter instance: the copied store's own 16 random bytes.
    public static func census(of copy: some SealedRows, instance: [UInt8], ring: KeyRing) throws -> SealedCensus {
        try census(of: copy, SealedPlaces(instance: instance), ring, opening: true)
    }

    private static func census(of rows: some SealedRows, _ places: SealedPlaces, _ ring: KeyRing, opening: Bool) throws -> SealedCensus {
        var census = SealedCensus(), upTo = AccountID(rawValue: 0)
        while true {
            let page = try rows.sealedRows(after: upTo, limit: 256)
            guard let last = page.last else { return census }
            for row in page {
                census.total += 1
                if row.credential.isCompromised { census.compromised.append(row.account) }
                switch try? StoredSecret(bytes: row.credential.bytes) {
                case .sealed(let sealed): census.add(sealed.keyVersion)
                case .previous: census.previous += 1
                case nil: census.unreadable += 1
                }
                guard opening else { continue }
                do throws(KeyRingError) { _ = try places.open(row.credential, row.account, ring) } catch {
                    census.unopened.append(.init(account: row.account, owner: row.credential.owner, hook: row.credential.hook, reason: "\(error)"))
                }
            }
            upTo = last.account
        }
    }
}
