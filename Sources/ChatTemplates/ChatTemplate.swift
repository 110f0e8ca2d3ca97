/// A model's chat template: the Jinja text that says how the model reads a conversation.
///
/// Rendering is what transformers does: jinja2 with `trim_blocks`, `lstrip_blocks`, loop controls, the
/// `generation` tag, `raise_exception`, `strftime_now` and a `tojson` that escapes neither HTML nor Unicode, in a
/// sandbox in which lists and dictionaries cannot be changed
/// (<https://huggingface.co/docs/transformers/chat_templating_writing>).
public struct ChatTemplate: Sendable {
    /// The template's text.
    public let source: String
    private let statements: [Statement]

    /// Reads a template.
    /// - Throws: ``TemplateError`` with the place.
    public init(_ source: String) throws(TemplateError) {
        self.source = source
        statements = try StatementParser.statements(of: source)
    }

    /// The prompt; each of its characters knows whether the template or the conversation wrote it.
    /// - Throws: ``TemplateError``; of the kind `raised` where the template refuses the conversation.
    public func render(
        _ context: TemplateContext, clock: TemplateClock, limits: RenderLimits = RenderLimits()
    ) throws(TemplateError) -> MarkedText {
        let interpreter = Interpreter(limits: limits, clock: clock)
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
