import Formats
import JSON

/// What the strictest provider of each format refuses in the history of a request, read from the bytes without `Formats`.
enum StrictRules {
    /// The faults of a request's body; empty where every provider would take it.
    static func faults(_ format: WireFormat, _ body: [UInt8]) -> [String] {
        guard let root = try? JSONParser.parse(body) else { return ["no JSON"] }
        return switch format {
        case .chatCompletions: chat(root, textArguments: true)
        case .ollama: chat(root, textArguments: false)
        case .responses: responses(root)
        case .messages: messages(root)
        case .gemini: gemini(root)
        }
    }

    /// Every call is answered once, right after the message that asks for it.
    private static func chat(_ root: JSONValue, textArguments: Bool) -> [String] {
        var faults: [String] = []
        var open: [String] = []
        for message in root["messages"]?.arrayValue ?? [] {
            let role = message["role"]?.stringValue ?? ""
            if role == "tool" {
                let id = message["tool_call_id"]?.stringValue ?? ""
                guard let place = open.firstIndex(of: id) else {
                    faults.append("a result of \(id), which no open call has")
                    continue
                }
                open.remove(at: place)
                if message["content"]?.stringValue == nil { faults.append("a result of \(id) without text") }
                continue
            }
            if !open.isEmpty { faults.append("\(open) have no result before a message of \(role)") }
            open = []
            guard role == "assistant" else { continue }
            for call in message["tool_calls"]?.arrayValue ?? [] {
                let id = call["id"]?.stringValue ?? ""
                if id.isEmpty || open.contains(id) { faults.append("a call with the ID '\(id)'") }
                open.append(id)
                let arguments = call["function"]?["arguments"]
                let object =
                    textArguments ? arguments?.stringValue.flatMap { try? JSONParser.parse($0) } : arguments
                if object?.objectValue == nil { faults.append("call \(id) has no arguments") }
                if call["function"]?["name"]?.stringValue?.isEmpty ?? true { faults.append("no name") }
            }
        }
        return open.isEmpty ? faults : faults + ["\(open) have no result"]
    }

    /// Every call is answered once, by the item that goes with its own.
    private static func responses(_ root: JSONValue) -> [String] {
        var faults: [String] = []
        var open: [(id: String, answer: String)] = []
        var seen: Set<String> = []
        var thought: String?
        for item in root["input"]?.arrayValue ?? [] {
            let type = item["type"]?.stringValue ?? "message"
            if thought != nil, type.hasSuffix("_output") || item["role"]?.stringValue == "user" {
                faults.append("a reasoning item without the item that follows it")
            }
            thought = type == "reasoning" ? item["id"]?.stringValue : nil
            let id = item["call_id"]?.stringValue ?? ""
            if type.hasSuffix("_call_output") {
                guard let place = open.firstIndex(where: { $0.id == id }) else {
                    faults.append("no call found for the output of \(id)")
                    continue
                }
                if open[place].answer != type { faults.append("\(type) answers for \(open[place].answer)") }
                open.remove(at: place)
                faults += output(item, type).map { "\(id): \($0)" }
            } else if type.hasSuffix("_call") {
                if !seen.insert(id).inserted { faults.append("the ID \(id) twice") }
                // Codex answers its local shell as a function.
                let answer = type == "local_shell_call" ? "function_call_output" : "\(type)_output"
                open.append((id, answer))
                faults += call(item, type).map { "\(id): \($0)" }
            } else if item["role"]?.stringValue == "user", !open.isEmpty {
                faults.append("no tool output found for \(open.map(\.id))")
            }
        }
        return open.isEmpty ? faults : faults + ["no tool output found for \(open.map(\.id))"]
    }

    private static func call(_ item: JSONValue, _ type: String) -> [String] {
        switch type {
        case "function_call":
            let arguments = item["arguments"]?.stringValue.flatMap { try? JSONParser.parse($0) }
            return arguments?.objectValue == nil || item["name"]?.stringValue?.isEmpty ?? true
                ? ["a function's call without arguments or name"] : []
        case "custom_tool_call": return item["input"]?.stringValue == nil ? ["no input"] : []
        case "apply_patch_call":
            return item["operation"]?["type"]?.stringValue == nil ? ["no operation"] : []
        default: return item["action"]?.objectValue == nil ? ["no action"] : []
        }
    }

