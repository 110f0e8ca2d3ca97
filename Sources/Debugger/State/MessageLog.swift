/// What the debugger has told the person.
struct MessageLog: Sendable {
    /// One thing told.
    struct Entry: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// Something was done.
            case note
            /// Something was not done, and why.
            case refusal
            /// What a key did, as a command that can be typed.
            case command
        }

        let kind: Kind
        let text: String
        /// The step that was looked at then.
        let step: Int
    }

    private(set) var entries: [Entry] = []
    /// What the bottom line says until the next key.
    private(set) var current: Entry?
    private static let most = 500

    mutating func say(_ text: String, _ kind: Entry.Kind = .note, step: Int) {
        let entry = Entry(kind: kind, text: text, step: step)
        current = entry
        append(entry)
    }

    private mutating func append(_ entry: Entry) {
        entries.append(entry)
        if entries.count > MessageLog.most { entries.removeFirst() }
    }

    /// Keeps a command that was given in the log, without a word in the bottom line.
    mutating func note(command: String, by key: String?, step: Int) {
        append(Entry(kind: .command, text: command + (key.map { "   (\($0))" } ?? ""), step: step))
    }

    /// Clears the bottom line; the log keeps what it said.
    mutating func dismiss() { current = nil }
}
