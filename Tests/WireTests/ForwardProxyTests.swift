import NIOCore
import NIOEmbedded
import Testing

@testable import Wire

/// A proxy of the network is found as curl finds it, and nothing is said to a server before the tunnel stands.
@Suite struct ForwardProxyTests {
    private func proxy(_ server: String, _ environment: [String: String]) throws -> ForwardProxy? {
        try ForwardProxy(to: Origin(server)) { environment[$0] }
    }

    @Test func variablesHoldForTheirKindOfConnection() throws {
        let environment = ["HTTPS_PROXY": "http://p:3128", "http_proxy": "q:8080/"]
        #expect(try proxy("https://api.example", environment)?.origin.authority == "p:3128")
        #expect(try proxy("http://api.example", environment)?.origin.authority == "q:8080")
        #expect(try proxy("http://api.example", ["HTTP_PROXY": "http://evil"]) == nil)
        #expect(try proxy("https://api.example", ["all_proxy": "http://a:1"])?.origin.authority == "a:1")
        #expect(try proxy("https://api.example", ["https_proxy": "", "HTTPS_PROXY": "http://p"]) == nil)
        #expect(try proxy("https://api.example", [:]) == nil)
    }

    @Test(arguments: [
        ("localhost", ""), ("127.0.0.1", ""), ("127.8.9.1", ""), ("api.example", "*"),
        ("api.example", "example"), ("api.example", ".EXAMPLE"), ("API.example", "other, api.example"),
        ("10.0.0.1", "10.0.0.1"),
    ])
    func loopbackAndExceptionsAreReachedDirectly(host: String, exceptions: String) throws {
        #expect(
            try proxy("https://\(host)", ["https_proxy": "http://p:1", "no_proxy": exceptions]) == nil)
    }

    @Test(arguments: [("api.example", "xample"), ("api.example", "api"), ("127.example", "127.0.0.1")])
    func aNameIsExceptedWholeOnly(host: String, exceptions: String) throws {
        #expect(
            try proxy("https://\(host)", ["https_proxy": "http://p:1", "no_proxy": exceptions]) != nil)
    }

    @Test func aPasswordIsSentEncodedAndANameOfAnotherProtocolIsRefused() throws {
        let found = try proxy("https://h", ["https_proxy": "http://me:p%40ss@p:1"])
        #expect(found?.authorization == "Basic bWU6cEBzcw==")
        #expect(throws: WireError.self) { try proxy("https://h", ["https_proxy": "socks5://p:1"]) }
    }

    /// The tunnel's handler between a connection and a handler that notes what reaches it.
    private func tunnel() throws -> (EmbeddedChannel, Notes) {
        let found = try #require(try proxy("https://api.example", ["https_proxy": "http://p:1"]))
        let notes = Notes()
        let channel = EmbeddedChannel(handlers: [
            TunnelHandler(through: found, to: try Origin("https://api.example")), notes,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return (channel, notes)
    }

    @Test func nothingElseHappensUntilTheTunnelStands() throws {
        let (channel, notes) = try tunnel()
        let request = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(
            String(buffer: request)
                == "CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n")
        for piece in ["HTTP/1.1 200 OK\r", "\nVia: p\r\n\r"] {
            try channel.writeInbound(ByteBuffer(string: piece))
            #expect(notes.all.isEmpty)
        }
        try channel.writeInbound(ByteBuffer(string: "\nhello"))
        #expect(notes.all == ["active", "hello"])
    }

    @Test func aProxyThatRefusesIsNamedWithItsWords() throws {
        let (channel, notes) = try tunnel()
        let error = #expect(throws: WireError.self) {
            try channel.writeInbound(ByteBuffer(string: "HTTP/1.1 407 Authenticate\r\n\r\n"))
        }
        #expect(error?.kind == .unreachable)
        #expect(
            error?.description
                == "the proxy p:1 makes no connection to api.example:443: HTTP/1.1 407 Authenticate")
        #expect(notes.all.isEmpty && !channel.isActive)
    }

    private final class Notes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var all: [String] = []

        func channelActive(context: ChannelHandlerContext) { all.append("active") }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            all.append(String(buffer: unwrapInboundIn(data)))
        }
    }
}
