import NIOCore

/// Runs tasks on the thread of an event loop, beside its connections: what comes on one of them and leaves on another
/// changes no thread on its way.
///
/// What runs there must not block, since all connections of the loop would wait for it.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
