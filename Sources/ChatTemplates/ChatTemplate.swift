/// A model's chat template: the Jinja text that says how the model reads a conversation.
///
/// Rendering is what transformers does: jinja2 with `trim_blocks`, `lstrip_blocks`, loop controls, the
/// `generation` tag, `raise_exception`, `strftime_now` and a `tojson` that escapes neither HTML nor Unicode
/// (<https://huggingface.co/docs/transformers/chat_templating_writing>).
public struct ChatTemplate: Sendable {
    /// Who would render the template.
    public enum Dialect: Sendable, Hashable {
        /// transformers: in its sandbox lists and dictionaries cannot be changed.
        case transformers
        /// llama.cpp: the same, but for what its engine lets through where transformers refuses the template. A list can be
        /// changed by `append` and `pop`, and `tojson` takes whatever can be walked over.
        case llamaCpp
    }

    /// The template's text.
    public let source: String
    /// Who would render it.
    public let dialect: Dialect
    private let statements: [Statement]

    /// Reads a template, by default as files for llama.cpp are written.
    /// - Throws: ``TemplateError`` with the place.
    public init(_ source: String, dialect: Dialect = .llamaCpp) throws(TemplateError) {
        self.init(source, dialect, try StatementParser.statements(of: source))
    }

    private init(_ source: String, _ dialect: Dialect, _ statements: [Statement]) {
        (self.source, self.dialect, self.statements) = (source, dialect, statements)
    }

    /// The same template as another program renders it.
    func rendered(as dialect: Dialect) -> ChatTemplate { ChatTemplate(source, dialect, statements) }

    /// The prompt; each of its characters knows whether the template or the conversation wrote it.
    /// - Throws: ``TemplateError``; of the kind `raised` where the template refuses the conversation.
    public func render(
        _ context: TemplateContext, clock: TemplateClock, limits: RenderLimits = RenderLimits()
    ) throws(TemplateError) -> MarkedText {
        let interpreter = Interpreter(dialect, limits: limits, clock: clock)
        do {
            return try interpreter.render(statements, with: context.names.map { ($0.0, $0.1.value) })
        } catch {
            let fault = error as? Fault ?? Fault("\(error)")
            let place = interpreter.position
            throw TemplateError(
                kind: fault.kind, line: place.line, column: place.column, message: fault.message)
        }
    }
}
