/// Values that have a number: equal values have equal numbers.
struct Interned<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int32] = [:]

    init(_ first: Value? = nil) { if let first { _ = intern(first) } }

    @inline(__always)
    subscript(number: Int32) -> Value { values[Int(number)] }

    mutating func intern(_ value: Value) -> Int32 {
        if let number = numbers[value] { return number }
        let number = Int32(values.count)
        values.append(value)
        numbers[value] = number
        return number
    }
}
