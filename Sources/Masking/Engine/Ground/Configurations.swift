/// The places where a writer of the language can stand.
///
/// Which fields of a configuration mean what is said per case.
enum Place: Int32 {
    /// Before a value: a = formula over schemas; flag = white space written.
    case value
    /// In a string value: a = string spec, b = machine state, c = characters so far (where they count).
    case string
    /// In a key: a = machine state or -1, b = node in the trie of named keys or -1, c = key text, extra = mode,
    /// flag = foreseen context of keys or 0.
    case key
    /// After a key: a = formula of the member's value.
    case colon
    /// In a number: a = number state.
    case number
    /// In `null`, `true` or `false`: a = which, b = bytes written, c = what the value makes of the formula.
    case literal
    case objectOpen, objectComma, objectAfter, arrayOpen, arrayAfter
    /// After the whole value.
    case done
    /// A value is closed whose text decides: a = formula, b = ``Resolution``.
    case resolve
    /// Free text of a turn: a = spelling state, b = progress in the call tag spelled in bytes.
    case text
    /// In fixed bytes of a turn: a = segment, b = bytes written, c = tool or -1.
    case fixed
    /// In a tool's name: a = node of the name trie.
    case name
    /// After a call: another call or the end.
    case between
}

/// What a `resolve` configuration waits for.
enum Resolution: Int32 {
    /// The value has been closed by the byte just read.
    case closed
    /// A number has ended before the byte just read, which is still to be taken.
    case numberEnded
    /// An item has been closed; the array goes on.
    case itemClosed
    /// An item that is a number has ended before the byte just read.
    case numberItemEnded
}

extension Configuration {
    // The fields by what they are in each place.

    /// Before a value, after a key, after a closed value: what the value must satisfy.
    var formula: Formulas.ID { a }

    /// In a string: its conditions, the state of their machine and the characters so far.
    var spec: Int32 { a }
    var stringState: Int32 { b }
    var length: Int32 { c }

    /// In a key: the state of the machine of unnamed keys, the node among the named ones, the text so far and the
    /// number of a foreseen context, or 0.
    var keyMachine: Int32 {
        get { a }
        set { a = newValue }
    }
    var keyNode: Int32 {
        get { b }
        set { b = newValue }
    }
    var keyText: Int32 { c }
    var foreseenKeys: Int32 {
        get { flag }
        set { flag = newValue }
    }

    /// In a number: its state.
    var number: Int32 { a }

    /// In `null`, `true` or `false`: which, and what the value makes of the formula.
    var literal: Int32 { a }
    var outcome: Formulas.ID { c }

    /// In a literal or in fixed bytes: the bytes written.
    var written: Int32 {
        get { b }
        set { b = newValue }
    }

    /// White space written.
    var blanks: Int32 {
        get { flag }
        set { flag = newValue }
    }

    var resolution: Resolution {
        get { Resolution(rawValue: b) ?? .closed }
        set { b = newValue.rawValue }
    }

    /// In free text: the spelling state, progress in the tag that begins a call, and whether nothing has been written.
    var spelling: UInt32 {
        get { UInt32(bitPattern: a) }
        set { a = Int32(bitPattern: newValue) }
    }
    var tagMatched: Int32 {
        get { b }
        set { b = newValue }
    }
    var isAtStart: Bool {
        get { c == 1 }
        set { c = newValue ? 1 : 0 }
    }

    /// In fixed bytes of a turn: the segment and the tool.
    var segment: TurnPlan.Segment { TurnPlan.Segment(rawValue: a) ?? .opening }
    var tool: Int32 { c }

    /// In a tool's name: the node among the names.
    var nameNode: Int32 { a }

    /// After a call: whether the list of calls is closed.
    var isListClosed: Bool { flag == 1 }
}

/// What encloses a configuration.
enum FrameKind: Int32 {
    case root, object, array, call
}

extension Place {
    /// Whether transitions of the place are kept as a list: the places where few bytes can follow.
    var hasEdges: Bool {
        switch self {
        case .string, .key, .text, .resolve: false
        default: true
        }
    }
}

/// A configuration's fields; see ``Place``.
struct Configuration {
    /// No configuration: what has been written is not in the language.
    static let dead: Int32 = -1

    var place: Place
    var flag: Int32 = 0
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
    var extra: Int32 = 0
    var frame: Int32

    init(
        _ place: Place, flag: Int32 = 0, a: Int32 = 0, b: Int32 = 0, c: Int32 = 0, extra: Int32 = 0,
        frame: Int32
    ) {
        self.place = place
        self.flag = flag
        self.a = a
        self.b = b
        self.c = c
        self.extra = extra
        self.frame = frame
    }

    @inline(__always)
    init(_ record: RecordTable.Record) {
        place = Place(rawValue: record[0]) ?? .done
        flag = record[1]
        a = record[2]
        b = record[3]
        c = record[4]
        frame = record[5]
        extra = record[6]
    }

    @inline(__always)
    var record: RecordTable.Record { [place.rawValue, flag, a, b, c, frame, extra, 0] }
}

/// An open object, array, call or the root.
struct Frame {
    var kind: FrameKind
    /// Object: the set of keys seen; array: items begun; root and call: the calls so far.
    var seen: Int32 = 0
    /// What the value must still satisfy, over its own leaves and opaque outer ones.
    var formula: Int32 = Formulas.yes
    /// Call: the tool.
    var tool: Int32 = -1
    var parent: Int32 = -1
    var depth: Int32 = 0
}

extension Frame {
    @inline(__always)
    init(_ record: RecordTable.Record) {
        kind = FrameKind(rawValue: record[0]) ?? .root
        seen = record[1]
        formula = record[2]
        tool = record[3]
        parent = record[4]
        depth = record[5]
    }

    @inline(__always)
    var record: RecordTable.Record { [kind.rawValue, seen, formula, tool, parent, depth, 0, 0] }
}

/// The keys that an object has so far.
struct SeenKeys: Hashable {
    /// Numbers of the keys, ascending.
    var keys: [Int32] = []
    /// How many members there are; more than `keys` where a key was not worth a number.
    var count: Int32 = 0

    func contains(_ key: Int32) -> Bool {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key
    }

    func adding(_ key: Int32?) -> SeenKeys {
        var result = self
        result.count += 1
        if let key { result.keys.insert(key, at: keys.firstIndex { $0 > key } ?? keys.count) }
        return result
    }
}
