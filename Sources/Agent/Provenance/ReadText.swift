import JSON

/// Everything that the model had read when it asked for a call, ready to be searched.
struct ReadText {
    private struct Passage {
        let source: ProvenanceSource
        let text: String
        /// The leaves, where the passage is a JSON result.
        let leaves: [(pointer: JSONPointer, value: JSONValue)]
    }

    private var passages: [Passage] = []
    private let parameters: JSONValue?

    init(state: RunState, before record: CallRecord) {
        parameters =
            state.header?.catalogue.first { $0.name.utf8.elementsEqual(record.call.name.utf8) }?.parameters
        for (position, message) in state.messages.enumerated() {
            switch message {
            case .system(let text): passages.append(Passage(source: .system, text: text, leaves: []))
            case .user(let text):
                passages.append(Passage(source: .user(message: position), text: text, leaves: []))
            case .assistant, .tool: break
            }
        }
        for call in state.calls where call.key.round < record.key.round {
            guard let message = call.message else { continue }
            let leaves = (try? JSONParser.parse(message.content))?.leaves ?? []
            passages.append(Passage(source: .result(call.key, nil), text: message.content, leaves: leaves))
        }
    }

    func find(_ value: JSONValue, at pointer: JSONPointer) -> ArgumentProvenance.Finding {
        switch value {
        case .null, .bool, .array, .object: return .trivial
        case .string(let text) where text.isEmpty: return .trivial
        case .string(let text): return findText(text, at: pointer)
        case .number(let number): return findNumber(number, at: pointer)
        }
    }

    private func findText(_ text: String, at pointer: JSONPointer) -> ArgumentProvenance.Finding {
        let exact = sources {
            $0.containsWord(text, ignoringCase: false)
        } leaf: {
            $0.stringValue?.isSameText(text)
        }
        let listed = catalogueSources(of: .string(text), at: pointer)
        if !exact.isEmpty || !listed.isEmpty { return .found(exact + listed) }
        let spellings = [text] + DateSpelling.variants(of: text)
        let variants = sources { passage in
            spellings.contains { passage.containsWord($0, ignoringCase: true) }
        }
        if !variants.isEmpty { return .variant(variants) }
        let words = text.words
        guard words.count > 1 else { return .unseen }
        let unseen = words.filter { word in
            word.isTelling && sources { $0.containsWord(word, ignoringCase: true) }.isEmpty
        }
        return .composed(unseenWords: unseen)
    }

    private func findNumber(_ number: JSONNumber, at pointer: JSONPointer) -> ArgumentProvenance.Finding {
        let decimal = number.decimal
        let exact = sources {
            $0.containsWord(number.text, ignoringCase: false)
        } leaf: {
            $0.numberValue.map { $0.decimal == decimal }
        }
        let listed = catalogueSources(of: .number(number), at: pointer)
        if !exact.isEmpty || !listed.isEmpty { return .found(exact + listed) }
        let word = number.intValue.flatMap { NumberWord.word(for: $0) }
        let variants = sources { passage in
            passage.numbers.contains(decimal)
                || word.map { passage.containsWord($0, ignoringCase: true) } ?? false
        }
        return variants.isEmpty ? .unseen : .variant(variants)
    }

    /// The passages in which a value stands; where a JSON result has it as a leaf, with that leaf's pointer.
    private func sources(
        inText: (String) -> Bool, leaf matches: (JSONValue) -> Bool? = { _ in nil }
    ) -> [ProvenanceSource] {
        passages.compactMap { passage in
            if case .result(let key, _) = passage.source,
                let leaf = passage.leaves.first(where: { matches($0.value) ?? false })
            {
                return .result(key, leaf.pointer)
            }
            return inText(passage.text) ? passage.source : nil
        }
    }

    private func catalogueSources(of value: JSONValue, at pointer: JSONPointer) -> [ProvenanceSource] {
        guard var schema = parameters else { return [] }
        var path = JSONPointer()
        for token in pointer.tokens {
            if let next = schema["properties"]?[token] {
                schema = next
                path = path.appending("properties").appending(token)
            } else if let next = schema["items"] {
                schema = next
                path = path.appending("items")
            } else {
                return []
            }
        }
        for keyword in ["enum", "examples"] {
            if let index = schema[keyword]?.arrayValue?.firstIndex(where: { $0.isEquivalent(to: value) }) {
                return [.catalogue(path.appending(keyword).appending(index))]
            }
        }
        for keyword in ["const", "default"] where schema[keyword]?.isEquivalent(to: value) == true {
            return [.catalogue(path.appending(keyword))]
        }
        return []
    }
}

extension String {
    func isSameText(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether `word` stands here with no letter or digit touching either end.
    func containsWord(_ word: String, ignoringCase: Bool) -> Bool {
        let text = Array((ignoringCase ? lowercased() : self).unicodeScalars)
        let needle = Array((ignoringCase ? word.lowercased() : word).unicodeScalars)
        guard let first = needle.first, let last = needle.last, needle.count <= text.count else {
            return false
        }
        for start in 0...(text.count - needle.count) where text[start] == first {
            let end = start + needle.count
            guard text[start..<end].elementsEqual(needle) else { continue }
            let openBefore = start == 0 || !(first.joinsWords && text[start - 1].joinsWords)
            let openAfter = end == text.count || !(last.joinsWords && text[end].joinsWords)
            if openBefore && openAfter { return true }
        }
        return false
    }

    /// The runs of letters, digits, `-` and `_`, without punctuation at their ends.
    var words: [String] {
        split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            .map(String.init).filter { $0.contains { $0.isLetter || $0.isNumber } }
    }

    /// Whether a word says something of the world: it has a digit, or a capital that is not just a sentence's first.
    var isTelling: Bool { contains { $0.isNumber } || dropFirst().contains { $0.isUppercase } }

    /// The numbers that stand in the text, thousands separators taken out.
    var numbers: Set<ExactDecimal> {
        var found: Set<ExactDecimal> = []
        for piece in split(whereSeparator: { !($0.isNumber || $0 == "." || $0 == "," || $0 == "-") }) {
            let trimmed = piece.drop { $0 == "." || $0 == "," }
            let plain = String(
                trimmed.filter { $0 != "," }.reversed().drop { $0 == "." || $0 == "-" }.reversed())
            if let number = JSONNumber(text: plain) { found.insert(number.decimal) }
        }
        return found
    }
}

extension Unicode.Scalar {
    fileprivate var joinsWords: Bool { properties.isAlphabetic || properties.numericType != nil }
}
