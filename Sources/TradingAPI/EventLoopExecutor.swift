// Requests are answered on the event loop that reads them.

import NIOCore
import ServiceLifecycle

/// Runs a service's tasks, and the tasks that it starts within them, on one event loop. A request then passes from the
/// socket to its handler and back without waking a second thread for it, which costs more than most handlers do.
///
/// What runs there must not block for long; the store's lists are read on threads of their own.
struct OnEventLoop<Wrapped: Service>: Service {
    let service: Wrapped
    let eventLoop: any EventLoop

    func run() async throws {
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) { try await service.run() }
    }
}

private final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
