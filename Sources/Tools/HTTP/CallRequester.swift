import Foundation
import Wire

/// A request that a call makes.
struct CallRequest: Sendable, Hashable {
    var method: String
    var address: WebAddress
    var fields = HTTPFields()
    var body: [UInt8] = []
}

/// An answer to a request.
struct HTTPAnswer: Sendable, Hashable {
    var status: Int
    var contentType: String
    var body: CappedBytes
    /// Where a redirect that was not followed leads.
    var redirect: String?
}

/// Makes the requests of calls; nothing is kept between them, no cookie, no cache, no password, no connection.
struct CallRequester {
    private static let maximumRedirects = 5
    /// Calls have deadlines of their own.
    private let client = HTTPClient(limits: HTTPClient.TimeLimits(silence: 86_400))

    /// Makes a request and gives the answer's first `limit` bytes; cancelling the task ends it.
    ///
    /// A redirect is followed only to the same server and only where it asks for nothing but reading: the headers may
    /// hold keys, and what was approved is a call of this address.
    /// - Throws: `WireError`.
    func send(_ request: CallRequest, limit: Int) async throws -> HTTPAnswer {
        var address = request.address
        var redirects = 0
        while true {
            let (answer, location) = try await send(request, at: address, limit: limit)
            guard [301, 302, 303, 307, 308].contains(answer.status), let location else { return answer }
            let next = URL(string: location, relativeTo: URL(string: address.description))?.absoluteString
            if ["GET", "HEAD"].contains(request.method), redirects < CallRequester.maximumRedirects,
                let place = next.flatMap({ try? WebAddress($0) }), place.origin == address.origin
            {
                address = place
                redirects += 1
                continue
            }
            var unfollowed = answer
            unfollowed.redirect = next ?? "another address"
            return unfollowed
        }
    }

    private func send(
        _ request: CallRequest, at address: WebAddress, limit: Int
    ) async throws -> (HTTPAnswer, location: String?) {
        let head = HTTPRequest(method: request.method, target: address.target, fields: request.fields)
        return try await client.send(head, body: request.body, to: address.origin) { response, body in
            var answer = HTTPAnswer(
                status: response.status, contentType: response.fields["content-type"] ?? "",
                body: CappedBytes(limit: limit))
            while let piece = try await body.next() { answer.body.append(piece) }
            return (answer, response.fields["location"])
        }
    }
}
