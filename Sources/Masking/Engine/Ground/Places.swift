/// The places where a writer of the language can stand, by number: configurations, what encloses them, and the keys that
/// an object has.
final class Places {
    private var configurations = RecordTable()
    private var frames = RecordTable()
    private var seen = Interned(SeenKeys())
    private var keyTexts = Interned([UInt8]())

    /// The number of a configuration.
    func intern(_ configuration: Configuration) -> Int32 { configurations.intern(configuration.record) }

    func intern(_ frame: Frame) -> Int32 { frames.intern(frame.record) }

    /// The number of a set of keys.
    func intern(_ keys: SeenKeys) -> Int32 { seen.intern(keys) }

    /// The number of a key's text so far.
    func intern(keyText: [UInt8]) -> Int32 { keyTexts.intern(keyText) }

    @inline(__always)
    func configuration(_ id: Int32) -> Configuration { Configuration(configurations[id]) }

    @inline(__always)
    func frame(_ id: Int32) -> Frame { Frame(frames[id]) }

    func seenKeys(_ id: Int32) -> SeenKeys { seen[id] }

    func keyText(_ id: Int32) -> [UInt8] { keyTexts[id] }
}

/// Whatever knows places.
protocol Placed: Grounded {
    var places: Places { get }
}

extension Placed {
    func intern(_ configuration: Configuration) -> Int32 { places.intern(configuration) }
    func intern(_ frame: Frame) -> Int32 { places.intern(frame) }
    func intern(_ keys: SeenKeys) -> Int32 { places.intern(keys) }
    func intern(keyText: [UInt8]) -> Int32 { places.intern(keyText: keyText) }

    @inline(__always)
    func configuration(_ id: Int32) -> Configuration { places.configuration(id) }

    @inline(__always)
    func frame(_ id: Int32) -> Frame { places.frame(id) }

    func seenKeys(_ id: Int32) -> SeenKeys { places.seenKeys(id) }
    func keyText(_ id: Int32) -> [UInt8] { places.keyText(id) }
}
