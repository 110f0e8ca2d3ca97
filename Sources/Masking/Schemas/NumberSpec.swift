import JSON

/// A conjunction of number keywords, and whether a number being written can still satisfy it.
struct NumberSpec {
    var isIntegral = false
    /// Whether a number written with a point or an exponent is no integer (draft 4).
    var isPlain = false
    var low: NumberBound?
    var high: NumberBound?
    var multiples: [ExactDecimal] = []
    /// The only values allowed; spelled as plain decimals.
    var values: NumberValues?
    /// Conjunctions that must not hold.
    var excluded: [NumberSpec] = []

    /// Whether the digits matter at all.
    var isFree: Bool { low == nil && high == nil && multiples.isEmpty && values == nil }

    /// Whether only the list of values says what a number must be.
    private var listsOnly: Bool {
        !isIntegral && !isPlain && low == nil && high == nil && multiples.isEmpty && excluded.isEmpty
    }

    mutating func add(_ bounds: NumberBounds) {
        if let minimum = bounds.minimum {
            let tighter = low.map {
                minimum.value > $0.value || (minimum.value == $0.value && minimum.isExcluded)
            }
            if tighter ?? true { low = minimum }
        }
        if let maximum = bounds.maximum {
            let tighter = high.map {
                maximum.value < $0.value || (maximum.value == $0.value && maximum.isExcluded)
            }
            if tighter ?? true { high = maximum }
        }
        if let multiple = bounds.multipleOf { multiples.append(multiple) }
    }

    /// Adds all that another conjunction asks for.
    mutating func add(_ other: NumberSpec, _ bounds: NumberBounds) {
        isIntegral = isIntegral || other.isIntegral
        isPlain = isPlain || other.isPlain
        add(bounds)
        if let own = other.values { values = values?.intersection(own) ?? own }
    }

    /// The conjunctions that together stand for this one without another: below its bounds, above them, or
    /// between them where its other keywords do not hold.
    func without(_ other: NumberSpec) -> [NumberSpec] {
        var parts: [NumberSpec] = []
        if let low = other.low {
            var below = self
            below.add(NumberBounds(maximum: NumberBound(value: low.value, isExcluded: !low.isExcluded)))
            parts.append(below)
        }
        if let high = other.high {
            var above = self
            above.add(NumberBounds(minimum: NumberBound(value: high.value, isExcluded: !high.isExcluded)))
            parts.append(above)
        }
        if other.isIntegral || !other.multiples.isEmpty || other.values != nil || !other.excluded.isEmpty {
            var between = self
            between.excluded.append(other)
            if let values, let others = other.values, other.listsOnly {
                between.values = values.subtracting(others)
            }
            parts.append(between)
        }
        return parts
    }

    /// Whether a finished number satisfies the conjunction.
    func accepts(_ number: JSONNumber) -> Bool {
        accepts(number.decimal, isPlain: NumberSpec.isPlain(number.text.utf8))
    }

    /// Whether a number is written without a point and an exponent.
    static func isPlain(_ text: some Sequence<UInt8>) -> Bool {
        !text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    /// Whether a value satisfies the conjunction.
    /// - Parameter isPlain: whether it is written without a point and an exponent.
    func accepts(_ value: ExactDecimal, isPlain: Bool) -> Bool {
        if isIntegral, !value.isIntegral || self.isPlain && !isPlain { return false }
        if let low, value < low.value || (low.isExcluded && value == low.value) { return false }
        if let high, value > high.value || (high.isExcluded && value == high.value) { return false }
        if let values, !values.contains(value) { return false }
        if excluded.contains(where: { $0.accepts(value, isPlain: isPlain) }) { return false }
        return multiples.allSatisfy { value.isMultiple(of: $0) }
    }

    /// Whether some number that begins with `text` satisfies the conjunction.
    ///
    /// Digits before the point are those of a plain decimal that does; after the point an exponent can make up for it.
    func canComplete(_ text: [UInt8]) -> Bool {
        if isPlain, !NumberSpec.isPlain(text) { return false }
        if values == nil, let mark = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            return canComplete(Mantissa(text[..<mark]), ExponentBeginning(text[(mark + 1)...]))
        }
        return canCompletePlainly(text) || values == nil && canShift(text)
    }

    /// Whether some plain decimal that begins with `text` (a sign, digits, perhaps a point and digits) satisfies
    /// the conjunction.
    private func canCompletePlainly(_ text: [UInt8]) -> Bool {
        let negative = text.first == UInt8(ascii: "-")
        let body = negative ? text.dropFirst() : text[...]
        if let values {
            return values.canComplete(text) { accepts($0, isPlain: NumberSpec.isPlain($1)) }
        }
        guard let first = body.first else {
            // Only a sign: some value of that sign, or zero.
            return completes(negative, from: nil, to: nil)
        }
        let point = body.firstIndex(of: UInt8(ascii: "."))
        let whole = point.map { body[body.startIndex..<$0] } ?? body
        let fraction = point.map { body[($0 + 1)...] } ?? []
        let digits = (whole + fraction).map { $0 - 0x30 }
        let base = ExactDecimal(isNegative: false, digits: digits, exponent: -fraction.count)
        if point != nil {
            return completes(
                negative, from: base, to: NumberSpec.plusUnit(base, -fraction.count), isClosed: true)
        }
        if completes(negative, from: base, to: NumberSpec.plusUnit(base, 0), isClosed: true) { return true }
        if first == UInt8(ascii: "0") { return false }
        // One more digit, two more, …: [d·10^k, (d+1)·10^k).
        let limit = (negative ? low : high)?.value
        let floor = (negative ? high : low)?.value
        let span = 45
        let enough = max(magnitudeOfExponent(limit), magnitudeOfExponent(floor)) + span
        let next = NumberSpec.plusUnit(base, 0)
        var shift = 1
        while shift <= max(1, min(enough, 400)) {
            let from = ExactDecimal(isNegative: false, digits: base.digits, exponent: base.exponent + shift)
            let to = ExactDecimal(isNegative: false, digits: next.digits, exponent: next.exponent + shift)
            if completes(negative, from: from, to: to) { return true }
            if let limit, limit.isNegative == negative || limit.isZero,
                ExactDecimal(isNegative: false, digits: limit.digits, exponent: limit.exponent) < from
            {
                return false
            }
            shift += 1
        }
        return false
    }

