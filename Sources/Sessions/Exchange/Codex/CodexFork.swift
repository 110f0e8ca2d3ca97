import JSON

/// A rollout that goes on from another thread: its file begins where the two part, and names the thread and the line.
struct CodexFork {
    /// The thread that it goes on from.
    let thread: String
    /// The first line of that thread, by its ordinal, that the fork does not share; `nil` where it shares all.
    let end: Int?

    /// Reads a file's first line; `nil` for a thread that began by itself.
    init?(_ first: JSONValue?) {
        guard first?["type"] == "session_meta", let payload = first?["payload"],
            let thread = payload["forked_from_id"]?.stringValue,
            let end = payload["forked_from_ordinal_exclusive"]
        else { return nil }
        self.thread = thread
        self.end = end.intValue
    }

    /// The lines that the fork shares, from the files of the threads before it.
    /// - Returns: `nil` where one of those is not there.
    func shared(
        _ threads: [String: [Document]], depth: Int = 0
    ) -> [Document]? {
        guard let own = threads[thread], depth < 100 else { return nil }
        let kept = own.filter { document in
            guard let end, let ordinal = document.value["ordinal"]?.intValue else { return true }
            return ordinal < end
        }
        guard let before = CodexFork(own.first?.value) else { return kept }
        return before.shared(threads, depth: depth + 1).map { $0 + kept.dropFirst() }
    }
}
