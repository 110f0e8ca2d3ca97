import Agent
import ArgumentParser
import JSON
import Sessions

/// What an export leaves out for others' eyes.
struct RedactionOptions: ParsableArguments {
    @Option(
        name: .customLong("redact"), parsing: .singleValue,
        help: "A text to take out wherever it stands, however it is spelled; may be given more than once.")
    var values: [String] = []

    @Option(
        name: .customLong("redact-key"), parsing: .singleValue,
        help: "A key of arguments and results whose value is taken out.")
    var keys: [String] = []

    @Option(
        name: .customLong("redact-pattern"), parsing: .singleValue,
        help: "A regular expression; what matches is taken out.")
    var patterns: [String] = []

    @Option(
        name: .customLong("redact-pointer"), parsing: .singleValue,
        help: "A JSON Pointer into arguments and results, such as /user/email.")
    var pointers: [String] = []

    var isEmpty: Bool { values.isEmpty && keys.isEmpty && patterns.isEmpty && pointers.isEmpty }

    /// The events without it, and what was taken out.
    /// - Throws: ``Failure`` for a pointer or an expression that cannot be read.
    func applied(to events: [Event]) throws -> (events: [Event], taken: [String]) {
        if isEmpty { return (events, []) }
        var places: [JSONPointer] = []
        for text in pointers {
            guard let pointer = JSONPointer(text: text) else {
                throw Failure(.usage, "\(text) is no JSON Pointer; one looks like /user/email")
            }
            places.append(pointer)
        }
        return try failing(.usage) {
            var redaction = try Redaction(keys: keys, values: values, patterns: patterns, pointers: places)
            let events = try redaction.applied(to: events)
            return (events, redaction.lines)
        }
    }
}
