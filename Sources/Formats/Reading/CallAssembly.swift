import Agent
import JSON

/// Puts calls together that arrive in fragments, whatever of index, ID and name comes late, twice or never.
struct CallAssembly: Sendable {
    /// How a call's arguments are written.
    enum Style: Sendable, Hashable {
        /// As JSON text.
        case json
        /// As free text, told as `{"input": …}`.
        case freeText
    }

    /// A call so far.
    struct Entry: Sendable {
        /// What the format tells its calls apart by.
        var key: String?
        var id = ""
        var name = ""
        fileprivate(set) var arguments = ""
        var style = Style.json
        /// Members of the call that this program does not know, to be sent back with it.
        var others = JSONObject()
        var isEnded = false
        fileprivate var isAnnounced = false
        /// Arguments that came before the name.
        fileprivate var held = ""
        /// The last fragment of the arguments.
        fileprivate var last = ""
        /// Whether the arguments have not been told yet.
        fileprivate var isKeptBack = false
        private var extent = JSONExtent()

        fileprivate init(key: String?, style: Style) {
            self.key = key
            self.style = style
        }

        /// Whether the arguments are a whole object or array.
        fileprivate var isWhole: Bool { extent.isWhole }

        /// Whether the arguments are the empty object with which some servers begin.
        fileprivate var isPlaceholder: Bool { arguments.utf8.elementsEqual("{}".utf8) }

        fileprivate mutating func append(_ fragment: String) {
            arguments += fragment
            last = fragment
            extent.take(fragment.utf8)
        }

        fileprivate mutating func replace(by whole: String) {
            arguments = whole
            extent = JSONExtent()
            extent.take(whole.utf8)
        }
    }

    /// What is known of a call from one fragment.
    struct Fragment {
        var key: String?
        var id: String?
        var name: String?
        var arguments: String?
        var style = Style.json
    }

    private(set) var entries: [Entry] = []
    private(set) var remarks: [String] = []
    /// What was told of a call in two ways, which those who pass it on cannot leave to its reader.
    var contradiction: String? { told ?? repeating }
    private var told: String?
    private var current: Int?

    /// Takes one fragment.
    ///
    /// Servers that leave the index out, or give every call the same, are told by a new ID that comes with a name.
    /// - Returns: the call's number, from 1, and what there is to tell now.
    /// - Throws: ``StreamFault`` for arguments that belong to no call.
    mutating func take(_ fragment: Fragment) throws(StreamFault) -> (number: Int, pieces: [ResponsePiece]) {
        let name = fragment.name.flatMap { $0.isEmpty ? nil : $0 }
        let id = fragment.id.flatMap { $0.isEmpty ? nil : $0 }
        let place: Int
        if let known = position(of: fragment, id: id, name: name) {
            place = known
            noteGuess(fragment, of: place, id: id)
            if entries[place].key == nil { entries[place].key = fragment.key }
        } else {
            guard name != nil || id != nil || fragment.key != nil else {
                throw StreamFault(
                    "a fragment of a call has no index, ID or name and follows no other call; "
                        + "nothing of the response is used")
            }
            place = entries.count
            guard place < ReadingLimits.calls else {
                throw StreamFault(
                    "the response has more than \(ReadingLimits.calls) calls; nothing of it is used")
            }
            entries.append(Entry(key: fragment.key, style: fragment.style))
        }
        current = place
        var pieces: [ResponsePiece] = []
        if entries[place].id.isEmpty { entries[place].id = id ?? "" }
        if let name { take(name: name, of: place) }
        if let arguments = fragment.arguments, !arguments.isEmpty {
            take(arguments: arguments, of: place, &pieces)
        }
        return (place + 1, announced(place) + pieces)
    }

    /// What ``keepWhole()`` would take for the arguments, though others have left before it.
    private var repeating: String? {
        entries.firstIndex { $0.style == .json && !$0.isWhole && JSONSplice.isBalanced($0.last.utf8) }
            .map { "the arguments of call \($0 + 1) began anew with each fragment" }
    }

