import JSON

/// Numbers as people write them: `1,250.00`, `2,5`, `12 %`, `1.5k`, `twenty-five`, `a hundred`.
enum NumberSpelling {
    private static let units: [String: Int] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
        "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19, "dozen": 12, "couple": 2,
    ]
    private static let tens: [String: Int] = [
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
        "ninety": 90,
    ]
    private static let scales: [String: Int] = ["hundred": 100, "thousand": 1_000, "million": 1_000_000]

    /// Whether a whole text is a number in digits, perhaps of a currency or in per cent.
    static func isNumber(_ text: String) -> Bool {
        text.contains(where: \.isNumber)
            && text.allSatisfy { $0.isASCII && $0.isNumber || " .,-+'%$€£¥".contains($0) }
    }

    /// Every number in the text; of a spelling that can be read in two ways both.
    static func numbers(in text: String) -> Set<ExactDecimal> {
        var found = inWords(text)
        let pieces = text.split { !($0.isASCII && $0.isNumber || ".,-'kKM".contains($0)) }
        for piece in pieces {
            // The hyphen of T-1042 is no minus.
            let before = piece.startIndex > text.startIndex ? text[text.index(before: piece.startIndex)] : " "
            let joins = before.isLetter || before.isNumber
            found.formUnion(readings(of: joins ? piece.drop { $0 == "-" } : piece))
        }
        for piece in spaced(text) { found.formUnion(readings(of: Substring(piece))) }
        return found
    }

    /// Thousands set apart by spaces, as in 20 000, written together.
    private static func spaced(_ text: String) -> [String] {
        var found: [String] = []
        var run = ""
        let pieces = text.split(omittingEmptySubsequences: false) { $0.isWhitespace }
        for piece in pieces + [Substring("")] {
            let isDigits = !piece.isEmpty && piece.utf8.allSatisfy { (0x30...0x39).contains($0) }
            if isDigits, piece.count == 3, !run.isEmpty {
                run += piece
            } else {
                if run.count > 3 { found.append(run) }
                run = isDigits && piece.count <= 3 ? String(piece) : ""
            }
        }
        return found
    }

    /// The numbers that a run of digits, points and commas can mean.
    private static func readings(of piece: Substring) -> Set<ExactDecimal> {
        var text = piece.drop { ".,'kKM".contains($0) }
        while let last = text.last, ".,-'".contains(last) { text.removeLast() }
        var zeros = 0
        if let last = text.last, let power = ["k": 3, "K": 3, "M": 6][last] {
            zeros = power
            text.removeLast()
        }
        guard text.contains(where: \.isNumber), !text.contains(where: { "kKM".contains($0) }) else {
            return []
        }
        let isNegative = text.hasPrefix("-")
        // A hyphen elsewhere separates two numbers, or a word from its number.
        let runs = text.split(separator: "-")
        var found: Set<ExactDecimal> = []
        for (index, run) in runs.enumerated() {
            let sign = index == 0 && isNegative ? "-" : ""
            for plain in plain(run.filter { $0 != "'" }) {
                let trimmed = plain.drop { $0 == "0" }
                let digits = trimmed.isEmpty || trimmed.hasPrefix(".") ? "0" + trimmed : String(trimmed)
                let exponent = zeros > 0 && index == runs.count - 1 ? "e\(zeros)" : ""
                if let number = JSONNumber(text: sign + digits + exponent) { found.insert(number.decimal) }
            }
        }
        return found
    }

    /// Digits with at most one point, for each way to read points and commas.
    private static func plain(_ run: String) -> [String] {
        let parts = run.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
        guard parts.count > 1, let last = parts.last else { return [run] }
        let marks = run.filter { $0 == "," || $0 == "." }
        let isGrouped = parts.dropFirst().allSatisfy { $0.count == 3 }
        var readings: [String] = []
        if isGrouped, Set(marks).count == 1 { readings.append(parts.joined()) }
        // The last mark is the decimal one, unless it is one of several of its kind.
        let decimal = marks.last
        let isDecimal = marks.count { $0 == decimal } == 1
        if isDecimal, parts.dropFirst().dropLast().allSatisfy({ $0.count == 3 }) {
            readings.append(parts.dropLast().joined() + "." + last)
        }
        return readings
    }

    private static func inWords(_ text: String) -> Set<ExactDecimal> {
        var found: Set<ExactDecimal> = []
        var (total, current) = (0, 0)
        var isOpen = false
        func close() {
            if isOpen { found.insert(JSONNumber(total + current).decimal) }
            (total, current, isOpen) = (0, 0, false)
        }
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter }).map(String.init) {
            if let value = units[word] ?? tens[word] {
                let follows =
                    isOpen && (current % 100 == 0 || current % 10 == 0 && current % 100 >= 20 && value < 10)
                if isOpen, !follows { close() }
                current += value
                isOpen = true
            } else if let scale = scales[word] {
                current = max(1, current) * scale
                if scale > 100 { (total, current) = (total + current, 0) }
                isOpen = true
            } else if word != "and" || !isOpen {
                close()
            }
        }
        close()
        return found
    }
}

