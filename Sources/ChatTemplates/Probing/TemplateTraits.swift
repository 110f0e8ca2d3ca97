import Foundation
import JSON

/// What a chat template makes of a conversation's parts, found by rendering probes and looking for their words.
public struct TemplateTraits: Sendable, Hashable {
    /// What becomes of one part.
    public enum Support: Sendable, Hashable {
        /// The template writes it.
        case own
        /// The template says nothing of it.
        case dropped
        /// The template fails where it occurs, for that reason.
        case refused(String)
    }

    /// How a template wants what the conversation tells.
    public struct Shape: Sendable, Hashable {
        /// A call's arguments as JSON text; as an object otherwise.
        public var argumentsAreText = false
        /// IDs of calls as nine letters and digits.
        public var identifiersAreShort = false
        /// A message's content as a list of parts.
        public var contentIsParts = false
        /// No name `tools` and `documents` where there are none, instead of `none`.
        public var toolsAreOmitted = false
        /// A message of the system even where it says nothing: without one the tools are not told.
        public var toolsNeedSystem = false
        /// The content of a message that has calls and no words as `null`, instead of no words.
        public var callContentIsNull = false
        /// The name under which a message's thinking is looked for.
        public var thinkingKey = "reasoning_content"
    }

    /// Why even a single question cannot be rendered.
    public private(set) var failure: TemplateError?
    /// The system's words.
    public private(set) var system = Support.own
    /// The catalogue of tools.
    public private(set) var tools = Support.own
    /// The calls of a response.
    public private(set) var calls = Support.own
    /// The result of a call.
    public private(set) var results = Support.own
    /// How messages must look.
    public private(set) var shape = Shape()
    /// Words after the last turn of a conversation that the model has answered.
    public private(set) var trailing = ""
    /// Whether the request that the model go on changes nothing.
    public private(set) var opensNoTurn = false
    /// Why transformers refuses conversations that llama.cpp renders; `nil` where it does not.
    public private(set) var refusalByTransformers: String?

    /// Finds what `template` makes of each part.
    public init(probing template: ChatTemplate, specialTokens: [String: String], clock: TemplateClock) {
        let probe = TraitProbe(template: template, specialTokens: specialTokens, clock: clock)
        let question: JSONValue = ["role": "user", "content": .string(TraitProbe.question)]
        let plain = probe.render([question], shape)
        if !plain.has(TraitProbe.question) {
            var parts = shape
            parts.contentIsParts = true
            if probe.render([question], parts).has(TraitProbe.question) { shape = parts }
        }
        if case .failure(let error) = probe.render([question], shape) {
            shape.toolsAreOmitted = true
            if case .failure = probe.render([question], shape) {
                failure = error
                return
            }
        }
        let instructions: JSONValue = ["role": "system", "content": .string(TraitProbe.system)]
        system = probe.render([instructions, question], shape).support(of: [TraitProbe.system])
        tools = probe.render([question], shape, hasTools: true).support(of: TraitProbe.toolWords)
        if tools != .own, system == .own,
            probe.render([instructions, question], shape, hasTools: true).support(of: TraitProbe.toolWords)
                == .own
        {
            (tools, shape.toolsNeedSystem) = (.own, true)
        }
        findCalls(probe, question)
        findRefusal(
            TraitProbe(
                template: template.rendered(as: .transformers), specialTokens: specialTokens, clock: clock),
            question)
        shape.thinkingKey =
            probe.thinkingKey(after: question, shape, hasTools: tools == .own) ?? shape.thinkingKey
        let answer: JSONValue = ["role": "assistant", "content": .string(TraitProbe.answer)]
        if case .success(let text) = probe.render([question, answer], shape, opensTurn: false),
            let end = text.range(of: TraitProbe.answer, options: .backwards)
        {
            trailing = TemplateTraits.words(String(text[end.upperBound...]), besides: specialTokens.values)
        }
        if case .success(let open) = probe.render([question], shape),
            case .success(let closed) = probe.render([question], shape, opensTurn: false)
        {
            opensNoTurn = open == closed
        }
    }

    /// What is neither white space nor a tag.
    private static func words(_ text: String, besides tokens: some Sequence<String>) -> String {
        var rest = text
        for token in tokens where !token.isEmpty { rest = rest.replacingOccurrences(of: token, with: " ") }
        for tag in SpecialTokenNames.candidates(in: rest) {
            rest = rest.replacingOccurrences(of: tag, with: " ")
        }
        return rest.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private mutating func findCalls(_ probe: TraitProbe, _ question: JSONValue) {
        var best: (shape: Shape, calls: Support, results: Support)?
        for variant in 0..<8 {
            var tried = shape
            tried.argumentsAreText = variant & 1 != 0
            tried.identifiersAreShort = variant & 2 != 0
            tried.callContentIsNull = variant & 4 != 0
            let (calls, results) = probe.calls(after: question, tried, hasTools: tools == .own)
            if best == nil
                || calls == .own && (best?.calls != .own || results == .own && best?.results != .own)
            {
                best = (tried, calls, results)
            }
            if best?.calls == .own, best?.results == .own { break }
        }
        guard let best else { return }
        if best.calls == .own { shape = best.shape }
        (calls, results) = (best.calls, best.results)
    }

    private mutating func findRefusal(_ probe: TraitProbe, _ question: JSONValue) {
        let (calls, results) = probe.calls(after: question, shape, hasTools: tools == .own)
        let asked = probe.render([question], shape, hasTools: tools == .own).support(of: [])
        for (strict, wide) in [(asked, tools), (calls, self.calls), (results, self.results)] {
            guard case .refused(let reason) = strict, wide == .own else { continue }
            refusalByTransformers = reason
            return
        }
    }

    /// What a person should know of the template before a run, one line each.
    public var findings: [String] {
        if let failure { return ["the chat template fails at the simplest question: \(failure)"] }
        var findings: [String] = []
        func note(_ support: Support, _ dropped: String, _ what: String) {
            switch support {
            case .own: break
            case .dropped: findings.append(dropped)
            case .refused(let reason): findings.append("the template refuses \(what): \(reason)")
            }
        }
        note(system, "the system's words are dropped by the template", "the role system")
        note(
            tools, "the tools never reach the prompt by the template: it knows none",
            "a conversation with tools")
        note(
            calls, "calls are dropped by the template: the model would not see what it asked for",
            "a response with calls")
        note(
            results, "results are dropped by the template: the model would not see what a tool answered",
            "the role tool")
        if let refusalByTransformers {
            findings.append(
                "transformers refuses this template, which is rendered as llama.cpp does it: "
                    + refusalByTransformers)
        }
        if !trailing.isEmpty { findings.append("text stands after the last turn: \(trailing)") }
        return findings
    }
}