    /// Notes that a fragment was given to a call by a guess: readers put it elsewhere that go by index alone.
    private mutating func noteGuess(_ fragment: Fragment, of place: Int, id: String?) {
        let isSame =
            id.map { entries[place].id.isEmpty || $0.utf8.elementsEqual(entries[place].id.utf8) } ?? true
        let isSure = fragment.key != nil && fragment.key == entries[place].key && isSame
        guard !isSure, fragment.name?.isEmpty == false || fragment.arguments?.isEmpty == false else { return }
        told = "a fragment of call \(place + 1) does not say by index and ID that it is one"
    }

    /// The call that a fragment belongs to; `nil` for one that begins.
    private func position(of fragment: Fragment, id: String?, name: String?) -> Int? {
        guard let place = candidate(key: fragment.key, id: id, name: name) else { return nil }
        let entry = entries[place]
        // After the whole of its arguments a call takes no others: what has a name begins the next one.
        let isWhole = entry.isWhole
        if name != nil, isWhole, let arguments = fragment.arguments, !arguments.isBlank,
            !arguments.utf8.elementsEqual(entry.arguments.utf8)
        {
            return nil
        }
        // So does another name.
        if let name, isWhole, !entry.name.isEmpty, !name.utf8.elementsEqual(entry.name.utf8) { return nil }
        if let id, !entry.id.isEmpty {
            let isOther = !entry.id.utf8.elementsEqual(id.utf8)
            // Arguments after whole ones, with another ID: a call that was never named.
            let isMore = fragment.arguments.map {
                !$0.isBlank && !$0.utf8.elementsEqual(entry.arguments.utf8)
            }
            if isOther, isWhole, !entry.isPlaceholder, isMore ?? false {
                return nil
            }
            return name != nil && isOther ? nil : place
        }
        // With neither index nor ID, a name after another call's is another call's, unless it is that name again.
        guard fragment.key == nil, id == nil, let name, !entry.name.isEmpty else { return place }
        let isAgain = entry.name.utf8.elementsEqual(name.utf8) && !isWhole
        return isAgain ? place : nil
    }

    private func candidate(key: String?, id: String?, name: String?) -> Int? {
        let byID = id.flatMap { id in entries.lastIndex { $0.id.utf8.elementsEqual(id.utf8) } }
        guard let key else { return byID ?? current }
        if let known = entries.lastIndex(where: { $0.key == key }) { return known }
        // An index that comes only now, for a call that began without one.
        if let byID, entries[byID].key == nil { return byID }
        if let current, name == nil, id == nil, entries[current].key == nil { return current }
        return nil
    }

    /// Takes a name, which may come in fragments, or grow, or be repeated.
    private mutating func take(name: String, of place: Int) {
        let known = entries[place].name
        // Some clients keep the first name, some the last, and some put them together.
        if !known.isEmpty, !name.utf8.elementsEqual(known.utf8) {
            told = "call \(place + 1) was named \(known) first and \(name) later"
        }
        if known.isEmpty || name.utf8.starts(with: known.utf8) {
            entries[place].name = name
        } else if entries[place].arguments.isEmpty, !known.utf8.starts(with: name.utf8) {
            entries[place].name += name
        } else if !known.utf8.elementsEqual(name.utf8) {
            remarks.append(
                "Call \(place + 1) was named \(known) first and \(name) later; the first name counts.")
        }
    }

