import Foundation
import JSON
import Schema

/// A catalogue in a file: a JSON array of tools, bare or in the shape of Chat Completions.
enum CatalogueFile {
    /// Reads the tools.
    /// - Throws: ``Failure`` with the file and the place.
    static func read(_ path: String) throws -> [LintedTool] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.usage, "\(path) cannot be read")
        }
        let value = try failing(.usage) {
            do {
                return try JSONParser.parse(Array(data))
            } catch {
                throw Failure(.usage, "\(path): \(error)")
            }
        }
        guard let entries = value.arrayValue ?? value["tools"]?.arrayValue else {
            throw Failure(
                .usage, "\(path): a catalogue is a JSON array of tools, or an object with \"tools\"")
        }
        return try entries.enumerated().map { position, entry in
            let tool = entry["function"] ?? entry
            guard let name = tool["name"]?.stringValue else {
                throw Failure(.usage, "\(path): tool \(position + 1) has no \"name\"")
            }
            return LintedTool(
                name: name, description: tool["description"]?.stringValue ?? "",
                parameters: tool["parameters"] ?? tool["inputSchema"] ?? tool["input_schema"] ?? [:])
        }
    }
}
