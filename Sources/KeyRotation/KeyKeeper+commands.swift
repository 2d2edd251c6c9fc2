public import KeyRing
import Synchronization
import TradingModel
public import TradingPorts

// What an operator may do with keys. Each command is one step that can be given again: what a kill left half-way is taken up
// where it stopped.
extension KeyKeeper {
    /// The ring, how much is sealed with each key, and the newest rotation.
    public struct Overview: Sendable {
        public var ring: KeyRing
        public var source: KeyRingSource
        public var census: SealedCensus
        public var rotation: Rotation?
    }

    public func overview() throws -> Overview {
        Overview(ring: ring, source: source, census: try census(opening: false), rotation: try store.rotation())
    }

    /// Adds a new key that opens and does not seal yet, and begins a rotation to it.
    /// - Throws: `underWay`.
    public func add(out: String? = nil) throws -> KeyRing {
        try command {
            if let rotation = try rotationUnderWay() { throw KeyCommandError.underWay(rotation) }
            let date = now()
            let ring = try changeRing(out: out) { ring throws(KeyRingError) in try ring.addingKey(at: date) }
            if out == nil { try reconcile(ring) }
            return ring
        }
    }

    /// Adds a secret of the previous system, with which its tokens are opened.
    public func addPrevious(_ secret: PreviousSecret, out: String? = nil) throws -> KeyRing {
        try command { try changeRing(out: out) { ring throws(KeyRingError) in try ring.addingPrevious(secret) } }
    }

    /// Lets the pending key seal, after a trial of it here, where it is to be used.
    /// - Parameter isOldCompromised: somebody else may know the key that sealed so far: whatever it sealed is marked when it is sealed anew.
    /// - Throws: `noPending`.
    public func promote(isOldCompromised: Bool = false, out: String? = nil) throws -> KeyRing {
        try command {
            guard let pending = ring.pending else { throw KeyCommandError.noPending }
            guard var rotation = try rotationUnderWay() else { throw KeyCommandError.nothingUnderWay }
            try ring.prove(pending.version)
            if rotation.phase == .added { try advance(&rotation, to: .acknowledged) }
            let next = try changeRing(out: out) { ring throws(KeyRingError) in
                try ring.promoting(pending.version, isOldCompromised: isOldCompromised)
            }
            if out == nil { try advance(&rotation, to: .promoted) }
            return next
        }
    }

    /// Moves everything sealed to the primary key: what older keys sealed, and what came from the previous system.
    /// - Throws: `cancelled` when the pace says so; `wrongPhase` before the new key was promoted.
    public func reseal(_ pace: ResealPace = ResealPace()) throws -> ResealReport {
        try command {
            var rotation = try rotationUnderWay()
            if let rotation, rotation.phase == .added || rotation.phase == .acknowledged {
                throw KeyCommandError.wrongPhase(rotation, wanted: "promoted; promote the new key first")
            }
            return try resealEverything(&rotation, pace)
        }
    }

    /// Opens everything once and counts it.
    /// - Parameter acceptsOlderRing: when all of it opens, a ring that is older than the data is taken as the one there is.
    public func verify(acceptsOlderRing: Bool = false) throws -> SealedCensus {
        try command(withAnyRing: true) {
            let census = try census(opening: true)
            if acceptsOlderRing, census.unopened.isEmpty {
                try held.withLock { held in
                    try store.keepRingEpoch(held.ring.epoch)
                    held.isOlderThanData = false
                }
                try reconcile(ring)
            }
            return census
        }
    }

