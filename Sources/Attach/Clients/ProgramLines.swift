import JSON

/// Cuts what a program writes into lines; one that is too long becomes several.
public struct ProgramLines: Sendable {
    private var line: [UInt8] = []

    /// Nothing has been written yet.
    public init() {}

    /// The lines that are whole with these bytes.
    public mutating func take(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            guard byte == 0x0A || line.count >= ReadingLimits.programLine else {
                line.append(byte)
                continue
            }
            lines.append(String(decoding: line, as: UTF8.self))
            line = byte == 0x0A ? [] : [byte]
        }
        return lines
    }

    /// What stands after the last line's end; `nil` where nothing does.
    public var rest: String? { line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
}
