/// The printable stand-ins for bytes in which GPT-2 style vocabularies are written.
///
/// Bytes that are printable in Latin-1 stand for themselves; the other 68, in order, are written as U+0100 and on
/// (Radford et al., GPT-2, `bytes_to_unicode`).
enum ByteAlphabet {
    /// The byte that a scalar stands for, by the scalar's value.
    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x100 + 68)
        var next = 0x100
        for byte in UInt8.min...UInt8.max {
            switch byte {
            case 0x21...0x7e, 0xa1...0xac, 0xae...0xff:
                table[Int(byte)] = byte
            default:
                table[next] = byte
                next += 1
            }
        }
        return table
    }()

    /// The bytes that a vocabulary entry stands for; nil if one of its scalars is not of the alphabet.
    static func decode(_ entry: UnsafeRawBufferPointer) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(entry.count)
        for scalar in String(decoding: entry, as: UTF8.self).unicodeScalars {
            guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else { return nil }
            result.append(byte)
        }
        return result
    }
}
