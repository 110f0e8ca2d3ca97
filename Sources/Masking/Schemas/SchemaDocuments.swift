import Foundation
import JSON

/// Schema documents beside the one that a grammar is made of, by the URI that references name them by.
///
/// Nothing is ever fetched: a reference to a document that is not here is refused.
public struct SchemaDocuments: Sendable, Hashable {
    private(set) var documents: [String: JSONValue] = [:]

    /// No documents.
    public init() {}

    /// Every `.json` file of a folder and the folders in it, named by `base` and the path below the folder.
    /// - Throws: whatever reading the files throws; a ``GrammarError`` for a file that is not JSON.
    public init(folder: URL, base: String) throws {
        let root = folder.resolvingSymlinksInPath().path
        guard let files = FileManager.default.enumerator(atPath: root) else { return }
        for case let path as String in files where path.hasSuffix(".json") {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: root).appendingPathComponent(path))
            guard let document = try? JSONParser.parse(Array(bytes)) else {
                throw GrammarError.malformed(
                    keyword: "$ref", at: JSONPointer(), reason: "can reach \(path), which is not JSON")
            }
            self[(base.hasSuffix("/") ? base : base + "/") + path] = document
        }
    }

    /// The document of that URI, without a fragment.
    public subscript(uri: String) -> JSONValue? {
        get { documents[SchemaURI.withoutFragment(uri)] }
        set { documents[SchemaURI.withoutFragment(uri)] = newValue }
    }
}

/// URI references as schemas use them (RFC 3986).
enum SchemaURI {
    static func withoutFragment(_ uri: String) -> String { String(uri.prefix { $0 != "#" }) }

    /// A reference taken relative to a base (section 5.2).
    static func join(_ base: String, _ reference: String) -> String {
        let base = withoutFragment(base)
        if reference.isEmpty { return base }
        if reference.hasPrefix("#") { return base + reference }
        if hasScheme(reference) { return reference }
        guard let colon = base.firstIndex(of: ":"), hasScheme(base) else {
            // Both are relative: the last segment of the base gives way.
            if reference.hasPrefix("/") { return reference }
            let folder = base.lastIndex(of: "/").map { String(base[...$0]) } ?? ""
            return folder + reference
        }
        let scheme = base[...colon]
        var rest = base[base.index(after: colon)...]
        if reference.hasPrefix("//") { return scheme + reference }
        var authority = ""
        if rest.hasPrefix("//") {
            authority = String(rest.prefix(2)) + rest.dropFirst(2).prefix { $0 != "/" }
            rest = rest.dropFirst(authority.count)
        }
        let path = rest.prefix { $0 != "?" }
        if reference.hasPrefix("?") { return scheme + authority + path + reference }
        let target = reference.prefix { $0 != "#" && $0 != "?" }
        let tail = reference.dropFirst(target.count)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "/"
        let whole = target.hasPrefix("/") ? String(target) : folder + target
        return scheme + authority + withoutDots(whole) + tail
    }

    private static func hasScheme(_ uri: String) -> Bool {
        guard let colon = uri.firstIndex(of: ":"), let first = uri.utf8.first, first | 0x20 >= 0x61,
            first | 0x20 <= 0x7A
        else { return false }
        return !uri[..<colon].contains { "/?#".contains($0) }
    }

    private static func withoutDots(_ path: String) -> String {
        guard path.contains("./") || path.hasSuffix("/.") || path.hasSuffix("/..") else { return path }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                if kept.count > 1 { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }

    /// A fragment with its percent escapes decoded.
    static func decoded(_ fragment: String) -> String {
        guard fragment.contains("%") else { return fragment }
        var bytes: [UInt8] = []
        let text = Array(fragment.utf8)
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count,
                let byte = UInt8(String(decoding: text[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
