import ArgumentParser
import Terminal

/// A screen's size as an argument: `120x40`.
struct ScreenSize: ExpressibleByArgument {
    let size: Size

    init?(argument: String) {
        guard let size = Size(argument), size.width <= 1_000, size.height <= 1_000 else { return nil }
        self.size = size
    }
}
