import ArgumentParser
import Foundation
import JSON
import Schema
import Terminal

/// `callgate validate`: whether values satisfy a schema, and every keyword that they violate.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Hold JSON files against a schema, and name each keyword that they violate.",
        discussion: """
            What a call's arguments are held against before the gate sees them, tried alone. A reference to a document \
            that is not given is an error: nothing is fetched.

            Examples:
              callgate validate --schema ticket.json call.json
              callgate validate --schema order.json --documents schemas/ a.json b.json

            Exit codes: 0 all valid, 1 some are not, 2 usage.
            """)

    @Option(help: "The JSON Schema, a file.")
    var schema: String

    @Argument(help: "The files to hold against it.")
    var files: [String]

    @Option(help: "A folder of schemas that the schema may refer to.", completion: .directory)
    var documents: String?

    @Option(help: "The URI that the folder stands for.")
    var base = "file:///"

    @Flag(help: "Let 'format' be a note instead of a rule.")
    var ignoreFormats = false

    func run() throws {
        let remotes = try failing(.usage) {
            try documents.map { try LocalSchemas.read(folder: $0, at: base) } ?? [:]
        }
        let document = try ValidateCommand.value(of: schema)
        let compiled = try failing(.usage) {
            do {
                return try CompiledSchema(
                    document, remotes: remotes,
                    options: SchemaOptions(format: ignoreFormats ? .asDraftSays : .asserted))
            } catch {
                throw Failure(.usage, "\(schema): \(error)")
            }
        }
        var refused = 0
        for file in files {
            let violations = compiled.validate(try ValidateCommand.value(of: file))
            if violations.isEmpty {
                print("\(file): valid")
            } else {
                refused += 1
                for violation in violations {
                    let place =
                        violation.instancePointer.tokens.isEmpty ? "#" : "\(violation.instancePointer)"
                    let keyword = violation.schemaPointer
                    let rule = keyword.tokens.isEmpty ? "#" : "\(keyword)"
                    let line = "\(place): \(violation.message) (schema \(rule))"
                    print("\(file): \(SafeText(line).plain)")
                }
            }
        }
        if refused > 0 { throw ExitCode(1) }
    }

    private static func value(of file: String) throws -> JSONValue {
        let bytes = try failing(.usage) { try BoundedFile.bytes(file) }
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw Failure(.usage, "\(file): \(error)")
        }
    }
}
