import Formats
import Wire

/// An answer of the proxy itself, in the shape of the client's format, so that the client shows it as an error.
struct ProxyFault: Error {
    let status: Int
    let message: String
    /// Whether the same request may fare better later.
    var isTransient = false

    /// The body.
    func body(_ format: WireFormat?) -> [UInt8] {
        let format = format ?? .chatCompletions
        return Array(
            format.error("callgate: \(message)", status: status, kind: "invalid_request_error").text().utf8)
    }

    /// The head of a response with that body.
    func head(_ format: WireFormat?) -> HTTPResponse {
        var fields = HTTPFields([
            .init("content-type", "application/json"), .init("content-length", String(body(format).count)),
        ])
        if !isTransient { fields["x-should-retry"] = "false" }
        return HTTPResponse(status: status, fields: fields)
    }
}
