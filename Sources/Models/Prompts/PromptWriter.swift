import Agent
import ChatTemplates
import Formats
import JSON
import Masking
import Transformer

/// Writes a model's prompts, and knows how its turns are written: by the model's own chat template, or as our own models
/// were trained.
public struct PromptWriter: Sendable {
    private enum Way: Sendable {
        case hermes
        case template(FittedTemplate)
    }

    private let way: Way
    /// What is odd in the way that the model is prompted, one line each.
    public let findings: [String]
    /// How the model's turns are written, for the mask.
    let style: TurnStyle
    /// The same for what reads responses.
    let syntax: CallSyntax

    /// How the model's template writes calls, and how a run expects them, in lines for a person.
    public var calling: [String] {
        switch way {
        case .hermes: ["calls are written \(style.summary)"]
        case .template(let fitted): fitted.calling
        }
    }

    /// Fits a template to our conversations, by probes.
    /// - Throws: ``ModelError`` for a template that cannot be used, or none where nothing can be presumed.
    init(template: String?, _ special: SpecialTokens) throws(Agent.ModelError) {
        let names = Set(special.names)
        let given = template.flatMap { $0.isEmpty ? nil : $0 }
        let presumed = given == nil ? PresumedTemplate(hasToken: names.contains) : nil
        guard let template = given ?? presumed?.source, !PromptWriter.isOurs(template) else {
            if let missing = ["<|im_start|>", "<|im_end|>"].first(where: { !names.contains($0) }) {
                throw Agent.ModelError(
                    given == nil
                        ? "it has no chat template, and its vocabulary is of none of ChatML, Llama 3, Mistral and Gemma"
                        : "its vocabulary lacks \(missing), which its chat template needs")
            }
            (way, style, syntax) = (.hermes, .builtIn("hermes"), .inTags(names))
            findings = given == nil ? ["the file has no chat template: turns are written as in ChatML"] : []
            return
        }
        let fitted: FittedTemplate
        do {
            fitted = try FittedTemplate(try ChatTemplate(template), special)
        } catch {
            throw Agent.ModelError("its \(error)")
        }
        if let failure = fitted.traits.failure { throw Agent.ModelError("its \(failure)") }
        (way, style, syntax) = (.template(fitted), fitted.style, fitted.syntax)
        let family = presumed.map {
            ["the file has no chat template: turns are written as \($0.family)'s are"]
        }
        findings = (family ?? []) + fitted.findings
    }

    /// Whether the template is the one of our own models, which ``HermesPrompt`` writes to the byte, and writes also
    /// where the system says nothing.
    private static func isOurs(_ template: String) -> Bool {
        template.contains("\n\nFunctions you can call:\n<tools>\n")
    }

    /// The prompt of a request, up to where the model's turn begins.
    /// - Throws: ``ModelError`` where the template refuses the conversation.
    func prompt(for request: ModelRequest) throws(Agent.ModelError) -> WrittenPrompt {
        switch way {
        case .hermes:
            return WrittenPrompt(
                parts: HermesPrompt(messages: request.messages, catalogue: request.catalogue).pieces.parts,
                owners: [])
        case .template(let template): return try template.prompt(for: request)
        }
    }

    /// The text by which a tool stands in the prompt.
    func line(for tool: ToolDefinition) -> String { tool.functionJSON.text(.spaced) }

    /// The language of the response to a request.
    /// - Throws: ``ModelError`` for a built-in format that is not known.
    func grammar(for request: ModelRequest) throws(Agent.ModelError) -> Grammar {
        guard
            let grammar = Grammar(
                turnWith: request.catalogue, style: style, settings: request.sampling.mask)
        else { throw Agent.ModelError("turns cannot be written \(style.summary)") }
        return grammar
    }

    /// A vocabulary with the token by which the template ends a turn among those that end a response: not every file
    /// names it.
    func completing(_ record: VocabularyRecord) -> VocabularyRecord {
        guard case .template(let template) = way else { return record }
        let ends = template.turnEnds.compactMap { record.entries.firstIndex(of: .special($0)) }
        guard let last = ends.last, Set(record.endTokens).isDisjoint(with: ends) else { return record }
        var record = record
        record.endTokens.append(last)
        return record
    }

    /// The template of a model file, fitted, for a look at it.
    /// - Throws: ``ModelError``; one line with the file and the reason.
    public static func opening(_ path: String) throws(Agent.ModelError) -> PromptWriter {
        do {
            let file = try GGUFFile(path)
            return try PromptWriter(
                template: try file.string("tokenizer.chat_template"),
                try SpecialTokens(Transformer.Vocabulary(file), file))
        } catch {
            throw Agent.ModelError("\(path): \(error)")
        }
    }

    /// A template by itself: every tag in its source counts as a special token.
    /// - Throws: ``ModelError``; one line with the name and the reason.
    public static func reading(_ template: String, name: String) throws(Agent.ModelError) -> PromptWriter {
        do {
            return try PromptWriter(
                template: template,
                SpecialTokens(
                    names: SpecialTokenNames.candidates(in: template) + ["<s>", "</s>"], beginning: "<s>",
                    end: "</s>", addsBeginning: false))
        } catch {
            throw Agent.ModelError("\(name): \(error)")
        }
    }

    /// The text of a prompt, special tokens spelled out.
    /// - Throws: ``ModelError`` where the template refuses the conversation.
    public func text(for request: ModelRequest) throws(Agent.ModelError) -> String {
        try prompt(for: request).text
    }
}

extension SpecialTokens {
    init(_ vocabulary: Transformer.Vocabulary, _ file: GGUFFile) throws {
        let end = try file.integer("tokenizer.ggml.eos_token_id") ?? vocabulary.endTokens.first
        self.init(
            names: vocabulary.specialTokens.map { vocabulary.text(of: $0) },
            beginning: vocabulary.beginningOfText.map { vocabulary.text(of: $0) },
            end: end.flatMap { (0..<vocabulary.count).contains($0) ? vocabulary.text(of: $0) : nil },
            addsBeginning: vocabulary.addsBeginningOfText)
    }
}
