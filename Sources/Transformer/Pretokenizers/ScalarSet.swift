/// A set of Unicode scalars, as a bracket expression of a pattern names it.
struct ScalarSet: Sendable {
    private let classes: ScalarClasses
    private let ranges: [ClosedRange<UInt32>]
    private let isInverted: Bool

    private init(_ classes: ScalarClasses, _ ranges: [ClosedRange<UInt32>], isInverted: Bool) {
        (self.classes, self.ranges, self.isInverted) = (classes, ranges, isInverted)
    }

    /// The scalars of some classes, and those of `scalars` and `ranges` beside them.
    static func of(
        _ classes: ScalarClasses = [], and scalars: String = "", ranges: [ClosedRange<UInt32>] = []
    ) -> ScalarSet {
        ScalarSet(classes, ranges + scalars.unicodeScalars.map { $0.value...$0.value }, isInverted: false)
    }

    /// All other scalars.
    static func not(_ classes: ScalarClasses, or scalars: String = "") -> ScalarSet {
        ScalarSet(classes, scalars.unicodeScalars.map { $0.value...$0.value }, isInverted: true)
    }

    func contains(_ scalar: Unicode.Scalar, _ itsClass: ScalarClasses) -> Bool {
        let isListed =
            !classes.isDisjoint(with: itsClass) || ranges.contains { $0.contains(scalar.value) }
        return isListed != isInverted
    }
}
