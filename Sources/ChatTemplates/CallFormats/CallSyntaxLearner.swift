import JSON

/// Learns how a model's turn is written from what its template makes of probes.
struct CallSyntaxLearner {
    private let probe: CallProbe

    init(_ probe: CallProbe) { self.probe = probe }

    private static let probed = CallProbe.object([(CallProbe.firstKey, .string(CallProbe.text))])

    private func answer(
        _ words: String? = nil, thinking: String? = nil, tools: [Int] = []
    ) throws(CallSyntaxFailure) -> UnitText {
        do {
            return try probe.answer(
                words, thinking: thinking,
                calls: tools.map { CallProbe.Call(tool: $0, arguments: CallSyntaxLearner.probed) })
        } catch {
            throw .refused(error.message)
        }
    }

    func learn() throws(CallSyntaxFailure) -> CallSyntax {
        let prompt: UnitText
        do {
            prompt = try probe.prompt()
        } catch {
            throw .refused(error.message)
        }
        let (text, call) = (try answer(CallProbe.words), try answer(tools: [0]))
        let start = CallSyntaxLearner.start(prompt, text, call)
        guard let words = text.find(CallProbe.words, from: start) else { throw .callsAreNotWritten }
        guard call.find(CallProbe.text, from: start) != nil,
            call.find(CallProbe.tools[0], from: start) != nil
        else { throw .callsAreNotWritten }
        guard let arguments = ArgumentLearner(probe: probe, start: start).arguments() else {
            throw .argumentsNotUnderstood
        }
        let locator = CallLocator(arguments: arguments)
        guard let located = locate(locator, in: call, from: start, 0) else { throw .argumentsNotUnderstood }
        var syntax = CallSyntax()
        syntax.arguments = arguments
        syntax.identifiersAreShort = probe.shape.identifiersAreShort
        syntax.body = located.body
        var calls = Calls(
            begin: call[start..<located.range.lowerBound], end: call[from: located.range.upperBound])
        learnSeveral(locator, start, &syntax, &calls)
        let afterText = text[from: words.upperBound]
        let shared = afterText[from: afterText.count - afterText.commonSuffix(calls.end)].afterBegunTag
        syntax.turnEnd = shared.pieces()
        syntax.textEnd = afterText[upTo: afterText.count - shared.count].pieces()
        syntax.end = calls.end[upTo: calls.end.count - shared.count].pieces(
            CallLocator.words(CallProbe.tools[calls.lastTool]))
        if let alone = calls.endOfOne, alone != calls.end {
            let end = (alone.hasSuffix(shared) ? alone[upTo: alone.count - shared.count] : alone)
                .pieces(CallLocator.words(CallProbe.tools[0]))
            if end != syntax.end { syntax.endOfOne = end }
        }
        var textBegin = text[start..<words.lowerBound]
        // A text before a call begins as one alone does, or not at all.
        if let both = try? answer(CallProbe.words, tools: [0]),
            let words = both.find(CallProbe.words, from: start),
            let located = locate(locator, in: both, from: words.upperBound, 0),
            both[start..<words.lowerBound] == textBegin
        {
            let link = both[words.upperBound..<located.range.lowerBound].startTrimmed
            // What ends a turn of text does not lead on to a call.
            let closing = afterText.trimmed
            if closing.isEmpty || !link.hasPrefix(closing) {
                syntax.callAfterText = link.pieces(CallLocator.words(CallProbe.tools[0]))
            }
        }
        let thinking = thinking(prompt, text, start: start, textBegin: textBegin, calls.begin, locator)
        if let thinking {
            let leads = [textBegin, calls.begin]
            textBegin = thinking.removed(from: textBegin)
            calls.begin = thinking.removed(from: calls.begin)
            syntax.thinking = thinking.learnt(after: prompt, leads: leads)
        }
        syntax.textBegin = textBegin.pieces()
        syntax.callBegin = calls.begin.pieces(CallLocator.words(CallProbe.tools[0]))
        count(&syntax)
        try check(syntax, call: call[from: start], thinking)
        return syntax
    }

