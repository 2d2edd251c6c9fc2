// Every route of the API. `docs/openapi.yaml` lists the same ones; a test compares them.

import People

extension Route {
    static let all: [Route] = [
        .open("/api/v1/set-up", SetUp.get).counted,
        .openPost("/api/v1/set-up", SetUp.create),
        .openPost("/api/v1/set-password", Passwords.set),
        .openPost("/api/v1/log-in", LogIn.create),
        .post("/api/v1/log-out", .own, .harmless, LogIn.end),
        .any("/api/v1/me", Me.get),
        .put("/api/v1/me/password", .own, Passwords.change),
        .post("/api/v1/me/proof", .own, .harmless, Passwords.prove),
        .post("/api/v1/me/second-factor", .own, .harmless, SecondFactorRoutes.begin).proven,
        .post("/api/v1/me/second-factor/confirm", .own, .harmless, SecondFactorRoutes.confirm),
        .delete("/api/v1/me/second-factor", .own, SecondFactorRoutes.remove).proven,
        .get("/api/v1/visits", .own, Visits.list),
        .delete("/api/v1/visits/{visit}", .own, Visits.end),

        .get("/api/v1/keys", .own, Keys.list),
        .post("/api/v1/keys", .own, .harmless, Keys.create).proven,
        .delete("/api/v1/keys/{key}", .own, Keys.remove),

        .get("/api/v1/people", .admin, PeopleRoutes.list),
        .act("/api/v1/people", .admin, PeopleRoutes.add).proven,
        .get("/api/v1/people/{person}", .admin, PeopleRoutes.get),
        .put("/api/v1/people/{person}", .admin, PeopleRoutes.change).proven,
        .post("/api/v1/people/{person}/password-code", .admin, .harmless, PeopleRoutes.passwordCode).proven,

        .open("/api/v1/health/live", Health.live),
        .open("/api/v1/health/ready", Health.ready),
        .get("/api/v1/health", .readMetrics, Health.details),

        .post("/api/v1/signals", .sendSignals, .recognized, Signals.create),
        .get("/api/v1/signals", .readTrades, Signals.list),
        .get("/api/v1/signals/{signal}", .readTrades, Signals.get),
        .act("/api/v1/signals/{signal}/cancel", .sendSignals, Signals.cancel),

        .act("/api/v1/sessions", .controlSessions, Sessions.create),
        .get("/api/v1/sessions", .readTrades, Sessions.list),
        .get("/api/v1/sessions/{session}", .readTrades, Sessions.get),
        .put("/api/v1/sessions/{session}/plan", .controlSessions, Sessions.changePlan),
        .act("/api/v1/sessions/{session}/start", .controlSessions, Sessions.start),
        .act("/api/v1/sessions/{session}/pause", .controlSessions, Sessions.pause),
        .act("/api/v1/sessions/{session}/resume", .controlSessions, Sessions.resume),
        .act("/api/v1/sessions/{session}/stop", .controlSessions, Sessions.stop),
        .act("/api/v1/sessions/{session}/accept-review", .controlSessions, Sessions.acceptReview),
        .get("/api/v1/sessions/{session}/analytics", .readMetrics, AnalyticsRoutes.ofSession),
        .get("/api/v1/sessions/{session}/can-execute-trade", .readTrades, Sessions.canExecuteTrade),
        .get("/api/v1/sessions/{session}/daily-limits", .readTrades, Sessions.dailyLimits),
        .get("/api/v1/sessions/{session}/drawdown", .readTrades, Sessions.drawdown),
        .get("/api/v1/sessions/{session}/consecutive-losses", .readTrades, Sessions.consecutiveLosses),

        .act("/api/v1/accounts", .manageAccounts, Accounts.add).proven,
        .get("/api/v1/accounts", .readTrades, Accounts.list),
        .get("/api/v1/accounts/{account}", .readTrades, Accounts.get),
        .delete("/api/v1/accounts/{account}", .manageAccounts, Accounts.remove),
        .post("/api/v1/accounts/{account}/check", .manageAccounts, .harmless, Accounts.check),
        .get("/api/v1/accounts/{account}/real-trading", .readTrades, RealTrading.get),
        .put("/api/v1/accounts/{account}/real-trading", .manageAccounts, RealTrading.set),
        .put("/api/v1/accounts/{account}/limits", .manageAccounts, Accounts.setLimits),
        .get("/api/v1/analytics", .readMetrics, AnalyticsRoutes.ofOwner),
        .get("/api/v1/accounts/{account}/analytics", .readMetrics, AnalyticsRoutes.ofAccount),

        .get("/api/v1/limits", .readTrades, Limits.get),
        .put("/api/v1/limits", .manageAccounts, Limits.set),
        .get("/api/v1/limits/pending", .readTrades, PromiseLock.pending),
        .delete("/api/v1/limits/pending/{raise}", .controlSessions, PromiseLock.takeBack),
        .get("/api/v1/promise-lock", .readTrades, PromiseLock.get),
        .put("/api/v1/promise-lock", .manageAccounts, PromiseLock.set),

        .get("/api/v1/trades", .readTrades, Trades.list),
        .get("/api/v1/trades/{trade}", .readTrades, Trades.get),
        .get("/api/v1/trades/{trade}/proof", .readTrades, Trades.proof),
        .get("/api/v1/trades/{trade}/candidates", .readTrades, Trades.candidates),
        .act("/api/v1/trades/{trade}/resolve", .controlSessions, Trades.resolve),

        .get("/api/v1/emergency-stop", .readTrades, Emergency.get),
        .act("/api/v1/emergency-stop", .controlSessions, Emergency.stop),
        .delete("/api/v1/emergency-stop", .controlSessions, Emergency.lift),

        .post("/api/v1/hooks", .manageAccounts, .recognized, HookRoutes.create),
        .get("/api/v1/hooks", .readTrades, HookRoutes.list),
        .get("/api/v1/hooks/{hook}", .readTrades, HookRoutes.get),
        .put("/api/v1/hooks/{hook}", .manageAccounts, HookRoutes.change),
        .delete("/api/v1/hooks/{hook}", .manageAccounts, HookRoutes.remove),
        .post("/api/v1/hooks/{hook}/secrets", .manageAccounts, .recognized, HookRoutes.addSecret),
        .delete("/api/v1/hooks/{hook}/secrets/{version}", .manageAccounts, HookRoutes.removeSecret),
        .openPost("/hooks/{hook}", HookDelivery.signed).bodies(upTo: HookDelivery.bodyBytesMost),
        .openPost("/hooks/{hook}/{token}", HookDelivery.byAddress).bodies(upTo: HookDelivery.bodyBytesMost),

        .get("/api/v1/operate/sessions", .operate, Operate.sessions),
        .act("/api/v1/operate/sessions/{session}/pause", .operate, Operate.pause),
        .act("/api/v1/operate/sessions/{session}/stop", .operate, Operate.stop),
        .get("/api/v1/audit", .audit, AuditRoutes.list),
        .get("/api/v1/audit/verify", .audit, AuditRoutes.verify),

        .get("/api/v1/strategies", .readMetrics, StrategyList.list),
        .get("/api/v1/events", .readTrades, Events.stream),
    ]
}
