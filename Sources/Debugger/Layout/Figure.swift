/// Numbers as the screen writes them; the same on every machine, whatever its locale.
enum Figure {
    /// A number with so many decimals, rounded to even halves; `inf`, `-inf` or `nan` for what is no number.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        guard abs(value) < 1e12 else { return value < 0 ? "<-1e12" : ">1e12" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    /// A probability in percent: `61.2 %`, `<0.1 %` where something is left of it.
    static func percent(_ probability: Double) -> String {
        let percent = probability * 100
        if percent > 0, percent < 0.05 { return "<0.1 %" }
        if percent < 100, percent >= 99.95 { return ">99.9 %" }
        return fixed(percent, percent >= 99.95 ? 0 : 1) + " %"
    }

    /// A count with its thousands set apart: `131,072`.
    static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A stretch of time: `0.4 ms`, `12 ms`, `3.20 s`, `4 min 5 s`.
    static func duration(milliseconds: Double) -> String {
        switch milliseconds {
        case ...0, .nan: return "0 ms"
        case ..<9.95: return fixed(milliseconds, 1) + " ms"
        case ..<999.5: return fixed(milliseconds, 0) + " ms"
        case ..<59_950: return fixed(milliseconds / 1_000, 2) + " s"
        default:
            let seconds = Int(min(milliseconds / 1_000, 1e9))
            return "\(seconds / 60) min \(seconds % 60) s"
        }
    }

    /// A stretch of time out of a journal, in which nothing at all stands for what nobody measured.
    static func recorded(milliseconds: Double) -> String {
        milliseconds == 0 ? "a time not recorded" : duration(milliseconds: milliseconds)
    }

    /// A moment of the session, counted from its first event: `+1.204 s`.
    static func moment(milliseconds: Int64) -> String { "+" + fixed(Double(milliseconds) / 1_000, 3) + " s" }

    /// `1 byte`, `2 bytes`, `12,345 bytes`.
    static func amount(_ count: Int, _ thing: String, _ things: String? = nil) -> String {
        "\(Figure.count(count)) \(count == 1 ? thing : things ?? thing + "s")"
    }
}
