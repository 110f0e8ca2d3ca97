import JSON

/// The part of a session that reads what the server writes: lines, which may be more or less than a message, and whole
/// bodies.
extension MCPSession {
    /// How long a message may stand still in its midst.
    private static let unfinishedMilliseconds = 2_000

    /// Takes a line, or a whole body or event.
    mutating func receive(_ bytes: [UInt8], isWhole: Bool = false) -> [Action] {
        var actions: [Action] = []
        for outcome in isWhole ? MessagePieces.whole(bytes) : pieces.append(bytes) {
            actions += receive(outcome)
        }
        return actions
    }

    /// A message that had begun is cut where no line has come since.
    mutating func giveUpLines(since count: Int) -> [Action] {
        guard pieces.count == count else { return pieces.hasBegun ? receive(.unfinished) : [] }
        return pieces.giveUp().map { receive($0) } ?? []
    }

    /// A line has begun and does not end: what there is of it is all of it.
    mutating func giveUpLine(_ bytes: [UInt8]) -> [Action] {
        let actions = receive(bytes).filter { if case .unfinished = $0 { false } else { true } }
        return actions + giveUpLines(since: pieces.count)
    }

    private mutating func receive(_ outcome: MessagePieces.Outcome) -> [Action] {
        switch outcome {
        case .message(let value): receive(value)
        case .remark(let line): [.log(line)]
        case .unfinished:
            [.unfinished(lines: pieces.count, milliseconds: MCPSession.unfinishedMilliseconds)]
        case .noise(let text): [.log("not a message: \(text)")]
        case .broken(let ids, let said): giveUp(ids, said)
        case .unusable(let reason): close(reason)
        }
    }

    /// Gives up the request whose answer cannot be read: at once where its ID can, else soon where no other waits.
    private mutating func giveUp(_ ids: [Int], _ said: String) -> [Action] {
        let asked = Set(ids).filter { pending[$0] != nil }
        if asked.count == 1, let request = asked.first { return [.log(said)] + giveUp(request, said) }
        return doubt(onlyPending, said)
    }

    /// Hears a line of the server's standard error: many repeat there what they send, and some send nothing else.
    func overhear(_ line: String) -> [Action] {
        guard !pending.isEmpty, line.utf8.first == UInt8(ascii: "{"), let value = try? JSONParser.parse(line),
            value["method"] == nil, value["jsonrpc"] != nil,
            let request = value["id"].flatMap(MCPSession.number),
            pending[request] != nil
        else { return [] }
        return doubt(request, "wrote its answer to standard error; over stdio MCP has standard output")
    }
}

extension JSONValue {
    /// Whether a message without a method is an answer: lines of logs may have an ID as well.
    var isAnswer: Bool {
        self["jsonrpc"] != nil || self["result"] != nil || self["error"] != nil || objectValue?.count == 1
    }
}
