import Agent
import Formats
import JSON

/// A request of an agent to its model, as far as the proxy has to understand it.
struct AgentRequest: Sendable {
    /// The body as it came.
    let body: [UInt8]
    /// What it says.
    let reading: WireRequest
    /// Where its calls and results stand in the body.
    let places: RequestPlaces
    /// The messages but for instructions, which clients change from request to request.
    let dialogue: [Message]
    /// The sums over its dialogue's messages.
    let prints: [Fingerprint]
    /// The sums over the beginnings of its dialogue.
    let chain: [Fingerprint]

    /// Reads a request.
    /// - Throws: `RequestFault` or `JSONError` for what is no request.
    init(_ endpoint: ModelEndpoint, body: [UInt8]) throws {
        self.body = body
        let readable = LoneSurrogates.replaced(in: body)
        reading = try WireRequest(endpoint, body: readable)
        places = try RequestPlaces(endpoint.format, body: readable)
        dialogue = reading.messages.filter { if case .system = $0 { false } else { true } }
        prints = dialogue.map { Fingerprint($0) }
        chain = Fingerprint.chain(prints)
    }

    /// Refuses what asks for several answers, in which calls would stand beside those that are read.
    /// - Throws: ``ProxyFault``.
    func checkThatCallsCanBeHeld() throws(ProxyFault) {
        let wanted =
            reading.others["n"]?.intValue ?? reading.others["generationConfig"]?["candidateCount"]?.intValue
        guard hasTools, let wanted, wanted > 1 else { return }
        throw ProxyFault(
            status: 400,
            message:
                "a request for \(wanted) answers at once cannot be held: only one of them is read; ask for one"
        )
    }

    /// Whether the model may ask for calls that the client runs.
    var hasTools: Bool { !reading.catalogue.isEmpty || reading.goesOnInThread }

    /// The number that the next call of the conversation has, where its format gives it no ID.
    var nextCallNumber: Int {
        reading.messages.reduce(1) { count, message in
            if case .assistant(let answer) = message { count + answer.calls.count } else { count }
        }
    }

    /// The messages from that turn of the dialogue on, instructions between them included.
    func messages(after known: Int) -> [Message] {
        var count = 0
        return Array(
            reading.messages.drop { message in
                if case .system = message { return known > 0 }
                count += 1
                return count <= known
            })
    }
}

/// Half a surrogate pair, as programs send that cut a text in the middle of a character.
enum LoneSurrogates {
    /// The text with U+FFFD in the place of each, which takes as many bytes, so that places stay where they were.
    static func replaced(in body: [UInt8]) -> [UInt8] {
        var result = body
        var at = 0
        while at + 5 < body.count {
            guard body[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            guard let unit = unit(body, at) else {
                at += 2
                continue
            }
            if (0xD800..<0xDC00).contains(unit), let next = self.unit(body, at + 6),
                (0xDC00..<0xE000).contains(next)
            {
                at += 12
                continue
            }
            if (0xD800..<0xE000).contains(unit) {
                result.replaceSubrange(at..<(at + 6), with: "\\ufffd".utf8)
            }
            at += 6
        }
        return result
    }

    /// The code unit that a `\uXXXX` at that place stands for.
    private static func unit(_ body: [UInt8], _ at: Int) -> UInt16? {
        guard at + 5 < body.count, body[at] == UInt8(ascii: "\\"), body[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt16(String(decoding: body[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
    }
}
