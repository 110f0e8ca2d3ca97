import Terminal

/// What the keys do in prompts, editors, questions and texts over the panes.
enum LayerCommands {
    static let all: [Command] = prompt + editor + review + confirmation + document + searching

    private static let prompt: [Command] = [
        command("submit", "done", .prompt, .prompt, hint: "done", [.enter]) { $0.submitPrompt() },
        command(
            "leave", "leave it", .prompt, .prompt, hint: "leave", [.escape, .control("c"), .control("g")]
        ) { $0.pop() },
        command("complete", "the next name that fits", .prompt, .prompt, [.tab]) { $0.complete(by: 1) },
        command("complete-back", "the previous name that fits", .prompt, .prompt, [.backtab]) {
            $0.complete(by: -1)
        },
        command("older", "the line entered before", .prompt, .prompt, [.up]) { $0.recall(by: 1) },
        command("newer", "the line entered after", .prompt, .prompt, [.down]) { $0.recall(by: -1) },
    ]

    private static let editor: [Command] = [
        command(
            "send", "go on with this text", .editor, .editor, hint: "go on",
            [.control("s"), Key(.enter, .alt)]
        ) {
            $0.submitEditor()
        },
        command("external", "go on writing in $EDITOR", .editor, .editor, hint: "$EDITOR", [.control("o")]) {
            $0.continueInEditor()
        },
        command(
            "put-away", "leave it; the text is kept for the next time", .editor, .editor, hint: "leave",
            [.escape, .control("c")]
        ) {
            $0.putEditorAway()
        },
    ]

    private static let review: [Command] = [
        command(
            "annotate", "run it; the model reads a note that a reviewer replaced its call", .review, .review,
            hint: "annotate (default)", [.character("a")]
        ) { $0.sendEdit(.annotate) },
        command(
            "rewrite", "run it; the model sees its own call rewritten", .review, .review, hint: "rewrite",
            [.character("w")]
        ) { $0.sendEdit(.rewrite) },
        command(
            "silent", "run it; the model sees its own call and the result without a word", .review, .review,
            hint: "silent", [.character("s")]
        ) { $0.sendEdit(.silent) },
        command("edit-more", "go on editing", .review, .review, hint: "edit more", [.character("e")]) {
            $0.editMore()
        },
        command(
            "drop-edit", "leave it; the text is kept for the next time", .review, .review, hint: "leave",
            [.escape, .character("q"), .control("c")]
        ) {
            $0.dropReview()
        },
    ]

    private static let confirmation: [Command] = [
        command("yes", "yes, do it", .confirmation, .confirmation, hint: "yes", [.character("y")]) {
            $0.confirm()
        },
        command(
            "no", "no, leave it", .confirmation, .confirmation, hint: "no",
            [.character("n"), .escape, .character("q"), .control("c")]
        ) {
            $0.pop()
        },
    ]

    private static let document: [Command] = [
        command(
            "close", "close it", .document, .document, hint: "close",
            [.escape, .character("q"), .enter, .control("c"), .character("?")]
        ) { $0.pop() },
        command(
            "find-in-text", "search in this text", .document, .document, hint: "search", [.character("/")]
        ) {
            state in
            state.layers.append(Prompt(.find))
            return []
        },
        command("next-in-text", "to the next match in it", .document, .document, [.character("n")]) {
            $0.findOn(1)
        },
        command("previous-in-text", "to the previous match in it", .document, .document, [.character("N")]) {
            $0.findOn(-1)
        },
    ]

    private static let searching: [Command] = [
        command(
            "search-next", "to the next match", .search, .searching, hint: "next match", [.character("n")]
        ) {
            $0.searchOn(1)
        },
        command(
            "search-previous", "to the previous match", .search, .searching, hint: "previous match",
            [.character("N")]
        ) {
            $0.searchOn(-1)
        },
        command("search-end", "end the search", .search, .searching, hint: "end search", [.escape]) { state in
            state.search = nil
            return []
        },
    ]

    private static func command(
        _ name: String, _ title: String, _ group: Command.Group, _ kind: LayerKind, hint: String? = nil,
        _ keys: [Key],
        _ action: @escaping @Sendable (inout DebuggerState) -> [DebuggerEffect]
    ) -> Command {
        Command(name, title: title, hint: hint, group: group, places: [.layer(kind)], keys: keys) {
            state, _ in
            action(&state)
        }
    }
}
