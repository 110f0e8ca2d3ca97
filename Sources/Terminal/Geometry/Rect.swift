/// A cell's place: columns from the left and rows from the top, both from zero.
public struct Point: Sendable, Hashable {
    /// The column.
    public var x: Int
    /// The row.
    public var y: Int

    /// A point from its column and row.
    public init(_ x: Int, _ y: Int) {
        self.x = x
        self.y = y
    }

    /// The top left corner.
    public static let zero = Point(0, 0)
}

/// A width and a height in cells, never below zero.
public struct Size: Sendable, Hashable, CustomStringConvertible {
    /// The number of columns.
    public let width: Int
    /// The number of rows.
    public let height: Int

    /// A size; negative measures become zero.
    public init(_ width: Int, _ height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The size written as `80x24`, or nil where the text is not two numbers joined by an `x`.
    ///
    /// Either measure may be at most 10,000.
    public init?(_ text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
            (0...10_000).contains(width), (0...10_000).contains(height)
        else { return nil }
        self.init(width, height)
    }

    /// The size as `80x24`.
    public var description: String { "\(width)x\(height)" }
}

/// A rectangle of cells.
///
/// Every operation gives a rectangle inside the one that it was asked of, so that drawing code needs no checks
/// for small screens: what does not fit is empty.
public struct Rect: Sendable, Hashable {
    /// The top left cell.
    public let origin: Point
    /// The measures.
    public let size: Size

    /// A rectangle from its top left cell and its measures.
    public init(origin: Point = .zero, size: Size) {
        self.origin = origin
        self.size = size
    }

    /// A rectangle from four numbers; negative measures become zero.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.init(origin: Point(x, y), size: Size(width, height))
    }

    /// The left column.
    public var minX: Int { origin.x }
    /// The top row.
    public var minY: Int { origin.y }
    /// The column after the last.
    public var maxX: Int { origin.x + size.width }
    /// The row after the last.
    public var maxY: Int { origin.y + size.height }
    /// The number of columns.
    public var width: Int { size.width }
    /// The number of rows.
    public var height: Int { size.height }
    /// Whether it holds no cell.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether the cell lies inside.
    public func contains(_ point: Point) -> Bool {
        point.x >= minX && point.x < maxX && point.y >= minY && point.y < maxY
    }

    /// What both rectangles share; empty where they share nothing.
    public func intersection(_ other: Rect) -> Rect {
        let left = max(minX, other.minX)
        let top = max(minY, other.minY)
        return Rect(
            x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
    }

    /// The rectangle without a margin on every side.
    public func inset(by margin: Int = 1) -> Rect { inset(horizontally: margin, vertically: margin) }

    /// The rectangle without margins left and right, and top and bottom.
    public func inset(horizontally: Int, vertically: Int) -> Rect {
        Rect(
            x: minX + min(horizontally, width), y: minY + min(vertically, height),
            width: width - 2 * horizontally, height: height - 2 * vertically)
    }

    /// The first rows, and the rest below.
    public func split(top rows: Int) -> (top: Rect, rest: Rect) {
        let rows = max(0, min(rows, height))
        return (
            Rect(x: minX, y: minY, width: width, height: rows),
            Rect(x: minX, y: minY + rows, width: width, height: height - rows)
        )
    }

    /// The rest above, and the last rows.
    public func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
        let (rest, bottom) = split(top: height - max(0, min(rows, height)))
        return (rest, bottom)
    }

    /// The first columns, and the rest to the right.
    public func split(left columns: Int) -> (left: Rect, rest: Rect) {
        let columns = max(0, min(columns, width))
        return (
            Rect(x: minX, y: minY, width: columns, height: height),
            Rect(x: minX + columns, y: minY, width: width - columns, height: height)
        )
    }

    /// The rest to the left, and the last columns.
    public func split(right columns: Int) -> (rest: Rect, right: Rect) {
        let (rest, right) = split(left: width - max(0, min(columns, width)))
        return (rest, right)
    }

    /// Rows shared out by weight, from top to bottom; the first ones take what does not divide.
    public func rows(_ weights: [Int]) -> [Rect] {
        var rest = self
        return Rect.shares(of: height, by: weights).map { share in
            let (top, below) = rest.split(top: share)
            rest = below
            return top
        }
    }

    /// Columns shared out by weight, from left to right; the first ones take what does not divide.
    public func columns(_ weights: [Int]) -> [Rect] {
        var rest = self
        return Rect.shares(of: width, by: weights).map { share in
            let (left, right) = rest.split(left: share)
            rest = right
            return left
        }
    }

    /// The row at a distance from the top; empty where there is none.
    public func row(_ index: Int) -> Rect {
        Rect(x: minX, y: minY + index, width: width, height: 1).intersection(self)
    }

    private static func shares(of length: Int, by weights: [Int]) -> [Int] {
        let weights = weights.map { max(0, $0) }
        let total = weights.reduce(0, +)
        guard total > 0 else { return weights.map { _ in 0 } }
        var shares = weights.map { length * $0 / total }
        var left = length - shares.reduce(0, +)
        for index in shares.indices where left > 0 && weights[index] > 0 {
            shares[index] += 1
            left -= 1
        }
        return shares
    }
}
