import Foundation
import JSON
import Schema
import Testing

@testable import Masking

/// The JSON-Schema-Test-Suite: a mask must let every valid instance through and no other.
@Suite("Mask: JSON-Schema-Test-Suite")
struct SchemaSuiteTests {
    static let drafts = ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"]

    /// The suite beside the repository; `nil` where it is absent.
    static let suite: URL? = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let found = folder.deletingLastPathComponent().appendingPathComponent("shared/json-schema-test-suite")
        return FileManager.default.fileExists(atPath: found.path) ? found.resolvingSymlinksInPath() : nil
    }()

    /// What became of the groups of some files.
    struct Tally {
        var groups = 0
        var instances = 0
        var refused: [String: [String]] = [:]
        var wrong: [String] = []

        func report(_ title: String) -> String {
            let count = refused.values.reduce(0) { $0 + $1.count }
            var lines = ["\(title): \(groups) groups, \(groups - count) compiled, \(instances) instances"]
            for (reason, names) in refused.sorted(by: { $0.value.count > $1.value.count }) {
                lines.append(
                    "  refused \(names.count): \(reason) (\(names.prefix(3).joined(separator: "; ")))")
            }
            return lines.joined(separator: "\n")
        }
    }

    /// Runs every group of a file.
    static func run(
        _ file: URL, draft: String, _ documents: [String: JSONValue], formats: Formats, _ tally: inout Tally
    ) throws {
        let dialects = [
            "draft4": "http://json-schema.org/draft-04/schema#",
            "draft6": "http://json-schema.org/draft-06/schema#",
            "draft7": "http://json-schema.org/draft-07/schema#",
        ]
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        let options = GrammarOptions(whiteSpace: .compact, formats: formats)
        let groups = try JSONParser.parse(Array(try Data(contentsOf: file))).arrayValue ?? []
        for group in groups {
            tally.groups += 1
            let name = "\(file.lastPathComponent): \(group["description"]?.stringValue ?? "")"
            var schema = try #require(group["schema"])
            if case .object(var object) = schema, object["$schema"] == nil, let dialect = dialects[draft] {
                object["$schema"] = .string(dialect)
                schema = .object(object)
            }
            let tests = group["tests"]?.arrayValue ?? []
            let start: Matcher
            do {
                start = try engine.matcher(
                    for: Grammar(schema: schema, options: options, documents: documents))
            } catch GrammarError.unsatisfiable {
                // No value at all: then every instance must be invalid.
                for test in tests where test["valid"]?.boolValue != false {
                    tally.wrong.append("\(draft) \(name): \(test["description"]?.stringValue ?? "") is valid")
                }
                tally.instances += tests.count
                continue
            } catch {
                let reason: String
                switch error {
                case .malformed(let keyword, _, let text): reason = "\(keyword) \(text)"
                case .schema(let fault): reason = fault.reason
                default: reason = error.description
                }
                tally.refused[reason, default: []].append(name)
                continue
            }
            for test in tests {
                tally.instances += 1
                let data = try #require(test["data"])
                var here = start
                var fault = ""
                do {
                    try here.advance(bytes: data.text().utf8)
                    if !here.canEnd { fault = here.explain(SmallWorld.end).description }
                } catch {
                    fault = error.explanation.description
                }
                if fault.isEmpty != test["valid"]?.boolValue {
                    tally.wrong.append(
                        "\(draft) \(name): \(test["description"]?.stringValue ?? "") \(data.text()): \(fault)"
                    )
                }
            }
        }
    }

    static func documents(_ suite: URL) throws -> [String: JSONValue] {
        try LocalSchemas.read(
            folder: suite.appendingPathComponent("remotes").path, at: "http://localhost:1234/")
    }

    static func files(_ folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
            .sorted().map { folder.appendingPathComponent($0) }
    }

    @Test("every required instance meets its verdict", arguments: drafts)
    func required(draft: String) throws {
        guard let suite = Self.suite else {
            print("skipped: no ../shared/json-schema-test-suite beside the repository")
            return
        }
        let documents = try Self.documents(suite)
        var tally = Tally()
        for file in try Self.files(suite.appendingPathComponent("tests/\(draft)")) {
            // Here `format` is held to be an annotation.
            try Self.run(file, draft: draft, documents, formats: .annotated, &tally)
        }
        print(tally.report(draft))
        #expect(tally.groups > 0)
        #expect(tally.refused.isEmpty)
        #expect(tally.wrong.isEmpty, "\(tally.wrong.joined(separator: "\n"))")
    }
}
