import Formats
import JSON
import Wire

/// What a provider answers with another status than 2xx: its own error, which passes as it is where no client can find a
/// call in it.
struct OtherAnswer {
    /// The head and the body as they travel on.
    let head: HTTPResponse
    let body: [UInt8]
    /// The body as text, for the journal.
    let text: [UInt8]

    /// Reads the answer.
    /// - Throws: ``ProxyError`` for a redirect, which a client would follow past the proxy.
    init(_ head: HTTPResponse, _ body: inout HTTPResponseBody, _ format: WireFormat) async throws {
        guard head.status >= 400 else { throw OtherAnswer.redirect(head) }
        let coded = try await body.collect(upTo: ReadingLimits.streamEvent)
        var decoding = try? ResponseDecoding(head.fields)
        let decoded = try? decoding?.take(coded, keeps: false)
        if let decoded, format.holdsNoCall(decoded), OtherAnswer.charsetFault(head) == nil {
            (self.head, self.body, text) = (head, coded, decoded)
            return
        }
        // The status tells the client whether to ask again, and its fields when.
        let words =
            "the provider answered \(head.status) with a body in which a call could not be seen or held; "
            + "it was not passed on"
        let fault = ProxyFault(status: head.status, message: words)
        var own = head
        own.fields["content-encoding"] = nil
        own.fields["content-type"] = "application/json"
        self.body = fault.body(format)
        own.fields["content-length"] = String(self.body.count)
        self.head = own
        text = self.body
    }

    private static func redirect(_ head: HTTPResponse) -> ProxyError {
        guard (300..<400).contains(head.status) else {
            return ProxyError("the provider answered \(head.status), which is no answer to a request")
        }
        let start = "the provider redirects (\(head.status)) to "
        let end = ", where calls could not be held, so that its client is not sent there; "
        guard let location = head.fields["location"] else {
            return ProxyError("the provider redirects (\(head.status)) and does not say where")
        }
        guard let place = Origin(ofAddress: location) else {
            return ProxyError(
                start + "another address of its own" + end
                    + "name the one from which it does not redirect: --upstream")
        }
        return ProxyError(start + place.description + end + "if that is right, name it: --upstream \(place)")
    }

    /// Why the text of an answer may be another for a client that decodes it as its head says; `nil` where it is not.
    ///
    /// JSON and event streams are UTF-8, whatever a head says; where the letters of ASCII are one byte each, their
    /// brackets and names are seen in any case.
    static func charsetFault(_ head: HTTPResponse) -> ProxyError? {
        let type = head.fields.values(of: "content-type").joined(separator: ";").utf8.loweredASCII
        let mark = Array("charset".utf8)
        var rest = type[...]
        while let start = rest.firstIndex(of: mark[0]) {
            rest = rest[start...]
            guard rest.starts(with: mark) else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(mark.count).drop { " \t*=\"'".utf8.contains($0) }
            let name = String(decoding: rest.prefix { !" \t;,\"'".utf8.contains($0) }, as: UTF8.self)
            let isSeen =
                seen.contains(name)
                || ["iso-8859-", "windows-125"].contains { name.utf8.starts(with: $0.utf8) }
            guard name.isEmpty || isSeen else {
                return ProxyError(
                    "the provider answers in the character encoding \(JSONValue.string(name).text()), in which a "
                        + "call could not be seen; the response was not passed on")
            }
        }
        return nil
    }

    private static let seen: Set<String> = ["utf-8", "utf8", "us-ascii", "ascii", "latin1", "latin-1"]
}

extension Origin {
    /// The server of an address, which may go on with a path and a query; `nil` where it names none.
    init?(ofAddress address: String) {
        let bytes = Array(address.utf8)
        let relative = bytes.starts(with: "//".utf8) ? Array("https:".utf8) + bytes : bytes
        var parts = relative.split(
            separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty else { return nil }
        parts = Array(parts.prefix(3))
        let scheme = String(decoding: parts[0].loweredASCII, as: UTF8.self)
        let host = String(
            decoding: parts[2].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }, as: UTF8.self)
        guard host.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        do throws(WireError) { try self.init("\(scheme)//\(host)") } catch { return nil }
    }
}
