import JSON

/// One end of a range of numbers.
struct NumberBound {
    var value: ExactDecimal
    /// Whether the range ends before the value itself.
    var isExcluded = false
}

/// The number keywords of one schema.
struct NumberBounds {
    var minimum: NumberBound?
    var maximum: NumberBound?
    var multipleOf: ExactDecimal?

    var isEmpty: Bool { minimum == nil && maximum == nil && multipleOf == nil }
}
