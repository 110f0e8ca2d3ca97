/// Who waits within an actor until something about it has changed.
///
/// Whoever waits says up to which change it has looked: an actor may do other work before a call of its own begins to
/// wait, and a change that comes then would be missed.
struct Changes {
    /// How many there were.
    private(set) var count = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Resumes at the first change after the first `seen`.
    mutating func resume(_ continuation: CheckedContinuation<Void, Never>, after seen: Int) {
        if seen == count { waiting.append(continuation) } else { continuation.resume() }
    }

    /// Something has changed.
    mutating func happen() {
        count += 1
        let all = waiting
        waiting = []
        for one in all { one.resume() }
    }
}
