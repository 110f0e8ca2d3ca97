extension StringMode {
    /// The scalars that an escape in progress can still come to.
    static func reach(_ mode: UInt32) -> [ClosedRange<UInt32>] {
        let payload = mode >> 4
        switch mode & 15 {
        case hex:
            let open = 4 * (4 - (payload & 3))
            let low = (payload >> 2) << open
            let high = low | ((1 << open) - 1)
            var ranges: [ClosedRange<UInt32>] = []
            for (from, to) in [(low, min(high, 0xD7FF)), (max(low, 0xE000), high)] where from <= to {
                ranges.append(from...to)
            }
            // High surrogates stand for the planes beyond.
            let (first, last) = (max(low, 0xD800), min(high, 0xDBFF))
            if first <= last {
                ranges.append(0x10000 + (first & 0x3FF) << 10...0x10000 + (last & 0x3FF) << 10 + 0x3FF)
            }
            return ranges
        case lowBackslash: return [plane(payload, 0xDC00, 0xDFFF)]
        case lowU: return [plane(payload >> 18, 0xDC00, 0xDFFF)]
        case lowHex:
            let open = 4 * (4 - (payload & 3))
            let low = ((payload >> 2) & 0xFFFF) << open
            return [plane(payload >> 18, max(low, 0xDC00), min(low | ((1 << open) - 1), 0xDFFF))]
        default: return [0...0xD7FF, 0xE000...0x10FFFF]
        }
    }

    private static func plane(_ high: UInt32, _ first: UInt32, _ last: UInt32) -> ClosedRange<UInt32> {
        let base = 0x10000 + high << 10
        return base + first & 0x3FF...base + last & 0x3FF
    }
}

/// The scalars whose UTF-8 encodings have one, two, three and four bytes.
private let encodingLengths: [(UInt32, UInt32)] = [
    (0, 0x7F), (0x80, 0x7FF), (0x800, 0xFFFF), (0x10000, 0x10FFFF),
]

extension StringMachine {
    /// The scalars that a half-written escape can still come to; `nil` where none is half written.
    func pendingScalars(_ state: Int32) -> [ClosedRange<UInt32>]? {
        let mode = mode(state)
        guard StringMode.isEscape(mode) else { return nil }
        // Known text escapes nothing that can stand for itself.
        return isCanonical && mode == StringMode.escape
            ? [0...0x1F, 0x22...0x22, 0x5C...0x5C, 0x7F...0x7F] : StringMode.reach(mode)
    }

    /// Whether a string lives that goes on with one of the scalars.
    func lives(_ states: [Int32], behind ranges: [ClosedRange<UInt32>]) -> Bool {
        ranges.contains { range in
            encodingLengths.contains { low, high in
                let from = max(range.lowerBound, low)
                let to = min(range.upperBound, high)
                return from <= to
                    && lives(states, between: ByteExpressions.utf8(from), and: ByteExpressions.utf8(to))
            }
        }
    }

    /// The same for encodings of one length.
    private func lives(
        _ states: [Int32], between low: ArraySlice<UInt8>, and high: ArraySlice<UInt8>
    ) -> Bool {
        guard let first = low.first, let last = high.first else { return true }
        var tried: Set<[Int32]> = []
        for byte in first...last {
            let next = step(states, byte)
            guard lives(next) else { continue }
            let isEdge = byte == first || byte == last
            if !isEdge, !tried.insert(next).inserted { continue }
            let bottom = ArraySlice([UInt8](repeating: 0x80, count: low.count - 1))
            let top = ArraySlice([UInt8](repeating: 0xBF, count: low.count - 1))
            if lives(
                next, between: byte == first ? low.dropFirst() : bottom,
                and: byte == last ? high.dropFirst() : top)
            {
                return true
            }
        }
        return false
    }
}

extension PatternAutomaton {
    /// The number of characters of the shortest accepted continuation after one of the scalars, that scalar not
    /// counted; `nil` where none leads on.
    func shortestEnd(_ state: Int32, behind ranges: [ClosedRange<UInt32>]) -> Int? {
        var least: Int?
        for range in ranges {
            for (low, high) in encodingLengths {
                let from = max(range.lowerBound, low)
                let to = min(range.upperBound, high)
                guard from <= to else { continue }
                let ends = ends(state, between: ByteExpressions.utf8(from), and: ByteExpressions.utf8(to))
                for end in ends { least = min(least ?? Int.max, shortestEnd(end)) }
            }
        }
        return least
    }

    /// Where the encodings of one length between two lead, but for the dead state.
    private func ends(
        _ state: Int32, between low: ArraySlice<UInt8>, and high: ArraySlice<UInt8>
    ) -> Set<Int32> {
        guard let first = low.first, let last = high.first else { return [state] }
        var ends: Set<Int32> = []
        var tried: Set<Int32> = []
        for byte in first...last {
            let next = step(state, byte)
            if next == PatternAutomaton.dead { continue }
            let isEdge = byte == first || byte == last
            if !isEdge, !tried.insert(next).inserted { continue }
            let bottom = ArraySlice([UInt8](repeating: 0x80, count: low.count - 1))
            let top = ArraySlice([UInt8](repeating: 0xBF, count: low.count - 1))
            ends.formUnion(
                self.ends(
                    next, between: byte == first ? low.dropFirst() : bottom,
                    and: byte == last ? high.dropFirst() : top))
        }
        return ends
    }
}
