extension ScreenEvent: CustomStringConvertible {
    /// The event that a name in a script of keys means, or nil where it means none.
    ///
    /// A name is a key's, or `paste:TEXT`, `resize:100x30`, `focus`, `blur`, `wake`, `click:X,Y`, `wheelup:X,Y` or
    /// `wheeldown:X,Y`, cells counted from zero.
    public init?(_ name: String) {
        if let key = Key(name) {
            self = .key(key)
            return
        }
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        switch (parts[0], parts.count == 2 ? parts[1] : nil) {
        case ("focus", nil): self = .focus(true)
        case ("blur", nil): self = .focus(false)
        case ("wake", nil): self = .wake
        case ("paste", let text?): self = .paste(text)
        case ("resize", let text?):
            guard let size = Size(text) else { return nil }
            self = .resize(size)
        case (let action, let text?):
            guard let action = ScreenEvent.mouseActions.first(where: { $0.0 == action })?.1 else {
                return nil
            }
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count == 2, let x = numbers[0], let y = numbers[1] else { return nil }
            self = .mouse(Mouse(action, at: Point(x, y)))
        default: return nil
        }
    }

    /// The name, or a description in words where a script has none.
    public var description: String {
        switch self {
        case .key(let key): key.description
        case .paste(let text): "paste:\(text)"
        case .focus(let isFocused): isFocused ? "focus" : "blur"
        case .resize(let size): "resize:\(size)"
        case .wake: "wake"
        case .exit(.signal(let number)): "exit on signal \(number)"
        case .exit(.hangUp): "exit on hang-up"
        case .exit(.endOfScript): "exit at the end of the script"
        case .exit(.stuckScript(let text)):
            "exit because '\(SafeText(text).singleLine)' never showed on the screen"
        case .mouse(let mouse):
            (ScreenEvent.mouseActions.first { $0.1 == mouse.action }?.0 ?? "\(mouse.action)")
                + ":\(mouse.point.x),\(mouse.point.y)"
        }
    }

    private static let mouseActions: [(String, Mouse.Action)] = [
        ("click", .press(.left)), ("middleclick", .press(.middle)), ("rightclick", .press(.right)),
        ("release", .release(.left)), ("drag", .drag(.left)), ("wheelup", .wheelUp),
        ("wheeldown", .wheelDown),
    ]
}
