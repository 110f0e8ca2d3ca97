/// The lines in which two texts differ, for a terminal without a screen.
public enum TextDifference {
    /// Each line that was taken out after `- `, each that came after `+ `; what is the same is left out.
    public static func lines(_ old: String, _ new: String) -> [String] {
        LineDifference.between(old, new).compactMap { line in
            switch line {
            case .same: nil
            case .removed(let text): "- \(text)"
            case .added(let text): "+ \(text)"
            }
        }
    }
}
