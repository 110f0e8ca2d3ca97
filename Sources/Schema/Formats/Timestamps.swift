/// Dates, times and durations (RFC 3339, section 5.6 and appendix A).
enum Timestamps {
    /// The number that two digits write.
    private static func pair(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> Int? {
        let start = bytes.startIndex + offset
        guard start + 1 < bytes.endIndex, bytes[start].isDigit, bytes[start + 1].isDigit else { return nil }
        return Int(bytes[start] - 0x30) * 10 + Int(bytes[start + 1] - 0x30)
    }

    static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let first = bytes.startIndex
        guard bytes.count == 10, bytes[first + 4] == UInt8(ascii: "-"), bytes[first + 7] == UInt8(ascii: "-"),
            let century = pair(bytes, 0), let decade = pair(bytes, 2), let month = pair(bytes, 5),
            let day = pair(bytes, 8), (1...12).contains(month)
        else { return false }
        let year = century * 100 + decade
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        let first = bytes.startIndex
        guard bytes.count >= 9, bytes[first + 2] == UInt8(ascii: ":"), bytes[first + 5] == UInt8(ascii: ":"),
            let hour = pair(bytes, 0), let minute = pair(bytes, 3), let second = pair(bytes, 6), hour < 24,
            minute < 60,
            second <= 60
        else { return false }
        var rest = bytes[(first + 8)...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { $0.isDigit }
            guard !digits.isEmpty else { return false }
            rest = rest[digits.endIndex...]
        }
        var offset = 0
        if rest.count == 1, rest.first.map({ $0 | 0x20 }) == UInt8(ascii: "z") {
            offset = 0
        } else {
            guard rest.count == 6, let sign = rest.first,
                sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
                rest[rest.startIndex + 3] == UInt8(ascii: ":"), let hours = pair(rest, 1),
                let minutes = pair(rest, 4),
                hours < 24, minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        // A leap second is the last one of a day in UTC.
        let minuteInUTC = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return second < 60 || minuteInUTC == 1439
    }

    static func isDateTime(_ bytes: [UInt8]) -> Bool {
        bytes.count > 11 && bytes[10] | 0x20 == UInt8(ascii: "t") && isDate(bytes[..<10])
            && isTime(bytes[11...])
    }

    static func isDuration(_ bytes: [UInt8]) -> Bool {
        guard bytes.first == UInt8(ascii: "P") else { return false }
        let parts = bytes.dropFirst().split(
            separator: UInt8(ascii: "T"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = units(parts[0]) else { return false }
        if date == "W" { return parts.count == 1 }
        guard ["", "Y", "YM", "YMD", "M", "MD", "D"].contains(date) else { return false }
        guard parts.count == 2 else { return !date.isEmpty }
        guard let time = units(parts[1]) else { return false }
        return ["H", "HM", "HMS", "M", "MS", "S"].contains(time)
    }

    /// The letters of a run of numbers with units; `nil` where it is none.
    private static func units(_ bytes: ArraySlice<UInt8>) -> String? {
        var found = ""
        var hasDigits = false
        for byte in bytes {
            if byte.isDigit {
                hasDigits = true
            } else {
                guard hasDigits else { return nil }
                found.unicodeScalars.append(Unicode.Scalar(byte))
                hasDigits = false
            }
        }
        return hasDigits ? nil : found
    }
}
