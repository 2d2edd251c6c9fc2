// The endpoints of the previous system, whose clients go on working. `docs/moving-from-the-previous-system.md` says field by
// field what is the same.

extension Route {
    static let previous: [Route] = [
        .post("/api/deriv/token", .harmless, PreviousToken.store),
        .get("/api/deriv/token", PreviousToken.get),
        .delete("/api/deriv/token", PreviousToken.remove),
        .put("/api/deriv/token", PreviousToken.validate),
        .put("/api/deriv/token/validate", PreviousToken.validate),

        .post("/api/deriv/auto-trading/start", .remembered, PreviousAutoTrading.start),
        .post("/api/deriv/auto-trading/stop", .harmless, PreviousAutoTrading.stop),
        .get("/api/deriv/auto-trading/status", PreviousAutoTrading.status),
        .get("/api/deriv/auto-trading/live-updates", PreviousStream.stream),
        .get("/api/deriv/auto-trading/trades", PreviousTrades.list),
        .get("/api/deriv/auto-trading/analytics", PreviousAnalytics.analytics),
        .get("/api/deriv/auto-trading/risk-metrics", PreviousAnalytics.riskMetrics),
    ]
}
