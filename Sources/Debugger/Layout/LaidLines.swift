import Terminal

/// Lines that are laid out: those of short texts as they are, those of a long one when somebody looks at them.
struct LaidLines: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
    private enum Part: Sendable {
        case lines([StyledText])
        case text(LongText)

        var count: Int {
            switch self {
            case .lines(let lines): lines.count
            case .text(let text): text.count
            }
        }
    }

    /// The parts that are followed by another one, and where each begins.
    private var parts: [Part] = []
    private var starts: [Int] = []
    private var tail: [StyledText]
    private var tailStart = 0

    init(_ lines: [StyledText] = []) { tail = lines }

    init(arrayLiteral elements: StyledText...) { tail = elements }

    var startIndex: Int { 0 }
    var endIndex: Int { tailStart + tail.count }

    subscript(index: Int) -> StyledText {
        if index >= tailStart { return tail[index - tailStart] }
        let part = place(of: index)
        return switch parts[part] {
        case .lines(let lines): lines[index - starts[part]]
        case .text(let text): text[index - starts[part]]
        }
    }

    /// The line at an index, where there is one.
    func element(_ index: Int) -> StyledText? { indices.contains(index) ? self[index] : nil }

    /// All of them as an array: for what is known to be short.
    var whole: [StyledText] { parts.isEmpty ? tail : Array(self) }

    mutating func append(_ line: StyledText) { tail.append(line) }

    mutating func append(contentsOf lines: [StyledText]) { tail += lines }

    mutating func append(_ text: LongText) {
        if !tail.isEmpty { seal(.lines(tail)) }
        tail = []
        seal(.text(text))
    }

    mutating func append(contentsOf other: LaidLines) {
        for part in other.parts {
            switch part {
            case .lines(let lines): tail += lines
            case .text(let text): append(text)
            }
        }
        tail += other.tail
    }

    private mutating func seal(_ part: Part) {
        starts.append(tailStart)
        parts.append(part)
        tailStart += part.count
    }

    /// Changes a line after the last long text.
    mutating func replace(at index: Int, with line: StyledText) { tail[index - tailStart] = line }

    private func place(of index: Int) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= index { low = middle } else { high = middle }
        }
        return low
    }

    // Search.

    /// The next line that holds what is looked for after `start`, or before it, round the end; `start` comes last.
    func next(_ search: Search, after start: Int, _ direction: Int) -> Int? {
        guard !isEmpty else { return nil }
        let ranges =
            direction > 0
            ? [Swift.max(0, start + 1)..<count, 0..<Swift.min(count, Swift.max(0, start) + 1)]
            : [0..<Swift.max(0, Swift.min(start, count)), Swift.max(0, Swift.min(start, count))..<count]
        for range in ranges where !range.isEmpty {
            if let found = first(search, in: range, direction) { return found }
        }
        return nil
    }

    /// The first line of a range that holds what is looked for; the last one for a direction below 0.
    func first(_ search: Search, in range: Range<Int>, _ direction: Int) -> Int? {
        let all = zip(starts, parts).map { ($0, $1) } + [(tailStart, Part.lines(tail))]
        for (start, part) in direction > 0 ? all : all.reversed() {
            let own = range.clamped(to: start..<start + part.count)
            guard !own.isEmpty else { continue }
            let inPart = own.lowerBound - start..<own.upperBound - start
            let found: Int? =
                switch part {
                case .lines(let lines):
                    direction > 0
                        ? inPart.first { search.matches(lines[$0].plain) }
                        : inPart.last { search.matches(lines[$0].plain) }
                case .text(let text): text.first(search, in: inPart, direction)
                }
            if let found { return found + start }
        }
        return nil
    }
}
