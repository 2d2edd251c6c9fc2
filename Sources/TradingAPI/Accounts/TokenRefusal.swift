// Tokens that are not taken: on the audit log with the reason, never with the token.

import Logging
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

extension Call {
    /// Checks a token at the broker and seals it.
    func addAccount(_ token: Secret, only account: AccountID? = nil) async throws(AccountError) -> AccountRow {
        do { return try await desk.addAccount(token, owner: owner, only: account, by: by) } catch {
            await enterRefusal(error, of: "a token", "token store")
            throw error
        }
    }

    /// Asks the broker what the token that we hold may do.
    func checkAccount(_ account: AccountID) async throws(AccountError) -> CheckedToken {
        do { return try await desk.checkAccount(account, owner: owner) } catch {
            await enterRefusal(error, of: "account \(account)", "token check")
            throw error
        }
    }

    /// A broker that is not reached has refused nothing.
    private func enterRefusal(_ error: AccountError, of object: String, _ action: String) async {
        guard let reason = error.refusal else { return }
        logger.notice("token refused", metadata: ["by": "\(doer.name)", "of": "\(object)", "reason": "\(reason)"])
        await enter(action, object, outcome: "refused: \(reason)")
    }
}

extension AccountError {
    /// Why a token is not taken, in the broker's code or ours; nil when nobody has said so.
    fileprivate var refusal: String? {
        switch self {
        // Foreign text: a code is a short word.
        case .broker(.refused(let code)): String(code.unicodeScalars.filter { $0.isASCII && $0.value > 0x20 && $0.value < 0x7f }.map(Character.init).prefix(64))
        case .broker(.scopes(let missing, let forbidden)):
            [("lacks", missing), ("has", forbidden)].filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
        case .declined(let decline): decline.rawValue
        case .otherAccount: "another account's"
        case .broker(.unreachable), .broker(.unusable), .desk, .vault, .notFound: nil
        }
    }
}
