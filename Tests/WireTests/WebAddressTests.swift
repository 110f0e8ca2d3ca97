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
}
