import Agent
import Foundation
import JSON

/// Takes out of a session what others must not see, before it is exported; the session itself stays as it is.
///
/// It goes through every text of every event. A text that is JSON (arguments, results, requests) is gone through as a value,
/// by key and by place; a value is found however it is spelled (``SpelledText``). Tokens are left out whole, since a text can be spread over any number of them.
public struct Redaction: Sendable {
    /// What stands in the place of what was taken out.
    public static let mark = "[redacted]"

    private let keys: Set<ByteString>
    private let pointers: [JSONPointer]
    private let values: [(name: String, text: SpelledText)]
    private let patterns: [String]
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
            let value = cleaned(EventCodec.json(renumbered), at: nil)
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

    /// A value without it; `place` is where it stands in a JSON text, `nil` in the event's own structure.
    private mutating func cleaned(_ value: JSONValue, at place: JSONPointer?) -> JSONValue {
        if let place, pointers.contains(place) {
            note("what stands at \(place)")
            return .string(Redaction.mark)
        }
        switch value {
        case .string(let text): return .string(cleaned(text, isInner: place != nil))
        case .array(let elements):
            var all: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                all.append(cleaned(element, at: place?.appending(index)))
            }
            return .array(all)
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object {
                // Keys of the journal's own are not what is meant.
                if place != nil, keys.contains(ByteString(member.key.lowercased())) {
                    note("the value of \(member.key)")
                    members.append(.init(key: member.key, value: .string(Redaction.mark)))
                } else {
                    let key = place == nil ? member.key : cleaned(member.key, isInner: true)
                    members.append(
                        .init(key: key, value: cleaned(member.value, at: place?.appending(member.key))))
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

    /// A text without it; a text that is JSON keeps its shape.
    private mutating func cleaned(_ text: String, isInner: Bool) -> String {
        let first = text.utf8.first { $0 > 0x20 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let value = try? JSONParser.parse(text) {
            let clean = cleaned(value, at: JSONPointer())
            // Untouched texts keep their bytes; of the others the spelling may still hold what the value does not.
            if clean != value { return plain(clean.text(.spaced)) }
        }
        return plain(text)
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
