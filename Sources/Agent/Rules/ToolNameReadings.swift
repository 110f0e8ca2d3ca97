import JSON

/// What clients may take a tool's name for that a model wrote almost right.
enum ToolNameReadings {
    /// The name itself; in small letters without the spaces around it; and so without each namespace before it.
    static func all(of name: String) -> [String] {
        let plain = Array(folded(name).utf8)
        let ends = plain.indices.filter { [0x2E, 0x2F, 0x3A].contains(plain[$0]) }
        let suffixes = ends.map { String(decoding: plain[($0 + 1)...], as: UTF8.self) }.filter { !$0.isEmpty }
        return [name, String(decoding: plain, as: UTF8.self)] + suffixes
    }

    /// A name in small letters, without white space.
    static func folded(_ name: String) -> String {
        let bytes = name.utf8.filter { $0 > 0x20 }.loweredASCII
        return String(decoding: bytes, as: UTF8.self)
    }
}
