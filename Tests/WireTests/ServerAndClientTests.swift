import Foundation
import Synchronization
import Testing
import Wire

/// A server on a free port of loopback, for the length of a test.
func withServer<Result: Sendable>(
    _ handler: @escaping HTTPServer.Handler, _ body: (Origin) async throws -> Result
) async throws -> Result {
    let server = try await HTTPServer(host: "127.0.0.1", port: 0, bodyLimit: 1 << 20)
    let serving = Task { try await server.run(handler) }
    defer { serving.cancel() }
    return try await body(try Origin("http://127.0.0.1:\(server.port)"))
}

private enum Threads {
    /// What tells the running thread from others.
    static var current: UInt { UInt(bitPattern: pthread_self().hashValue) }
}

private let get = HTTPRequest(method: "GET", target: "/x?y=1", fields: HTTPFields([.init("X-Odd", "a, b")]))

@Suite("An HTTP server and client of one library")
struct ServerAndClientTests {
    @Test("A request and its response arrive whole, in order and in the spelling in which they were sent")
    func wholeExchange() async throws {
        let seen = Mutex<(HTTPRequest, [UInt8])?>(nil)
        try await withServer { request, body, response in
            seen.withLock { $0 = (request, body) }
            try await response.send(status: 207, type: "text/x", text: "hello")
        } _: { origin in
            let text = try await HTTPClient().send(
                HTTPRequest(method: "POST", target: "/x?y=1", fields: get.fields), body: Array("body".utf8),
                to: origin
            ) { head, body in
                #expect(head.status == 207)
                #expect(head.mediaType == "text/x")
                return String(decoding: try await body.collect(upTo: 100), as: UTF8.self)
            }
            #expect(text == "hello")
        }
        let (request, body) = try #require(seen.withLock { $0 })
        #expect(request.target == "/x?y=1")
        #expect(request.fields.all.contains(.init("X-Odd", "a, b")))
        #expect(body == Array("body".utf8))
    }

