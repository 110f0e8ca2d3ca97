/// The time that a template asks for by `strftime_now`: whoever renders tells it, so that rendering has no clock.
public struct TemplateClock: Sendable, Hashable {
    /// The year.
    public var year: Int
    /// The month, from 1.
    public var month: Int
    /// The day of the month, from 1.
    public var day: Int
    /// The hour, 0 to 23.
    public var hour: Int
    /// The minute.
    public var minute: Int
    /// The second.
    public var second: Int

    /// A local time of the given parts.
    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = year
        self.month = max(1, min(12, month))
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// 0 for Sunday (Sakamoto's method).
    private var weekday: Int {
        let shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
        let year = month < 3 ? year - 1 : year
        return (year + year / 4 - year / 100 + year / 400 + shifts[month - 1] + day) % 7
    }

    private var dayOfYear: Int {
        let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return lengths.prefix(month - 1).reduce(0, +) + day
    }

    private func padded(_ value: Int, _ width: Int = 2, _ fill: Character = "0") -> String {
        let digits = String(value)
        return String(repeating: fill, count: max(0, width - digits.count)) + digits
    }

    /// The time as C's `strftime` spells it in the locale "C".
    func text(_ format: String) -> String {
        var output = ""
        var rest = format.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "%", var letter = rest.popFirst() else {
                output.unicodeScalars.append(scalar)
                continue
            }
            var isBare = false
            if letter == "-", let next = rest.popFirst() {
                isBare = true
                letter = next
            }
            let field = field(letter)
            output += isBare ? String(field.drop { $0 == "0" || $0 == " " }) : field
        }
        return output
    }

    private func field(_ letter: Unicode.Scalar) -> String {
        switch letter {
        case "Y": padded(year, 4)
        case "y": padded(year % 100)
        case "C": padded(year / 100)
        case "m": padded(month)
        case "d": padded(day)
        case "e": padded(day, 2, " ")
        case "H": padded(hour)
        case "I": padded((hour + 11) % 12 + 1)
        case "M": padded(minute)
        case "S": padded(second)
        case "p": hour < 12 ? "AM" : "PM"
        case "B": TemplateClock.months[month - 1]
        case "b", "h": String(TemplateClock.months[month - 1].prefix(3))
        case "A": TemplateClock.days[weekday]
        case "a": String(TemplateClock.days[weekday].prefix(3))
        case "j": padded(dayOfYear, 3)
        case "w": String(weekday)
        case "u": String(weekday == 0 ? 7 : weekday)
        case "F": text("%Y-%m-%d")
        case "T", "X": text("%H:%M:%S")
        case "R": text("%H:%M")
        case "D", "x": text("%m/%d/%y")
        case "c": text("%a %b %e %H:%M:%S %Y")
        case "f": "000000"
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        case "Z", "z": ""
        default: "%" + String(Character(letter))
        }
    }
}
