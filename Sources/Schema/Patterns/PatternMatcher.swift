/// A backtracking matcher with a budget: ECMA-262, section 22.2.2, over code points.
///
/// Steps and nesting are bounded, so that a hostile pattern or text ends in an error rather than a hang.
struct PatternMatcher {
    private let pattern: ECMAPattern
    private let text: [UInt32]
    private var captures: [Range<Int>?]
    private(set) var steps = 0
    private var depth = 0

    private let stepLimit: Int
    private static let depthLimit = 2_000

    private typealias Continuation = (inout PatternMatcher, Int) throws(PatternError) -> Bool

    init(_ pattern: ECMAPattern, _ text: [UInt32], stepLimit: Int) {
        self.pattern = pattern
        self.text = text
        self.stepLimit = stepLimit
        captures = Array(repeating: nil, count: pattern.groupCount + 1)
    }

    mutating func findsMatch() throws(PatternError) -> Bool {
        for start in 0...text.count {
            for index in captures.indices { captures[index] = nil }
            let found = try match(pattern.root, at: start, backwards: false) {
                (_, _) throws(PatternError) in true
            }
            if found { return true }
        }
        return false
    }

    private mutating func spend() throws(PatternError) {
        steps += 1
        if steps > stepLimit || depth > PatternMatcher.depthLimit {
            throw PatternError(
                "the pattern \(pattern.source) cannot be decided on this text within its budget")
        }
    }

    /// The code point to be read next in that direction.
    private func scalar(at position: Int, backwards: Bool) -> UInt32? {
        let index = backwards ? position - 1 : position
        return text.indices.contains(index) ? text[index] : nil
    }

    private mutating func match(
        _ node: PatternNode, at position: Int, backwards: Bool, then next: Continuation
    ) throws(PatternError) -> Bool {
        try spend()
        depth += 1
        defer { depth -= 1 }
        switch node {
        case .empty: return try next(&self, position)
        case .set(let set):
            guard let scalar = scalar(at: position, backwards: backwards), set.contains(scalar) else {
                return false
            }
            return try next(&self, backwards ? position - 1 : position + 1)
        case .sequence(let parts):
            return try match(parts[...], at: position, backwards: backwards, then: next)
        case .alternatives(let choices):
            for choice in choices where try match(choice, at: position, backwards: backwards, then: next) {
                return true
            }
            return false
        case .repetition(.set(let set), let minimum, let maximum, let isLazy):
            return try matchRun(
                of: set, minimum, maximum ?? .max, isLazy: isLazy, at: position, backwards: backwards,
                then: next)
        case .repetition(let body, let minimum, let maximum, let isLazy):
            return try matchRepetition(
                of: body, minimum, maximum, isLazy: isLazy, count: 0, at: position, backwards: backwards,
                then: next)
        case .group(let body, let number):
            return try match(body, at: position, backwards: backwards) {
                (matcher: inout PatternMatcher, end: Int) throws(PatternError) in
                guard let number else { return try next(&matcher, end) }
                let before = matcher.captures[number]
                matcher.captures[number] = min(position, end)..<max(position, end)
                if try next(&matcher, end) { return true }
                matcher.captures[number] = before
                return false
            }
        case .start: return position == 0 ? try next(&self, position) : false
        case .end: return position == text.count ? try next(&self, position) : false
        case .wordBoundary(let isNegated):
            return isWordBoundary(at: position) != isNegated ? try next(&self, position) : false
        case .look(let body, let isBehind, let isNegated):
            let before = captures
            let found = try match(body, at: position, backwards: isBehind) { (_, _) throws(PatternError) in
                true
            }
            if isNegated || !found { captures = before }
            return found != isNegated ? try next(&self, position) : false
        case .backreference(let number):
            return try matchBackreference(number, at: position, backwards: backwards, then: next)
        case .namedBackreference(let name):
            return try matchBackreference(
                pattern.groupNames[name] ?? 0, at: position, backwards: backwards, then: next)
        }
    }

    private mutating func match(
        _ parts: ArraySlice<PatternNode>, at position: Int, backwards: Bool, then next: Continuation
    ) throws(PatternError) -> Bool {
        guard let part = backwards ? parts.last : parts.first else { return try next(&self, position) }
        let rest = backwards ? parts.dropLast() : parts.dropFirst()
        return try match(part, at: position, backwards: backwards) {
            (matcher: inout PatternMatcher, end: Int) throws(PatternError) in
            try matcher.match(rest, at: end, backwards: backwards, then: next)
        }
    }

    /// A repeated class needs no nesting: the longest run is known at once.
    private mutating func matchRun(
        of set: ScalarSet, _ minimum: Int, _ maximum: Int, isLazy: Bool, at position: Int, backwards: Bool,
        then next: Continuation
    ) throws(PatternError) -> Bool {
        var longest = 0
        let step = backwards ? -1 : 1
        while longest < maximum, let scalar = scalar(at: position + longest * step, backwards: backwards),
            set.contains(scalar)
        {
            longest += 1
        }
        guard longest >= minimum else { return false }
        for offset in 0...(longest - minimum) {
            try spend()
            let count = isLazy ? minimum + offset : longest - offset
            if try next(&self, position + count * step) { return true }
        }
        return false
    }

    private mutating func matchRepetition(
        of body: PatternNode, _ minimum: Int, _ maximum: Int?, isLazy: Bool, count: Int, at position: Int,
        backwards: Bool, then next: Continuation
    ) throws(PatternError) -> Bool {
        try spend()
        let mayStop = count >= minimum
        if mayStop, isLazy, try next(&self, position) { return true }
        if maximum.map({ count < $0 }) ?? true {
            let again = try match(body, at: position, backwards: backwards) {
                (matcher: inout PatternMatcher, end: Int) throws(PatternError) in
                // An empty round that is not needed would repeat for ever.
                if end == position, mayStop { return false }
                return try matcher.matchRepetition(
                    of: body, minimum, maximum, isLazy: isLazy, count: count + 1, at: end,
                    backwards: backwards,
                    then: next)
            }
            if again { return true }
        }
        return mayStop && !isLazy ? try next(&self, position) : false
    }

    private mutating func matchBackreference(
        _ number: Int, at position: Int, backwards: Bool, then next: Continuation
    ) throws(PatternError) -> Bool {
        guard captures.indices.contains(number), let captured = captures[number] else {
            return try next(&self, position)
        }
        let start = backwards ? position - captured.count : position
        guard start >= 0, start + captured.count <= text.count,
            text[start..<start + captured.count].elementsEqual(text[captured])
        else { return false }
        return try next(&self, backwards ? start : start + captured.count)
    }

    private func isWordBoundary(at position: Int) -> Bool {
        let before = position > 0 && ScalarSet.word.contains(text[position - 1])
        let after = position < text.count && ScalarSet.word.contains(text[position])
        return before != after
    }
}
