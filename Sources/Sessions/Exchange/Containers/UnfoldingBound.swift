import JSON

/// What the compressed parts of one file may unfold into, all together.
struct UnfoldingBound {
    private let most: Int
    private var left: Int

    init(_ most: Int = ReadingLimits.unpacked) {
        self.most = most
        left = most
    }

    /// Unfolds one part, and counts what came of it.
    /// - Parameter part: Gives the part's contents, of at most so many bytes.
    /// - Throws: ``ImportError`` of the part; where it gives more than is left, one that names the bound of the file.
    mutating func unfold(
        _ part: (_ most: Int) throws(ImportError) -> [UInt8]
    ) throws(ImportError) -> [UInt8] {
        do {
            let contents = try part(left)
            left -= contents.count
            return contents
        } catch {
            throw error.isBound
                ? .unfolds(beyond: most, "all that is compressed in the file together") : error
        }
    }
}

extension ImportError {
    /// Compressed data gives more than it may.
    static func unfolds(beyond most: Int, _ what: String = "the compressed data") -> ImportError {
        let figure = most >= 1 << 20 && most.isMultiple(of: 1 << 20) ? "\(most >> 20) MiB" : "\(most) bytes"
        return ImportError(
            "\(what) unfolds beyond \(figure), the most that is read; unpack it and import a part",
            isBound: true)
    }
}
