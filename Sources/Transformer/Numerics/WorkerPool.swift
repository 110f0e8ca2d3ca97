import CKernels

/// A few threads that do the parts of one job together.
final class WorkerPool {
    /// Workers, the calling thread among them.
    let count: Int
    /// Parts into which a job is divided: more than workers, so that one that is held up leaves its share to others.
    let parts: Int
    private let workers: OpaquePointer?

    /// Starts threads; as many as the system gives, if it gives fewer.
    init(threads: Int) {
        workers = threads > 1 ? ck_workers_create(Int32(clamping: threads)) : nil
        count = workers.map { Int(ck_workers_count($0)) } ?? 1
        parts = count == 1 ? 1 : 4 * count
    }

    deinit {
        if let workers { ck_workers_destroy(workers) }
    }

    /// Runs the parts of a job, several at the same time, and returns when all are done.
    ///
    /// The job is not checked for data races by the compiler: each part must write to places of its own, and each
    /// worker may have scratch memory of its own.
    func run(_ job: (_ part: Int, _ worker: Int) -> Void) {
        guard let workers else { return job(0, 0) }
        withoutActuallyEscaping(job) { job in
            var job = job
            withUnsafeMutablePointer(to: &job) { context in
                ck_workers_run(
                    workers, Int32(parts),
                    { context, part, worker in
                        context.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(
                            Int(part), Int(worker))
                    }, context)
            }
        }
    }

    /// What a part has of `items` things, of which `unit` stay together.
    func share(of items: Int, unit: Int = 1, part: Int) -> Range<Int> {
        let units = (items + unit - 1) / unit
        return min(items, units * part / parts * unit)..<min(items, units * (part + 1) / parts * unit)
    }
}
