/// Values that have a number: equal values have equal numbers.
struct Interned<Element: Hashable> {
    private(set) var values: [Element] = []
    private var numbers: [Element: Int32] = [:]

    init(_ first: Element? = nil) { if let first { _ = intern(first) } }

    @inline(__always)
    subscript(number: Int32) -> Element { values[Int(number)] }

    mutating func intern(_ value: Element) -> Int32 {
        if let number = numbers[value] { return number }
        let number = Int32(values.count)
        values.append(value)
        numbers[value] = number
        return number
    }
}
