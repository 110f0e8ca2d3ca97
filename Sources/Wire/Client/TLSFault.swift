import NIOSSL

/// Why no encrypted connection was agreed on, in a sentence.
enum TLSFault {
    /// The fault that an error of the encryption is; `nil` for another error.
    static func error(_ error: any Error, _ origin: Origin) -> WireError? {
        let place = origin.authority
        if let extra = error as? NIOSSLExtraError, extra == .failedToValidateHostname {
            return WireError(
                .insecure,
                "the certificate of \(place) is for another name (TLS); write the url with the name that it is for"
            )
        }
        let failure: BoringSSLError
        switch error {
        case NIOSSLError.handshakeFailed(let inner): failure = inner
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return untrusted(place)
        case let inner as BoringSSLError: failure = inner
        default: return nil
        }
        return sentence("\(failure)", place)
    }

    /// The fault that is told in OpenSSL's words.
    static func sentence(_ words: String, _ place: String) -> WireError {
        if words.contains("CERTIFICATE_VERIFY_FAILED") { return untrusted(place) }
        // Servers that have too much to do end a connection so as well.
        if words.contains("EOF during") {
            return broken(place)
        }
        if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"].contains(where: words.contains) {
            return WireError(
                .insecure,
                "\(place) answers without encryption where TLS was asked for; write http:// in the url"
            )
        }
        return WireError(
            .insecure, "no encrypted connection (TLS) to \(place) was agreed on: \(reason(words))")
    }

    /// The end of a connection before its encryption stood.
    static func broken(_ place: String) -> WireError {
        WireError(
            .cut,
            "\(place) ended the connection before TLS was agreed on; write http:// in the url if it is a server "
                + "without encryption")
    }

    private static func untrusted(_ place: String) -> WireError {
        WireError(
            .insecure,
            "the certificate of \(place) is not trusted (TLS): it is self-signed, expired, or of an authority that "
                + "this machine does not know; name a file with the certificate in SSL_CERT_FILE if it is yours"
        )
    }

    /// The word that OpenSSL has for it.
    private static func reason(_ words: String) -> Substring {
        let mark = "OPENSSL_internal:"
        guard let start = words.firstRange(of: mark)?.upperBound else { return words.prefix(200) }
        return words[start...].prefix { $0 != " " }
    }
}
