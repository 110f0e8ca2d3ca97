import Agent
import Formats
import Wire

/// A stream that passes up to the first call in it: what nobody could decide never leaves.
struct CallFreeStream {
    let format: WireFormat

    /// Passes a stream on, whose head has left.
    ///
    /// - Parameter observe: is given what was read of it, piece by piece.
    /// - Returns: how far it came: it holds back a call, was refused, or is at its end.
    func relay(
        _ fields: HTTPFields, _ body: inout HTTPResponseBody, _ response: HTTPResponder,
        observe: ([ResponsePiece]) -> Void = { _ in }
    ) async throws -> GatedStream {
        var decoding = try ResponseDecoding(fields)
        var gated = GatedStream(format, isStreamed: true)
        while let coded = try await body.next() {
            let output = gated.take(try decoding.take(coded, keeps: false))
            observe(output.pieces)
            try await response.write(output.passed)
            if gated.isHolding || gated.isRefused { return gated }
        }
        try decoding.finish()
        try await response.write(gated.finish().passed)
        return gated
    }
}