    /// The thinking alone, of a template whose calls are of no use.
    func learnThinking() -> CallSyntax.Thinking? {
        guard let prompt = try? probe.prompt(), let text = try? answer(CallProbe.words) else { return nil }
        let start = CallSyntaxLearner.start(prompt, text, text)
        guard let words = text.find(CallProbe.words, from: start) else { return nil }
        let lead = text[start..<words.lowerBound]
        return thinking(
            prompt, text, start: start, textBegin: lead, lead, CallLocator(arguments: .json(isPretty: false)))?
            .learnt(after: prompt, leads: [lead])
    }

    private struct Calls {
        var begin: UnitText
        var end: UnitText
        /// ``end`` of a turn with one call.
        var endOfOne: UnitText?
        var lastTool = 0
    }

    /// Where the model's turn begins: after the prompt, or where answers begin to differ.
    private static func start(_ prompt: UnitText, _ text: UnitText, _ call: UnitText) -> Int {
        if text.hasPrefix(prompt), call.hasPrefix(prompt) { return prompt.count }
        return text[upTo: text.commonPrefix(call)].lengthBeforeOpenTag
    }

    private func locate(_ locator: CallLocator, in text: UnitText, from start: Int, _ tool: Int)
        -> LocatedCall?
    {
        locator.call(in: text, from: start, tool: CallProbe.tools[tool], CallSyntaxLearner.probed)
    }

    // MARK: Several calls

    private func learnSeveral(
        _ locator: CallLocator, _ start: Int, _ syntax: inout CallSyntax, _ calls: inout Calls
    ) {
        guard let two = try? answer(tools: [0, 1]), let first = locate(locator, in: two, from: start, 0),
            let second = locate(locator, in: two, from: first.range.upperBound, 1)
        else { return }
        (calls.endOfOne, calls.end) = (calls.end, two[from: second.range.upperBound])
        calls.lastTool = 1
        let link = two[first.range.upperBound..<second.range.lowerBound]
            .pieces(CallLocator.words(CallProbe.tools[1]))
        syntax.between = link
        guard let three = try? answer(tools: [0, 1, 2]),
            let one = locate(locator, in: three, from: start, 0),
            let middle = locate(locator, in: three, from: one.range.upperBound, 1),
            let last = locate(locator, in: three, from: middle.range.upperBound, 2)
        else { return }
        let next = three[middle.range.upperBound..<last.range.lowerBound]
            .pieces(CallLocator.words(CallProbe.tools[2]))
        if let (pieces, number) = CallSyntaxLearner.counted(link, next) {
            syntax.between = pieces
            if let number { syntax.firstNumber = number - 1 }
        }
        if let (pieces, number) = CallSyntaxLearner.counted(first.body, second.body) {
            syntax.body = pieces
            if let number { syntax.firstNumber = number }
        }
        if case .keyed(var keyed) = syntax.arguments,
            let (pieces, number) = CallSyntaxLearner.counted(first.begin, second.begin), let number
        {
            // What stands for no arguments begins as some do, as far as it goes.
            if let empty = keyed.empty, keyed.begin.starts(with: empty) {
                keyed.empty = Array(pieces.dropLast(keyed.begin.count - empty.count))
            }
            keyed.begin = pieces
            syntax.firstNumber = number
            syntax.arguments = .keyed(keyed)
        }
    }

    /// The pieces with a number wherever the second text counts one further than the first, and the first such number;
    /// `nil` where they differ in anything else.
    private static func counted(
        _ first: [CallSyntax.Piece], _ second: [CallSyntax.Piece]
    ) -> (pieces: [CallSyntax.Piece], number: Int?)? {
        guard first.count == second.count else { return nil }
        var pieces: [CallSyntax.Piece] = []
        var counted: Int?
        for (left, right) in zip(first, second) {
            if left == right {
                pieces.append(left)
                continue
            }
            guard case .text(let a) = left, case .text(let b) = right else { return nil }
            let (before, after) = (parts(a), parts(b))
            guard before.count == after.count else { return nil }
            for (old, new) in zip(before, after) {
                if old == new {
                    if case .text(let text)? = pieces.last {
                        pieces[pieces.count - 1] = .text(text + old)
                    } else {
                        pieces.append(.text(old))
                    }
                } else if let number = Int(old), Int(new) == number + 1 {
                    pieces.append(.number)
                    counted = counted ?? number
                } else {
                    return nil
                }
            }
        }
        return (pieces, counted)
    }

