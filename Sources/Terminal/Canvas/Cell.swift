/// One cell of a canvas.
public struct Cell: Sendable, Hashable {
    /// What it shows: a base character with its marks; empty in the second cell of a wide character.
    public let text: String
    /// Columns: 1 or 2, and 0 in the second cell of a wide character.
    public var width: Int { Int(packedWidth) }
    /// How it looks.
    public var style: Style
    private let packedWidth: UInt8

    init(_ text: String, width: Int, style: Style) {
        self.text = text
        packedWidth = UInt8(width)
        self.style = style
    }

    /// A space in the terminal's own colours.
    public static let blank = Cell(" ", width: 1, style: .plain)

    /// Whether it is the second cell of the wide character to its left.
    public var isContinuation: Bool { packedWidth == 0 }

    static func space(_ style: Style) -> Cell { Cell(" ", width: 1, style: style) }
}
