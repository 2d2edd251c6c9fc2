import Foundation
import KeyRing
import KeyRotation
import TradingModel

/// Carries out a command about keys, in the server or, while that is stopped, in the command itself.
struct KeyOperations {
    let keeper: KeyKeeper
    /// A server at work: the bulk takes half of the time at most, so that its commits find their way between.
    let isServing: Bool
    /// Rows looked at, of how many; false when nobody listens any more.
    let progress: (Int, Int) -> Bool

    func run(_ request: KeyRequest) -> KeyOutcome {
        do { return try outcome(of: request) } catch { return KeyOutcome(error: error) }
    }

    private func outcome(of request: KeyRequest) throws -> KeyOutcome {
        switch request {
        case .list: return .overview(try keeper.overview())
        case .add(let out):
            let ring = try keeper.add(out: out)
            let name = ring.pending.map { "key \($0.version), id \($0.name)," } ?? "a key"
            return .ring(ring, ["\(name) is added; it opens, and seals from 'signalist keys promote' on"], out: out)
        case .addPrevious(let name, let secret, let out):
            let ring = try keeper.addPrevious(PreviousSecret(name: name, secret: secret), out: out)
            return .ring(ring, ["\(name) opens tokens of the previous system now; 'signalist keys reseal' seals them anew"], out: out)
        case .promote(let isOldCompromised, let out):
            let ring = try keeper.promote(isOldCompromised: isOldCompromised, out: out)
            return .ring(ring, ["key \(ring.primary) seals now; 'signalist keys reseal' moves what older keys sealed"], out: out)
        case .reseal(let rate):
            let report = try keeper.reseal(pace(rate))
            return .census(report.census, keeper.ring, resealed: report.resealed)
        case .verify(let acceptsOlderRing): return .census(try keeper.verify(acceptsOlderRing: acceptsOlderRing), keeper.ring)
        case .retire(let version, let unopened, let out):
            let ring = try keeper.retire(version, unopened: unopened, out: out)
            return .ring(
                ring, ["it opens nothing any more and is kept; 'signalist keys retire --undo VERSION' takes it back, 'signalist keys destroy' does not"],
                out: out)
        case .enable(let version, let out): return .ring(try keeper.enable(version, out: out), ["key \(version) opens again"], out: out)
        case .destroy(let version, let confirm, let out):
            return .ring(try keeper.destroy(version, confirmedBy: confirm, out: out), ["key \(version) is gone"], out: out)
        case .abort(let out):
            let ring = try keeper.abort(out: out)
            return .ring(ring, ["key \(ring.primary) seals again; 'signalist keys reseal' moves back what the newer key sealed"], out: out)
        case .export: return .ring(keeper.ring, [], out: nil)
        case .report: return KeyOutcome(lines: [], data: Array("{}".utf8))
        }
    }

    private func pace(_ rate: Int?) -> ResealPace {
        let rows = rate.map { min(16, max(1, $0 / 20)) } ?? 16, goesOn = progress, isServing = isServing
        var last = ContinuousClock.now, seen = 0
        return ResealPace(rows: rows) { done, total in
            guard goesOn(done, total) else { return false }
            let spent = (ContinuousClock.now - last) / .microseconds(1)
            let rest = rate.map { Double(max(0, done - seen)) / Double($0) * 1e6 - spent } ?? (isServing ? min(spent, 50_000) : 0)
            if rest > 0 { usleep(useconds_t(rest)) }
            (last, seen) = (.now, done)
            return true
        }
    }
}
