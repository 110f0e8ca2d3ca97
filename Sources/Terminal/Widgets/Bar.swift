/// A horizontal bar of a share of a width, to the eighth of a column, padded with spaces to the width.
///
/// - Parameters:
///   - fraction: 0 to 1; what lies outside is taken as the nearer end, and not-a-number as 0. More than nothing
///     shows at least the thinnest stroke.
///   - unicode: Whether eighth blocks may be used; otherwise the bar is made of `#`.
public func bar(_ fraction: Double, width: Int, unicode: Bool = true) -> String {
    guard width > 0 else { return "" }
    let share = fraction.isNaN ? 0 : max(0, min(1, fraction))
    let steps = unicode ? 8 : 1
    var units = Int((share * Double(width * steps)).rounded())
    if share > 0 { units = max(1, units) }
    var text = String(repeating: unicode ? "█" : "#", count: units / steps)
    if units % steps > 0 { text += ["▏", "▎", "▍", "▌", "▋", "▊", "▉"][units % steps - 1] }
    return text + String(repeating: " ", count: width - (units + steps - 1) / steps)
}
