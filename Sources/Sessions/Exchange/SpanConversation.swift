import Agent
import Formats
import JSON

/// The conversation that spans tell, request by request.
///
/// Each request repeats what was said before it; what is known already is told by its place among the messages of its
/// role, and of results by the call's ID.
struct SpanConversation {
    private var conversation = ImportedConversation()
    private var known = Count()
    /// The instructions that stand beside the messages.
    private var instructions: String?
    private var calls: [ToolCallID: Int] = [:]
    /// What spans of calls say: they are inserted once the request that follows is known, or at the end.
    private var ran: [ToolCallID: [RunCall]] = [:]
    private var spansOfCalls = 0
    /// How many calls had no ID.
    private var unnamed = 0
    /// The calls whose spans, or whose being asked for, have come since spans were last delivered.
    private var touched: [ToolCallID] = []

    private struct RunCall {
        /// Its place among all of them.
        let place: Int
        let content: String?
        let isError: Bool
        let time: Int64
        let lasting: Double
    }

    /// How many messages of each role there are, and how many results of each ID: some programs use one again.
    private struct Count {
        var (systems, users, assistants) = (0, 0, 0)
        var results: [ToolCallID: Int] = [:]
    }

    private struct Said {
        var words: [String] = []
        var thoughts: [String] = []
        var calls: [ToolCall] = []

        var thinking: Thinking? {
            thoughts.isEmpty ? nil : Thinking(text: thoughts.joined(separator: "\n"))
        }

        var results: [(id: ToolCallID, content: String)] = []
    }

    /// Takes the next span, in the order in which they began.
    mutating func take(_ span: Span) {
        for line in span.unread { conversation.losses.add(line) }
        switch span.operation {
        case "chat", "generate_content", "text_completion": request(span)
        case "execute_tool": call(span)
        case "invoke_agent", "create_agent": break
        case let operation?: conversation.losses.add("a span of operation \(operation)")
        case nil: conversation.losses.add("a span without gen_ai.operation.name")
        }
    }

    func finished() -> ImportedConversation {
        var last = self
        last.deliver()
        return last.conversation
    }

    private mutating func request(_ span: Span) {
        let (start, end) = (span.start, span.end)
        if let model = span.text("gen_ai.response.model") ?? span.text("gen_ai.request.model") {
            conversation.model = model
        }
        define(span.structure("gen_ai.tool.definitions"))
        if let parts = span.structure("gen_ai.system_instructions"), instructions == nil {
            let said = read(parts.arrayValue == nil ? .array([["type": "text", "content": parts]]) : parts)
            let words = said.words.joined(separator: "\n")
            instructions = words
            conversation.add(.system(words), at: start)
        }
        let input = span.structure("gen_ai.input.messages")?.arrayValue
        let output = span.structure("gen_ai.output.messages")?.arrayValue
        var seen = Count()
        for message in input ?? [] { hear(message, at: start, &seen) }
        deliver()
        if input == nil || (output == nil && !span.hasFailed) {
            conversation.losses.add("what was said in a request: its messages were not recorded")
        }
        guard output != nil || !span.hasFailed else {
            conversation.losses.add("that a request failed: \(span.text("error.type") ?? "no reason")")
            return
        }
        answer(span, output ?? [], at: end)
    }

    private mutating func answer(_ span: Span, _ output: [JSONValue], at end: Int64) {
        if output.count > 1 { conversation.losses.add("the further answers to one request") }
        let said = read(output.first?["parts"] ?? [])
        known.assistants += 1
        ask(said.calls)
        let reasons = span.structure("gen_ai.response.finish_reasons")?.arrayValue
        let word = reasons?.first?.stringValue ?? output.first?["finish_reason"]?.stringValue
        var usage: Usage?
        if let input = span.number("gen_ai.usage.input_tokens"),
            let count = span.number("gen_ai.usage.output_tokens")
        {
            usage = Usage(promptTokens: input, completionTokens: count)
        }
        conversation.add(
            .assistant(
                content: said.words.joined(separator: "\n"), calls: said.calls,
                finish: word.map { FinishReason(ofProvider: $0) }, usage: usage,
                thinking: said.thinking),
            at: end, lasting: span.milliseconds)
        if span.hasFailed {
            conversation.losses.add("that a request failed: \(span.text("error.type") ?? "no reason")")
        }
    }

    /// Takes a message of a request that was not there before.
    private mutating func hear(
        _ message: JSONValue, at time: Int64, _ seen: inout Count
    ) {
        let said = read(message["parts"] ?? message["content"].map { ["type": "text", "content": $0] } ?? [])
        for result in said.results { hear(result, at: time, &seen) }
        let words = said.words.joined(separator: "\n")
        switch message["role"]?.stringValue {
        case "system", "developer":
            seen.systems += 1
            guard seen.systems > known.systems else { return }
            known.systems = seen.systems
            // Some programs write the instructions in both places.
            let isFirst = seen.systems == 1 && seen.users + seen.assistants == 0
            if isFirst, let instructions, words.utf8.elementsEqual(instructions.utf8) { return }
            conversation.add(.system(words), at: time)
        case "user":
            seen.users += 1
            guard seen.users > known.users, !said.words.isEmpty else { return }
            known.users = seen.users
            deliver()
            conversation.add(.user(words), at: time)
        case "assistant":
            seen.assistants += 1
            guard seen.assistants > known.assistants else { return }
            known.assistants = seen.assistants
            ask(said.calls)
            conversation.add(
                .assistant(
                    content: words, calls: said.calls, finish: nil, usage: nil, thinking: said.thinking),
                at: time)
        case "tool": break
        case let role: conversation.losses.add("a message of role \(role ?? "unknown")")
        }
    }

