import Agent
import JSON

/// What a call is to say instead of what its model wrote.
public struct CallRewrite: Sendable, Hashable {
    /// Another tool's name; `nil` keeps the name.
    public var name: String?
    /// Other arguments, as JSON text; `nil` keeps them to the byte.
    public var arguments: String?

    /// A rewrite of the given parts.
    public init(name: String? = nil, arguments: String? = nil) {
        self.name = name
        self.arguments = arguments
    }
}

extension WireFormat {
    /// Writes calls anew in all the places where frames tell them; every other byte of the frames stays as it is.
    ///
    /// All frames of the response in which calls stand must be among those given, the last ones included: the format
    /// may repeat the calls there.
    /// - Parameters:
    ///   - frames: as a ``ResponseReader`` read them, in order.
    ///   - rewrites: by the call's number, from 1.
    /// - Returns: the bytes of each frame in its place; a frame may be followed by one that was not there.
    /// - Throws: ``StreamFault`` where a place cannot be written, so that the call would stay as it was.
    public func rewriting(
        _ frames: [ReadFrame], _ rewrites: [Int: CallRewrite]
    ) throws(StreamFault) -> [[UInt8]] {
        // Arguments that no frame has a place for get a frame of their own where the call begins.
        let placed = Set(frames.flatMap(\.places).filter { $0.role != .name }.map(\.call))
        var homeless = rewrites.filter { $0.value.arguments != nil && !placed.contains($0.key) }
        var written: Set<Int> = []
        var rewritten: [[UInt8]] = []
        for frame in frames {
            let places = frame.places.filter { rewrites[$0.call] != nil }
            guard !places.isEmpty, case .json(var json) = frame.frame.payload else {
                rewritten.append(frame.frame.bytes)
                continue
            }
            // The parts of an item that was replaced as a whole are gone.
            var replaced: Set<Int> = []
            for place in places where !replaced.contains(place.call) {
                guard let rewrite = rewrites[place.call] else { continue }
                if place.role == .item, let item = CallRewriting.item(rewrite, at: place, in: json) {
                    json = try CallRewriting.replacing(place, with: item, in: json)
                    replaced.insert(place.call)
                    continue
                }
                guard
                    let value = CallRewriting.value(
                        rewrite, at: place, isFirst: !written.contains(place.call))
                else { continue }
                if place.role == .fragment || place.role == .inputFragment { written.insert(place.call) }
                json = try CallRewriting.replacing(place, with: value, in: json)
            }
            var bytes = frame.frame.carrying(json).bytes
            for place in places where self == .messages {
                guard let arguments = homeless.removeValue(forKey: place.call)?.arguments else { continue }
                let index = (try? JSONParser.parse(json))?["index"]?.intValue ?? 0
                bytes += MessagesWriter.delta(
                    ["type": "input_json_delta", "partial_json": .string(arguments)], index: index)
            }
            rewritten.append(bytes)
        }
        return rewritten
    }

    /// Writes the calls of a whole response anew; every other byte of it stays as it is.
    ///
    /// - Returns: `nil` where the body is no response of the format.
    public func rewriting(whole body: [UInt8], _ rewrites: [Int: CallRewrite]) -> [UInt8]? {
        var reader = ResponseReader(self)
        guard let frames = try? reader.take(body) + reader.finish() else { return nil }
        return try? rewriting(frames, rewrites).flatMap { $0 }
    }
}

private enum CallRewriting {
    static func replacing(
        _ place: CallPlace, with value: [UInt8], in json: [UInt8]
    ) throws(StreamFault) -> [UInt8] {
        guard let changed = JSONSplice.replacing(place.pointer, with: value, in: json) else {
            throw StreamFault(
                "call \(place.call) cannot be written anew at \(place.pointer); nothing of the response is used"
            )
        }
        return changed
    }

    /// The call of a function in the place of one whose type stands for the tool's name; `nil` where the name stays.
    static func item(_ rewrite: CallRewrite, at place: CallPlace, in json: [UInt8]) -> [UInt8]? {
        guard let name = rewrite.name, let item = (try? JSONParser.parse(json))?[place.pointer]?.objectValue
        else { return nil }
        let call = JSONObject(present: [
            ("type", "function_call"), ("id", item["id"]), ("call_id", item["call_id"]),
            ("name", .string(name)), ("arguments", .string(rewrite.arguments ?? "{}")),
            ("status", item["status"]),
        ])
        return Array(FrameText.lineSafe(JSONValue.object(call).text()).utf8)
    }

    /// The JSON text that stands at a place after the rewrite; `nil` where it stays.
    static func value(_ rewrite: CallRewrite, at place: CallPlace, isFirst: Bool) -> [UInt8]? {
        func text(_ text: String) -> [UInt8] {
            Array(FrameText.lineSafe(JSONValue.string(text).text()).utf8)
        }
        if place.role == .name { return rewrite.name.map(text) }
        guard let arguments = rewrite.arguments else { return nil }
        switch place.role {
        case .name, .item: return nil
        // All of the arguments stand in the first piece.
        case .fragment: return text(isFirst ? arguments : "")
        case .text: return text(arguments)
        case .object:
            let call = ToolCall(id: ToolCallID(""), name: "", arguments: ByteString(arguments))
            let isObject = (try? JSONParser.parse(arguments))?.objectValue != nil
            return Array(FrameText.lineSafe(isObject ? arguments : call.argumentsObject.text()).utf8)
        case .inputFragment: return text(isFirst ? CustomInput.text(of: arguments) : "")
        case .input: return text(CustomInput.text(of: arguments))
        }
    }
}
