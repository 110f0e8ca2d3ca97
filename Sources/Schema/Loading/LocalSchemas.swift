import Foundation
import JSON

/// Schemas in a folder, for references that would lead to the network.
public enum LocalSchemas {
    /// Reads the `.json` files of a folder and of those in it, each known by `base` and its path.
    ///
    /// - Parameters:
    ///   - folder: The folder's path.
    ///   - base: The URI that stands for the folder; a slash that it lacks at its end is added.
    /// - Throws: ``LocalSchemaError`` naming the file that cannot be read.
    public static func read(folder: String, at base: String) throws(LocalSchemaError) -> [String: JSONValue] {
        var names: [String] = []
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        } catch {
            throw LocalSchemaError(description: "\(folder) cannot be read: give a folder of JSON schemas")
        }
        let base = base.utf8.last == UInt8(ascii: "/") ? base : base + "/"
        var found: [String: JSONValue] = [:]
        for name in names.sorted() where name.hasSuffix(".json") {
            let path = (folder as NSString).appendingPathComponent(name)
            let bytes: [UInt8]
            do { bytes = try BoundedFile.bytes(path) } catch {
                throw LocalSchemaError(description: error.description)
            }
            do {
                found[base + name] = try JSONParser.parse(bytes)
            } catch {
                throw LocalSchemaError(description: "\(path): \(error)")
            }
        }
        return found
    }
}

/// A local schema that cannot be read.
public struct LocalSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the file and what is wrong.
    public let description: String
}