    @Test(
        "A body that comes compressed unasked is read, whole and bounded; an encoding that is not known is named"
    )
    func compressedBodies() async throws {
        let packed = Array(
            try #require(
                Data(
                    base64Encoded:
                        "H4sIAAAAAAACAx3MMQqAMAxG4b2nkH92cM6sqx5AREobaUBSsRmE0rsrru+DF7156ipCyhK4gNYK0cg"
                        + "PaOgR+TQP+jirsRoISdB6HKJS0n6zL1m/WixfaFtzLv7DdVzmaXPuBTrxPRJfAAAA")))
        for (coding, limit, expected) in [
            ("gzip", 1_000, "data: {\"choices\""), ("x-gzip, identity", 1_000, "data: {\"choices\""),
            ("gzip", 10, "the body cannot be read"), ("br", 1_000, "answers in the content encoding br,"),
        ] {
            try await withServer { _, _, response in
                try await response.begin(
                    HTTPResponse(status: 200, fields: HTTPFields([.init("content-encoding", coding)])))
                // Cut anywhere.
                for byte in packed { try await response.write([byte]) }
                try await response.finish()
            } _: { origin in
                let outcome = await Task { () -> String in
                    do {
                        return try await HTTPClient().send(get, body: [], to: origin) { head, body in
                            try body.decode(by: head.fields, upTo: limit)
                            return String(decoding: try await body.collect(upTo: 1_000), as: UTF8.self)
                        }
                    } catch { return "\(error)" }
                }.value
                #expect(outcome.contains(expected), "\(coding): \(outcome)")
            }
        }
    }

    @Test("A port in use and an address of another machine are said in one sentence, with what to do")
    func placesThatCannotBeListenedOn() async throws {
        try await withServer { _, _, _ in
        } _: { origin in
            let taken = await #expect(throws: WireError.self) {
                _ = try await HTTPServer(host: "127.0.0.1", port: origin.port)
            }
            #expect(
                taken?.description
                    == "another program listens on 127.0.0.1:\(origin.port) already; end it, or choose another port with "
                    + "--listen, such as --listen 127.0.0.1:\(origin.port + 1), or :0 for one that is free")
        }
        let elsewhere = await #expect(throws: WireError.self) {
            _ = try await HTTPServer(host: "192.0.2.1", port: 8787)
        }
        #expect(
            elsewhere?.description
                == "192.0.2.1 is no address of this machine; choose 127.0.0.1:8787 with --listen")
    }

    @Test(
        "Nothing is sent under a head that cannot be: a bare body would be taken for a request",
        arguments: [
            HTTPRequest(method: "POST", target: "/a b", fields: HTTPFields()),
            HTTPRequest(method: "POST", target: "/a\r\nGET /b", fields: HTTPFields()),
            HTTPRequest(method: "POST", target: "", fields: HTTPFields()),
            HTTPRequest(method: "PO ST", target: "/", fields: HTTPFields()),
            HTTPRequest(method: "POST", target: "/", fields: HTTPFields([.init("X Y", "z")])),
            HTTPRequest(method: "POST", target: "/", fields: HTTPFields([.init("X", "a\nb")])),
        ])
    func nothingIsSentUnderAHeadThatCannotBe(request: HTTPRequest) async throws {
        let count = Mutex(0)
        try await withServer { _, _, response in
            count.withLock { $0 += 1 }
            try await response.send(status: 200, type: "text/plain", text: "")
        } _: { origin in
            let error = await #expect(throws: WireError.self) {
                try await HTTPClient().send(
                    request, body: Array("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n".utf8), to: origin
                ) { _, _ in }
            }
            #expect(error?.kind == .address)
            // The next request is the first that the server sees.
            try await HTTPClient().send(get, body: [], to: origin) { _, _ in }
        }
        #expect(count.withLock { $0 } == 1)
    }

    @Test("A thousand streams are served at the same time, each whole")
    func manyStreams() async throws {
        let open = Mutex((now: 0, most: 0))
        try await withServer { _, _, response in
            open.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            try await response.begin(
                HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
            for _ in 0..<3 { try await response.write(Array("data: x\n\n".utf8)) }
            // Every stream waits for all of them, so that they are open together.
            while open.withLock({ $0.most }) < 1_000 { try await Task.sleep(for: .milliseconds(5)) }
            try await response.write(Array("data: y\n\n".utf8))
            try await response.finish()
            open.withLock { $0.now -= 1 }
        } _: { origin in
            let client = HTTPClient()
            let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<1_000 {
                    group.addTask {
                        try await client.send(get, body: [], to: origin) { _, body in
                            try await body.collect(upTo: 1_000).count
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(sizes.count == 1_000)
            #expect(sizes.allSatisfy { $0 == 36 })
        }
        print("streams open at once: \(open.withLock { $0.most })")
    }

    @Test("What a handler asks of another server comes on the thread of its own connection", arguments: 0..<4)
    func oneThread(_: Int) async throws {
        try await withServer { _, _, response in
            try await response.send(status: 200, text: "far")
        } _: { far in
            try await withServer { _, _, response in
                let thread = Threads.current
                let text = try await HTTPClient().send(get, body: [], to: far) { _, body in
                    let text = String(decoding: try await body.collect(upTo: 100), as: UTF8.self)
                    return Threads.current == thread ? text : "another thread"
                }
                let task = Task(executorPreference: response.executor) { Threads.current }
                try await response.send(
                    status: 200, text: await task.value == thread ? text : "a task on another thread")
            } _: { near in
                let text = try await HTTPClient().send(get, body: [], to: near) { _, body in
                    String(decoding: try await body.collect(upTo: 100), as: UTF8.self)
                }
                #expect(text == "far")
            }
        }
    }

    @Test("A client that does not read holds the sender back")
    func backpressure() async throws {
        let sent = Mutex(0)
        let piece = [UInt8](repeating: 0x78, count: 1 << 16)
        try await withServer { _, _, response in
            try await response.begin(HTTPResponse(status: 200, fields: HTTPFields()))
            for _ in 0..<4_000 {
                try await response.write(piece)
                sent.withLock { $0 += 1 }
            }
            try await response.finish()
        } _: { origin in
            let total = try await HTTPClient().send(get, body: [], to: origin) { _, body in
                var total = try await body.next()?.count ?? 0
                var before = -1
                while before != sent.withLock({ $0 }) {
                    before = sent.withLock { $0 }
                    try await Task.sleep(for: .milliseconds(200))
                }
                // The kernel lets the buffers of two sockets grow to tens of megabytes, a part of the whole.
                #expect(before < 2_000, "the sender was not held back: it sent \(before) pieces")
                while let bytes = try await body.next() { total += bytes.count }
                return total
            }
            #expect(total == 4_000 << 16)
        }
    }

    @Test("A response that ends in its middle is told from a whole one")
    func cutResponse() async throws {
        try await withServer { _, _, response in
            try await response.begin(HTTPResponse(status: 200, fields: HTTPFields()))
            try await response.write(Array("half".utf8))
        } _: { origin in
            let error = await #expect(throws: WireError.self) {
                try await HTTPClient().send(get, body: [], to: origin) { _, body in
                    _ = try await body.collect(upTo: 100)
                }
            }
            #expect(error?.kind == .cut)
        }
    }

    @Test(
        "A client that leaves cancels the task that answers it, and cancelling a request closes its connection"
    )
    func cancellation() async throws {
        let cancelled = Mutex(false)
        let begun = Mutex(false)
        try await withServer { _, _, response in
            try await response.begin(HTTPResponse(status: 200, fields: HTTPFields()))
            try await response.write([0x78])
            begun.withLock { $0 = true }
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.withLock { $0 = true } }
        } _: { origin in
            let client = HTTPClient()
            let task = Task {
                try await client.send(get, body: [], to: origin) { _, body in
                    _ = try await body.collect(upTo: 100)
                }
            }
            while !begun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            _ = await task.result
            for _ in 0..<1_000 where !cancelled.withLock({ $0 }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(cancelled.withLock { $0 })
        }
    }

    @Test("A body larger than the limit is refused by 413, and a server that is not there is named")
    func faults() async throws {
        try await withServer { _, _, response in
            try await response.send(status: 200, text: "")
        } _: { origin in
            let large = [UInt8](repeating: 0, count: 2 << 20)
            let status = try? await HTTPClient().send(
                HTTPRequest(method: "POST", target: "/", fields: HTTPFields()), body: large, to: origin
            ) { head, _ in head.status }
            #expect(status == nil || status == 413)
        }
        let error = await #expect(throws: WireError.self) {
            try await HTTPClient().send(get, body: [], to: try Origin("http://127.0.0.1:1")) { _, _ in }
        }
        #expect(error?.kind == .refused)
        #expect(error?.description.contains("127.0.0.1:1") == true)
    }
}

@Suite("Addresses and header fields")
struct AddressTests {
    @Test(
        "A base URL is read in all its parts, and anything else is refused in one line",
        arguments: [
            ("https://api.example.com", "https://api.example.com", 443, ""),
            ("http://[::1]:8080/v1/", "http://[::1]:8080/v1", 8_080, "/v1"),
            ("http://localhost/a/b", "http://localhost/a/b", 80, "/a/b"),
        ])
    func origins(text: String, written: String, port: Int, path: String) throws {
        let origin = try Origin(text)
        #expect(origin.description == written)
        #expect(origin.port == port)
        #expect(origin.basePath == path)
    }

    @Test(
        "What is no base URL is refused",
        arguments: [
            "localhost:80", "ftp://x", "http://", "http://x:0", "http://x:70000", "http://u@x", "http://x?q",
            "http://[::1",
        ])
    func noOrigins(text: String) {
        #expect(throws: WireError.self) { try Origin(text) }
    }

    @Test("Fields of one connection do not travel on, also those that Connection names")
    func hopFields() {
        let fields = HTTPFields([
            .init("Connection", "keep-alive, X-Private"), .init("X-Private", "1"),
            .init("Transfer-Encoding", "chunked"),
            .init("Authorization", "k"), .init("set-cookie", "a"), .init("Set-Cookie", "b"),
        ])
        #expect(fields.endToEnd.all.map(\.name) == ["Authorization", "set-cookie", "Set-Cookie"])
        #expect(fields.values(of: "SET-COOKIE") == ["a", "b"])
    }
}
