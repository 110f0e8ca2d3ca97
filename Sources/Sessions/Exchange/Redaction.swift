import Agent
import Foundation
import JSON

/// Takes out of a session what others must not see, before it is exported; the session itself stays as it is.
///
/// It goes through every text of every event. A text that is JSON (arguments, results, requests) is gone through as a value,
/// by key and by place; one that cannot be read so is searched for what follows a key (``LooseMembers``). A value is found
/// however it is spelled (``SpelledText``). Tokens are left out whole, since a text can be spread over any number of them.
public struct Redaction: Sendable {
    /// What stands in the place of what was taken out.
    public static let mark = "[redacted]"

    private let keys: Set<ByteString>
    private let pointers: [JSONPointer]
    private let values: [(name: String, text: SpelledText)]
    private let patterns: [String]
    /// What keys and places are looked for by in texts that are no JSON: the key, and how the listing calls it.
    private let words: [(name: String, what: String)]
    /// How often each was met, by the words of the listing.
    private var counts: [(what: String, count: Int)] = []

    /// A redaction by these.
    /// - Parameters:
    ///   - keys: Members of that name, whatever their value, in letters of either case.
    ///   - values: Texts, wherever they stand.
    ///   - patterns: Regular expressions; what matches is taken out.
    ///   - pointers: Places within arguments, results and other JSON texts.
    /// - Throws: ``RedactionError`` for an expression that cannot be read, or an empty value.
    public init(
        keys: [String] = [], values: [String] = [], patterns: [String] = [], pointers: [JSONPointer] = []
    ) throws(RedactionError) {
        self.keys = Set(keys.map { ByteString($0.lowercased()) })
        self.pointers = pointers
        self.patterns = patterns
        var words = keys.map { (name: $0, what: "the value of \($0)") }
        for pointer in pointers {
            // Positions say nothing where there is no list.
            guard let name = pointer.tokens.last(where: { Int($0) == nil }), !name.isEmpty else { continue }
            words.append((name, "what stands at \(pointer)"))
        }
        self.words = words
        for value in values where value.isEmpty {
            throw RedactionError("an empty value would be everywhere")
        }
        for pattern in patterns {
            do { _ = try Regex<AnyRegexOutput>(pattern) } catch {
                throw RedactionError("the expression \(pattern) cannot be read: \(error)")
            }
        }
        self.values = values.enumerated().map { ("value \($0 + 1)", SpelledText($1)) }
    }

    /// Whether nothing is asked for.
    public var isEmpty: Bool { keys.isEmpty && values.isEmpty && patterns.isEmpty && pointers.isEmpty }

    /// What was taken out, one line each; no line holds any of it.
    public var lines: [String] {
        counts.map { "\($0.what) (\($0.count == 1 ? "once" : "\($0.count) times"))" }
    }

    /// The events without what is to be taken out.
    /// - Throws: ``JournalError`` where an event cannot be written anew, which none of a journal is.
    public mutating func applied(to events: [Event]) throws(JournalError) -> [Event] {
        var decoder = EventDecoder()
        var kept: [Event] = []
        var leftOut = 0
        for event in events {
            if case .token = event.body {
                leftOut += 1
                continue
            }
            var renumbered = event
            renumbered.number = kept.count + 1
            let isHeader =
                switch renumbered.body {
                case .sessionStarted, .ruleAdded: true
                default: false
                }
            let value = cleaned(EventCodec.json(renumbered), in: isHeader ? .header : .event)
            kept.append(try decoder.decode(Array(value.text().utf8), lineNumber: kept.count + 1))
        }
        if leftOut > 0 { note("tokens, whose texts could spell out what is taken out", leftOut) }
        return kept
    }

    private mutating func note(_ what: String, _ count: Int = 1) {
        if let index = counts.firstIndex(where: { $0.what == what }) {
            counts[index].count += count
        } else {
            counts.append((what, count))
        }
    }

    /// What a value is a part of.
    private enum Room {
        /// The session's header or a rule, in whose texts no key is looked for.
        case header
        /// An event's own structure, whose keys stay.
        case event
        /// A value of others within an event (a schema, a provider's blocks): its keys are texts like any other.
        case embedded(isSchema: Bool)
        /// A text that is JSON, at a place of it.
        case text(JSONPointer)

        /// Where a member's value is.
        func entering(_ key: String) -> Room {
            switch self {
            case .text(let place): .text(place.appending(key))
            case .embedded: self
            case .header where key == "parameters": .embedded(isSchema: true)
            case .event where key == "blocks": .embedded(isSchema: false)
            default: self
            }
        }

        var keepsKeys: Bool {
            switch self {
            case .header, .event: true
            default: false
            }
        }

        /// Whether members are taken out by their keys: a schema names what it describes.
        var hasMembers: Bool {
            switch self {
            case .text, .embedded(isSchema: false): true
            default: false
            }
        }

