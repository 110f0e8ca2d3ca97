import Foundation

/// One HTTP request, as a model's adapter sends it.
struct HTTPRequest: Sendable {
    /// `GET` or `POST`.
    var method: String
    /// The whole address.
    var url: URL
    /// Name and value; the values may hold a key and are never shown or recorded.
    var headers: [(name: String, value: String)]
    /// The body; empty for `GET`.
    var body: [UInt8]
    /// The seconds of silence after which the server is given up.
    var silenceSeconds: Double
}

/// The head of a reply, and its body as it arrives.
struct HTTPReply: Sendable {
    /// The status code.
    var status: Int
    /// Header values by lower-case name.
    var headers: [String: String]
    /// The body in the pieces in which it comes; ends with an error when the connection breaks.
    var body: AsyncThrowingStream<[UInt8], any Error>
}

/// What carries requests: the network, or a test's own replies.
protocol HTTPTransport: Sendable {
    /// Sends a request and returns as soon as the reply's head is there.
    /// - Throws: `CancellationError`, or what kept the reply from coming.
    func send(_ request: HTTPRequest) async throws -> HTTPReply
}
