// What sealing and opening a broker token costs.

import KeyRing
import TradingModel

struct EnvelopeOpening: Benchmark {
    let name = "envelope"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let rounds = size.pick(full: 50_000, smoke: 500)
        let ring = KeyRing.new(at: Timestamp(seconds: 1_800_000_000))
        var sealing = Samples(), opening = Samples(), opened = 0
        for round in 0..<rounds {
            let context = SealContext(
                purpose: .brokerToken, instance: "0123456789abcdef0123456789abcdef", owner: OwnerID(rawValue: 1), table: "credential", record: "\(round)",
                broker: Label("deriv"), loginID: Label("VRTC1234567"), environment: .demo)
            let began = Stopwatch.now()
            let sealed = try ring.seal(Secret("a1-AnInventedToken"), for: context)
            let between = Stopwatch.now()
            let token = try ring.openSecret(sealed, for: context)
            opening.add(Stopwatch.now() - between)
            sealing.add(between - began)
            opened += token.reveal(\.utf8.count)
        }
        guard opened == 18 * rounds else { throw BenchmarkFailure("\(opened) bytes came back, expected \(18 * rounds)") }
        let figures =
            [Figure("opening median", .nanoseconds(opening.median), aim: "20 µs")] + opening.figures("opening").dropFirst() + sealing.figures("sealing")
        return BenchmarkReport(name: name, computed: "\(rounds) tokens sealed and opened", figures: figures)
    }
}
