/// The kinds of JSON value, as a bit set; integers are numbers.
struct ValueKinds: OptionSet, Hashable {
    let rawValue: UInt8
    static let null = ValueKinds(rawValue: 1)
    static let boolean = ValueKinds(rawValue: 2)
    static let number = ValueKinds(rawValue: 4)
    static let string = ValueKinds(rawValue: 8)
    static let array = ValueKinds(rawValue: 16)
    static let object = ValueKinds(rawValue: 32)
    static let every: ValueKinds = [.null, .boolean, .number, .string, .array, .object]
}

/// What the first byte of a value tells about it.
enum ValueStart: Int32, CaseIterable {
    case null, yes, no, number, string, array, object

    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "n"): self = .null
        case UInt8(ascii: "t"): self = .yes
        case UInt8(ascii: "f"): self = .no
        case UInt8(ascii: "-"), 0x30...0x39: self = .number
        case 0x22: self = .string
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "{"): self = .object
        default: return nil
        }
    }

    var kind: ValueKinds {
        switch self {
        case .null: .null
        case .yes, .no: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}
