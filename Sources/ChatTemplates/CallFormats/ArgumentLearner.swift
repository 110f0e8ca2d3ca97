import JSON

/// Reads from renderings how the arguments of a call are written.
struct ArgumentLearner {
    let probe: CallProbe
    /// Where the model's turn begins in an answer.
    let start: Int

    private typealias Affixes = KeyedArguments.Affixes
    private static let number = String(CallProbe.number)
    private static let inner: JSONValue = CallProbe.object([
        (CallProbe.innerKey, .string(CallProbe.otherText)),
        (CallProbe.secondInnerKey, .number(JSONNumber(CallProbe.number))),
    ])
    private static let list: JSONValue = [.string(CallProbe.otherText), .string("Qthird")]

    /// How arguments are written.
    func arguments() -> CallSyntax.Arguments? {
        let all: [(String, JSONValue)] = [
            (CallProbe.firstKey, ArgumentLearner.inner), (CallProbe.secondKey, true),
            ("qkeyc", .string(CallProbe.text)),
        ]
        if let rendered = probe.call(all),
            let range = CallLocator.object(in: rendered, from: start, CallProbe.object(all))
        {
            return .json(isPretty: rendered[range].text.contains("\n"))
        }
        return keyed().map { .keyed($0) }
    }

    // MARK: Key by key

    /// What stands after a value, where it is the last and where another follows.
    private func ends(_ value: JSONValue, as written: String) -> (
        last: UnitText, next: UnitText, before: UnitText
    )? {
        guard let single = probe.call([(CallProbe.firstKey, value)]),
            let pair = probe.call([
                (CallProbe.firstKey, value), (CallProbe.secondKey, .string(CallProbe.otherText)),
            ]), let key = single.find(CallProbe.firstKey, from: start),
            let found = single.find(written, from: key.upperBound),
            let pairKey = pair.find(CallProbe.firstKey, from: start),
            let pairValue = pair.find(written, from: pairKey.upperBound),
            let second = pair.find(CallProbe.secondKey, from: pairValue.upperBound)
        else { return nil }
        return (
            single[from: found.upperBound], pair[pairValue.upperBound..<second.lowerBound],
            single[key.upperBound..<found.lowerBound]
        )
    }

    private func pieces(_ text: UnitText, key: String = CallProbe.firstKey) -> [CallSyntax.Piece] {
        text.pieces([(key, .key)])
    }

    private func keyed() -> KeyedArguments? {
        guard let string = ends(.string(CallProbe.text), as: CallProbe.text),
            let number = ends(.number(JSONNumber(CallProbe.number)), as: ArgumentLearner.number),
            let single = probe.call([(CallProbe.firstKey, .string(CallProbe.text))]),
            let key = single.find(CallProbe.firstKey, from: start),
            let name = single.findLast(CallProbe.tools[0], from: start, before: key.lowerBound)
        else { return nil }
        var after = string.next[upTo: string.next.commonPrefix(string.last)].withoutBegunTag
        if let closing = after.find(CallProbe.firstKey),
            let end = after[from: closing.upperBound].units.firstIndex(where: { $0.isOne(of: ">") })
        {
            after =
                after[upTo: closing.upperBound + end - after[from: closing.upperBound].units.startIndex + 1]
        }
        let rest = string.last[from: after.count]
        let separator = string.next[from: after.count]
        guard !after.isEmpty, number.last.hasSuffix(rest), number.next.hasSuffix(separator) else {
            return nil
        }
        let numberAfter = number.last[upTo: number.last.count - rest.count]
        guard number.next == numberAfter + separator else { return nil }
        var keyed = KeyedArguments()
        keyed.begin = single[name.upperBound..<key.lowerBound].pieces(CallLocator.words(CallProbe.tools[0]))
        keyed.separator = pieces(separator)
        keyed.affixes[.string] = Affixes(before: pieces(string.before), after: pieces(after))
        keyed.affixes[.number] = Affixes(before: pieces(number.before), after: pieces(numberAfter))
        if let none = probe.call([]), none.hasSuffix(rest),
            let name = none.findLast(CallProbe.tools[0], from: start, before: none.count - rest.count)
        {
            keyed.empty = none[name.upperBound..<(none.count - rest.count)].pieces()
        }
        let context = Context(
            rest: rest, number: (number.before, numberAfter), string: (string.before, after),
            separator: separator)
        learnQuotes(&keyed, context)
        learnWords(&keyed, context)
        learnObjects(&keyed, context)
        learnArrays(&keyed, context)
        if let sorted = probe.call([
            (CallProbe.secondKey, .string(CallProbe.text)), (CallProbe.firstKey, .string(CallProbe.text)),
        ]), let first = sorted.find(CallProbe.firstKey, from: start),
            let second = sorted.find(CallProbe.secondKey, from: start)
        {
            keyed.sortsKeys = first.lowerBound < second.lowerBound
        }
        return keyed
    }

    /// What is known once strings and numbers are.
    private struct Context {
        /// From the end of the last value to the end of the text.
        let rest: UnitText
        let number: (before: UnitText, after: UnitText)
        let string: (before: UnitText, after: UnitText)
        let separator: UnitText
    }

    /// From the key to what follows the last value, for a value alone.
    private func written(_ value: JSONValue, _ context: Context) -> UnitText? {
        guard let single = probe.call([(CallProbe.firstKey, value)]), single.hasSuffix(context.rest),
            let key = single.find(CallProbe.firstKey, from: start),
            key.upperBound <= single.count - context.rest.count
        else { return nil }
        return single[key.upperBound..<(single.count - context.rest.count)]
    }