        var hasWords: Bool {
            switch self {
            case .header, .embedded(isSchema: true): false
            default: true
            }
        }
    }

    /// A value without it.
    private mutating func cleaned(_ value: JSONValue, in room: Room) -> JSONValue {
        if case .text(let place) = room, pointers.contains(place) {
            note("what stands at \(place)")
            return .string(Redaction.mark)
        }
        switch value {
        case .string(let text): return .string(cleaned(text, isSearched: room.hasWords))
        case .array(let elements):
            var all: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                var inner = room
                if case .text(let place) = room { inner = .text(place.appending(index)) }
                all.append(cleaned(element, in: inner))
            }
            return .array(all)
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object {
                // Keys of the journal's own are not what is meant.
                let key = room.keepsKeys ? member.key : plain(member.key)
                if room.hasMembers, keys.contains(ByteString(member.key.lowercased())) {
                    note("the value of \(member.key)")
                    members.append(.init(key: key, value: .string(Redaction.mark)))
                } else {
                    members.append(
                        .init(key: key, value: cleaned(member.value, in: room.entering(member.key))))
                }
            }
            return .object(JSONObject(members))
        case .number(let number):
            let text = number.text
            let clean = plain(text)
            return clean.utf8.elementsEqual(text.utf8) ? value : .string(clean)
        default: return value
        }
    }

    /// A text without it; a text that is JSON, or a line of JSON each, keeps its shape.
    private mutating func cleaned(_ text: String, isSearched: Bool) -> String {
        let bytes = Array(text.utf8)
        if let clean = cleaned(json: bytes) { return clean }
        guard isSearched, !words.isEmpty else { return plain(text) }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.count > 1, lines.allSatisfy({ Redaction.json($0) != nil || !$0.contains { $0 > 0x20 } }) {
            return lines.map { cleaned(json: Array($0)) ?? String(decoding: $0, as: UTF8.self) }
                .joined(separator: "\n")
        }
        return plain(searched(text))
    }

    /// The value of a text that is JSON and no bare word; a mark of byte order may stand before it.
    private static func json(_ text: some Collection<UInt8>) -> JSONValue? {
        let bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : Array(text)
        guard let first = bytes.first(where: { $0 > 0x20 }), "{[\"".utf8.contains(first) else { return nil }
        return try? JSONParser.parse(bytes)
    }

    /// A text that is JSON without it; `nil` for another.
    private mutating func cleaned(json bytes: [UInt8]) -> String? {
        guard let value = Redaction.json(bytes) else { return nil }
        let clean = cleaned(value, in: .text(JSONPointer()))
        // Untouched texts keep their bytes; of the others the spelling may still hold what the value does not.
        return plain(clean == value ? String(decoding: bytes, as: UTF8.self) : clean.text(.spaced))
    }

    /// A text that is no JSON without what follows the keys in it; where nothing does, the listing says that they stand there.
    private mutating func searched(_ text: String) -> String {
        var text = text
        for (name, what) in words {
            let members = LooseMembers(name, in: Array(text.utf8), mark: Redaction.mark)
            if !members.finds.isEmpty {
                note("\(what), in a text that is no JSON", members.finds.count)
                text = members.text
            }
            let spelled = text.utf8.contains { "\\%&".utf8.contains($0) } ? hidden(name, in: text) : 0
            if members.unread + spelled > 0 {
                note(
                    "NOT taken out: \(what), which is named in a text that is no JSON, where nothing can be told to be its value",
                    members.unread + spelled)
            }
        }
        return text
    }

    /// How often a key stands in a text in an encoding, where what follows it is not looked for.
    private func hidden(_ name: String, in text: String) -> Int {
        let bytes = Array(text.utf8)
        return SpelledText(name).places(in: bytes).count { place in
            !bytes[place].elementsEqual(name.utf8)
        }
    }

    private mutating func plain(_ text: String) -> String {
        var text = text
        for (name, value) in values {
            let bytes = Array(text.utf8)
            let places = value.places(in: bytes)
            if places.isEmpty { continue }
            note(name, places.count)
            var kept: [UInt8] = []
            var start = 0
            for place in places {
                kept += bytes[start..<place.lowerBound] + Array(Redaction.mark.utf8)
                start = place.upperBound
            }
            text = String(decoding: kept + bytes[start...], as: UTF8.self)
        }
        for (index, pattern) in patterns.enumerated() {
            guard let expression = try? Regex<AnyRegexOutput>(pattern).matchingSemantics(.unicodeScalar)
            else { continue }
            let found = text.matches(of: expression).filter { !$0.range.isEmpty }
            if found.isEmpty { continue }
            note("matches of expression \(index + 1)", found.count)
            for match in found.reversed() { text.replaceSubrange(match.range, with: Redaction.mark) }
        }
        return text
    }
}

/// Why a redaction cannot be made.
public struct RedactionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }
}
