import PlainJSON
public import TradingEngine
public import TradingModel

/// A line that logs in once to learn whose a token is.
public enum TokenCheck {
    /// Sent as request 1; the token goes straight into the frame.
    public static func frame(_ token: Secret) -> [UInt8] { LoginRequest.frame(token, requestID: 1) }

    public enum Answer: Sendable {
        case taken(AccountProfile, balance: Money, scopes: [String])
        case refused(code: String)
        case unusable(String)
        /// Something else; wait for the answer.
        case other
    }

    public static func read(_ bytes: UnsafeRawBufferPointer) -> Answer {
        do {
            let message = try IncomingMessage(try JSONValue.parse(bytes))
            guard message.requestID == 1 else { return .other }
            if let error = message.error { return .refused(code: error.code) }
            guard message.type == "authorize", let payload = message.payload else { return .unusable("no authorize in the answer") }
            guard let loginID = Label(try payload.needString("loginid")) else { return .unusable("loginid") }
            guard let currency = Currency.named(try payload.needString("currency")) else { return .unusable("currency") }
            let scopes = (payload["scopes"]?.array ?? []).compactMap(\.string)
            let profile = AccountProfile(broker: Label("deriv")!, loginID: loginID, currency: currency, isVirtual: try payload.needInteger("is_virtual") == 1)
            return .taken(profile, balance: try payload.needMoney("balance", currency), scopes: scopes)
        } catch let error as Unreadable { return .unusable(error.field) } catch { return .unusable("not JSON") }
    }
}
