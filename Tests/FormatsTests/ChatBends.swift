import Agent
import Formats
import JSON

/// How servers bend the streams of Chat Completions.
extension Bend {
    private static func eachDelta(
        _ events: inout [BentEvent], _ path: [String] = ["choices", "0", "delta"],
        _ change: (inout JSONValue) -> Void
    ) -> Int {
        var changed = 0
        for place in events.indices {
            events[place].value?.change(path) { delta in
                guard var delta else { return nil }
                let before = delta
                change(&delta)
                if before != delta { changed += 1 }
                return delta
            }
        }
        return changed
    }

    /// Changes every fragment of a call.
    private static func eachFragment(_ events: inout [BentEvent], _ change: (inout JSONValue, Int) -> Void)
        -> Bool
    {
        var seen = 0
        for place in events.indices {
            events[place].value?.change(["choices", "0", "delta", "tool_calls", "0"]) { call in
                guard var call else { return nil }
                change(&call, seen)
                seen += 1
                return call
            }
        }
        return seen > 0
    }

    private static func calls(_ events: [BentEvent]) -> Int {
        events.filter { $0.value?["choices"]?[0]?["delta"]?["tool_calls"]?[0]?["id"] != nil }.count
    }

    static let chat: [Bend] = [
        Bend("content as parts", [.chatCompletions]) { events, random in
            let isPlain = random.chance(0.3)
            let changed = eachDelta(&events) { delta in
                guard let text = delta["content"]?.stringValue, !text.isEmpty else { return }
                let part: JSONValue = isPlain ? .string(text) : ["type": "text", "text": .string(text)]
                delta.change(["content"]) { _ in .array([part]) }
            }
            return changed > 0 ? .response : nil
        },
        Bend("null deltas", [.chatCompletions]) { events, _ in
            for place in events.indices {
                events[place].value?.change(["choices", "0", "logprobs"]) { _ in .null }
                events[place].value?.change(["error"]) { _ in .null }
                events[place].value?.change(["choices", "0", "delta", "refusal"]) { _ in .null }
                events[place].value?.change(["choices", "0", "delta", "function_call"]) { _ in .null }
                events[place].value?.change(["choices", "0", "delta", "content"]) { $0 ?? .null }
                events[place].value?.change(["choices", "0", "delta", "tool_calls"]) { $0 ?? .null }
            }
            return .response
        },
        Bend("legacy function_call", [.chatCompletions]) { events, _ in
            guard calls(events) == 1 else { return nil }
            _ = eachDelta(&events) { delta in
                guard let call = delta["tool_calls"]?[0] else { return }
                delta.change(["function_call"]) { _ in call["function"] }
                delta.change(["tool_calls"]) { _ in nil }
            }
            for place in events.indices {
                events[place].value?.change(["choices", "0", "finish_reason"]) {
                    $0 == "tool_calls" ? "function_call" : $0
                }
            }
            return .withoutIDs
        },
        Bend("no index", [.chatCompletions]) { events, _ in
            eachFragment(&events) { call, _ in call.change(["index"]) { _ in nil } } ? .response : nil
        },
        Bend("index 0 for all", [.chatCompletions]) { events, _ in
            eachFragment(&events) { call, _ in call.change(["index"]) { _ in 0 } } ? .response : nil
        },
        Bend("the index as text", [.chatCompletions]) { events, _ in
            eachFragment(&events) { call, _ in call.change(["index"]) { .string($0?.text() ?? "0") } }
                ? .response : nil
        },
        Bend("the index late", [.chatCompletions]) { events, _ in
            guard calls(events) == 1 else { return nil }
            return eachFragment(&events) { call, number in
                if number == 0 { call.change(["index"]) { _ in nil } }
            }
                ? .response : nil
        },
        Bend("the ID late", [.chatCompletions]) { events, _ in
            var id: JSONValue?
            return eachFragment(&events) { call, _ in
                if let own = call["id"] {
                    id = own
                    call.change(["id"]) { _ in nil }
                } else if let known = id {
                    call.change(["id"]) { _ in known }
                    id = nil
                }
            } ? .response : nil
        },
        Bend("no ID", [.chatCompletions]) { events, random in
            let empty: JSONValue? = [nil, .null, ""].randomElement(using: &random) ?? nil
            return eachFragment(&events) { call, _ in call.change(["id"]) { _ in empty } } ? .withoutIDs : nil
        },
        Bend("neither ID nor index", [.chatCompletions]) { events, _ in
            eachFragment(&events) { call, _ in
                call.change(["id"]) { _ in nil }
                call.change(["index"]) { _ in nil }
            } ? .withoutIDs : nil
        },
        Bend("ID and name in every fragment", [.chatCompletions]) { events, random in
            let hasIndex = random.chance(0.5)
            var id: JSONValue?
            var name: JSONValue?
            return eachFragment(&events) { call, _ in
                id = call["id"] ?? id
                name = call["function"]?["name"] ?? name
                call.change(["id"]) { _ in id }
                call.change(["function", "name"]) { _ in name }
                if !hasIndex { call.change(["index"]) { _ in nil } }
            } ? .response : nil
        },
        Bend("the name late", [.chatCompletions]) { events, _ in
            var name: JSONValue?
            return eachFragment(&events) { call, _ in
                if let own = call["function"]?["name"] {
                    name = own
                    call.change(["function", "name"]) { _ in nil }
                } else if let known = name {
                    call.change(["function", "name"]) { _ in known }
                    name = nil
                }
            } ? .response : nil
        },
        Bend("no name", [.chatCompletions]) { events, _ in
            eachFragment(&events) { call, _ in call.change(["function", "name"]) { _ in nil } }
                ? .sentence("names no tool") : nil
        },
        Bend("arguments as an object, in one fragment", [.chatCompletions]) { events, _ in
            var merged: [BentEvent] = []
            for event in events {
                let call = event.value?["choices"]?[0]?["delta"]?["tool_calls"]?[0]
                guard let call, call["id"] == nil else {
                    merged.append(event)
                    continue
                }
                let text = call["function"]?["arguments"]?.stringValue ?? ""
                guard let value = try? JSONParser.parse(text) else { return nil }
                merged[merged.count - 1].value?.change(
                    ["choices", "0", "delta", "tool_calls", "0", "function", "arguments"]
                ) { _ in value }
            }
            guard calls(events) > 0 else { return nil }
            events = merged
            return .response
        },
        Bend("arguments repeated at the end", [.chatCompletions]) { events, _ in
            guard
                let last = events.lastIndex(where: {
                    $0.value?["choices"]?[0]?["delta"]?["tool_calls"] != nil
                }),
                events[last].value?["choices"]?[0]?["delta"]?["tool_calls"]?[0]?["id"] == nil
            else { return nil }
            events.insert(events[last], at: last + 1)
            return .response
        },
        Bend("a message instead of deltas, streamed", [.chatCompletions]) { events, _ in
            for place in events.indices where place < 2 {
                guard let delta = events[place].value?["choices"]?[0]?["delta"] else { continue }
                events[place].value?.change(["choices", "0", "delta"]) { _ in nil }
                events[place].value?.change(["choices", "0", "message"]) { _ in delta }
            }
            return calls(events) == 0 ? .response : nil
        },
        Bend("thinking under another name", [.chatCompletions]) { events, random in
            let name =
                ["reasoning", "reasoning_text", "thinking", "details"].randomElement(using: &random) ?? ""
            let changed = eachDelta(&events) { delta in
                guard let text = delta["reasoning_content"] else { return }
                delta.change(["reasoning_content"]) { _ in nil }
                if name == "details" {
                    delta.change(["reasoning_details"]) { _ in
                        [["type": "reasoning.text", "text": text, "index": 0]]
                    }
                    delta.change(["content"]) { $0 ?? "" }
                } else {
                    delta.change([name]) { _ in text }
                }
            }
            return changed > 0 ? .response : nil
        },
        Bend("thinking as a part of the content", [.chatCompletions]) { events, _ in
            let changed = eachDelta(&events) { delta in
                guard let text = delta["reasoning_content"] else { return }
                delta.change(["reasoning_content"]) { _ in nil }
                delta.change(["content"]) { _ in
                    [["type": "thinking", "thinking": [["type": "text", "text": text]]]]
                }
            }
            return changed > 0 ? .response : nil
        },
        Bend("reasons of the end that nobody defined", [.chatCompletions]) { events, random in
            let words = ["eos", "STOP", "end_turn", "tool_use", "weird", "stop_sequence", "</s>", "end-turn"]
            let word = words.randomElement(using: &random) ?? ""
            let hasCalls = calls(events) > 0
            if word == "tool_use", !hasCalls { return nil }
            for place in events.indices {
                events[place].value?.change(["choices", "0", "finish_reason"]) {
                    $0 == .null ? .null : .string(word)
                }
            }
            return .response
        },
        Bend("no reason of the end, but the mark", [.chatCompletions]) { events, random in
            let nothing: JSONValue? = random.chance(0.5) ? .null : nil
            for place in events.indices {
                events[place].value?.change(["choices", "0", "finish_reason"]) { _ in nothing }
            }
            return .response
        },
        Bend("a reason in every chunk", [.chatCompletions]) { events, _ in
            for place in events.indices {
                events[place].value?.change(["choices", "0", "finish_reason"]) { $0 == .null ? "stop" : $0 }
            }
            return .response
        },
        Bend("neither a reason nor the mark", [.chatCompletions]) { events, _ in
            for place in events.indices {
                events[place].value?.change(["choices", "0", "finish_reason"]) { _ in .null }
            }
            events.removeAll { $0.value == nil }
            return .sentence("cut before the response was complete")
        },
        Bend("no mark of the end", [.chatCompletions]) { events, _ in
            events.removeAll { $0.value == nil }
            return .response
        },
        Bend("usage elsewhere", [.chatCompletions]) { events, random in
            guard let place = events.firstIndex(where: { $0.value?["usage"] != nil }) else { return nil }
            let usage = events.remove(at: place).value?["usage"]
            let last = max(0, place - 1)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: events[last].value?.change(["usage"]) { _ in usage }
            case 1: events[last].value?.change(["choices", "0", "usage"]) { _ in usage }
            case 2:
                events[last].value?.change(["x_groq"]) { _ in
                    .object(JSONObject([.init(key: "usage", value: usage ?? .null)]))
                }
            default: events[0].value?.change(["usage"]) { _ in usage }
            }
            return .response
        },
        Bend("another choice besides", [.chatCompletions]) { events, random in
            let place = Int.random(in: 0..<max(1, events.count - 2), using: &random)
            events.insert(
                BentEvent(name: nil, value: ["choices": [["index": 1, "delta": ["content": "other"]]]]),
                at: place)
            return .response
        },
    ]
}
