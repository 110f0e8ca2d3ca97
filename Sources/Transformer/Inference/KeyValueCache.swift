/// The keys and values of every layer at every evaluated position.
///
/// It grows by doubling, so that a model with a long context costs memory only for what is used.
final class KeyValueCache {
    /// Floats from one position to the next.
    let stride: Int
    private(set) var capacity = 0
    private var keys: [UnsafeMutablePointer<Float>]
    private var values: [UnsafeMutablePointer<Float>]

    init(layers: Int, width: Int) {
        stride = width
        keys = (0..<layers).map { _ in .allocate(capacity: 0) }
        values = (0..<layers).map { _ in .allocate(capacity: 0) }
    }

    deinit {
        for pointer in keys + values { pointer.deallocate() }
    }

    func keys(layer: Int) -> UnsafeMutablePointer<Float> { keys[layer] }
    func values(layer: Int) -> UnsafeMutablePointer<Float> { values[layer] }

    /// Makes room for `positions`, keeping the first `used`.
    func reserve(_ positions: Int, keeping used: Int, atMost limit: Int) {
        guard positions > capacity else { return }
        let newCapacity = max(positions, min(max(256, capacity * 2), limit))
        for layer in keys.indices {
            keys[layer] = grown(keys[layer], to: newCapacity, keeping: used)
            values[layer] = grown(values[layer], to: newCapacity, keeping: used)
        }
        capacity = newCapacity
    }

    private func grown(
        _ old: UnsafeMutablePointer<Float>, to capacity: Int, keeping used: Int
    ) -> UnsafeMutablePointer<Float> {
        let new = UnsafeMutablePointer<Float>.allocate(capacity: capacity * stride)
        new.update(from: old, count: used * stride)
        old.deallocate()
        return new
    }
}
