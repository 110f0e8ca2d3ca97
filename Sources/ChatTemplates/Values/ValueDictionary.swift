/// Keys and values in the order in which they came, as Python's `dict` keeps them.
struct ValueDictionary {
    private(set) var keys: [Value] = []
    private(set) var values: [Value] = []
    /// Positions of texts as keys; only for large dictionaries, where a scan would be slow.
    private var index: [TextKey: Int] = [:]

    /// The JSON text that these members were read from, where it must be kept to the byte.
    var spelling: MarkedText?

    private static let indexedSize = 12

    init() {}

    init(_ pairs: some Sequence<(String, Value)>) {
        for (key, value) in pairs { self[.text(key)] = value }
    }

    var count: Int { keys.count }

    /// The pairs in order, as tuples.
    var items: [Value] { zip(keys, values).map { .tuple([$0, $1]) } }

    subscript(key: Value) -> Value? {
        get { position(of: key).map { values[$0] } }
        set {
            guard let newValue else { return }
            spelling = nil
            if let position = position(of: key) {
                values[position] = newValue
                return
            }
            keys.append(key)
            values.append(newValue)
            if keys.count == ValueDictionary.indexedSize {
                for (position, key) in keys.enumerated() { note(key, at: position) }
            } else if keys.count > ValueDictionary.indexedSize {
                note(key, at: keys.count - 1)
            }
        }
    }

    func find(_ name: MarkedText) -> Value? {
        if keys.count < ValueDictionary.indexedSize {
            for (position, key) in keys.enumerated() {
                if case .text(let text) = key, text.isSpelled(like: name) { return values[position] }
            }
            return nil
        }
        return index[TextKey(name)].map { values[$0] }
    }

    private mutating func note(_ key: Value, at position: Int) {
        if case .text(let text) = key { index[TextKey(text)] = position }
    }

    private func position(of key: Value) -> Int? {
        if keys.count >= ValueDictionary.indexedSize, case .text(let text) = key {
            return index[TextKey(text)]
        }
        return keys.firstIndex { $0.equals(key) }
    }
}
