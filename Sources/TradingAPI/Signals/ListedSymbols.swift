// Symbols that the broker does not list are a client's mistake, and told as one.

import PlainJSON
import Synchronization
import TradingModel
import TradingPorts

/// What the broker was found to list. A symbol that was listed once is taken from then on without a question; while the
/// broker cannot be asked, every symbol is taken: whether it is sold is decided before anything is bought.
final class ListedSymbols: Sendable {
    private struct State {
        var listed: Set<Symbol> = []
        /// No question before.
        var restsUntil: ContinuousClock.Instant?
    }
    private let state = Mutex(State())
    /// A request is held up no longer than this, once, and then not again for `rest`.
    static let wait = Duration.seconds(1)
    static let rest = Duration.seconds(30)
    /// More than any broker lists.
    static let most = 10_000

    func expect(_ symbol: Symbol, _ field: Field, _ market: any Market) async throws(Problem) {
        let mustAsk = state.withLock { state in !state.listed.contains(symbol) && state.restsUntil.map { $0 <= .now } ?? true }
        guard mustAsk else { return }
        switch await ListedSymbols.isListed(symbol, market) {
        case true?:
            state.withLock { state in
                if state.listed.count < ListedSymbols.most { state.listed.insert(symbol) }
            }
        case false?: throw Problem(.unknownSymbol, "\(field.path) is \"\(symbol)\"; expected a symbol that the broker lists", field: field.path)
        case nil: state.withLock { $0.restsUntil = .now + ListedSymbols.rest }
        }
    }

    /// Nil when the broker does not say in time.
    private static func isListed(_ symbol: Symbol, _ market: any Market) async -> Bool? {
        let (answers, answer) = AsyncStream<Bool?>.makeStream()
        let question = Task {
            do { answer.yield(try await market.lists(symbol)) } catch { answer.yield(nil) }
        }
        let timer = Task {
            try? await Task.sleep(for: wait)
            answer.yield(nil)
        }
        defer {
            question.cancel()
            timer.cancel()
        }
        for await listed in answers { return listed }
        return nil
    }
}
