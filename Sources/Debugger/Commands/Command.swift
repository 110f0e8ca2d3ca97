import Terminal

/// Something that the person can ask for.
///
/// The one place that says its name, its keys, where it works, when it does
/// not and why, and what it does. Hints, help, the command line and key bindings are read from it.
struct Command: Sendable {
    /// Where a command's keys work.
    enum Place: Sendable, Hashable {
        /// In every pane, while nothing lies over them.
        case panes
        /// In that pane alone.
        case pane(Pane)
        /// In a layer of that kind, while it is in front.
        case layer(LayerKind)
    }

    /// The heading in the help.
    enum Group: String, Sendable, CaseIterable {
        case step = "Step"
        case back = "Step back in recorded time"
        case decide = "Decide"
        case look = "Look"
        case move = "Move"
        case session = "Session"
        case settings = "Settings"
        case search = "While a search is active"
        case prompt = "In a prompt"
        case editor = "In an editor"
        case review = "Before an edit is sent"
        case rule = "Before a rule holds"
        case confirmation = "At a question"
        case document = "In a text over the panes"
        case question = "In a server's question"
    }

    /// Whether a command can be given now.
    enum Availability: Sendable, Hashable {
        case ready
        /// It works in a moment, without anything else being done; the hints name it.
        case soon(String)
        /// It belongs here, but something else must be done first.
        case disabled(String)
        /// It has nothing to act on here.
        case absent(String)

        /// Whether the hints name it: they name only keys that work.
        var isHinted: Bool {
            switch self {
            case .ready, .soon: true
            case .disabled, .absent: false
            }
        }

        /// Why not, where it cannot.
        var objection: String? {
            switch self {
            case .ready: nil
            case .soon(let reason), .disabled(let reason), .absent(let reason): reason
            }
        }
    }

    /// What may follow the name on the command line.
    struct Argument: Sendable {
        let name: String
        var isOptional = false
        /// The words that can stand there.
        var words: [String] = []
        /// Further words, which depend on what there is now.
        var more: @Sendable (DebuggerState) -> [String] = { _ in [] }
    }

    typealias Check = @Sendable (DebuggerState) -> Availability
    typealias Action = @Sendable (inout DebuggerState, _ argument: String) -> [DebuggerEffect]

    /// The name on the command line and in key bindings: lower case, hyphens.
    let name: String
    /// Other names on the command line.
    let aliases: [String]
    /// What it does, in the help.
    let title: String
    /// One or two words for the hints; `nil` where it is not hinted.
    let hint: String?
    let group: Group
    let places: [Place]
    let keys: [Key]
    let argument: Argument?
    let availability: Check
    let perform: Action

    init(
        _ name: String, aliases: [String] = [], title: String, hint: String? = nil, group: Group,
        places: [Place] = [.panes], keys: [Key] = [], argument: Argument? = nil,
        availability: @escaping Check = { _ in .ready }, perform: @escaping Action
    ) {
        self.name = name
        self.aliases = aliases
        self.title = title
        self.hint = hint
        self.group = group
        self.places = places
        self.keys = keys
        self.argument = argument
        self.availability = availability
        self.perform = perform
    }

    /// Whether the command can be given by name: what works in a layer needs the layer.
    var isOnCommandLine: Bool {
        places.contains { if case .layer = $0 { false } else { true } }
    }

    /// Whether its name or what it does has a text in it.
    func speaks(of text: String) -> Bool {
        name.contains(text) || title.lowercased().contains(text)
    }

    /// How the command is written on the command line.
    var usage: String {
        guard let argument else { return name }
        return "\(name) " + (argument.isOptional ? "[\(argument.name)]" : argument.name)
    }
}
