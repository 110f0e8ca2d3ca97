import Compression
import JSON

/// The files of a zip archive (APPNOTE 6.3, without encryption): stored, deflated or compressed by Zstandard.
struct ZipArchive {
    /// A file of the archive.
    struct Entry {
        let name: String
        let method: Int
        /// How many bytes it unfolds into, by its own account.
        let unpacked: Int
        let bytes: ArraySlice<UInt8>
    }

    let entries: [Entry]

    /// Whether the bytes begin as an archive does.
    static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// Reads the central directory at the archive's end.
    /// - Throws: ``ImportError`` for an archive that is cut or broken.
    init(_ bytes: [UInt8]) throws(ImportError) {
        func number(_ place: Int, _ width: Int) throws(ImportError) -> Int {
            guard place >= 0, width <= bytes.count, place <= bytes.count - width else {
                throw ImportError("the archive is cut: byte \(place) is missing")
            }
            let number = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
            // No place of a file that is read lies further: sums of these stay far from overflow.
            guard number < 1 << 60 else {
                throw ImportError("the archive is broken: byte \(place) begins a number that no file reaches")
            }
            return Int(number)
        }
        let earliest = max(0, bytes.count - 22 - 65_535)
        guard
            let end = stride(from: bytes.count - 22, through: earliest, by: -1).first(where: {
                $0 >= 0 && bytes[$0...].starts(with: [0x50, 0x4B, 0x05, 0x06])
            })
        else { throw ImportError("the archive is cut: its directory is missing") }
        var (count, place) = (try number(end + 10, 2), try number(end + 16, 4))
        // Zip64 has the numbers that do not fit in a record of their own, to which a locator before the end leads.
        if count == 0xFFFF || place == 0xFFFF_FFFF, end >= 20,
            bytes[(end - 20)...].starts(with: [0x50, 0x4B, 0x06, 0x07])
        {
            let record = try number(end - 12, 8)
            guard try number(record, 4) == 0x0606_4B50 else {
                throw ImportError("the archive's directory of Zip64 is broken at byte \(record)")
            }
            (count, place) = (try number(record + 32, 8), try number(record + 48, 8))
        }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard try number(place, 4) == 0x0201_4B50 else {
                throw ImportError("the archive's directory is broken at byte \(place)")
            }
            let nameLength = try number(place + 28, 2)
            let extra = try number(place + 30, 2)
            let name = place + 46
            guard name + nameLength + extra <= bytes.count else {
                throw ImportError("the archive is cut: byte \(name + nameLength + extra) is missing")
            }
            var (unpacked, packed) = (try number(place + 24, 4), try number(place + 20, 4))
            var start = try number(place + 42, 4)
            // The field 1 of Zip64 has what is all ones in the entry, in this order.
            var field = name + nameLength
            while field + 4 <= name + nameLength + extra {
                let size = try number(field + 2, 2)
                if try number(field, 2) == 1 {
                    var at = field + 4
                    func wide(_ value: Int) throws(ImportError) -> Int {
                        guard value == 0xFFFF_FFFF, at + 8 <= field + 4 + size else { return value }
                        defer { at += 8 }
                        return try number(at, 8)
                    }
                    (unpacked, packed, start) = (try wide(unpacked), try wide(packed), try wide(start))
                }
                field += 4 + size
            }
            let data = start + 30 + (try number(start + 26, 2)) + (try number(start + 28, 2))
            let title = String(decoding: bytes[name..<name + nameLength], as: UTF8.self)
            guard data + packed <= bytes.count else {
                // An entry of Zip64 that promises more than any file holds is no file that was cut.
                throw unpacked > ReadingLimits.transcript || packed > ReadingLimits.transcript
                    ? ImportError.unfolds(beyond: ReadingLimits.unpacked, "\(title) of the archive")
                    : ImportError("the archive is cut: byte \(data + packed) is missing")
            }
            entries.append(
                Entry(
                    name: title, method: try number(place + 10, 2), unpacked: unpacked,
                    bytes: bytes[data..<data + packed]))
            place = name + nameLength + extra + (try number(place + 32, 2))
        }
        self.entries = entries
    }

    /// The contents of a file.
    /// - Parameter most: The most bytes that may come of it. Many entries can share the same bytes, so that stored ones
    ///   count as well.
    /// - Throws: ``ImportError`` where it is compressed in another way, is broken, or gives more.
    func contents(_ entry: Entry, most: Int) throws(ImportError) -> [UInt8] {
        // What says of itself that it is too large need not be unfolded to that point.
        guard entry.unpacked <= most else { throw .unfolds(beyond: most) }
        switch entry.method {
        case 0:
            guard entry.bytes.count <= most else { throw .unfolds(beyond: most) }
            return Array(entry.bytes)
        case 8:
            do {
                return try Inflater.bytes(entry.bytes, limit: most)
            } catch {
                throw ImportError(error, limit: most)
            }
        case 93: return try Zstandard.bytes(entry.bytes, limit: most)
        default:
            throw ImportError(
                "\(entry.name) is compressed by method \(entry.method); stored files and those compressed by deflate or Zstandard are read"
            )
        }
    }
}
