/// Splitting, replacing and padding, as Python's `str` does them.
extension MarkedText {
    func isAll(_ predicate: (Unicode.Scalar) -> Bool) -> Bool {
        !isEmpty && units.allSatisfy { predicate(MarkedText.scalar($0)) }
    }

    /// Whether some character has case, and all hold to `predicate`.
    func hasCase(_ predicate: (Unicode.Scalar) -> Bool) -> Bool {
        let scalars = units.lazy.map(MarkedText.scalar)
        return scalars.contains(where: PythonCharacters.isCased) && scalars.allSatisfy(predicate)
    }

    /// The parts between at most `limit` separators, from the start.
    func split(by separator: MarkedText, _ limit: Int) -> [MarkedText] {
        var parts: [MarkedText] = []
        var start = 0
        while parts.count < limit, let found = find(separator, from: start) {
            parts.append(self[start..<found])
            start = found + separator.count
        }
        return parts + [self[start..<count]]
    }

    /// The parts between at most `limit` separators, from the end.
    func splitFromEnd(by separator: MarkedText, _ limit: Int) -> [MarkedText] {
        var found: [Int] = []
        let reversed = MarkedText(units: units.reversed())
        let mark = MarkedText(units: separator.units.reversed())
        var start = 0
        while found.count < limit, let position = reversed.find(mark, from: start) {
            start = position + mark.count
            found.append(count - start)
        }
        var parts: [MarkedText] = []
        var end = count
        for position in found {
            parts.append(self[position + separator.count..<end])
            end = position
        }
        return ([self[0..<end]] + parts.reversed())
    }

    /// The words between white space; after `limit` of them the rest is one.
    func words(_ limit: Int) -> [MarkedText] {
        var words: [MarkedText] = []
        var position = 0
        while true {
            while position < count, PythonCharacters.isSpace(units[position]) { position += 1 }
            guard position < count else { return words }
            if words.count >= limit { return words + [self[position..<count].stripped(start: false)] }
            let start = position
            while position < count, !PythonCharacters.isSpace(units[position]) { position += 1 }
            words.append(self[start..<position])
        }
    }

    func wordsFromEnd(_ limit: Int) -> [MarkedText] {
        MarkedText(units: units.reversed()).words(limit).reversed().map {
            MarkedText(units: $0.units.reversed())
        }
    }

    /// With the first `most` occurrences (all, where negative) of `old` replaced.
    func replacing(
        _ old: MarkedText, by new: MarkedText, most: Int, _ interpreter: Interpreter
    ) throws -> MarkedText {
        let limit = most < 0 ? Int.max : most
        try interpreter.spend(making: count)
        guard !old.isEmpty else {
            // Between all characters, and at both ends.
            let places = min(limit, count + 1)
            try interpreter.spend(making: count + places * new.count)
            var result = MarkedText()
            for position in 0...count {
                if position < places { result.append(new) }
                if position < count { result.units.append(units[position]) }
            }
            return result
        }
        return try TextMethods.joined(split(by: old, limit), by: new, interpreter)
    }

    /// At least `width` wide; `side` is the name of Python's method.
    func padded(
        to width: Int, with fill: MarkedText, _ side: String, _ interpreter: Interpreter
    ) throws -> MarkedText {
        let missing = width - count
        guard missing > 0 else { return self }
        try interpreter.spend(making: width)
        let left = side == "ljust" ? 0 : side == "rjust" ? missing : missing / 2 + (missing & width & 1)
        func filling(_ count: Int) -> MarkedText {
            MarkedText(units: repeatElement(fill.units[0], count: count))
        }
        return filling(left) + self + filling(missing - left)
    }

    func expandingTabs(_ size: Int, _ interpreter: Interpreter) throws -> MarkedText {
        var result = MarkedText()
        var column = 0
        for unit in units {
            switch unit & MarkedText.scalarBits {
            case 0x09:
                let width = size > 0 ? size - column % size : 0
                try interpreter.spend(making: result.count + width)
                result.units += repeatElement(0x20 | unit & MarkedText.templateBit, count: width)
                column += width
            case 0x0A, 0x0D:
                result.units.append(unit)
                column = 0
            default:
                result.units.append(unit)
                column += 1
            }
        }
        return result
    }
}
