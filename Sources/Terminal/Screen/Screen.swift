/// What the program draws on and hears from: a terminal, or a canvas in memory.
@MainActor public protocol Screen: AnyObject {
    /// The cells that there are now.
    var size: Size { get }
    /// What the terminal can show.
    var capabilities: Capabilities { get }
    /// Shows a canvas, and the cursor where there is one.
    func draw(_ canvas: Canvas, cursor: Point?)
    /// Waits for the next event, at most as long as given, for ever with nil; nil when the time is over.
    func nextEvent(timeout: Duration?) -> ScreenEvent?
    /// Stops the program as the shell's job control does, and comes back when it is continued.
    func suspend()
    /// Lets the person change a text in their editor.
    ///
    /// - Parameter suffix: What the file's name ends with, such as `.json`, so that the editor knows its kind.
    func editText(_ initial: String, suffix: String) throws(EditorError) -> String
    /// Gives the terminal back as it was; nothing else may be called afterwards.
    func close()
}

/// What a terminal can show.
public struct Capabilities: Sendable, Hashable {
    /// How many colours.
    public let depth: ColorDepth
    /// Whether more than ASCII can be shown.
    public let unicode: Bool

    /// Capabilities from their parts.
    public init(depth: ColorDepth, unicode: Bool) {
        self.depth = depth
        self.unicode = unicode
    }
}
