import Testing

@testable import Wire

/// An address falls into its server and what is asked of it there.
@Suite struct WebAddressTests {
    @Test(arguments: [
        ("http://h", "http://h", "/"), ("http://h/", "http://h", "/"),
        ("https://h:8/a/b?c=d", "https://h:8", "/a/b?c=d"),
        ("http://h?x", "http://h", "/?x"), ("http://h/a#b", "http://h", "/a"),
        ("http://h/é ü", "http://h", "/%C3%A9%20%C3%BC"),
        ("http://[::1]:9/x//y/", "http://[::1]:9", "/x//y/"),
        ("http://h/a?u=http://i/#f", "http://h", "/a?u=http://i/"),
    ])
    func parts(text: String, origin: String, target: String) throws {
        let address = try WebAddress(text)
        #expect(address.origin.description == origin && address.target == target)
    }

    @Test(arguments: ["", "h/x", "ftp://h/x", "http:///x", "http://u@h/x", "http://h:0/x", "http://h/a\r\nb"])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: WireError.self) { try WebAddress(text) }
    }

    @Test(arguments: [
        ("models/gemini-2.5:generate", nil, "/v1/models/gemini-2.5:generate"),
        ("models/a b%/é", "alt=sse", "/v1/models/a%20b%25/%C3%A9?alt=sse"),
        ("x?y#z", "q=a b", "/v1/x%3Fy%23z?q=a%20b"),
    ])
    func aPathBelowAnAddressIsEncoded(path: String, query: String?, target: String) throws {
        #expect(try Origin("http://h/v1/").target(path, query: query) == target)
    }
}
