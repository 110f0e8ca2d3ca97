/// One unit of a response as it came over the wire: an event of an event stream, a JSON text, or bytes between them.
///
/// The frames of a response are all of its bytes, in order: to pass them on is to pass the response on unaltered.
public struct WireFrame: Sendable, Hashable {
    /// What a frame carries.
    public enum Payload: Sendable, Hashable {
        /// A JSON text.
        case json([UInt8])
        /// The mark that ends a stream, `[DONE]`.
        case done
        /// Data that is no JSON.
        case text([UInt8])
        /// Nothing: a comment, a blank line, a bracket between the elements of an array.
        case nothing
    }

    /// The bytes, the end of the line or of the event included.
    public let bytes: [UInt8]
    /// The event's name, where it has one.
    public let event: String?
    /// What it carries.
    public let payload: Payload
    /// Where the payload stands in ``bytes``; `nil` where it stands there in several pieces.
    let payloadRange: Range<Int>?
    /// Whether the frame is an event of an event stream; the others are bare JSON texts.
    public let isEvent: Bool

    init(
        bytes: [UInt8], event: String? = nil, payload: Payload, payloadRange: Range<Int>? = nil, isEvent: Bool
    ) {
        self.bytes = bytes
        self.event = event
        self.payload = payload
        self.payloadRange = payloadRange
        self.isEvent = isEvent
    }

    /// The frame with another JSON text in the place of its own.
    public func carrying(_ json: [UInt8]) -> WireFrame {
        let start: [UInt8]
        let end: [UInt8]
        if let payloadRange {
            start = Array(bytes[..<payloadRange.lowerBound])
            end = Array(bytes[payloadRange.upperBound...])
        } else {
            start = Array(((event.map { "event: \($0)\n" } ?? "") + "data: ").utf8)
            end = Array("\n\n".utf8)
        }
        return WireFrame(
            bytes: start + json + end, event: event, payload: .json(json),
            payloadRange: start.count..<(start.count + json.count), isEvent: isEvent)
    }
}
