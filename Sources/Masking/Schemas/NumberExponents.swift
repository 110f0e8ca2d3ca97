import JSON

/// What stands before an exponent: a sign, digits, perhaps a point and digits.
struct Mantissa {
    let isNegative: Bool
    /// Its digits as a magnitude.
    let magnitude: ExactDecimal
    /// How many digits stand after the point; `nil` where there is no point.
    let places: Int?

    init(_ text: some Collection<UInt8>) {
        isNegative = text.first == UInt8(ascii: "-")
        let body = text.drop { $0 == UInt8(ascii: "-") }
        let fraction = body.drop { $0 != UInt8(ascii: ".") }.dropFirst()
        places = body.contains(UInt8(ascii: ".")) ? fraction.count : nil
        magnitude = ExactDecimal(
            isNegative: false, digits: body.filter { $0 != UInt8(ascii: ".") }.map { $0 - 0x30 },
            exponent: -fraction.count)
    }

    /// The value with an exponent.
    func value(_ exponent: Int) -> ExactDecimal {
        ExactDecimal(
            isNegative: isNegative, digits: magnitude.digits, exponent: magnitude.exponent + exponent)
    }
}

/// The beginning of an exponent, and the exponents that it can become.
///
/// By policy an exponent has at most three digits.
struct ExponentBeginning {
    private static let mostDigits = 3
    /// In ascending order.
    let ranges: [ClosedRange<Int>]

    init(_ text: some Collection<UInt8>) {
        let isNegative = text.first == UInt8(ascii: "-")
        let hasSign = isNegative || text.first == UInt8(ascii: "+")
        let digits = text.dropFirst(hasSign ? 1 : 0)
        guard digits.count <= ExponentBeginning.mostDigits else {
            ranges = []
            return
        }
        if digits.isEmpty {
            ranges = [(isNegative || !hasSign ? -999 : 0)...(isNegative ? 0 : 999)]
            return
        }
        let start = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        var found: [ClosedRange<Int>] = []
        var unit = 1
        for _ in digits.count...ExponentBeginning.mostDigits {
            let range = start * unit...start * unit + unit - 1
            found.append(isNegative ? -range.upperBound ... -range.lowerBound : range)
            unit *= 10
        }
        ranges = isNegative ? found.reversed() : found
    }
}

extension NumberSpec {
    /// Whether a mantissa satisfies the conjunction with some exponent that begins so.
    func canComplete(_ mantissa: Mantissa, _ beginning: ExponentBeginning) -> Bool {
        if mantissa.magnitude.isZero {
            return !beginning.ranges.isEmpty && accepts(mantissa.value(0), isPlain: false)
        }
        let near = exponentsInReach(of: mantissa.magnitude, mantissa.isNegative)
        return beginning.ranges.contains { range in
            let first = max(range.lowerBound, near.lowerBound)
            let last = min(range.upperBound, near.upperBound)
            guard first <= last else { return false }
            // The values grow with the exponent, and what is a multiple once stays one: the bounds are met near the ends
            // of the range, a step near its upper end.
            let tried = Set(
                (last - 3...last).map { max(first, $0) } + (first...first + 3).map { min(last, $0) })
            return tried.contains { accepts(mantissa.value($0), isPlain: false) }
        }
    }

    /// Whether an exponent can bring a mantissa that has a point, and perhaps more digits to come, between the bounds.
    func canShift(_ text: [UInt8]) -> Bool {
        let mantissa = Mantissa(text)
        guard let places = mantissa.places else { return false }
        let end = NumberSpec.plusUnit(mantissa.magnitude, -places)
        let near = exponentsInReach(of: end, mantissa.isNegative)
        // The higher the exponent, the wider the interval that the digits to come can fill.
        return (max(near.lowerBound, near.upperBound - 5)...near.upperBound).reversed().contains { shift in
            completes(
                mantissa.isNegative,
                from: ExactDecimal(
                    isNegative: false, digits: mantissa.magnitude.digits,
                    exponent: mantissa.magnitude.exponent + shift),
                to: ExactDecimal(isNegative: false, digits: end.digits, exponent: end.exponent + shift),
                isClosed: true)
        }
    }

    /// The exponents that bring a magnitude near the bounds of its sign, a little more rather than less.
    private func exponentsInReach(of magnitude: ExactDecimal, _ isNegative: Bool) -> ClosedRange<Int> {
        func order(_ value: ExactDecimal) -> Int { value.digits.count + value.exponent }
        let own = order(magnitude)
        let near = (isNegative ? high : low)?.value
        let far = (isNegative ? low : high)?.value
        var first = -999
        var last = 999
        if let near, near.isNegative == isNegative, !near.isZero { first = order(near) - own - 1 }
        if let far { last = far.isZero || far.isNegative != isNegative ? first : order(far) - own + 1 }
        first = max(-999, min(999, first))
        return first...max(first, min(999, last))
    }
}
