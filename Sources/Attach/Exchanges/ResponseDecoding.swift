import Compression
import JSON
import Wire

/// Reads a response's body, compressed or not, and keeps what came where it may have to travel on as it is.
struct ResponseDecoding: Sendable {
    private var decoder: ContentDecoder?
    /// The bytes as they came.
    private(set) var coded: [UInt8] = []

    /// - Parameter fields: of the response; clients read all fields of one name as one list.
    /// - Throws: ``ProxyError`` for a coding that cannot be read.
    init(_ fields: HTTPFields) throws(ProxyError) {
        guard let coding = fields.contentCoding else { return }
        guard let decoder = ContentDecoder(coding, limit: ReadingLimits.serverAnswer) else {
            throw ProxyError(
                "the provider answers in the content encoding \(coding) although it was not asked for, "
                    + "so that its calls cannot be seen; the response was not passed on")
        }
        self.decoder = decoder
    }

    /// Whether what comes is compressed.
    var isDecoding: Bool { decoder != nil }

    /// The text of bytes that have just come.
    /// - Parameter keeps: whether the bytes may have to travel on as they are.
    /// - Throws: `WireError` for a body that is not in its encoding, or holds too much.
    mutating func take(_ bytes: [UInt8], keeps: Bool) throws(WireError) -> [UInt8] {
        guard decoder != nil else { return bytes }
        if keeps { coded += bytes }
        do {
            return try decoder?.take(bytes) ?? []
        } catch {
            throw WireError(error)
        }
    }

    /// Takes the end of the body.
    /// - Throws: `WireError` where the body is not whole.
    func finish() throws(WireError) {
        do { try decoder?.finish() } catch { throw WireError(error) }
    }
}

extension HTTPResponse {
    /// The head of the same body, not compressed.
    var decoded: HTTPResponse {
        guard fields["content-encoding"] != nil else { return self }
        var head = self
        head.fields["content-encoding"] = nil
        return head.withoutLength
    }

    /// The head of a body whose length is not known.
    var withoutLength: HTTPResponse {
        var head = self
        head.fields["content-length"] = nil
        return head
    }
}