    private mutating func take(arguments: String, of place: Int, _ pieces: inout [ResponsePiece]) {
        // Some servers end a call by repeating the whole of its arguments.
        if entries[place].isWhole {
            if arguments.utf8.elementsEqual(entries[place].arguments.utf8) {
                remarks.append("The arguments of call \(place + 1) came twice, alike; they count once.")
                return
            }
            if arguments.isBlank { return }
            if entries[place].isPlaceholder, arguments.utf8.first == UInt8(ascii: "{") {
                remarks.append(
                    "The arguments of call \(place + 1) began as {} and were streamed then; the stream counts."
                )
                told = "the arguments of call \(place + 1) were empty first and others later"
                entries[place].replace(by: "")
                tell(arguments, of: place, &pieces)
                return
            }
            // Some clients stop at the first whole value.
            told = "the arguments of call \(place + 1) went on after they were whole"
        }
        tell(arguments, of: place, &pieces)
    }

    private mutating func tell(_ arguments: String, of place: Int, _ pieces: inout [ResponsePiece]) {
        entries[place].append(arguments)
        // An empty object may only keep the place of what follows, and is told at the end.
        entries[place].isKeptBack =
            entries[place].isPlaceholder && entries[place].arguments.utf8.elementsEqual(arguments.utf8)
        if entries[place].isKeptBack { return }
        if entries[place].isAnnounced {
            pieces.append(.arguments(number: place + 1, arguments))
        } else {
            entries[place].held += arguments
        }
    }

    private mutating func announced(_ place: Int) -> [ResponsePiece] {
        guard !entries[place].isAnnounced, !entries[place].name.isEmpty else { return [] }
        entries[place].isAnnounced = true
        var pieces: [ResponsePiece] = [
            .call(number: place + 1, id: entries[place].id, name: entries[place].name)
        ]
        if !entries[place].held.isEmpty {
            pieces.append(.arguments(number: place + 1, entries[place].held))
            entries[place].held = ""
        }
        return pieces
    }

    /// Replaces the arguments of a call by those that the server gives as final.
    mutating func settle(_ number: Int, arguments: String) -> [ResponsePiece] {
        let known = entries[number - 1].arguments
        guard !known.utf8.elementsEqual(arguments.utf8) else { return [] }
        var pieces: [ResponsePiece] = []
        if entries[number - 1].style == .freeText, !known.isEmpty {
            told = "the input of call \(number) was streamed otherwise than its end says"
        }
        if arguments.utf8.starts(with: known.utf8) {
            let rest = String(decoding: arguments.utf8.dropFirst(known.utf8.count), as: UTF8.self)
            if entries[number - 1].isAnnounced {
                pieces.append(.arguments(number: number, rest))
            } else {
                entries[number - 1].held += rest
            }
        } else {
            remarks.append(
                "The arguments of call \(number) were streamed otherwise than its end says; the end counts.")
            if !CallAssembly.isEquivalent(known, arguments) {
                told = "the arguments of call \(number) were streamed otherwise than its end says"
            }
        }
        entries[number - 1].replace(by: arguments)
        return pieces
    }

    /// Whether two texts are the same JSON, which servers space as they like.
    private static func isEquivalent(_ left: String, _ right: String) -> Bool {
        guard let left = try? JSONParser.parse(left), let right = try? JSONParser.parse(right) else {
            return false
        }
        return left.isEquivalent(to: right)
    }

    /// Keeps a member of the call that is to be sent back with it.
    mutating func keep(_ key: String, _ value: JSONValue, of number: Int) {
        entries[number - 1].others[key] = value
    }

    /// Keeps the last fragment alone where a server sent all that it had with each, so that together they are nothing.
    mutating func keepWhole() {
        for place in entries.indices where entries[place].style == .json {
            let entry = entries[place]
            guard !entry.isWhole, JSONSplice.isBalanced(entry.last.utf8) else {
                continue
            }
            // Two whole values are the arguments of two calls, and no reader can tell of which.
            let before = entry.arguments.utf8.dropLast(entry.last.utf8.count)
            if JSONSplice.isBalanced(before), !before.elementsEqual(entry.last.utf8) { continue }
            remarks.append(
                "Each fragment of call \(place + 1) repeated its arguments from the start; the last one counts."
            )
            entries[place].replace(by: entry.last)
        }
    }