    /// Lets the old key open nothing any more. It stays in the ring, and `enable` takes this back.
    /// - Parameters:
    ///   - version: of the rotation under way unless it is named.
    ///   - unopened: how many that do not open are agreed to be left as they are.
    /// - Throws: `inUse`, `unopened`, `nothingUnderWay`.
    public func retire(_ version: KeyVersion? = nil, unopened: Int = 0, out: String? = nil) throws -> KeyRing {
        try command {
            var rotation = try rotationUnderWay()
            guard let version = version ?? rotation.map({ KeyVersion(rawValue: $0.from) }) else { throw KeyCommandError.nothingUnderWay }
            guard let key = ring.key(version) else { throw KeyRingError.unknownKey(version) }
            guard key.state == .enabled else { throw KeyRingError.wrongState(version, key.state, wanted: "enabled") }
            let isOfRotation = rotation?.from == version.rawValue
            if let rotation, isOfRotation, rotation.phase != .verifying { throw KeyCommandError.wrongPhase(rotation, wanted: "verifying; reseal first") }
            let next = try fenced(version) {
                let census = try census(opening: true)
                guard census.unopened.count == unopened else { throw KeyCommandError.unopened(found: census.unopened.count, agreed: unopened) }
                let lost = Set(census.unopened.map(\.account))
                let needed = try count(of: version, except: lost)
                guard needed == 0 else { throw KeyCommandError.inUse(version, count: needed) }
                return try changeRing(out: out) { ring throws(KeyRingError) in try ring.retiring(version) }
            }
            if isOfRotation, out == nil { try advance(&rotation!, to: .retired) }
            return next
        }
    }

    /// Takes `retire` back: the key opens again.
    public func enable(_ version: KeyVersion, out: String? = nil) throws -> KeyRing {
        try command { try changeRing(out: out) { ring throws(KeyRingError) in try ring.enabling(version) } }
    }

    /// Gives up a retired key for ever.
    /// - Parameter name: its id in hexadecimal digits: who gives it has looked at what is to go.
    /// - Throws: `inUse` while anything names it; `confirm`.
    public func destroy(_ version: KeyVersion, confirmedBy name: String?, out: String? = nil) throws -> KeyRing {
        try command {
            guard let key = ring.key(version) else { throw KeyRingError.unknownKey(version) }
            guard key.state == .disabled else { throw KeyRingError.wrongState(version, key.state, wanted: "disabled; retire it first") }
            let needed = try census(opening: false).count(version)
            guard needed == 0 else { throw KeyCommandError.inUse(version, count: needed) }
            guard name == key.name else { throw KeyCommandError.confirm(version, name: key.name, given: name) }
            let date = now()
            let next = try changeRing(.wiped, out: out) { ring throws(KeyRingError) in try ring.destroying(version, at: date) }
            if out == nil, var rotation = try store.rotation(), rotation.from == version.rawValue, rotation.phase == .retired {
                try advance(&rotation, to: .destroyed)
            }
            return next
        }
    }

    /// Goes back to the old key. What was sealed with the new one goes on opening; a reseal brings it back, too.
    /// - Throws: `nothingUnderWay`.
    public func abort(out: String? = nil) throws -> KeyRing {
        try command {
            guard var rotation = try rotationUnderWay() else { throw KeyCommandError.nothingUnderWay }
            let old = KeyVersion(rawValue: rotation.from), new = KeyVersion(rawValue: rotation.to), date = now()
            // There is no way back to a key that others know.
            if ring.key(old)?.isCompromised == true {
                throw KeyRingError.invalidRing("key \(old) is marked compromised and seals nothing any more: go on with promote, then reseal")
            }
            let next: KeyRing
            if ring.primary == new {
                next = try changeRing(out: out) { ring throws(KeyRingError) in try ring.promoting(old) }
            } else {
                // A pending key has sealed nothing.
                next = try changeRing(.wiped, out: out) { ring throws(KeyRingError) in try ring.destroying(new, at: date) }
            }
            if out == nil { try advance(&rotation, to: .aborted) }
            return next
        }
    }

    /// How many envelopes name this key, of accounts other than these.
    private func count(of version: KeyVersion, except lost: Set<AccountID>) throws -> Int {
        var count = 0, upTo = AccountID(rawValue: 0)
        while true {
            let page = try store.sealedRows(after: upTo, limit: 256)
            guard let last = page.last else { return count }
            for row in page where !lost.contains(row.account) {
                if case .sealed(let sealed) = try? StoredSecret(bytes: row.credential.bytes), sealed.keyVersion == version { count += 1 }
            }
            upTo = last.account
        }
    }
}
