import Compression

/// The files of a zip archive (APPNOTE 6.3, without encryption): stored, deflated or compressed by Zstandard.
struct ZipArchive {
    /// A file of the archive.
    struct Entry {
        let name: String
        let method: Int
        let bytes: ArraySlice<UInt8>
    }

    let entries: [Entry]

    /// Whether the bytes begin as an archive does.
    static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// Reads the central directory at the archive's end.
    /// - Throws: ``ImportError`` for an archive that is cut or broken.
    init(_ bytes: [UInt8]) throws(ImportError) {
        func number(_ place: Int, _ width: Int) throws(ImportError) -> Int {
            guard place >= 0, place + width <= bytes.count else {
                throw ImportError("the archive is cut: byte \(place) is missing")
            }
            return (0..<width).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        let earliest = max(0, bytes.count - 22 - 65_535)
        guard
            let end = stride(from: bytes.count - 22, through: earliest, by: -1).first(where: {
                $0 >= 0 && bytes[$0...].starts(with: [0x50, 0x4B, 0x05, 0x06])
            })
        else { throw ImportError("the archive is cut: its directory is missing") }
        var place = try number(end + 16, 4)
        var entries: [Entry] = []
        for _ in 0..<(try number(end + 10, 2)) {
            guard try number(place, 4) == 0x0201_4B50 else {
                throw ImportError("the archive's directory is broken at byte \(place)")
            }
            let nameLength = try number(place + 28, 2)
            let start = try number(place + 42, 4)
            let packed = try number(place + 20, 4)
            let data = start + 30 + (try number(start + 26, 2)) + (try number(start + 28, 2))
            guard data + packed <= bytes.count, place + 46 + nameLength <= bytes.count else {
                throw ImportError("the archive is cut: byte \(data + packed) is missing")
            }
            entries.append(
                Entry(
                    name: String(decoding: bytes[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self),
                    method: try number(place + 10, 2),
                    bytes: bytes[data..<data + packed]))
            place += 46 + nameLength + (try number(place + 30, 2)) + (try number(place + 32, 2))
        }
        self.entries = entries
    }

    /// The contents of a file.
    /// - Parameter most: The most bytes that may come of it. Many entries can share the same bytes, so that stored ones
    ///   count as well.
    /// - Throws: ``ImportError`` where it is compressed in another way, is broken, or gives more.
    func contents(_ entry: Entry, most: Int) throws(ImportError) -> [UInt8] {
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
