/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
///
/// The state advances by a constant, so draw `n` of a seed can be had directly: stepping back in a session, or forking
/// one, needs the seed and a count and nothing else.
public struct RandomSource: RandomNumberGenerator, Equatable, Sendable {
    private static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// The seed.
    public let seed: UInt64
    /// Numbers drawn so far.
    public private(set) var drawn: UInt64

    /// The numbers of a seed after the first `drawn`.
    public init(seed: UInt64, drawn: UInt64 = 0) {
        self.seed = seed
        self.drawn = drawn
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        drawn &+= 1
        var z = seed &+ drawn &* Self.increment
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    /// A number in [0, 1), a multiple of 2^-53.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
