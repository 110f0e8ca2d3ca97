/// Floats that live as long as their owner, with an address that stays.
final class Scratch {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: max(count, 1))
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
}
