import Foundation
import JSON
import Testing

@testable import Schema

/// The public JSON-Schema-Test-Suite, beside the repository; the tests skip, saying so, where it is absent.
@Suite struct SuiteTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/json-schema-test-suite/tests/draft2020-12")
        .standardizedFileURL

    /// A schema that the compiler accepts gets every verdict right; one that it does not support is refused by name.
    @Test func everyVerdictOnSupportedSchemasIsRight() throws {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: SuiteTests.folder.path) else {
            print("skipped: no JSON-Schema-Test-Suite at \(SuiteTests.folder.path)")
            return
        }
        var (groups, refused, verdicts) = (0, 0, 0)
        for file in files.sorted() where file.hasSuffix(".json") {
            let data = try Data(contentsOf: SuiteTests.folder.appendingPathComponent(file))
            for group in try JSONParser.parse(Array(data)).arrayValue ?? [] {
                groups += 1
                let source = try #require(group["schema"])
                guard let schema = try? CompiledSchema(source) else {
                    refused += 1
                    continue
                }
                for test in group["tests"]?.arrayValue ?? [] {
                    verdicts += 1
                    let data = try #require(test["data"])
                    let name =
                        "\(file): \(group["description"]?.text() ?? "") \(test["description"]?.text() ?? "")"
                    #expect(schema.isValid(data) == test["valid"]?.boolValue, "\(name)")
                }
            }
        }
        print("JSON-Schema-Test-Suite 2020-12: \(groups) groups, \(refused) refused, \(verdicts) verdicts")
        #expect(verdicts > 600)
    }
}
