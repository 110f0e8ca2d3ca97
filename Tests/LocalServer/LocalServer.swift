import Foundation
import Synchronization

/// A small HTTP/1.1 server on this machine's loopback, for tests: it answers what a closure says, piece by piece.
public final class LocalServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// Such as `POST`.
        public var method: String
        /// The path with its query.
        public var path: String
        /// Values by lower-case name.
        public var headers: [String: String]
        /// The whole body.
        public var body: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What is sent back.
    public struct Reply: Sendable {
        /// The status code.
        public var status: Int
        /// Headers besides those of the framing.
        public var headers: [String: String]
        /// The body, each piece in a write of its own.
        public var pieces: [[UInt8]]
        /// Whether the connection breaks after the pieces.
        public var isCut: Bool
        /// Called after the first piece.
        public var pause: @Sendable () -> Void

        /// A reply in pieces.
        public init(
            status: Int = 200, headers: [String: String] = [:], pieces: [[UInt8]], isCut: Bool = false,
            pause: @escaping @Sendable () -> Void = {}
        ) {
            self.status = status
            self.headers = headers
            self.pieces = pieces
            self.isCut = isCut
            self.pause = pause
        }

        /// A reply of one text.
        public init(status: Int = 200, headers: [String: String] = [:], _ text: String, isCut: Bool = false) {
            self.init(status: status, headers: headers, pieces: [Array(text.utf8)], isCut: isCut)
        }
    }

    private let listener: ListeningSocket
    /// The port that it listens on.
    public let port: UInt16
    private let handler: @Sendable (Request, Int) -> Reply
    private let seen = Mutex<[Request]>([])

    /// Starts on that port, or on one of the system's choice; `handler` gets each request and its number, from 0.
    public init(port wanted: UInt16 = 0, _ handler: @escaping @Sendable (Request, Int) -> Reply) throws {
        self.handler = handler
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_port = wanted.bigEndian
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, address, &length) == 0
            }
        }
        guard socket >= 0, isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        let listener = ListeningSocket(socket)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0, let self else {
                    if connection >= 0 { close(connection) }
                    return listener.close()
                }
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    deinit { stop() }

    /// Takes no connection any more.
    public func stop() { listener.stop() }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far.
    public var requests: [Request] { seen.withLock { $0 } }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard let request = LocalServer.read(connection) else { return }
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        let reply = handler(request, number)
        var head = "HTTP/1.1 \(reply.status) X\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
        for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
        guard LocalServer.write(Array((head + "\r\n").utf8), connection) else { return }
        for (position, piece) in reply.pieces.enumerated() where !piece.isEmpty {
            if position == 1 { reply.pause() }
            let framed = Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + Array("\r\n".utf8)
            guard LocalServer.write(framed, connection) else { return }
        }
        if !reply.isCut { _ = LocalServer.write(Array("0\r\n\r\n".utf8), connection) }
        // The client reads to the end before the connection goes.
        shutdown(connection, Int32(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 256)
        while recv(connection, &rest, rest.count, 0) > 0 {}
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        func more() -> Bool {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer[..<count] }
            return count > 0
        }
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            guard more() else { return nil }
            headEnd = bytes.firstRange(of: end)?.upperBound
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let length = headers["content-length"].flatMap(Int.init) ?? 0
        while bytes.count < headEnd + length {
            guard more() else { return nil }
        }
        return Request(
            method: String(words[0]), path: String(words[1]), headers: headers,
            body: Array(bytes[headEnd..<headEnd + length]))
    }

    private static func write(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
