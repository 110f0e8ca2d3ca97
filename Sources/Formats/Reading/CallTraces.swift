import JSON

/// Where a JSON text tells of calls, by every name under which a client may look for them.
///
/// It knows nothing of how the text is read, so that what a reader passes over is found nevertheless. Keys are compared as
/// the most lenient clients do (Go's JSON takes any case, Google's `functionCall` and `function_call`), and all of those
/// that stand twice count, since clients take the last where ``JSONObject`` gives the first.
struct CallTraces {
    private enum Trace {
        /// A name or arguments, which must have been read there.
        case part([String])
        /// A whole call, of which something must have been read.
        case call([String])

        var path: [String] {
            switch self {
            case .part(let path), .call(let path): path
            }
        }
    }

    private var traces: [Trace] = []
    private var hasRepeatedKeys = false

    /// The traces in a value.
    init(in value: JSONValue, of format: WireFormat) {
        guard let names = Names.all[format], names.occur(in: value) else { return }
        collect(value, [], names)
        hasRepeatedKeys = CallTraces.hasRepeatedKeys(value)
    }

    /// Whether there is none, but for those at places where the provider's own calls were read.
    func isEmpty(besides others: [[String]]) -> Bool {
        let others = Set(others.map(CallTraces.spelling))
        return traces.allSatisfy { others.contains(CallTraces.spelling($0.path)) }
    }

    /// Why clients may find a call here that was not read; `nil` where all of them were.
    /// - Parameter others: where the provider's own calls were read, which no client runs.
    func doubt(read places: [CallPlace], besides others: [[String]]) -> String? {
        guard !traces.isEmpty else { return nil }
        let passed = Set(others.map(CallTraces.spelling))
        var (read, holders): (Set<[UInt8]>, Set<[UInt8]>) = ([], [])
        for tokens in places.map(\.pointer.tokens) {
            read.insert(CallTraces.spelling(tokens))
            for count in 0...tokens.count { holders.insert(CallTraces.spelling(Array(tokens.prefix(count)))) }
        }
        let missed = traces.first { trace in
            let path = CallTraces.spelling(trace.path)
            if passed.contains(path) { return false }
            switch trace {
            case .part: return !read.contains(path)
            case .call: return !holders.contains(path)
            }
        }
        if let missed {
            return "it tells of a call at \(JSONPointer(missed.path)), where none is to be expected"
        }
        guard hasRepeatedKeys, !isEmpty(besides: others) else { return nil }
        return "it tells of a call with a key that stands twice, of which clients take either"
    }

    private mutating func collect(_ value: JSONValue, _ path: [String], _ names: Names) {
        switch value {
        case .array(let elements):
            for (position, element) in elements.enumerated() {
                collect(element, path + [String(position)], names)
            }
        case .object(let object):
            if names.isCall(object) { return traces.append(.call(path)) }
            for member in object {
                let place = path + [member.key]
                guard names.isHolder(member.key) else {
                    collect(member.value, place, names)
                    continue
                }
                if case .array(let elements) = member.value {
                    for (position, element) in elements.enumerated() {
                        collect(call: element, place + [String(position)])
                    }
                } else {
                    collect(call: member.value, place)
                }
            }
        default: break
        }
    }

    /// The parts of what stands where calls do.
    private mutating func collect(call: JSONValue, _ path: [String]) {
        guard case .object(let object) = call else {
            if CallTraces.saysSomething(call) { traces.append(.call(path)) }
            return
        }
        for member in object {
            let place = path + [member.key]
            switch Names.folded(member.key) {
            case "function", "custom":
                guard case .object(let inner) = member.value else {
                    if CallTraces.saysSomething(member.value) { traces.append(.part(place)) }
                    continue
                }
                for part in inner
                where Names.parts.contains(Names.folded(part.key)) && CallTraces.saysSomething(part.value) {
                    traces.append(.part(place + [part.key]))
                }
            case let key where Names.parts.contains(key) && CallTraces.saysSomething(member.value):
                traces.append(.part(place))
            default: break
            }
        }
    }

