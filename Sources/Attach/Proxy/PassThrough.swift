import Wire

/// Passes on what asks no model for an answer: counts, lists, files, and whatever else a provider serves.
struct PassThrough: Sendable {
    let client: HTTPClient
    let upstreams: Upstreams

    func serve(_ request: HTTPRequest, _ body: [UInt8], _ response: HTTPResponder) async throws {
        if let objection = UnreadRequest.objection(to: request, body) {
            return try await refuse(ProxyFault(status: 400, message: objection), response)
        }
        do {
            let (origin, target) = try upstreams.place(of: request, format: nil)
            let sent = HTTPRequest(
                method: request.method, target: target,
                fields: Upstreams.fields(of: request, reading: .passing))
            try await client.send(sent, body: body, to: origin) { head, body in
                try await response.begin(HTTPResponse(status: head.status, fields: head.fields.endToEnd))
                while let bytes = try await body.next() { try await response.write(bytes) }
                try await response.finish()
            }
        } catch let error as WireError where error.isBeforeConnecting {
            try await refuse(
                ProxyFault(status: 502, message: error.description, isTransient: true), response)
        }
    }

    private func refuse(_ fault: ProxyFault, _ response: HTTPResponder) async throws {
        try await response.begin(fault.head(nil))
        try await response.write(fault.body(nil))
        try await response.finish()
    }
}