    /// Marks a call as complete.
    mutating func end(_ number: Int) -> [ResponsePiece] {
        guard entries.indices.contains(number - 1), !entries[number - 1].isEnded else { return [] }
        entries[number - 1].isEnded = true
        let empty: [ResponsePiece] =
            entries[number - 1].isKeptBack
            ? [.arguments(number: number, entries[number - 1].arguments)] : []
        return empty + [.callEnded(number: number)]
    }

    /// Marks all calls as complete.
    mutating func endAll() -> [ResponsePiece] { (0..<entries.count).flatMap { end($0 + 1) } }

    /// Whether every call has a name and arguments that are a whole JSON object.
    var areWhole: Bool {
        entries.allSatisfy { entry in
            guard !entry.name.isEmpty else { return false }
            if entry.style == .freeText || entry.arguments.isEmpty { return true }
            guard case .object? = try? JSONParser.parse(entry.arguments) else { return false }
            return true
        }
    }

    /// The calls in the order in which they began; empty arguments stand for an empty object.
    /// - Throws: ``StreamFault`` for a call that names no tool.
    func calls(numberedFrom first: Int) throws(StreamFault) -> [ToolCall] {
        var finished: [ToolCall] = []
        for (position, entry) in entries.enumerated() {
            guard !entry.name.isEmpty else {
                let id = entry.id.isEmpty ? "" : ", \(entry.id),"
                throw StreamFault(
                    "call \(position + 1)\(id) names no tool; nothing of the response is used")
            }
            finished.append(
                ToolCall(
                    id: ToolCallID(entry.id), name: entry.name, arguments: ByteString(entry.toldArguments)))
        }
        return finished.numbered(from: first)
    }
}

extension CallAssembly.Entry {
    /// The arguments as a call carries them.
    fileprivate var toldArguments: String {
        switch style {
        case .freeText: JSONValue.object(CustomInput.object(arguments)).text()
        case .json: arguments.isEmpty ? "{}" : arguments
        }
    }
}

/// A custom call's free text, which has no schema, as arguments like any other.
enum CustomInput {
    static func object(_ text: String) -> JSONObject {
        JSONObject([JSONObject.Member(key: "input", value: .string(text))])
    }

    /// The free text of such arguments; arguments of another shape are the text themselves.
    static func text(of arguments: String) -> String {
        guard let value = try? JSONParser.parse(arguments), let object = value.objectValue, object.count == 1,
            let text = object["input"]?.stringValue
        else { return arguments }
        return text
    }
}

extension [ToolCall] {
    /// The calls with those that have no ID named `call_N`, counted on and never like another of them.
    public func numbered(from first: Int) -> [ToolCall] {
        var taken = Set(map(\.id))
        var next = first
        return map { call in
            guard call.id.text.isEmpty else { return call }
            var call = call
            repeat {
                call.id = ToolCallID("call_\(next)")
                next += 1
            } while !taken.insert(call.id).inserted
            return call
        }
    }
}

extension [Message] {
    /// The number that the next call of the conversation has, where the model gives none.
    public var nextCallNumber: Int {
        reduce(1) { count, message in
            if case .assistant(let answer) = message { count + answer.calls.count } else { count }
        }
    }
}

extension ModelRequest {
    /// The number that the next call of the conversation has, where the model gives none.
    public var nextCallNumber: Int { messages.nextCallNumber }
}

extension ToolCall {
    /// The arguments as an object, for formats that have no other; what is none is wrapped, to the byte, in one.
    public var argumentsObject: JSONValue {
        if let value = try? JSONParser.parse(arguments.text), case .object = value { return value }
        return .object(JSONObject([.init(key: ToolCall.wrappingKey, value: .string(arguments.text))]))
    }

    /// The key of the object in which arguments that are none travel.
    public static let wrappingKey = "malformed_arguments"
}

extension String {
    /// Whether there is nothing but white space, as JSON has it.
    fileprivate var isBlank: Bool { utf8.allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) } }
}
