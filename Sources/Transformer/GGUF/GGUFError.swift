/// Why a GGUF file cannot be read or used.
public enum GGUFError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notGGUF(start: [UInt8])
    case bigEndian
    case unsupportedVersion(UInt32)
    case truncated(reading: String, offset: Int, needed: UInt64, available: Int)
    case malformed(String, offset: Int)
    case missingKey(String)
    case wrongType(key: String, expected: String, found: String)
    case missingTensor(String)
    case wrongShape(tensor: String, expected: [Int], found: [Int])
    case unsupportedTensorType(tensor: String, type: String)
}

extension GGUFError: CustomStringConvertible {
    /// One line: what is wrong, where, and where there is one, the way out.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .notGGUF(let start):
            "not a GGUF file: it starts with \(Self.hexadecimal(start)) instead of 47 47 55 46 (\"GGUF\")"
        case .bigEndian:
            "the GGUF file is big-endian; convert it to little-endian with gguf-convert-endian"
        case .unsupportedVersion(let version):
            "GGUF version \(version) is not supported; versions 2 and 3 are"
        case .truncated(let what, let offset, let needed, let available):
            "the GGUF file is cut short or damaged: \(what) at byte \(offset) needs \(needed) bytes and "
                + "\(available) are left"
        case .malformed(let what, let offset):
            "the GGUF file is damaged at byte \(offset): \(what)"
        case .missingKey(let key):
            "the GGUF file has no metadata key \(key)"
        case .wrongType(let key, let expected, let found):
            "the GGUF metadata key \(key) should be \(expected) and is \(found)"
        case .missingTensor(let name):
            "the GGUF file has no tensor \(name)"
        case .wrongShape(let tensor, let expected, let found):
            "the GGUF tensor \(tensor) should have the shape \(expected) and has \(found)"
        case .unsupportedTensorType(let tensor, let type):
            "the GGUF tensor \(tensor) has the type \(type), which is not supported; "
                + "\(TensorType.supportedNames) are"
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "nothing" }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
