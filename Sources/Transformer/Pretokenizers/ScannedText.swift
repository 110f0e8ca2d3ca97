/// A text's Unicode scalars with their classes, and where each lies in the text's UTF-8.
struct ScannedText {
    private(set) var scalars: [Unicode.Scalar] = []
    private(set) var classes: [ScalarClasses] = []
    /// Where each scalar begins in the text's UTF-8, and one more for where the last ends.
    private(set) var offsets: [Int] = [0]

    var count: Int { scalars.count }

    init(_ text: String) {
        let length = text.utf8.count
        scalars.reserveCapacity(length)
        classes.reserveCapacity(length)
        offsets.reserveCapacity(length + 1)
        var offset = 0
        for scalar in text.unicodeScalars {
            offset += UTF8.width(scalar)
            scalars.append(scalar)
            classes.append(ScalarClasses(scalar))
            offsets.append(offset)
        }
    }
}
