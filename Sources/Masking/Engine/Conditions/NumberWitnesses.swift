import JSON

/// Numbers that stand for all that a formula tells apart.
struct NumberWitnesses {
    var values: [ExactDecimal]
    /// Whether no other number can make anything else of the formula.
    var isComplete: Bool
}

extension NumberConditions {
    /// Numbers to try for a formula.
    func numberWitnesses(_ formula: Formulas.ID) -> NumberWitnesses {
        var values: Set<ExactDecimal> = []
        for text in ["0", "1", "-1", "2", "0.5", "1000000"] {
            if let value = JSONNumber(text: text)?.decimal { values.insert(value) }
        }
        for case .number(let schema) in formulas.leaves(of: formula) {
            let spec = numberSpec(schema)
            values.formUnion(spec.values?.all ?? [])
            for bound in [spec.low, spec.high].compactMap({ $0 }) { values.insert(bound.value) }
            values.formUnion(spec.wholeNumbers(atMost: NumberConditions.widestRange) ?? [])
        }
        // Complete where every way to satisfy the formula lists its numbers.
        let ways = formulas.branches(formula, limit: 64)
        let isComplete =
            ways?.allSatisfy { way in
                let listed = way.contains { leaf, holds in
                    guard holds, case .number(let schema) = leaf else { return false }
                    let spec = numberSpec(schema)
                    return spec.values != nil
                        || spec.wholeNumbers(atMost: NumberConditions.widestRange) != nil
                }
                let isFree = way.allSatisfy { if case .number = $0.leaf { false } else { true } }
                return listed || isFree
            } ?? false
        return NumberWitnesses(values: Array(values), isComplete: isComplete)
    }
}

extension NumberSpec {
    /// The whole numbers that satisfy the conjunction, where it asks for whole numbers between close bounds.
    func wholeNumbers(atMost limit: Int) -> [ExactDecimal]? {
        guard isIntegral, let first = low?.value.roundedUp, let last = high?.value.roundedDown,
            last - first < limit
        else { return nil }
        guard first <= last else { return [] }
        return (first...last).compactMap { JSONNumber(text: String($0))?.decimal }
            .filter { accepts($0, isPlain: true) }
    }
}

extension ExactDecimal {
    /// The least whole number that is no less, where it is small enough.
    fileprivate var roundedUp: Int? {
        guard let whole = truncated else { return nil }
        return isIntegral || isNegative ? whole : whole + 1
    }

    /// The greatest whole number that is no more, where it is small enough.
    fileprivate var roundedDown: Int? {
        guard let whole = truncated else { return nil }
        return isIntegral || !isNegative ? whole : whole - 1
    }

    private var truncated: Int? {
        guard digits.count + exponent <= 15 else { return nil }
        var value = 0
        for digit in digits.prefix(max(0, digits.count + min(0, exponent))) {
            value = value * 10 + Int(digit)
        }
        for _ in 0..<max(0, exponent) { value *= 10 }
        return isNegative ? -value : value
    }
}
