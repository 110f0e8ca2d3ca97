/// Reads a grammar's text scalar by scalar and knows line and column of each place.
struct GrammarScanner {
    let scalars: [Unicode.Scalar]
    var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    var isAtEnd: Bool { position >= scalars.count }

    /// The scalar so many places on.
    func peek(_ distance: Int) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    func startsWith(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    mutating func take(_ text: String) -> Bool {
        guard startsWith(text) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    /// The scalars from here on that satisfy the condition.
    mutating func take(while holds: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while let scalar = current, holds(scalar) { position += 1 }
        return text(from: start)
    }

    func text(from start: Int) -> String {
        String(String.UnicodeScalarView(scalars[start..<position]))
    }

    /// The line of a place, from 1.
    func line(at place: Int) -> Int {
        1 + scalars[..<min(place, scalars.count)].reduce(0) { $0 + ($1 == "\n" ? 1 : 0) }
    }

    func error(_ reason: String, at place: Int? = nil) -> GrammarSyntaxError {
        let place = min(place ?? position, scalars.count)
        let lineStart = (scalars[..<place].lastIndex(of: "\n") ?? -1) + 1
        return GrammarSyntaxError(line: line(at: place), column: place - lineStart + 1, reason: reason)
    }

    /// An unsigned number in decimal.
    mutating func number() -> Int? {
        let digits = take(while: { ("0"..."9").contains($0) })
        return digits.isEmpty ? nil : min(Int(digits) ?? .max, 1_000_000)
    }

    /// The code point of so many hexadecimal digits.
    mutating func hexadecimal(digits: Int) throws(GrammarSyntaxError) -> Unicode.Scalar {
        let start = position
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = current.flatMap({ Character($0).hexDigitValue }), current?.isASCII == true
            else {
                throw error("\(digits) hexadecimal digits are expected here", at: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("this is no Unicode scalar", at: start) }
        return scalar
    }
}
