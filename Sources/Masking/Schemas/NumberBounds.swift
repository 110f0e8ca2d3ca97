import JSON

/// The number keywords of one schema.
struct NumberBounds {
    var minimum: ExactDecimal?
    var minimumExcluded = false
    var maximum: ExactDecimal?
    var maximumExcluded = false
    var multipleOf: ExactDecimal?

    var isEmpty: Bool { minimum == nil && maximum == nil && multipleOf == nil }
}