    /// A text in runs of digits and of anything else.
    private static func parts(_ text: String) -> [String] {
        var parts: [String.UnicodeScalarView] = []
        var wasDigit: Bool?
        for scalar in text.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit == wasDigit {
                parts[parts.count - 1].append(scalar)
            } else {
                parts.append(String.UnicodeScalarView([scalar]))
            }
            wasDigit = isDigit
        }
        return parts.map { String($0) }
    }

    /// Lets the first call be counted where the later ones are.
    private func count(_ syntax: inout CallSyntax) {
        guard let between = syntax.between, let place = between.lastIndex(of: .number) else { return }
        let tail = Array(between[(place + 1)...])
        func counted(_ pieces: [CallSyntax.Piece]) -> [CallSyntax.Piece] {
            guard let last = pieces.last, case .text(let text) = last, tail.count <= 1 else { return pieces }
            var rest = text
            if case .text(let after)? = tail.first {
                guard rest.hasSuffix(after) else { return pieces }
                rest.removeLast(after.count)
            }
            let digits = rest.reversed().prefix { ("0"..."9").contains($0) }.count
            guard digits > 0 else { return pieces }
            rest.removeLast(digits)
            return pieces.dropLast() + [.text(rest), .number] + tail
        }
        syntax.callBegin = counted(syntax.callBegin)
        syntax.callAfterText = syntax.callAfterText.map(counted)
    }

    // MARK: Thinking

    private struct Marks {
        var begin: UnitText
        var end: UnitText

        /// Without thinking that says nothing, at the start.
        func removed(from text: UnitText) -> UnitText {
            var rest = text.startTrimmed
            if !begin.isEmpty {
                if rest.hasPrefix(begin) {
                    rest = rest[from: begin.count].startTrimmed
                    // The prompt begins thinking that what was said does not hold.
                    if rest.isEmpty { return rest }
                } else if !rest.hasPrefix(end) {
                    return text
                }
            }
            return rest.hasPrefix(end) ? rest[from: end.count].startTrimmed : text
        }

        /// Whether the prompt says that nothing is thought.
        ///
        /// What follows the question may be the same marks, where they are those of every turn.
        private func isClosed(by prompt: UnitText) -> Bool {
            let tail = prompt.endTrimmed
            guard tail.hasSuffix(end) else { return false }
            return !tail[upTo: tail.count - end.count].endTrimmed.hasSuffix(UnitText(CallProbe.question))
        }

        private func isOpen(after prompt: UnitText) -> Bool {
            begin.isEmpty || prompt.endTrimmed.hasSuffix(begin)
        }

        /// Thinking as a model may write it after a prompt; `nil` where that has closed it.
        /// - Parameter leads: what stands before texts and calls without thinking.
        func learnt(after prompt: UnitText, leads: [UnitText]) -> CallSyntax.Thinking? {
            if isClosed(by: prompt) { return nil }
            let isOpen = isOpen(after: prompt)
            return CallSyntax.Thinking(
                begin: begin.pieces(), end: end.pieces(), isOpen: isOpen,
                mayOnlyEnd: !isOpen && leads.contains { $0.startTrimmed.hasPrefix(end) })
        }
    }

    private func thinking(
        _ prompt: UnitText, _ text: UnitText, start: Int, textBegin: UnitText, _ callBegin: UnitText,
        _ locator: CallLocator
    ) -> Marks? {
        var begin: UnitText?
        var (textEnd, callEnd): (UnitText?, UnitText?)
        if let told = try? answer(CallProbe.words, thinking: CallProbe.thinking),
            let found = told.find(CallProbe.thinking),
            let words = told.find(CallProbe.words, from: found.upperBound)
        {
            let shared = min(start, told[upTo: found.lowerBound].commonPrefix(text))
            begin = told[shared..<found.lowerBound].trimmed
            textEnd = told[found.upperBound..<words.lowerBound]
        }
        if let told = try? answer(thinking: CallProbe.thinking, tools: [0]),
            let found = told.find(CallProbe.thinking),
            let call = locate(locator, in: told, from: found.upperBound, 0)
        {
            let shared = min(start, told[upTo: found.lowerBound].commonPrefix(text))
            begin = begin ?? told[shared..<found.lowerBound].trimmed
            callEnd = told[found.upperBound..<call.range.lowerBound]
        }
        guard let begin else { return CallSyntaxLearner.convention(prompt) }
        // Where an answer without thinking holds empty marks of it, those tell as much.
        func afterMark(_ lead: UnitText) -> UnitText? {
            let lead = lead.startTrimmed
            return begin.isEmpty || !lead.hasPrefix(begin) ? nil : lead[from: begin.count].startTrimmed
        }
        var end = UnitText("")
        if let textEnd, !textBegin.isEmpty, textBegin.count < textEnd.count, textEnd.hasSuffix(textBegin) {
            end = textEnd[upTo: textEnd.count - textBegin.count]
        } else if let first = (textEnd ?? afterMark(textBegin))?.startTrimmed,
            let second = (callEnd ?? afterMark(callBegin))?.startTrimmed
        {
            end = first[upTo: first.commonPrefix(second)]
            end = end[upTo: end.lengthBeforeOpenTag]
        } else if let textEnd {
            end = textEnd
        } else if let callEnd {
            let following = callBegin.trimmed
            let rest = callEnd.count - following.count
            end =
                rest > 0 && callEnd.hasSuffix(following) ? callEnd[upTo: rest] : callEnd.startTrimmed.firstTag
        }
        guard !end.trimmed.isEmpty else { return CallSyntaxLearner.convention(prompt) }
        return Marks(begin: begin.trimmed, end: end.trimmed)
    }

    /// A prompt that ends by a tag of thinking opens it, also where the template drops thinking from what was said.
    private static func convention(_ prompt: UnitText) -> Marks? {
        let tail = prompt.endTrimmed
        let begin: UnitText
        if case .token? = tail.units.last {
            begin = tail[from: tail.count - 1]
        } else {
            guard let open = tail.units.lastIndex(where: { $0.isOne(of: "<[") }) else { return nil }
            begin = tail[from: open - tail.units.startIndex]
        }
        let name = begin.text
        guard ["think", "reason"].contains(where: { name.lowercased().contains($0) }), !name.contains("/"),
            let bracket = name.first, "<[".contains(bracket)
        else { return nil }
        let closing = String(bracket) + "/" + name.dropFirst()
        if case .token? = begin.units.first { return Marks(begin: begin, end: UnitText([.token(closing)])) }
        return Marks(begin: begin, end: UnitText(closing))
    }

    // MARK: What was learnt, tried

    private func check(
        _ syntax: CallSyntax, call: UnitText, _ thinking: Marks?
    ) throws(CallSyntaxFailure) {
        var reader = ResponseReader(syntax, schemas: [:], isInside: false)
        reader.append(thinking?.removed(from: call) ?? call)
        let calls = reader.response.calls
        guard calls.count == 1, calls[0].name == CallProbe.tools[0],
            let arguments = try? JSONParser.parse(calls[0].arguments),
            arguments.isEquivalent(to: CallSyntaxLearner.probed)
        else { throw .notReadBack(call.text) }
    }
}

