import Agent
import Foundation
import JSON
import Sessions

/// The file of pins beside a workflow: `desk.pins.json` for `desk.yaml`.
enum PinFile {
    static func path(of workflow: String?) -> String {
        let path = workflow ?? "support-desk.yaml"
        let url = URL(fileURLWithPath: path)
        let name = url.deletingPathExtension().lastPathComponent + ".pins.json"
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
        return String(decoding: Array(path.utf8[...slash]), as: UTF8.self) + name
    }

    /// The pins of a workflow; `nil` where it has none.
    /// - Throws: ``Failure`` for a file that is there and cannot be used: what was trusted is not known then.
    static func read(of workflow: String?) throws -> DefinitionPins? {
        let path = path(of: workflow)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try failing(.usage) { try BoundedFile.text(path) }
        do { return try DefinitionPins(text: text) } catch { throw Failure(.usage, "\(path): \(error)") }
    }
}
