import Foundation
import PlainJSON
import SimulatedMarket
import Testing
import TradingModel

@testable import DerivSimulator

/// A conversation with one session of a simulator without sockets. Time is turned by hand: the desk's clock stands far
/// behind, so the market moves only when the test says so.
final class Conversation {
    let desk: BrokerDesk
    let session: V3Session
    private(set) var frames: [JSONValue] = []
    private(set) var isClosed = false
    private(set) var late: [(frame: [UInt8], milliseconds: Int64)] = []

    init(on desk: BrokerDesk) {
        self.desk = desk
        session = desk.join()
        session.deliver = { [unowned self] outputs in
            for output in outputs {
                switch output {
                case .frame(let bytes): frames.append(try! JSONValue.parse(bytes))
                case .late(let bytes, let milliseconds): late.append((bytes, milliseconds))
                case .close: isClosed = true
                }
            }
        }
    }

    convenience init(_ change: (inout DerivSimulatorConfiguration) -> Void = { _ in }) throws { try self.init(on: .fixture(change)) }

    /// Sends a request and returns everything that came at once.
    @discardableResult
    func say(_ text: String) -> [JSONValue] {
        frames = []
        session.receive(Array(text.utf8))
        return frames
    }

    /// The code of the error that answers, or nil.
    func code(_ text: String) -> String? { say(text).first?["error"]?["code"]?.string }

    /// Lets so many seconds of broker time pass and returns what the streams said.
    @discardableResult
    func pass(seconds: Int64) -> [JSONValue] {
        frames = []
        desk.run(seconds: seconds)
        return frames
    }
}

extension BrokerDesk {
    static let opening = Timestamp(seconds: 1_790_000_000)

    static func fixture(_ change: (inout DerivSimulatorConfiguration) -> Void = { _ in }) throws -> BrokerDesk {
        var configuration = DerivSimulatorConfiguration()
        configuration.seed = 7
        change(&configuration)
        return try BrokerDesk(configuration, clock: .behind, opening: opening)
    }
}

extension SimulatorClock {
    /// A clock that a test never catches up with: broker time then stands where the market stands.
    static var behind: SimulatorClock { SimulatorClock(start: Timestamp(seconds: 1_000_000_000)) }
}

extension JSONValue {
    /// The value under a path such as `error.code`.
    func at(_ path: String) -> JSONValue? { path.split(separator: ".").reduce(Optional(self)) { $0?[String($1)] } }
    var type: String? { self["msg_type"]?.string }
    /// A number in hundredths.
    func cents(_ path: String) -> Int64? { at(path)?.number?.units(digits: 2) }
}

/// A new state directory for one test.
struct StateFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("simulator-\(UInt64.random(in: 0 ... .max))").path

    init() throws {}

    /// What the directory holds now, in another one: what a broker that is killed here leaves. The one that wrote it goes on, for comparison.
    func copied() throws -> StateFolder {
        let copy = try StateFolder()
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        return copy
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

let rise = #""contract_type":"CALL","currency":"USD","symbol":"1HZ100V","duration":2,"duration_unit":"t","amount":10,"basis":"stake""#
