import Agent
import ChatTemplates
import Formats
import JSON
import Masking
import Transformer

/// Writes a model's prompts: by the model's own chat template, or by one of our dialects where it has none.
public struct PromptWriter: Sendable {
    private enum Way: Sendable {
        case dialect(ChatDialect)
        case template(FittedTemplate)
    }

    private let way: Way
    private let special: SpecialTokens
    /// What is odd in the way that the model is prompted, one line each.
    public let findings: [String]

    /// How the model writes calls.
    let format: CallFormat
    /// The name of ``format`` for the journal.
    let formatName: String

    /// How the model's template writes calls, and how a run expects them, in lines for a person.
    public var calling: [String] {
        switch way {
        case .dialect(let dialect): ["calls are written as \(dialect.rawValue) has them, which is built in"]
        case .template(let fitted): fitted.calling
        }
    }

    /// Fits a template to our conversations, by probes.
    /// - Throws: ``ModelError`` for a template that cannot be used, or none where no dialect of ours fits.
    init(template: String?, _ special: SpecialTokens) throws(Agent.ModelError) {
        self.special = special
        let names = Set(special.names)
        let given = template.flatMap { $0.isEmpty ? nil : $0 }
        let presumed = given == nil && names.contains("<start_of_turn>") ? PromptWriter.gemma : nil
        guard let template = given ?? presumed, !PromptWriter.isOurs(template) else {
            guard let dialect = ChatDialect(hasToken: names.contains) else {
                throw Agent.ModelError(
                    "it has no chat template, and its vocabulary is of none of ChatML, Llama 3 and Mistral")
            }
            if let missing = dialect.tags.first(where: { !names.contains($0) }) {
                throw Agent.ModelError("its vocabulary lacks \(missing), which \(dialect.rawValue) needs")
            }
            (way, format, formatName) = (.dialect(dialect), dialect.format, dialect.rawValue)
            findings =
                given == nil ? ["the file has no chat template: \(dialect.rawValue) is assumed"] : []
            return
        }
        let fitted: FittedTemplate
        do {
            fitted = try FittedTemplate(try ChatTemplate(template), special)
        } catch {
            throw Agent.ModelError("its \(error)")
        }
        if let failure = fitted.traits.failure { throw Agent.ModelError("its \(failure)") }
        (way, format, formatName) = (.template(fitted), fitted.dialect.format, fitted.dialect.rawValue)
        findings =
            (given == nil ? ["the file has no chat template: turns are written as Gemma's are"] : [])
            + fitted.findings
    }

    /// Turns between `<start_of_turn>` and `<end_of_turn>`, without a role for the system (Google, "Gemma formatting and
    /// system instructions"), for a file with Gemma's vocabulary and no template.
    private static let gemma = """
        {{ bos_token }}{% for m in messages %}{% if m.role not in ['user', 'assistant'] %}\
        {{ raise_exception('there is no role ' ~ m.role) }}{% endif %}\
        <start_of_turn>{{ 'model' if m.role == 'assistant' else 'user' }}
        {{ m.content | trim }}<end_of_turn>
        {% endfor %}{% if add_generation_prompt %}<start_of_turn>model
        {{ '' }}{% endif %}
        """

    /// Whether the template is the one of our own models, which ``HermesPrompt`` writes to the byte, and writes also
    /// where the system says nothing.
    private static func isOurs(_ template: String) -> Bool {
        template.contains("\n\nFunctions you can call:\n<tools>\n")
    }

    /// The prompt of a request, up to where the model's turn begins.
    /// - Throws: ``ModelError`` where the template refuses the conversation.
    func prompt(for request: ModelRequest) throws(Agent.ModelError) -> WrittenPrompt {
        switch way {
        case .dialect(let dialect):
            return WrittenPrompt(parts: dialect.prompt(for: request).parts, owners: [])
        case .template(let template): return try template.prompt(for: request)
        }
    }

    /// The text by which a tool stands in the prompt.
    func line(for tool: ToolDefinition) -> String {
        switch way {
        case .dialect(let dialect): dialect.line(for: tool)
        case .template: tool.functionJSON.text(.spaced)
        }
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
