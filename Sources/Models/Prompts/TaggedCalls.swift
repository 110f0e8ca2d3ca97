import ChatTemplates

extension CallSyntax {
    /// Calls as Hermes writes them: `<tool_call>`, a line of JSON, `</tool_call>`; several on lines of their own.
    ///
    /// Our own models are trained on it, and it is told in words to those whose template knows no tools.
    /// - Parameter names: the special tokens; a tag that is none is spelled out.
    static func inTags(_ names: Set<String>, thinking: Thinking? = nil) -> CallSyntax {
        func tag(_ name: String) -> Piece { names.contains(name) ? .token(name) : .text(name) }
        let begin = CallSyntax.merged([tag("<tool_call>"), .text("\n{\"name\": \"")])
        let end = CallSyntax.merged([.text("}\n"), tag("</tool_call>")])
        var syntax = CallSyntax()
        syntax.thinking = thinking
        syntax.callBegin = begin
        syntax.callAfterText = begin
        syntax.body = [.name, .text("\", \"arguments\": "), .arguments]
        syntax.between = CallSyntax.merged(end + [.text("\n")] + begin)
        syntax.end = end
        return syntax
    }

    /// The pieces with neighbouring texts as one.
    private static func merged(_ pieces: [Piece]) -> [Piece] {
        pieces.reduce(into: []) { merged, piece in
            if case .text(let text) = piece, case .text(let before)? = merged.last {
                merged[merged.count - 1] = .text(before + text)
            } else {
                merged.append(piece)
            }
        }
    }
}