    /// Whether a value can be a call or part of one: servers write `null`, `""` and `false` for none.
    private static func saysSomething(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number, .string(""): false
        case .array(let elements): !elements.isEmpty
        default: true
        }
    }

    private static func hasRepeatedKeys(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains(where: hasRepeatedKeys)
        case .object(let object):
            !object.duplicateKeys.isEmpty || object.contains { hasRepeatedKeys($0.value) }
        default: false
        }
    }

    /// A path as bytes, for strings are alike that are spelled otherwise.
    private static func spelling(_ path: [String]) -> [UInt8] { Array(JSONPointer(path).description.utf8) }
}

/// The names by which the clients of a format know a call.
private struct Names {
    /// Keys under which calls stand, folded.
    private let holders: Set<String>
    /// Types of objects that are calls, or parts of them.
    private let types: Set<String>
    /// What the types of events begin with that carry parts of calls.
    private let events: [String]
    /// Whether types that nobody knows may be calls as well.
    private let isStrange: Bool

    /// Keys under which a call has its name and its arguments, folded.
    static let parts: Set<String> = [
        "name", "arguments", "args", "input", "parameters", "parsedarguments", "argumentsraw", "rawarguments",
        "argumentsjson", "parsedinput", "rawinput",
    ]

    static let all = Dictionary(uniqueKeysWithValues: WireFormat.allCases.map { ($0, Names($0)) })

    private init(_ format: WireFormat) {
        isStrange = format == .responses
        switch format {
        case .chatCompletions, .ollama:
            (holders, types, events) = (["toolcalls", "functioncall"], ["tool_use"], [])
        case .gemini: (holders, types, events) = (["functioncall", "functioncalls"], [], [])
        case .messages: (holders, types, events) = ([], ["tool_use", "input_json_delta"], [])
        case .responses:
            (holders, types) = ([], Set(ResponsesItem.clientCallTypes))
            events = ["response.function_call_arguments.", "response.custom_tool_call_input."]
        }
    }

    /// Whether anything in a value is such a name; most pieces of a response are words, and cost no more than this.
    func occur(in value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): elements.contains { occur(in: $0) }
        case .object(let object):
            isCall(object) || object.contains { isHolder($0.key) || occur(in: $0.value) }
        default: false
        }
    }

    func isHolder(_ key: String) -> Bool {
        // The least a holder can take, written without `_`.
        guard !holders.isEmpty, key.utf8.count >= 9 else { return false }
        return holders.contains(Names.folded(key))
    }

    func isCall(_ object: JSONObject) -> Bool {
        guard !types.isEmpty else { return false }
        return object.contains { member in
            guard member.key.utf8.count == 4, Names.folded(member.key) == "type",
                case .string(let type) = member.value
            else { return false }
            return types.contains(type) || events.contains { type.utf8.starts(with: $0.utf8) }
                || isStrange && Names.isStrangeCall(type, object)
        }
    }

    /// Whether a type of Responses that this program does not know, or a piece of such an item, may be a call.
    private static func isStrangeCall(_ type: String, _ object: JSONObject) -> Bool {
        let isEvent = type.utf8.starts(with: "response.".utf8)
        let name = isEvent ? String(decoding: type.utf8.dropFirst(9), as: UTF8.self) : type
        if ResponsesItem.providerTypes.contains(where: { name.utf8.starts(with: $0.utf8) }) { return false }
        if name == "tool_search_call" { return object["execution"] != "server" }
        let words = name.utf8.split { [0x5F, 0x2E].contains($0) }
        if words.last?.elementsEqual("output".utf8) ?? false { return false }
        return words.contains { $0.elementsEqual("call".utf8) } || !isEvent && object["call_id"] != nil
    }

    /// A key in small letters without `_`: `s` and `k` have a second capital each, which Go folds as well.
    static func folded(_ key: String) -> String {
        var folded = String.UnicodeScalarView()
        for scalar in key.unicodeScalars where scalar != "_" {
            switch scalar {
            case let capital where (0x41...0x5A).contains(capital.value):
                folded.append(Unicode.Scalar(UInt8(capital.value) | 0x20))
            case "\u{017F}": folded.append("s")
            case "\u{212A}": folded.append("k")
            default: folded.append(scalar)
            }
        }
        return String(folded)
    }
}