    /// Takes a result that the model read; a span may say when the call ran.
    private mutating func hear(
        _ result: (id: ToolCallID, content: String), at time: Int64, _ seen: inout Count
    ) {
        seen.results[result.id, default: 0] += 1
        guard seen.results[result.id, default: 0] > known.results[result.id, default: 0] else { return }
        known.results[result.id, default: 0] += 1
        // An ID may be used again, and a call be run again: what was answered tells which span it is.
        let tries = ran[result.id] ?? []
        let same = tries.firstIndex { $0.content?.utf8.elementsEqual(result.content.utf8) ?? false }
        let span = (same ?? tries.indices.first).map { tries[$0] }
        if known.results[result.id, default: 0] < calls[result.id, default: 0] {
            if let place = same ?? tries.indices.first { ran[result.id]?.remove(at: place) }
        } else {
            // What is left of it was of tries that the model has not read of.
            ran[result.id] = nil
        }
        conversation.add(
            .result(result.id, content: result.content, isError: span?.isError ?? false),
            at: span?.time ?? time,
            lasting: span?.lasting ?? 0)
    }

    private mutating func ask(_ asked: [ToolCall]) {
        for call in asked {
            calls[call.id, default: 0] += 1
            touched.append(call.id)
        }
    }

    private mutating func call(_ span: Span) {
        guard let id = span.text("gen_ai.tool.call.id") else {
            conversation.losses.add(
                "a call of \(span.text("gen_ai.tool.name") ?? "a tool") without gen_ai.tool.call.id")
            return
        }
        let result = span.attributes["gen_ai.tool.call.result"].map { $0.stringValue ?? $0.text() }
        let isError = span.hasFailed || span.text("error.type") != nil
        spansOfCalls += 1
        let call = RunCall(
            place: spansOfCalls, content: result ?? span.text("error.type"), isError: isError, time: span.end,
            lasting: span.milliseconds)
        ran[ToolCallID(id), default: []].append(call)
        touched.append(ToolCallID(id))
    }

    /// Gives the results that only spans of calls tell, once the calls are known.
    private mutating func deliver() {
        var due: [(id: ToolCallID, call: RunCall)] = []
        for id in touched {
            guard known.results[id, default: 0] < calls[id, default: 0], let call = ran[id]?.first else {
                continue
            }
            known.results[id, default: 0] += 1
            if known.results[id] == calls[id] { ran[id] = nil } else { ran[id]?.removeFirst() }
            due.append((id, call))
        }
        touched = []
        for (id, call) in due.sorted(by: { $0.call.place < $1.call.place }) {
            if call.content == nil { conversation.losses.add("what a tool answered: it was not recorded") }
            conversation.add(
                .result(id, content: call.content ?? "", isError: call.isError), at: call.time,
                lasting: call.lasting)
        }
    }

    private mutating func define(_ tools: JSONValue?) {
        for tool in tools?.arrayValue ?? [] {
            guard let name = tool["name"]?.stringValue,
                !conversation.catalogue.contains(where: { $0.name.utf8.elementsEqual(name.utf8) })
            else { continue }
            conversation.catalogue.append(
                ToolDefinition(
                    name: name, description: tool["description"]?.stringValue ?? "",
                    parameters: tool["parameters"] ?? ["type": "object"]))
        }
    }

    private mutating func read(_ parts: JSONValue) -> Said {
        var said = Said()
        for part in parts.arrayValue ?? [parts] {
            switch part["type"]?.stringValue {
            case "text": said.words.append(part["content"]?.stringValue ?? "")
            case "reasoning", "thinking":
                let text = part["content"]?.stringValue ?? ""
                if !text.isEmpty { said.thoughts.append(text) }
            case "tool_call":
                guard let name = part["name"]?.stringValue else {
                    conversation.losses.add("a call without a name")
                    continue
                }
                if part["id"]?.stringValue == nil {
                    unnamed += 1
                    conversation.losses.add("the ID of a call, which was not recorded; it has a number here")
                }
                let id = part["id"]?.stringValue ?? "call_\(unnamed)"
                let arguments = part["arguments"] ?? [:]
                said.calls.append(
                    ToolCall(
                        id: ToolCallID(id), name: name,
                        arguments: ByteString(arguments.stringValue ?? arguments.text())))
            case "tool_call_response":
                guard let id = part["id"]?.stringValue else {
                    conversation.losses.add("a result without a call's ID")
                    continue
                }
                let response = part["response"] ?? part["result"] ?? ""
                said.results.append((ToolCallID(id), response.stringValue ?? response.text()))
            case let type: conversation.losses.add("a part of type \(type ?? "unknown")")
            }
        }
        return said
    }
}
