import Agent
import Formats
import JSON

/// How servers bend the streams of the other formats.
extension Bend {
    private static func drop(_ types: [String]) -> @Sendable (inout [BentEvent], inout SplitMix) -> Outcome? {
        { events, _ in
            let before = events.count
            events.removeAll { types.contains($0.value?["type"]?.stringValue ?? "") }
            return events.count < before ? .response : nil
        }
    }

    static let responses: [Bend] = [
        Bend("no created event", [.responses], drop(["response.created", "response.in_progress"])),
        Bend(
            "no deltas", [.responses],
            drop([
                "response.output_text.delta", "response.function_call_arguments.delta",
                "response.reasoning_summary_text.delta",
            ])),
        Bend(
            "no done events", [.responses],
            drop([
                "response.output_text.done", "response.function_call_arguments.done",
                "response.reasoning_summary_text.done", "response.output_item.done",
                "response.content_part.done",
                "response.reasoning_summary_part.done",
            ])),
        Bend(
            "no item begins", [.responses],
            drop(["response.output_item.added", "response.content_part.added"])),
        Bend("only the end", [.responses]) { events, _ in
            events.removeAll { $0.value?["type"] != "response.completed" }
            return .response
        },
        Bend("an end without output", [.responses]) { events, random in
            let value: JSONValue? = random.chance(0.5) ? [] : nil
            for place in events.indices where events[place].value?["type"] == "response.completed" {
                events[place].value?.change(["response", "output"]) { _ in value }
            }
            return .response
        },
        Bend("no numbers", [.responses]) { events, _ in
            for place in events.indices {
                events[place].value?.change(["sequence_number"]) { _ in nil }
                events[place].value?.change(["output_index"]) { _ in nil }
            }
            return .response
        },
        Bend("a failed response", [.responses]) { events, _ in
            for place in events.indices where events[place].value?["type"] == "response.completed" {
                events[place].value?.change(["type"]) { _ in "response.failed" }
                events[place].value?.change(["response", "status"]) { _ in "failed" }
                events[place].value?.change(["response", "error"]) { _ in
                    ["code": "invalid_prompt", "message": "the model is loading"]
                }
            }
            return .sentence("the model is loading")
        },
        Bend(
            "no end", [.responses],
            { events, _ in
                events.removeAll { $0.value?["type"] == "response.completed" }
                return .sentence("cut before the response was complete")
            }),
    ]

    static let messages: [Bend] = [
        Bend("no start", [.messages], drop(["message_start"])),
        Bend("no end of the message", [.messages], drop(["message_stop"])),
        Bend("blocks that do not end", [.messages], drop(["content_block_stop"])),
        Bend("no index", [.messages]) { events, _ in
            for place in events.indices { events[place].value?.change(["index"]) { _ in nil } }
            return .response
        },
        Bend("one index for all", [.messages]) { events, _ in
            for place in events.indices { events[place].value?.change(["index"]) { $0 == nil ? nil : 0 } }
            return .response
        },
        Bend("gaps between indices", [.messages]) { events, _ in
            for place in events.indices {
                events[place].value?.change(["index"]) {
                    $0?.intValue.map { .number(JSONNumber($0 * 3 + 2)) }
                }
            }
            return .response
        },
        Bend("input where the block begins", [.messages]) { events, _ in
            var bent: [BentEvent] = []
            for event in events {
                let delta = event.value?["delta"]
                if delta?["type"] == "input_json_delta" {
                    let input = try? JSONParser.parse(delta?["partial_json"]?.stringValue ?? "")
                    bent[bent.count - 1].value?.change(["content_block", "input"]) { _ in input }
                } else {
                    bent.append(event)
                }
            }
            defer { events = bent }
            return bent.count < events.count ? .response : nil
        },
        Bend("words that never began", [.messages]) { events, _ in
            let before = events.count
            events.removeAll { $0.value?["content_block"]?["type"] == "text" }
            return events.count < before ? .response : nil
        },
        Bend("no reason of the end", [.messages]) { events, _ in
            for place in events.indices {
                events[place].value?.change(["delta", "stop_reason"]) { _ in .null }
            }
            return .response
        },
        Bend("a call that never began", [.messages]) { events, _ in
            let before = events.count
            events.removeAll { $0.value?["content_block"]?["type"] == "tool_use" }
            return events.count < before ? .sentence("which never began") : nil
        },
    ]

    static let others: [Bend] = [
        Bend("no IDs", [.gemini]) { events, _ in
            var count = 0
            for place in events.indices {
                events[place].value?.change([
                    "candidates", "0", "content", "parts", "0", "functionCall", "id",
                ]) {
                    if $0 != nil { count += 1 }
                    return nil
                }
            }
            return count > 0 ? .withoutIDs : nil
        },
        Bend("all parts in one chunk", [.gemini]) { events, _ in
            let parts = events.flatMap { $0.value?["candidates"]?[0]?["content"]?["parts"]?.arrayValue ?? [] }
            guard var last = events.last else { return nil }
            last.value?.change(["candidates", "0", "content", "parts"]) { _ in .array(parts) }
            events = [last]
            return .response
        },
        Bend("wrapped chunks", [.gemini]) { events, _ in
            for place in events.indices {
                events[place].value = events[place].value.map { ["response": $0, "traceId": "t"] }
            }
            return .response
        },
        Bend("calls and no reason of the end", [.gemini]) { events, _ in
            let hasCalls = events.contains {
                $0.value?["candidates"]?[0]?["content"]?["parts"]?[0]?["functionCall"] != nil
            }
            for place in events.indices {
                events[place].value?.change(["candidates", "0", "finishReason"]) { _ in nil }
            }
            return hasCalls ? .response : .sentence("cut before the response was complete")
        },
        Bend("a prompt that is refused", [.gemini]) { events, _ in
            events = [BentEvent(value: ["promptFeedback": ["blockReason": "SAFETY"]])]
            return .sentence("blocked: the prompt was refused for SAFETY")
        },
        Bend("arguments as text", [.ollama]) { events, _ in
            var count = 0
            for place in events.indices {
                events[place].value?.change(["message", "tool_calls", "0", "function", "arguments"]) {
                    count += 1
                    return .string($0?.text(.spaced) ?? "")
                }
            }
            return count > 0 ? .response : nil
        },
        Bend("no IDs", [.ollama]) { events, _ in
            var count = 0
            for place in events.indices {
                events[place].value?.change(["message", "tool_calls", "0", "id"]) {
                    if $0 != nil { count += 1 }
                    return nil
                }
            }
            return count > 0 ? .withoutIDs : nil
        },
        Bend("no reason of the end", [.ollama]) { events, _ in
            for place in events.indices { events[place].value?.change(["done_reason"]) { _ in nil } }
            return .response
        },
        Bend("nothing is done", [.ollama]) { events, _ in
            for place in events.indices { events[place].value?.change(["done"]) { _ in false } }
            return .sentence("cut before the response was complete")
        },
    ]
}
