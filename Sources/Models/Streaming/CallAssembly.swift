import Agent
import JSON

/// Puts calls together that arrive in fragments, told apart by an index.
struct CallAssembly: Sendable {
    private struct Fragment: Sendable {
        var index: Int?
        var id: String
        var name: String
        var arguments: String
    }

    private var calls: [Fragment] = []
    private var current: Int?

    /// Whether nothing has come yet.
    var isEmpty: Bool { calls.isEmpty }

    /// Takes one fragment.
    ///
    /// Servers that leave the index out, or give every call the same, are told by a new ID that comes with a name.
    /// - Throws: ``StreamFault`` for arguments that belong to no call.
    mutating func take(
        index: Int?, id: String?, name: String?, arguments: String?
    ) throws(StreamFault) -> [ResponsePiece] {
        var pieces: [ResponsePiece] = []
        let named = name.flatMap { $0.isEmpty ? nil : $0 }
        var position = index == nil ? current : calls.lastIndex { $0.index == index }
        if let found = position, let id, !id.isEmpty, named != nil, !calls[found].id.isEmpty,
            ToolCallID(calls[found].id) != ToolCallID(id)
        {
            position = nil
        } else if index == nil, named != nil, let found = position, !calls[found].name.isEmpty,
            id?.isEmpty ?? true
        {
            position = nil
        }
        let place: Int
        if let position {
            place = position
            if position != current, arguments?.isEmpty == false {
                pieces.append(.resumed(number: position + 1, name: calls[position].name))
            }
            if calls[place].id.isEmpty { calls[place].id = id ?? "" }
            // A name may come in fragments too; one that is merely repeated is not appended.
            if let named, calls[place].arguments.isEmpty, ByteString(calls[place].name) != ByteString(named) {
                calls[place].name += named
            }
        } else {
            guard named != nil || id?.isEmpty == false else {
                throw StreamFault("a fragment of a call has neither an ID nor a name and follows no other")
            }
            place = calls.count
            calls.append(Fragment(index: index, id: id ?? "", name: named ?? "", arguments: ""))
            if let named { pieces.append(.call(name: named)) }
        }
        current = place
        if let arguments, !arguments.isEmpty {
            calls[place].arguments += arguments
            pieces.append(.arguments(arguments))
        }
        return pieces
    }

    /// The calls in the order in which they began; empty arguments stand for an empty object.
    /// - Throws: ``StreamFault`` for a call that names no tool.
    func calls(numberedFrom first: Int) throws(StreamFault) -> [ToolCall] {
        var finished: [ToolCall] = []
        for call in calls {
            guard !call.name.isEmpty else {
                throw StreamFault("call \(call.id) names no tool; nothing of the response is used")
            }
            finished.append(
                ToolCall(
                    id: ToolCallID(call.id), name: call.name,
                    arguments: ByteString(call.arguments.isEmpty ? "{}" : call.arguments)))
        }
        return finished.numbered(from: first)
    }
}

extension [ToolCall] {
    /// The calls with those that have no ID named `call_N`, counted on and never like another of them.
    func numbered(from first: Int) -> [ToolCall] {
        var taken = Set(map(\.id))
        var next = first
        return map { call in
            guard call.id.text.isEmpty else { return call }
            var call = call
            repeat {
                call.id = ToolCallID("call_\(next)")
                next += 1
            } while !taken.insert(call.id).inserted
            return call
        }
    }
}

extension ModelRequest {
    /// The number that the next call of the conversation has, where the model gives none.
    var nextCallNumber: Int {
        messages.reduce(1) { count, message in
            if case .assistant(let answer) = message { count + answer.calls.count } else { count }
        }
    }
}

extension ToolCall {
    /// The arguments as an object, for formats that have no other; what is none is wrapped, to the byte, in one.
    var argumentsObject: JSONValue {
        if let value = try? JSONParser.parse(arguments.text), case .object = value { return value }
        return ["malformed_arguments": .string(arguments.text)]
    }
}
