import PlainJSON

/// The collections of the previous system that are read, in the order in which each can name the ones before, and what a
/// document of each must have.
public enum PreviousCollection: String, CaseIterable, Sendable {
    case users = "user"
    case tokens = "derivapitokens"
    case settings = "signalistbotsettings"
    case sessions = "autotradingsessions"
    case signals
    case trades = "signalistbottrades"

    /// Holds whatever it must not stand twice.
    var key: String {
        switch self {
        case .users, .settings: "_id"
        case .tokens: "userId"
        case .sessions: "sessionId"
        case .signals: "signalId"
        case .trades: "tradeId"
        }
    }

    var rules: [FieldRule] {
        [.required("_id", .id), .optional("__v", .number(least: nil)), .optional("createdAt", .moment), .optional("updatedAt", .moment)] + own
    }

    private var own: [FieldRule] {
        switch self {
        case .users:
            [
                .optional("name", .text), .required("email", .text), .preset("emailVerified", .flag, .bool(false)), .optional("image", .text),
                .optional("password", .plainSecret),
            ]
        case .tokens:
            [
                .required("userId", .id), .required("token", .sealed), .required("accountType", .words(["demo", "real"])), .optional("accountId", .text),
                .optional("accountBalance", .money(least: 0)), .preset("accountCurrency", .currency, .text("USD")), .preset("isValid", .flag, .bool(false)),
                .optional("lastValidatedAt", .moment), .preset("scopes", .texts, .list([])), .optional("expiresAt", .end),
            ]
        case .settings:
            [
                .required("userId", .id), .required("broker", .words(["exness", "deriv"])), .required("instrument", .text),
                .preset("enabled", .flag, .bool(false)), .preset("riskPerTrade", .percent, .whole(10)), .zero("maxDailyLoss", .percent),
                .zero("maxDailyTrades", .count), .preset("tradeFrequency", .text, .text("once-per-candle")),
                .preset("candleTimeframe", .words(["1m", "3m", "5m", "15m", "30m", "1h", "4h", "1d"]), .text("5m")),
                .preset("smaPeriod", .number(least: 0), .whole(50)), .optional("smaPeriod2", .number(least: 0)),
                .preset("tpMultiplier", .number(least: 0), .whole(3)), .preset("slMethod", .words(["pips", "atr", "candle"]), .text("atr")),
                .optional("slValue", .number(least: 0)), .preset("atrPeriod", .number(least: 0), .whole(14)),
                .preset("spikeDetectionEnabled", .flag, .bool(false)), .optional("spikeThreshold", .number(least: 0)),
                .preset("strategy", .words(["Signalist-SMA-3C", "Custom"]), .text("Signalist-SMA-3C")), .optional("magicNumber", .number(least: 0)),
                .preset("loggingLevel", .words(["debug", "info", "warn", "error"]), .text("info")), .optional("forceStopDrawdown", .percent),
                .optional("forceStopConsecutiveLosses", .number(least: 0)), .preset("minTimeInTrade", .number(least: 0), .whole(1)),
                .preset("smaCrossLookback", .number(least: 0), .whole(8)), .preset("fiveMinTrendConfirmation", .flag, .bool(true)),
                .optional("mt5Login", .number(least: 0)), .optional("mt5Password", .plainSecret), .optional("mt5Server", .text),
                .optional("derivToken", .plainSecret),
            ]
        case .sessions:
            [
                .required("sessionId", .text), .required("userId", .id), .optional("derivTokenId", .id), .required("broker", .words(["deriv", "exness"])),
                .required("strategy", .text),
                .preset("status", .words(["idle", "starting", "active", "paused", "stopping", "stopped", "error"]), .text("idle")),
                .required("startedAt", .moment), .optional("stoppedAt", .moment), .optional("lastTradeAt", .moment),
                .optional(
                    "riskSettings",
                    .object([
                        .zero("maxTradesPerDay", .count), .zero("dailyLossLimit", .money(least: 0)), .zero("maxStakeSize", .money(least: 0)),
                        .preset("riskPerTrade", .percent, .whole(1)), .zero("autoStopDrawdown", .percent),
                        .zero("maxConsecutiveLosses", .count),
                    ])),
                .optional(
                    "signalFilters",
                    .object([.preset("symbols", .symbols, .list([])), .preset("sources", .labels, .list([])), .preset("strategies", .labels, .list([]))])),
                .zero("totalTrades", .count), .zero("winningTrades", .count), .zero("losingTrades", .count),
                .zero("totalProfitLoss", .money(least: nil)), .zero("currentDrawdown", .number(least: 0)), .zero("maxDrawdown", .number(least: 0)),
                .zero("dailyTradeCount", .count), .zero("dailyProfitLoss", .money(least: nil)), .zero("consecutiveLosses", .count),
                .required("startBalance", .money(least: 0)), .optional("currentBalance", .number(least: 0)), .optional("endBalance", .number(least: 0)),
                .optional("errorMessage", .text),
            ]
        case .signals:
            [
                .required("signalId", .text), .optional("userId", .id), .required("symbol", .symbol), .required("ticker", .text),
                .required("action", .words(["BUY", "SELL"])), .required("price", .number(least: 0)), .optional("stopLoss", .number(least: 0)),
                .optional("takeProfit", .number(least: 0)), .preset("source", .words(["manual", "algorithm", "external_api", "user_alert"]), .text("manual")),
                .preset("status", .words(["active", "executed", "expired", "cancelled"]), .text("active")), .optional("description", .text),
                .optional("expiresAt", .end), .optional("metadata", .anything),
            ]
        case .trades:
            [
                .required("tradeId", .text), .required("userId", .id), .optional("botId", .text), .required("broker", .words(["exness", "deriv"])),
                .required("symbol", .symbol), .required("side", .words(["BUY", "SELL"])), .required("entryPrice", .number(least: 0)),
                .optional("exitPrice", .number(least: 0)), .required("lotOrStake", .stake), .zero("stopLoss", .number(least: 0)),
                .zero("takeProfit", .number(least: 0)),
                .preset(
                    "status", .words(["OPEN", "CLOSED", "TP_HIT", "SL_HIT", "REVERSE_SIGNAL", "MANUAL_CLOSE", "FORCE_STOP"]), .text("OPEN")),
                .optional("realizedPnl", .money(least: nil)), .optional("realizedPnlPercent", .number(least: nil)),
                .optional("unrealizedPnl", .money(least: nil)), .optional("unrealizedPnlPercent", .number(least: nil)), .optional("entryReason", .text),
                .optional("exitReason", .text), .required("entryTimestamp", .moment), .optional("exitTimestamp", .moment), .optional("brokerTradeId", .text),
                .preset("isDemo", .flag, .bool(false)),
            ]
        }
    }
}

extension ImportValue {
    fileprivate static func whole(_ value: Int64) -> ImportValue { .number(JSONNumber(mantissa: value, scale: 0)) }
}
