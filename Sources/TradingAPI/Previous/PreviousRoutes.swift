// The endpoints of the previous system, whose clients go on working. `docs/moving-from-the-previous-system.md` says field by
// field what is the same.

extension Route {
    static let previous: [Route] = [
        .post("/api/deriv/token", .harmless, PreviousToken.store),
        .get("/api/deriv/token", PreviousToken.get),
        .delete("/api/deriv/token", PreviousToken.remove),
        .put("/api/deriv/token", PreviousToken.validate),
        .put("/api/deriv/token/validate", PreviousToken.validate),

        .post("/api/deriv/token/secure", .harmless, PreviousTokenSecure.store),
        .get("/api/deriv/token/secure", PreviousTokenSecure.get),
        .delete("/api/deriv/token/secure", PreviousTokenSecure.remove),
        .put("/api/deriv/token/secure", PreviousTokenSecure.validate),
        .put("/api/deriv/token/secure/validate", PreviousTokenSecure.validate),

        .post("/api/deriv/trade", .recognized, PreviousTrade.place),
        .get("/api/deriv/positions", PreviousPositions.list),
        .get("/api/deriv/market-status", PreviousMarket.status),
        .get("/api/deriv/market-data/history", PreviousMarket.history),
        .get("/api/deriv/market-data/stream", PreviousMarket.stream),

        .post("/api/deriv/verify-email", .harmless, PreviousGone.accountOpening),
        .get("/api/deriv/verify-email", PreviousGone.accountOpening),
        .post("/api/deriv/create-demo-account", .harmless, PreviousGone.accountOpening),
        .post("/api/deriv/create-real-account", .harmless, PreviousGone.accountOpening),
        .post("/api/deriv/create-real-account-eu", .harmless, PreviousGone.accountOpening),
        .post("/api/deriv/create-wallet-account", .harmless, PreviousGone.accountOpening),

        .post("/api/deriv/auto-trading/start", .remembered, PreviousAutoTrading.start),
        .post("/api/deriv/auto-trading/stop", .harmless, PreviousAutoTrading.stop),
        .get("/api/deriv/auto-trading/status", PreviousAutoTrading.status),
        .get("/api/deriv/auto-trading/live-updates", PreviousStream.stream),
        .get("/api/deriv/auto-trading/trades", PreviousTrades.list),
        .get("/api/deriv/auto-trading/analytics", PreviousAnalytics.analytics),
        .get("/api/deriv/auto-trading/risk-metrics", PreviousAnalytics.riskMetrics),

        .open("/api/health", PreviousHealth.health),
        .open("/api/health/liveness", PreviousHealth.liveness),
        .open("/api/health/readiness", PreviousHealth.readiness),
        .get("/api/health/detailed", PreviousHealth.detailed),
        .get("/api/health/services", PreviousHealth.services),
    ]
}