    private static func output(_ item: JSONValue, _ type: String) -> [String] {
        switch type {
        case "shell_call_output":
            let parts = item["output"]?.arrayValue ?? []
            let isWhole = parts.allSatisfy {
                $0["stdout"]?.stringValue != nil && $0["stderr"]?.stringValue != nil
                    && $0["outcome"]?["type"]?.stringValue != nil
            }
            return parts.isEmpty || !isWhole ? ["a shell's output that is none"] : []
        case "apply_patch_call_output":
            return ["completed", "failed"].contains(item["status"]?.stringValue ?? "") ? [] : ["no status"]
        default:
            let isParts = item["output"]?.arrayValue?.allSatisfy { $0["type"] == "input_text" } ?? false
            return item["output"]?.stringValue == nil && !isParts ? ["no output"] : []
        }
    }

    /// The results of a message's calls are the first blocks of the next one; thinking is as it was signed.
    private static func messages(_ root: JSONValue) -> [String] {
        var faults: [String] = []
        var open: [String] = []
        for message in root["messages"]?.arrayValue ?? [] {
            let blocks = message["content"]?.arrayValue ?? []
            var results: [String] = []
            var hasOther = false
            for block in blocks {
                switch block["type"]?.stringValue {
                case "tool_result":
                    if hasOther { faults.append("a result after other blocks") }
                    results.append(block["tool_use_id"]?.stringValue ?? "")
                case "text":
                    hasOther = true
                    if block["text"]?.stringValue?.isEmpty ?? true { faults.append("an empty text") }
                case "thinking":
                    let words = block["thinking"]?.stringValue ?? ""
                    if block["signature"]?.stringValue != "signed \(words)" {
                        faults.append("thinking that is not what was signed")
                    }
                case "tool_use":
                    let id = block["id"]?.stringValue ?? ""
                    if block["input"]?.objectValue == nil || block["name"]?.stringValue?.isEmpty ?? true {
                        faults.append("\(id) without input or name")
                    }
                default: hasOther = true
                }
            }
            if message["role"] == "user" {
                if results.sorted() != open.sorted() {
                    faults.append("\(open) are answered by \(results)")
                }
                open = []
            } else {
                if !open.isEmpty { faults.append("\(open) have no results") }
                open = blocks.compactMap { $0["type"] == "tool_use" ? $0["id"]?.stringValue : nil }
                if Set(open).count != open.count { faults.append("an ID twice") }
            }
        }
        return open.isEmpty ? faults : faults + ["\(open) have no results"]
    }

    /// As many responses as calls, in their order, by the same names; the first call of a turn keeps its signature.
    private static func gemini(_ root: JSONValue) -> [String] {
        var faults: [String] = []
        var open: [String] = []
        var role = ""
        for content in root["contents"]?.arrayValue ?? [] {
            if content["role"]?.stringValue == role { faults.append("two turns of \(role)") }
            role = content["role"]?.stringValue ?? ""
            let parts = content["parts"]?.arrayValue ?? []
            if role == "user" {
                let answers = parts.compactMap { $0["functionResponse"]?["name"]?.stringValue }
                if answers != open { faults.append("\(open) are answered by \(answers)") }
                open = []
                for part in parts where part["functionResponse"] != nil {
                    if part["functionResponse"]?["response"]?.objectValue == nil {
                        faults.append("no object")
                    }
                }
            } else {
                let calls = parts.filter { $0["functionCall"] != nil }
                open = calls.compactMap { $0["functionCall"]?["name"]?.stringValue }
                if let first = calls.first, first["thoughtSignature"] != "sealed" {
                    faults.append("a first call without its signature")
                }
                if calls.contains(where: { $0["functionCall"]?["args"]?.objectValue == nil }) {
                    faults.append("a call without arguments")
                }
            }
        }
        return open.isEmpty ? faults : faults + ["\(open) have no results"]
    }
}
