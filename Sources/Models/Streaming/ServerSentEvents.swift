/// Reads an event stream (WHATWG HTML, section 9.2) from bytes that arrive in pieces of any size.
///
/// Of an event only its data matters here: the formats name the kind of an event in the data as well.
struct ServerSentEvents: Sendable {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var afterReturn = false
    private var isStart = true
    private let largest: Int

    init(largest: Int = 1 << 26) { self.largest = largest }

    /// The data of the events that are whole now; an event that the stream's end cuts off never comes.
    /// - Throws: ``StreamFault`` for an event that does not end.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(StreamFault) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            let followsReturn = afterReturn
            afterReturn = false
            switch byte {
            case 0x0A where followsReturn: continue
            case 0x0A, 0x0D:
                afterReturn = byte == 0x0D
                endLine(&events)
            default: line.append(byte)
            }
        }
        guard line.count + data.count <= largest else {
            throw StreamFault("an event has more than \(largest) bytes")
        }
        return events
    }

    private mutating func endLine(_ events: inout [[UInt8]]) {
        defer { line = [] }
        if isStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isStart = false
        if line.isEmpty {
            if hasData { events.append(data) }
            (data, hasData) = ([], false)
            return
        }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        guard name.elementsEqual("data".utf8) else { return }
        var value = line.dropFirst(name.count + 1)
        if value.first == 0x20 { value = value.dropFirst() }
        if hasData { data.append(0x0A) }
        data += value
        hasData = true
    }
}