/// Dates as people and programs write them.
enum DateSpelling {
    /// A day; a year that is not written is not known.
    struct Day: Hashable {
        var year: Int?
        var month: Int
        var day: Int

        /// The next day or the day before, by a distance of 1 or -1; `nil` without a year.
        func moved(by distance: Int) -> Day? {
            guard let year else { return nil }
            func length(_ month: Int) -> Int {
                let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
                return month == 2 && isLeap ? 29 : DateSpelling.lengths[month - 1]
            }
            let moved = day + distance
            if moved < 1 {
                return month == 1
                    ? Day(year: year - 1, month: 12, day: 31)
                    : Day(year: year, month: month - 1, day: length(month - 1))
            }
            if moved > length(month) {
                return month == 12
                    ? Day(year: year + 1, month: 1, day: 1) : Day(year: year, month: month + 1, day: 1)
            }
            return Day(year: year, month: month, day: moved)
        }

        func isSame(as other: Day) -> Bool {
            month == other.month && day == other.day
                && (year == nil || other.year == nil || year == other.year)
        }
    }

    private static let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november",
        "december",
    ]

    /// The date that a whole text is: in ISO 8601, with a time or without, or in words.
    static func date(_ text: String) -> Day? {
        guard text.utf8.count <= 40, let first = dates(in: text).first else { return nil }
        let letters = text.split { !$0.isLetter }.map { $0.lowercased() }
        let others = letters.filter { word in
            month(word) == nil && !["st", "nd", "rd", "th", "t", "z", "of", "the"].contains(word)
        }
        return others.isEmpty ? first : nil
    }

    /// Every date in the text; of `3/4/2026` both readings.
    static func dates(in text: String) -> [Day] {
        var found: [Day] = []
        func add(_ year: Int?, _ month: Int?, _ day: Int?) {
            guard let month, let day, (1...12).contains(month), (1...31).contains(day) else { return }
            found.append(Day(year: year, month: month, day: day))
        }
        for run in text.split(whereSeparator: { !($0.isASCII && $0.isNumber || "-/.".contains($0)) }) {
            let marks = Set(run.drop { !$0.isNumber }.filter { !$0.isNumber }.prefix(2))
            let parts = run.split { !$0.isNumber }.map(String.init)
            guard parts.count == 3, marks.count == 1, let mark = marks.first else { continue }
            let numbers = parts.map { Int($0) }
            if parts[0].count == 4, parts[1].count <= 2, parts[2].count <= 2 {
                add(numbers[0], numbers[1], numbers[2])
            } else if parts[2].count == 4, parts[0].count <= 2, parts[1].count <= 2 {
                add(numbers[2], numbers[1], numbers[0])
                if mark != "." { add(numbers[2], numbers[0], numbers[1]) }
            }
        }
        let words = text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        for (index, word) in words.enumerated() {
            guard let month = month(word) else { continue }
            let before =
                index > 0 ? (words[index - 1] == "of" && index > 1 ? words[index - 2] : words[index - 1]) : ""
            if let day = number(before) {
                add(index + 1 < words.count ? year(words[index + 1]) : nil, month, day)
            }
            if index + 1 < words.count, let day = number(words[index + 1]) {
                add(index + 2 < words.count ? year(words[index + 2]) : nil, month, day)
            }
        }
        return found
    }

    private static func month(_ word: String) -> Int? {
        guard word.count >= 3 else { return nil }
        return months.firstIndex { $0 == word || $0.prefix(3) == word || $0 == "september" && word == "sept" }
            .map { $0 + 1 }
    }

    private static func number(_ word: String) -> Int? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard (1...2).contains(digits.count),
            ["", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count))
        else { return nil }
        return Int(digits)
    }

    private static func year(_ word: String) -> Int? { word.count == 4 ? Int(word) : nil }
}
