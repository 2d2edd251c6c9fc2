// The endpoints of the previous system, whose clients go on working. `docs/moving-from-the-previous-system.md` says field by
// field what is the same.

import People

extension Route {
    static let previous: [Route] = [
        .post("/api/deriv/token", .manageAccounts, .harmless, PreviousToken.store).proven,
        .get("/api/deriv/token", .readTrades, PreviousToken.get),
        .delete("/api/deriv/token", .manageAccounts, PreviousToken.remove),
        .put("/api/deriv/token", .manageAccounts, PreviousToken.validate),
        .put("/api/deriv/token/validate", .manageAccounts, PreviousToken.validate),

        .post("/api/deriv/token/secure", .manageAccounts, .harmless, PreviousTokenSecure.store).proven,
        .get("/api/deriv/token/secure", .readTrades, PreviousTokenSecure.get),
        .delete("/api/deriv/token/secure", .manageAccounts, PreviousTokenSecure.remove),
        .put("/api/deriv/token/secure", .manageAccounts, PreviousTokenSecure.validate),
        .put("/api/deriv/token/secure/validate", .manageAccounts, PreviousTokenSecure.validate),

        .post("/api/deriv/trade", .sendSignals, .recognized, PreviousTrade.place),
        .get("/api/deriv/positions", .readTrades, PreviousPositions.list),
        .get("/api/deriv/market-status", .readTrades, PreviousMarket.status).ofNoSession,
        .get("/api/deriv/market-data/history", .readTrades, PreviousMarket.history).ofNoSession,
        .get("/api/deriv/market-data/stream", .readTrades, PreviousMarket.stream).ofNoSession,

        .post("/api/deriv/verify-email", .readTrades, .harmless, PreviousGone.accountOpening).ofNoSession,
        .get("/api/deriv/verify-email", .readTrades, PreviousGone.accountOpening).ofNoSession,
        .post("/api/deriv/create-demo-account", .readTrades, .harmless, PreviousGone.accountOpening).ofNoSession,
        .post("/api/deriv/create-real-account", .readTrades, .harmless, PreviousGone.accountOpening).ofNoSession,
        .post("/api/deriv/create-real-account-eu", .readTrades, .harmless, PreviousGone.accountOpening).ofNoSession,
        .post("/api/deriv/create-wallet-account", .readTrades, .harmless, PreviousGone.accountOpening).ofNoSession,

        .post("/api/deriv/auto-trading/start", .controlSessions, .remembered, PreviousAutoTrading.start),
        .post("/api/deriv/auto-trading/stop", .controlSessions, .harmless, PreviousAutoTrading.stop),
        .get("/api/deriv/auto-trading/status", .readTrades, PreviousAutoTrading.status),
        .get("/api/deriv/auto-trading/live-updates", .readTrades, PreviousStream.stream),
        .get("/api/deriv/auto-trading/trades", .readTrades, PreviousTrades.list),
        .get("/api/deriv/auto-trading/analytics", .readMetrics, PreviousAnalytics.analytics),
        .get("/api/deriv/auto-trading/risk-metrics", .readMetrics, PreviousAnalytics.riskMetrics),

        .open("/api/health", PreviousHealth.health),
        .open("/api/health/liveness", PreviousHealth.liveness),
        .open("/api/health/readiness", PreviousHealth.readiness),
        .get("/api/health/detailed", .readMetrics, PreviousHealth.detailed).ofNoSession,
        .get("/api/health/services", .readMetrics, PreviousHealth.services).ofNoSession,
    ]
}
