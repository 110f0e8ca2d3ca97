import Agent
import ChatTemplates
import Formats
import JSON
import Masking
import Transformer

/// A model's chat template, and how a conversation must be told for it to reach the model.
///
/// What the template drops or refuses is told in words of ours: tools in the system's text, calls in the model's own
/// words, results as messages of the user.
struct FittedTemplate: Sendable {
    let template: ChatTemplate
    let traits: TemplateTraits
    /// How turns are written.
    var style: TurnStyle { usesOurWords ? .inWords(syntax) : .learnt(syntax) }
    /// The same for what reads responses.
    let syntax: CallSyntax
    /// Why tools, calls and results are told in words of ours; `nil` where the template tells them.
    private let reason: String?
    private let special: SpecialTokens
    private let names: SpecialTokenNames

    init(_ template: ChatTemplate, _ special: SpecialTokens) throws(TemplateError) {
        self.template = template
        self.special = special
        names = SpecialTokenNames(special.names)
        let (clock, context) = (TemplateClock.now, special.context)
        traits = TemplateTraits(probing: template, specialTokens: context, clock: clock)
        do throws(CallSyntaxFailure) {
            let learnt = try CallSyntax.learnt(
                from: template, traits: traits, specialTokens: context, names: names, clock: clock)
            let isWhole = traits.tools == .own && traits.results == .own
            reason = isWhole ? nil : ""
            syntax = isWhole ? learnt : .inTags(Set(special.names), thinking: learnt.thinking)
        } catch {
            reason = traits.tools == .own ? "\(error)" : ""
            syntax = .inTags(
                Set(special.names),
                thinking: CallSyntax.thinking(
                    learntFrom: template, traits: traits, specialTokens: context, names: names, clock: clock))
        }
    }

    /// Whether tools, calls and results are told in words of ours.
    private var usesOurWords: Bool { reason != nil }

    /// The special tokens after a text that ends a turn.
    var turnEnds: [String] {
        let pieces = syntax.textEnd + syntax.turnEnd
        guard usesOurWords else {
            return pieces.compactMap { if case .token(let name) = $0 { name } else { nil } }
        }
        let words = "qwordsq"
        guard
            let prompt = try? render(
                [["role": "user", "content": "x"], ["role": "assistant", "content": .string(words)]],
                tools: nil)
        else { return [] }
        var hasWords = false
        for piece in prompt.pieces(names) {
            switch piece {
            case .text(let text): hasWords = hasWords || text.contains(words)
            case .special(let name): if hasWords { return [name] }
            }
        }
        return []
    }

    /// What a person should know before a run.
    var findings: [String] {
        var findings = traits.findings
        if let reason {
            if !reason.isEmpty { findings.append("how it writes calls cannot be learnt: \(reason)") }
            findings.append(
                "the tools are told in words of Callgate's, not of the template's; calls are expected in <tool_call>"
            )
        }
        if special.addsBeginning, beginsDoubled {
            findings.append(
                "the template writes the beginning of text itself, which servers that add it double")
        }
        return findings
    }

    /// How calls are written, by an example.
    var calling: [String] {
        let call = ReadResponse.Call(name: "get_weather", arguments: "{\"city\": \"Paris\"}")
        let text = (syntax.spelling(of: [call]) ?? []).map { piece in
            switch piece {
            case .text(let text), .special(let text): text
            }
        }
        var lines = ["a run expects calls \(style.summary):"]
        lines += text.joined().split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        if syntax.between == nil { lines.append("one call a turn: it writes no more") }
        return lines
    }

    private var beginsDoubled: Bool {
        guard let beginning = special.beginning,
            let prompt = try? render([["role": "user", "content": "x"]], tools: nil)
        else { return false }
        return prompt.pieces(names).first == .special(beginning)
    }

    private func render(_ messages: [JSONValue], tools: [JSONValue]?) throws(TemplateError) -> MarkedText {
        let shape = traits.shape
        let context = TemplateContext(
            messages: messages.map { $0.fitted(to: shape) }, tools: tools,
            omitsWhatIsMissing: shape.toolsAreOmitted, argumentsAreObjects: !shape.argumentsAreText,
            specialTokens: special.context)
        return try template.render(context, clock: .now)
    }

    /// The prompt of a request, up to where the model's turn begins.
    /// - Throws: ``ModelError`` where the template refuses the conversation.
    func prompt(for request: ModelRequest) throws(Agent.ModelError) -> WrittenPrompt {
        let told = ToldConversation(request, traits: traits, inOurWords: usesOurWords)
        let tools = usesOurWords || request.catalogue.isEmpty ? nil : request.catalogue.map(\.functionJSON)
        let rendered: MarkedText
        do {
            rendered = try render(told.messages, tools: tools)
        } catch {
            throw Agent.ModelError("its \(error)")
        }
        var parts: [PromptPart] = []
        var owners: [[(start: Int, owner: PromptShare.Owner)]] = []
        for owned in rendered.ownedPieces(names) {
            switch owned.piece {
            case .text(let text): parts.append(.text(text))
            case .special(let name): parts.append(.special(name))
            }
            owners.append(owned.shares.map { ($0.start, owner($0.owner, told, request)) })
        }
        if special.addsBeginning, let beginning = special.beginning, parts.first != .special(beginning) {
            parts.insert(.special(beginning), at: 0)
            owners.insert([(0, .template)], at: 0)
        }
        return WrittenPrompt(parts: parts, owners: owners)
    }

    private func owner(_ source: Int, _ told: ToldConversation, _ request: ModelRequest) -> PromptShare.Owner
    {
        let tool = source - told.messages.count - 1
        if request.catalogue.indices.contains(tool) { return .tool(request.catalogue[tool].name) }
        guard told.messages.indices.contains(source - 1) else { return .template }
        return .message(source - 1, role: told.messages[source - 1]["role"]?.stringValue ?? "")
    }
}