    private func magnitudeOfExponent(_ value: ExactDecimal?) -> Int {
        guard let value else { return 0 }
        return min(400, max(0, value.digits.count + value.exponent))
    }

    /// Whether a magnitude in `from..<to` (`nil`: from zero, without end) with that sign satisfies the conjunction.
    func completes(
        _ negative: Bool, from: ExactDecimal?, to: ExactDecimal?, isClosed: Bool = false
    ) -> Bool {
        // In terms of magnitudes: the bounds that this sign leaves.
        let near = negative ? high : low
        let far = negative ? low : high
        var least = near?.value
        var leastExcluded = near?.isExcluded ?? false
        var most = far?.value
        var mostExcluded = far?.isExcluded ?? false
        if let bound = least {
            if bound.isNegative != negative, !bound.isZero {
                // The bound lies on the other side of zero: it holds for every magnitude of this sign, or for none.
                (least, leastExcluded) = (nil, false)
            } else {
                least = NumberSpec.magnitude(bound)
            }
        }
        if let bound = most {
            // Zero is written without a sign where nothing below it is allowed.
            if bound.isNegative != negative, negative || !bound.isZero { return false }
            most = NumberSpec.magnitude(bound)
        }
        var lower = least ?? ExactDecimal(isNegative: false, digits: [], exponent: 0)
        var lowerExcluded = least == nil ? false : leastExcluded
        if let from, from > lower || (from == lower && !lowerExcluded) {
            (lower, lowerExcluded) = (from, false)
        }
        var upper = most
        if most == nil { mostExcluded = false }
        if let to, upper.map({ to <= $0 }) ?? true { (upper, mostExcluded) = (to, true) }
        if let upper, lower > upper || (lower == upper && (lowerExcluded || mostExcluded)) { return false }
        var steps = multiples
        if isIntegral { steps.append(ExactDecimal(isNegative: false, digits: [1], exponent: 0)) }
        if steps.isEmpty { return true }
        return NumberSpec.hasMultiple(
            steps, lower, lowerExcluded: lowerExcluded, upper, upperExcluded: mostExcluded)
    }

    /// Whether a common multiple of `steps` lies between the bounds; true where that is too large to compute.
    static func hasMultiple(
        _ steps: [ExactDecimal], _ lower: ExactDecimal, lowerExcluded: Bool, _ upper: ExactDecimal?,
        upperExcluded: Bool
    ) -> Bool {
        if lower.isZero, !lowerExcluded { return true }
        guard let upper else { return true }
        let scale = ([lower, upper] + steps).map { -$0.exponent }.max() ?? 0
        guard scale < 36 else { return true }
        guard let low = scaled(lower, by: max(0, scale)), let high = scaled(upper, by: max(0, scale)) else {
            return true
        }
        var step: Int128 = 1
        for each in steps {
            guard let size = scaled(each, by: max(0, scale)), size > 0 else { return !each.isZero }
            let (product, overflow) = (step / gcd(step, size)).multipliedReportingOverflow(by: size)
            if overflow { return true }
            step = product
        }
        var candidate = low / step * step
        if candidate < low || (lowerExcluded && candidate == low) { candidate += step }
        return candidate < high || (candidate == high && !upperExcluded)
    }

    private static func gcd(_ a: Int128, _ b: Int128) -> Int128 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(1, a)
    }

    private static func scaled(_ value: ExactDecimal, by scale: Int) -> Int128? {
        guard value.digits.count + value.exponent + scale <= 36 else { return nil }
        var result: Int128 = 0
        for digit in value.digits { result = result * 10 + Int128(digit) }
        for _ in 0..<max(0, value.exponent + scale) { result *= 10 }
        return result
    }

    static func magnitude(_ value: ExactDecimal) -> ExactDecimal {
        ExactDecimal(isNegative: false, digits: value.digits, exponent: value.exponent)
    }

    /// `value + 10^exponent` for a magnitude whose digits reach no lower than that exponent.
    static func plusUnit(_ value: ExactDecimal, _ exponent: Int) -> ExactDecimal {
        var digits = value.digits
        digits.append(
            contentsOf: repeatElement(0, count: max(0, value.isZero ? 0 : value.exponent - exponent)))
        if digits.isEmpty { digits = [0] }
        var index = digits.count - 1
        while true {
            if digits[index] < 9 {
                digits[index] += 1
                break
            }
            digits[index] = 0
            if index == 0 {
                digits.insert(1, at: 0)
                break
            }
            index -= 1
        }
        return ExactDecimal(isNegative: false, digits: digits, exponent: exponent)
    }
}
