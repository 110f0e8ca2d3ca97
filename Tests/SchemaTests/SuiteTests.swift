import Foundation
import JSON
import Testing

@testable import Schema

/// The public JSON-Schema-Test-Suite, beside the repository; the tests skip, saying so, where it is absent.
@Suite struct SuiteTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/json-schema-test-suite").standardizedFileURL

    struct Draft: Sendable, CustomTestStringConvertible {
        var draft: SchemaDraft
        var folder: String
        var testDescription: String { folder }
    }

    static let drafts = [
        Draft(draft: .draft4, folder: "draft4"), Draft(draft: .draft6, folder: "draft6"),
        Draft(draft: .draft7, folder: "draft7"), Draft(draft: .draft2019, folder: "draft2019-09"),
        Draft(draft: .draft2020, folder: "draft2020-12"),
    ]

    /// What the suite serves at this address.
    static let remotes: [String: JSONValue]? = try? LocalSchemas.read(
        folder: folder.appendingPathComponent("remotes").path, at: "http://localhost:1234/")

    /// Verdicts of one file, and those that are wrong.
    struct Outcome {
        var groups = 0
        var verdicts = 0
        var wrong: [String] = []
    }

    static func run(_ path: String, of draft: Draft, options: SchemaOptions) throws -> Outcome {
        let url = folder.appendingPathComponent("tests").appendingPathComponent(draft.folder)
            .appendingPathComponent(path)
        var outcome = Outcome()
        for group in try JSONParser.parse(Array(try Data(contentsOf: url))).arrayValue ?? [] {
            outcome.groups += 1
            let tests = group["tests"]?.arrayValue ?? []
            outcome.verdicts += tests.count
            let name = "\(draft.folder)/\(path): \(group["description"]?.stringValue ?? "")"
            let schema: CompiledSchema
            do {
                schema = try CompiledSchema(
                    try #require(group["schema"]), remotes: remotes ?? [:], options: options)
            } catch {
                outcome.wrong += tests.map { _ in "\(name): \(error)" }
                continue
            }
            for test in tests {
                let data = try #require(test["data"])
                let violations = schema.validate(data)
                let verdict = schema.isValid(data)
                let expected = test["valid"]?.boolValue
                // Both walks must agree.
                if verdict != expected || violations.isEmpty != expected {
                    let said = violations.map { "\($0.schemaPointer): \($0.message)" }.joined(separator: "; ")
                    outcome.wrong.append("\(name) – \(test["description"]?.stringValue ?? "") \(said)")
                }
            }
        }
        return outcome
    }

    static func files(in path: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: folder.appendingPathComponent("tests").appendingPathComponent(path).path)
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }

    @Test(arguments: drafts) func everyRequiredVerdictIsRight(draft: Draft) throws {
        let files = SuiteTests.files(in: draft.folder)
        guard !files.isEmpty else {
            print("skipped: no JSON-Schema-Test-Suite at \(SuiteTests.folder.path)")
            return
        }
        var total = Outcome()
        for file in files {
            let outcome = try SuiteTests.run(
                file, of: draft, options: SchemaOptions(draft: draft.draft, format: .asDraftSays))
            total.groups += outcome.groups
            total.verdicts += outcome.verdicts
            total.wrong += outcome.wrong
        }
        print(
            "JSON-Schema-Test-Suite \(draft.folder), required: \(total.groups) groups, "
                + "\(total.verdicts - total.wrong.count) of \(total.verdicts) verdicts right")
        #expect(total.wrong == [])
    }

    /// Optional files with verdicts that are not right, by their path; none at present.
    static let notMet: Set<String> = []

    @Test(arguments: drafts) func everyOptionalVerdictIsRightButInFilesNotMet(draft: Draft) throws {
        let paths =
            SuiteTests.files(in: "\(draft.folder)/optional").map { "optional/\($0)" }
            + SuiteTests.files(in: "\(draft.folder)/optional/format").map { "optional/format/\($0)" }
        guard !paths.isEmpty else {
            print("skipped: no JSON-Schema-Test-Suite at \(SuiteTests.folder.path)")
            return
        }
        var verdicts = 0
        var wrong: [String] = []
        for file in paths {
            let options = SchemaOptions(draft: draft.draft, format: .asserted, assertsContent: true)
            let outcome = try SuiteTests.run(file, of: draft, options: options)
            verdicts += outcome.verdicts
            wrong += outcome.wrong
        }
        print(
            "JSON-Schema-Test-Suite \(draft.folder), optional: \(verdicts - wrong.count) of \(verdicts) verdicts right"
        )
        for line in wrong { print("  not met: \(line)") }
        let files = Set(wrong.compactMap { $0.split(separator: ":").first.map(String.init) })
        #expect(files == SuiteTests.notMet.filter { $0.hasPrefix("\(draft.folder)/") })
    }
}
