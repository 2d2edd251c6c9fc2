// Every route of the API. `docs/openapi.yaml` lists the same ones; a test compares them.

extension Route {
    static let all: [Route] = [
        .open("/api/v1/health/live", Health.live),
        .open("/api/v1/health/ready", Health.ready),
        .get("/api/v1/health", Health.details),

        .post("/api/v1/signals", .recognized, Signals.create),
        .get("/api/v1/signals", Signals.list),
        .get("/api/v1/signals/{signal}", Signals.get),
        .act("/api/v1/signals/{signal}/cancel", Signals.cancel),

        .act("/api/v1/sessions", Sessions.create),
        .get("/api/v1/sessions", Sessions.list),
        .get("/api/v1/sessions/{session}", Sessions.get),
        .put("/api/v1/sessions/{session}/plan", Sessions.changePlan),
        .act("/api/v1/sessions/{session}/start", Sessions.start),
        .act("/api/v1/sessions/{session}/pause", Sessions.pause),
        .act("/api/v1/sessions/{session}/resume", Sessions.resume),
        .act("/api/v1/sessions/{session}/stop", Sessions.stop),
        .act("/api/v1/sessions/{session}/accept-review", Sessions.acceptReview),
        .get("/api/v1/sessions/{session}/analytics", AnalyticsRoutes.ofSession),
        .get("/api/v1/sessions/{session}/can-execute-trade", Sessions.canExecuteTrade),
        .get("/api/v1/sessions/{session}/daily-limits", Sessions.dailyLimits),
        .get("/api/v1/sessions/{session}/drawdown", Sessions.drawdown),
        .get("/api/v1/sessions/{session}/consecutive-losses", Sessions.consecutiveLosses),

        .act("/api/v1/accounts", Accounts.add),
        .get("/api/v1/accounts", Accounts.list),
        .get("/api/v1/accounts/{account}", Accounts.get),
        .delete("/api/v1/accounts/{account}", Accounts.remove),
        .post("/api/v1/accounts/{account}/check", .harmless, Accounts.check),
        .put("/api/v1/accounts/{account}/limits", Accounts.setLimits),
        .get("/api/v1/accounts/{account}/analytics", AnalyticsRoutes.ofAccount),

        .get("/api/v1/limits", Limits.get),
        .put("/api/v1/limits", Limits.set),

        .get("/api/v1/trades", Trades.list),
        .get("/api/v1/trades/{trade}", Trades.get),
        .get("/api/v1/trades/{trade}/candidates", Trades.candidates),
        .act("/api/v1/trades/{trade}/resolve", Trades.resolve),

        .get("/api/v1/emergency-stop", Emergency.get),
        .act("/api/v1/emergency-stop", Emergency.stop),
        .delete("/api/v1/emergency-stop", Emergency.lift),

        .post("/api/v1/hooks", .recognized, HookRoutes.create),
        .get("/api/v1/hooks", HookRoutes.list),
        .get("/api/v1/hooks/{hook}", HookRoutes.get),
        .put("/api/v1/hooks/{hook}", HookRoutes.change),
        .delete("/api/v1/hooks/{hook}", HookRoutes.remove),
        .post("/api/v1/hooks/{hook}/secrets", .recognized, HookRoutes.addSecret),
        .delete("/api/v1/hooks/{hook}/secrets/{version}", HookRoutes.removeSecret),
        .openPost("/hooks/{hook}", HookDelivery.signed),
        .openPost("/hooks/{hook}/{token}", HookDelivery.byAddress),

        .get("/api/v1/strategies", StrategyList.list),
        .get("/api/v1/events", Events.stream),
    ]
}
