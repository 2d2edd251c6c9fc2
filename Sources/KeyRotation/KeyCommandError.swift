public import KeyRing
import TradingModel
public import TradingPorts

/// Why a command about keys was not carried out. Nothing was changed unless it says so.
public enum KeyCommandError: Error, Hashable, Sendable {
    /// Another command is at work.
    case busy
    /// The ring comes from where this program cannot write.
    case readOnly(KeyRingSource)
    /// There is no ring, and so much was sealed with the one there was.
    case ringMissing(KeyRingSource, sealed: Int)
    /// The data was used with a newer ring.
    case ringOlderThanData(ring: Int64, data: Int64)
    /// The ring was changed by somebody else and is older than the one in use, or another one of the same age.
    case ringReplaced(source: KeyRingSource, stored: Int64, held: Int64)
    case underWay(Rotation)
    case nothingUnderWay
    case noPending
    case wrongPhase(Rotation, wanted: String)
    /// Sealed secrets still need the key.
    case inUse(KeyVersion, count: Int)
    /// Some do not open under any key, and that was not agreed to.
    case unopened(found: Int, agreed: Int)
    case confirm(KeyVersion, name: String, given: String?)
    /// Whoever asked has gone; what is done is done, and the same command goes on from there.
    case cancelled
}

extension KeyCommandError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .busy: "another command about keys is at work; wait for it"
        case .readOnly(let source):
            "the key ring comes from the \(source), which this command cannot write; give --out FILE, put that ring in its place and give the next command"
        case .ringMissing(let source, let sealed):
            """
            the key ring is not there (\(source)), and \(sealed) sealed \(sealed == 1 ? "secret was" : "secrets were") sealed with it: put it back, \
            or bring it back from an export with 'signalist keys restore'; without it these tokens open never again
            """
        case .ringOlderThanData(let ring, let data):
            """
            the key ring is of epoch \(ring), the data was used with epoch \(data): put the newer ring back, or, when there is none, \
            see with 'signalist keys verify --accept-older-ring' whether this one opens everything
            """
        case .ringReplaced(let source, let stored, let held): "the \(source) holds a ring of epoch \(stored), in use is another one of epoch \(held)"
        case .underWay(let rotation):
            "the rotation from key \(rotation.from) to key \(rotation.to) is under way (\(rotation.phase.rawValue)); bring it to its end, or abort it"
        case .nothingUnderWay: "no rotation is under way"
        case .noPending: "no key waits to be promoted; add one first"
        case .wrongPhase(let rotation, let wanted):
            "the rotation from key \(rotation.from) to key \(rotation.to) is \(rotation.phase.rawValue), expected \(wanted)"
        case .inUse(let version, let count): "\(count) sealed \(count == 1 ? "secret needs" : "secrets need") key \(version); reseal first"
        case .unopened(let found, let agreed):
            """
            \(found) sealed \(found == 1 ? "secret does" : "secrets do") not open, --unopened \(agreed) was agreed to; \
            'signalist keys verify' lists them: have those tokens stored again, or agree with --unopened \(found)
            """
        case .confirm(let version, let name, let given):
            given == nil
                ? "to destroy key \(version) for ever, give --confirm \(name)"
                : "--confirm is not the id of key \(version), which is \(name)"
        case .cancelled: "stopped half-way; the same command goes on from there"
        }
    }
}
