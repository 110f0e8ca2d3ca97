import JSON

/// The pause that a provider asks for within an error, beside or in the place of a header.
enum ToldDelay {
    /// The milliseconds that Google's `RetryInfo` names, or the words of a message such as `try again in 1m3s`.
    static func milliseconds(details: JSONValue?, words: String) -> Int? {
        for detail in details?.arrayValue ?? [] {
            if let text = detail["retryDelay"]?.stringValue, let delay = duration(Array(text.utf8)[...]) {
                return delay
            }
        }
        let bytes = words.utf8.loweredASCII
        for mark in ["try again in ", "try again after ", "retry in ", "retry after "] {
            if let place = bytes.firstRange(of: Array(mark.utf8)),
                let delay = duration(bytes[place.upperBound...])
            {
                return delay
            }
        }
        return nil
    }

    /// The milliseconds of a text that begins with a duration, which is longer than none: `34s`, `1m3.5s`, `320ms`, `20 seconds`.
    private static func duration(_ bytes: ArraySlice<UInt8>) -> Int? {
        var rest = bytes
        var total: Double?
        while let (amount, after) = number(rest) {
            let unit = after.drop { $0 == 0x20 }.prefix { (0x61...0x7A).contains($0) }
            guard let factor = units[String(decoding: unit, as: UTF8.self)] else { break }
            total = (total ?? 0) + amount * factor
            rest = after.drop { $0 == 0x20 }.dropFirst(unit.count)
        }
        return total.flatMap { $0 > 0 && $0 < 1e10 ? Int($0.rounded(.up)) : nil }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> (Double, ArraySlice<UInt8>)? {
        let text = bytes.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard text.count < 40, let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        return (value, bytes.dropFirst(text.count))
    }

    private static let units: [String: Double] = {
        let names: [(Double, [String])] = [
            (1, ["ms", "millisecond", "milliseconds"]), (1_000, ["s", "sec", "secs", "second", "seconds"]),
            (60_000, ["m", "min", "mins", "minute", "minutes"]), (3_600_000, ["h", "hour", "hours"]),
            (86_400_000, ["d", "day", "days"]),
        ]
        return Dictionary(uniqueKeysWithValues: names.flatMap { pair in pair.1.map { ($0, pair.0) } })
    }()
}
