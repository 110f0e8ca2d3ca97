import Foundation
import Testing

@testable import Wire

/// What clients of other kinds write is answered as they read it.
@Suite("Clients of HTTP/1.0, and those that ask for other protocols")
struct OldClientTests {
    /// All that a server writes until it ends the connection.
    private func answers(to text: String, at port: Int) async -> String {
        await withCheckedContinuation { done in
            Thread.detachNewThread {
                let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(connection) }
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = UInt16(port).bigEndian
                address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
                _ = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                _ = Array(text.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
                var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4_096))
                while case let count = recv(connection, &buffer, buffer.count, 0), count > 0 {
                    bytes += buffer[..<count]
                }
                done.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    @Test(
        "The body ends with the connection for HTTP/1.0, and the connection ends wherever the client says so",
        arguments: [
            ("GET / HTTP/1.0\r\n\r\n", false), ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close, TE\r\n\r\n", true),
            ("GET / HTTP/1.1\r\nHost: x\r\nConnection: TE,Close\r\n\r\n", true),
            (
                "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "Content-Length: 2\r\n\r\n{}", true
            ),
        ])
    func lastRequests(request: String, isChunked: Bool) async throws {
        try await withServer { _, _, response in
            try await response.begin(HTTPResponse(status: 200, fields: HTTPFields()))
            try await response.write(Array("one".utf8))
            try await response.write(Array("two".utf8))
            try await response.finish()
        } _: { origin in
            let text = await answers(to: request, at: origin.port)
            #expect(text.hasPrefix(isChunked ? "HTTP/1.1 200" : "HTTP/1.0 200"))
            #expect(text.lowercased().contains("connection: close"))
            #expect(text.hasSuffix(isChunked ? "0\r\n\r\n" : "\r\n\r\nonetwo"), "\(text)")
            #expect(text.lowercased().contains("transfer-encoding") == isChunked)
        }
    }
}

/// What keeps a connection from being encrypted is said with what to do.
@Suite("Faults of TLS")
struct TLSFaultTests {
    @Test(
        "Each fault is named, and only an early end may pass",
        arguments: [
            (
                "error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at x",
                "SSL_CERT_FILE", true
            ),
            ("SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at x", "write http:// in the url", true),
            (
                "SSL routines:OPENSSL_internal:TLSV1_ALERT_INTERNAL_ERROR at x", "TLSV1_ALERT_INTERNAL_ERROR",
                true
            ),
            ("EOF during handshake", "before TLS was agreed on", false),
        ])
    func sentences(words: String, part: String, isLasting: Bool) {
        let fault = TLSFault.sentence(words, "h:1")
        #expect(fault.description.contains(part) && fault.description.contains("TLS"))
        #expect((fault.kind == .insecure) == isLasting)
    }

    @Test("A server without encryption is named where TLS is asked for, before anything is sent")
    func plainServer() async throws {
        try await withServer { _, _, response in
            try await response.send(status: 200, text: "")
        } _: { origin in
            let error = await #expect(throws: WireError.self) {
                let place = try Origin("https://127.0.0.1:\(origin.port)")
                try await HTTPClient().send(
                    HTTPRequest(method: "GET", target: "/", fields: HTTPFields()), body: [], to: place
                ) { _, _ in }
            }
            #expect(error?.description.contains("TLS") == true)
            #expect(error?.description.contains("write http:// in the url") == true)
        }
    }
}