    private func learnQuotes(_ keyed: inout KeyedArguments, _ context: Context) {
        let (before, after) = context.string
        guard let text = written(.string(CallProbe.signs), context), text.hasPrefix(before),
            text.hasSuffix(after), let found = text.find(CallProbe.signs, from: before.count),
            found.upperBound <= text.count - after.count
        else { return }
        let opening = text[before.count..<found.lowerBound]
        let closing = text[found.upperBound..<(text.count - after.count)]
        guard !opening.isEmpty, !closing.isEmpty else { return }
        keyed.quotes = Affixes(before: opening.pieces(), after: closing.pieces())
    }

    private func learnWords(_ keyed: inout KeyedArguments, _ context: Context) {
        for (kind, value, words) in [
            (ValueKind.boolean, JSONValue.bool(true), ["true", "True"]), (.null, .null, ["null", "None"]),
        ] {
            guard let text = written(value, context) else { continue }
            for after in [context.number.after, context.string.after] where text.hasSuffix(after) {
                let value = text[upTo: text.count - after.count]
                guard let word = words.first(where: { value.hasSuffix(UnitText($0)) }) else { continue }
                keyed.affixes[kind] = Affixes(
                    before: pieces(value[upTo: value.count - UnitText(word).count]), after: pieces(after))
                if kind == .boolean { keyed.wordsArePython = word == "True" }
                break
            }
        }
    }

    /// The value in brackets of a text that holds nothing else after it, with what stands before.
    private func value(
        _ wanted: JSONValue, opener: String, in text: UnitText
    ) -> (before: UnitText, isPython: Bool)? {
        for place in 0..<text.count where text[place..<(place + 1)].units.first?.isOne(of: opener) == true {
            let written = text[from: place].text
            if let parsed = try? JSONParser.parse(written), parsed.isEquivalent(to: wanted) {
                return (text[upTo: place], false)
            }
            if let parsed = PythonLiteral.value(of: written), parsed.isEquivalent(to: wanted) {
                return (text[upTo: place], true)
            }
        }
        return nil
    }

    private func learnObjects(_ keyed: inout KeyedArguments, _ context: Context) {
        guard let text = written(ArgumentLearner.inner, context) else { return }
        for after in [context.number.after, context.string.after] where text.hasSuffix(after) {
            let body = text[upTo: text.count - after.count]
            if let (before, isPython) = value(ArgumentLearner.inner, opener: "{", in: body) {
                keyed.objects = isPython ? .python : .json
                keyed.affixes[.object] = Affixes(before: pieces(before), after: pieces(after))
                return
            }
            guard body.hasPrefix(context.number.before),
                let key = body.find(CallProbe.innerKey), let second = body.find(CallProbe.secondInnerKey),
                let number = body.find(ArgumentLearner.number)
            else { continue }
            // The inner value must be written as an outer one is.
            func fitted(_ text: UnitText, _ key: String) -> UnitText {
                UnitText(spelling: pieces(text), key: key)
            }
            let link =
                fitted(context.string.before, CallProbe.innerKey) + UnitText(CallProbe.otherText)
                + fitted(context.string.after, CallProbe.innerKey) + context.separator
            let tail = fitted(context.number.after, CallProbe.secondInnerKey)
            guard body[key.upperBound..<second.lowerBound] == link,
                body[second.upperBound..<number.lowerBound]
                    == fitted(context.number.before, CallProbe.secondInnerKey),
                body[from: number.upperBound].hasPrefix(tail)
            else { continue }
            keyed.objects = .members(
                begin: body[context.number.before.count..<key.lowerBound].pieces(),
                end: body[from: number.upperBound + tail.count].pieces())
            keyed.affixes[.object] = Affixes(before: pieces(context.number.before), after: pieces(after))
            return
        }
    }

    private func learnArrays(_ keyed: inout KeyedArguments, _ context: Context) {
        guard let text = written(ArgumentLearner.list, context) else { return }
        for after in [context.number.after, context.string.after] where text.hasSuffix(after) {
            let body = text[upTo: text.count - after.count]
            if let (before, isPython) = value(ArgumentLearner.list, opener: "[", in: body) {
                keyed.arrays = isPython ? .python : .json
                keyed.affixes[.array] = Affixes(before: pieces(before), after: pieces(after))
                return
            }
            guard body.hasPrefix(context.number.before), let first = body.find(CallProbe.otherText),
                let second = body.find("Qthird", from: first.upperBound)
            else { continue }
            // What strings have around them beside what every value has is their quotes.
            let shared = context.string.before.commonPrefix(context.number.before)
            let quote = context.string.before[from: shared]
            let link = body[first.upperBound..<second.lowerBound]
            let tail = body[from: second.upperBound]
            let sharedEnd = link[upTo: link.commonPrefix(tail)].withoutBegunTag
            let begin = body[context.number.before.count..<first.lowerBound]
            guard begin.hasSuffix(quote), link.hasSuffix(quote), !sharedEnd.isEmpty else { continue }
            // The quote's end is the string's; what else ends an item is the items'.
            let closing = context.string.after.commonPrefix(sharedEnd)
            let itemEnd = quote.isEmpty ? sharedEnd : sharedEnd[upTo: closing]
            keyed.arrays = .items(
                begin: begin[upTo: begin.count - quote.count].pieces(),
                separator: link[itemEnd.count..<(link.count - quote.count)].pieces(),
                end: tail[from: itemEnd.count].pieces(),
                string: Affixes(before: quote.pieces(), after: itemEnd.pieces()))
            keyed.affixes[.array] = Affixes(before: pieces(context.number.before), after: pieces(after))
            return
        }
    }
}