extension CallSyntax {
    /// Learns how a model calls from its template.
    /// - Parameters:
    ///   - traits: what the template makes of conversations.
    ///   - specialTokens: `bos_token` and the like, as the template asks for them.
    ///   - names: the special tokens of the vocabulary.
    /// - Throws: ``CallSyntaxFailure``; one line with the reason.
    public static func learnt(
        from template: ChatTemplate, traits: TemplateTraits, specialTokens: [String: String],
        names: SpecialTokenNames, clock: TemplateClock
    ) throws(CallSyntaxFailure) -> CallSyntax {
        switch traits.calls {
        case .own: break
        case .dropped: throw traits.tools == .own ? .callsAreNotWritten : .toolsAreNotTold
        case .refused(let reason): throw .refused(reason)
        }
        let probe = CallProbe(
            template: template, specialTokens: specialTokens, names: names, clock: clock, shape: traits.shape)
        return try CallSyntaxLearner(probe).learn()
    }

    /// Learns how a model writes its thinking, whatever its template makes of calls.
    public static func thinking(
        learntFrom template: ChatTemplate, traits: TemplateTraits, specialTokens: [String: String],
        names: SpecialTokenNames, clock: TemplateClock
    ) -> Thinking? {
        let probe = CallProbe(
            template: template, specialTokens: specialTokens, names: names, clock: clock, shape: traits.shape)
        return CallSyntaxLearner(probe).learnThinking()
    }
}
