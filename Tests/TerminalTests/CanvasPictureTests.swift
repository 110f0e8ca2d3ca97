import Foundation
import Testing

@testable import Terminal

/// A canvas as a picture.
@Suite struct CanvasPictureTests {
    @Test(arguments: CanvasPicture.Ground.allCases)
    func everyTextIsWhereItsCellIs(ground: CanvasPicture.Ground) throws {
        var canvas = Canvas(width: 20, height: 2)
        canvas.put("a <b> & 漢字 c", at: .zero, style: .bold)
        canvas.put("rev", at: Point(3, 1), style: Style(.red, on: .default, .reverse))
        let svg = canvas.svg(on: ground)
        #expect(svg.contains("a &lt;b&gt; &amp; ") && svg.contains(">漢</text>") && svg.contains(">字</text>"))
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        // 3 columns of 8.4 after the margin of 12.
        #expect(svg.contains("<rect x=\"37.2\" y=\"30\" width=\"25.2\""))
        #expect(!svg.contains("\u{1B}"))
        let opened = svg.components(separatedBy: "<text ").count
        #expect(opened == svg.components(separatedBy: "</text>").count)
    }
}
