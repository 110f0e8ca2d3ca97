import JSON

/// Everything that the model had read when it asked for a call, ready to be searched.
struct ReadText {
    private struct Passage {
        let source: ProvenanceSource
        let text: SearchedText
        /// The leaves, where the passage is a JSON result.
        let leaves: [(pointer: JSONPointer, value: JSONValue, text: SearchedText)]

        init(_ source: ProvenanceSource, _ text: String) {
            self.source = source
            self.text = SearchedText(text)
            guard case .result = source, let value = try? JSONParser.parse(text) else {
                leaves = []
                return
            }
            leaves = value.leaves.map { leaf in
                (leaf.pointer, leaf.value, SearchedText(leaf.value.stringValue ?? leaf.value.text()))
            }
        }
    }

    private var passages: [Passage] = []
    private let parameters: JSONValue?

    init(state: RunState, before record: CallRecord) {
        parameters =
            state.header?.catalogue.first { $0.name.utf8.elementsEqual(record.call.name.utf8) }?.parameters
        let earlier = state.calls.firstIndex { $0.key == record.key } ?? state.calls.count
        var asked = 0
        for (position, message) in state.messages.enumerated() {
            switch message {
            case .system(let text): passages.append(Passage(.system, text))
            case .user(let text): passages.append(Passage(.user(message: position), text))
            case .assistant(let message): asked += message.calls.count
            case .tool: break
            }
            // What comes after the call was not read before it.
            if asked > earlier { break }
        }
        for call in state.calls where call.key.round < record.key.round {
            guard let message = call.message else { continue }
            passages.append(Passage(.result(call.key, nil), message.content))
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
        let searched = SearchedText(text)
        let exact = sources {
            $0.contains(searched)
        } leaf: {
            $0.stringValue?.isSameText(text)
        }
        let listed = catalogueSources(of: .string(text), at: pointer)
        if !exact.isEmpty || !listed.isEmpty { return .found(exact + listed) }
        let date = DateSpelling.date(text)
        let numbers = date == nil && NumberSpelling.isNumber(text) ? NumberSpelling.numbers(in: text) : []
        let variants = sources { passage in
            passage.contains(folded: searched)
                || date.map { date in passage.dates.contains { $0.isSame(as: date) } } ?? false
                || !passage.numbers.isDisjoint(with: numbers)
        }
        if !variants.isEmpty { return .variant(variants) }
        if let date {
            let relative = relativeSources(of: date)
            if !relative.isEmpty { return .variant(relative) }
        }
        // An address, a path or an ID is no text of the model's own making.
        let isText = text.contains(where: \.isWhitespace)
        guard isText, date == nil, numbers.isEmpty else { return .unseen }
        let unseen = text.tellingWords.filter { word in
            let word = SearchedText(word)
            return sources { $0.contains(folded: word) }.isEmpty
        }
        return .composed(unseenWords: unseen)
    }

    /// The passages that say "tomorrow" or "yesterday", where the day before or after is written somewhere.
    private func relativeSources(of date: DateSpelling.Day) -> [ProvenanceSource] {
        let known = passages.flatMap(\.text.dates)
        return [("tomorrow", 1), ("yesterday", -1)].flatMap { word, distance -> [ProvenanceSource] in
            guard known.contains(where: { $0.moved(by: distance)?.isSame(as: date) ?? false }) else {
                return []
            }
            let word = SearchedText(word)
            return sources { $0.contains(folded: word) }
        }
    }

    private func findNumber(_ number: JSONNumber, at pointer: JSONPointer) -> ArgumentProvenance.Finding {
        let decimal = number.decimal
        let text = SearchedText(number.text)
        let exact = sources {
            $0.contains(text) && $0.numbers.contains(decimal)
        } leaf: {
            $0.numberValue.map { $0.decimal == decimal }
        }
        let listed = catalogueSources(of: .number(number), at: pointer)
        if !exact.isEmpty || !listed.isEmpty { return .found(exact + listed) }
        let variants = sources { $0.numbers.contains(decimal) }
        return variants.isEmpty ? .unseen : .variant(variants)
    }

    /// The passages in which a value stands; of a JSON result the leaf that is it, or has it, gives the pointer.
    private func sources(
        inText: (SearchedText) -> Bool, leaf matches: (JSONValue) -> Bool? = { _ in nil }
    ) -> [ProvenanceSource] {
        passages.compactMap { passage in
            guard case .result(let key, _) = passage.source else {
                return inText(passage.text) ? passage.source : nil
            }
            if let leaf = passage.leaves.first(where: { matches($0.value) ?? false })
                ?? passage.leaves.first(where: { inText($0.text) })
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
