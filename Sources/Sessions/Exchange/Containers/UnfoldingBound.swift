import Compression
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
            throw error.isBound ? .unfolds(beyond: most, "the file's compressed parts together") : error
        }
    }
}

extension ImportError {
    /// Compressed data gives more than it may.
    static func unfolds(beyond most: Int, _ what: String = "the compressed data") -> ImportError {
        ImportError(
            "\(what) unfolds beyond \(ReadingLimits.figure(most)), the most that is read; unpack it and import a part",
            isBound: true)
    }

    /// What a fault of compressed data amounts to, where so many bytes may come of it.
    init(_ fault: CompressionFault, limit: Int) {
        self = fault == .beyondLimit ? .unfolds(beyond: limit) : ImportError("\(fault)")
    }
}

extension UnfoldingBound {
    /// Unfolds a part that is in a content encoding; `nil` for one that is not known here.
    mutating func unfold(_ body: [UInt8], in coding: String) throws(ImportError) -> [UInt8]? {
        guard ContentDecoder.reads(coding) else { return nil }
        return try unfold { (most) throws(ImportError) in
            do throws(CompressionFault) {
                return try ContentDecoder.bytes(of: body, in: coding, limit: most) ?? []
            } catch {
                throw ImportError(error, limit: most)
            }
        }
    }
}
