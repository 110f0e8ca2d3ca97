/// A decoding table of finite-state entropy (RFC 8878, 4.1).
struct EntropyTable {
    private(set) var symbols: [UInt8]
    private var widths: [UInt8]
    private var bases: [UInt16]
    /// The table has two to this power many states.
    let log: Int

    /// The table of one symbol only.
    init(only symbol: UInt8) {
        (symbols, widths, bases, log) = ([symbol], [0], [0], 0)
    }

    /// Spreads symbols by their probabilities; -1 is "less than one".
    init(probabilities: [Int], log: Int) {
        let size = 1 << log
        self.log = log
        symbols = Array(repeating: 0, count: size)
        widths = Array(repeating: 0, count: size)
        bases = Array(repeating: 0, count: size)
        var next = Array(repeating: 0, count: probabilities.count)
        var high = size
        for (symbol, probability) in probabilities.enumerated() where probability == -1 {
            high -= 1
            symbols[high] = UInt8(symbol)
            next[symbol] = 1
        }
        let step = size >> 1 + size >> 3 + 3
        var place = 0
        for (symbol, probability) in probabilities.enumerated() where probability > 0 {
            next[symbol] = probability
            for _ in 0..<probability {
                symbols[place] = UInt8(symbol)
                repeat { place = (place + step) & (size - 1) } while place >= high
            }
        }
        for state in 0..<size {
            let symbol = Int(symbols[state])
            let width = log - (Int.bitWidth - 1 - next[symbol].leadingZeroBitCount)
            widths[state] = UInt8(width)
            bases[state] = UInt16(next[symbol] << width - size)
            next[symbol] += 1
        }
    }

    /// Reads probabilities from the front of bytes.
    /// - Returns: The table, and how many bytes describe it.
    static func read(
        _ bytes: ArraySlice<UInt8>, mostLog: Int, mostSymbols: Int
    ) throws(ImportError) -> (table: EntropyTable, length: Int) {
        var place = 0
        func bits(_ count: Int) -> Int {
            (0..<count).reduce(0) { value, bit in
                let at = bytes.startIndex + (place + bit) >> 3
                guard at < bytes.endIndex else { return value }
                return value | Int(bytes[at] >> UInt8((place + bit) & 7) & 1) << bit
            }
        }
        func take(_ count: Int) -> Int {
            defer { place += count }
            return bits(count)
        }
        let log = take(4) + 5
        guard log <= mostLog else { throw Zstandard.broken("a table of 2^\(log) states") }
        var left = 1 << log
        var probabilities: [Int] = []
        while left > 0, place <= bytes.count * 8 {
            // A value lies between 0 and left + 1; the low ones take one bit less.
            let width = Int.bitWidth - (left + 1).leadingZeroBitCount
            let spare = 1 << width - 1 - (left + 1)
            var value = bits(width)
            let low = value & (1 << (width - 1) - 1)
            if low < spare {
                value = low
                place += width - 1
            } else {
                if value >= 1 << (width - 1) { value -= spare }
                place += width
            }
            probabilities.append(value - 1)
            left -= value == 0 ? 1 : value - 1
            guard value == 1 else { continue }
            var zeros = take(2)
            probabilities += Array(repeating: 0, count: zeros)
            while zeros == 3, probabilities.count <= mostSymbols {
                zeros = take(2)
                probabilities += Array(repeating: 0, count: zeros)
            }
        }
        let length = (place + 7) / 8
        guard left == 0, probabilities.count <= mostSymbols, length <= bytes.count else {
            throw Zstandard.broken("the description of a table")
        }
        return (EntropyTable(probabilities: probabilities, log: log), length)
    }

    /// The state after one, with as many bits as that one asks for.
    func next(_ state: Int, _ bits: inout ReversedBits) -> Int {
        Int(bases[state]) + bits.take(Int(widths[state]))
    }
}

/// A decoding table of Huffman codes (RFC 8878, 4.2).
struct HuffmanTable {
    private var symbols: [UInt8]
    private var widths: [UInt8]
    private let most: Int

    /// Reads the weights of the symbols from the front of bytes.
    /// - Returns: The table, and how many bytes describe it.
    static func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> (table: HuffmanTable, length: Int) {
        guard let head = bytes.first.map(Int.init) else { throw Zstandard.broken("it ends too early") }
        let count = head < 128 ? head : (head - 126) / 2
        let body = bytes.dropFirst().prefix(count)
        guard body.count == count else { throw Zstandard.broken("it ends too early") }
        var weights: [Int] = []
        if head < 128 {
            weights = try packedWeights(body)
        } else {
            for number in 0..<(head - 127) {
                let byte = body[body.startIndex + number / 2]
                weights.append(Int(number % 2 == 0 ? byte >> 4 : byte & 15))
            }
        }
        return (try HuffmanTable(weights: weights), count + 1)
    }

    /// Two states take turns; the one whose turn it is when the bits have run out gives the last weight.
    private static func packedWeights(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [Int] {
        let (table, length) = try EntropyTable.read(bytes, mostLog: 6, mostSymbols: 256)
        guard var bits = ReversedBits(bytes.dropFirst(length)) else { throw Zstandard.broken("weights") }
        var states = (bits.take(table.log), bits.take(table.log))
        var weights: [Int] = []
        while weights.count < 255 {
            weights.append(Int(table.symbols[states.0]))
            states.0 = table.next(states.0, &bits)
            if bits.left < 0 {
                weights.append(Int(table.symbols[states.1]))
                return weights
            }
            states = (states.1, states.0)
        }
        throw Zstandard.broken("too many weights")
    }

    /// The last weight is not written: it fills what the others leave.
    private init(weights: [Int]) throws(ImportError) {
        let sum = weights.reduce(0) { $0 + ($1 > 0 && $1 < 32 ? 1 << ($1 - 1) : 0) }
        guard sum > 0, weights.count < 256 else { throw Zstandard.broken("weights without a code") }
        let most = Int.bitWidth - sum.leadingZeroBitCount
        let rest = 1 << most - sum
        guard most <= 11, rest & (rest - 1) == 0 else { throw Zstandard.broken("weights that fill no tree") }
        self.most = most
        symbols = Array(repeating: 0, count: 1 << most)
        widths = symbols
        var place = 0
        let all = weights + [rest.trailingZeroBitCount + 1]
        // The longest codes, which have the lowest weights, come first.
        for weight in 1...most {
            for (symbol, own) in all.enumerated() where own == weight {
                let length = 1 << (weight - 1)
                guard place + length <= symbols.count else {
                    throw Zstandard.broken("weights that fill no tree")
                }
                for index in place..<place + length {
                    symbols[index] = UInt8(symbol)
                    widths[index] = UInt8(most + 1 - weight)
                }
                place += length
            }
        }
        guard place == symbols.count else { throw Zstandard.broken("weights that fill no tree") }
    }

    /// Decodes so many symbols from a stream that must hold them exactly.
    func decode(_ bytes: ArraySlice<UInt8>, count: Int, into output: inout [UInt8]) throws(ImportError) {
        guard var bits = ReversedBits(bytes) else { throw Zstandard.broken("a stream without an end") }
        for _ in 0..<count {
            let index = bits.peek(most)
            bits.skip(Int(widths[index]))
            output.append(symbols[index])
        }
        guard bits.left == 0 else { throw Zstandard.broken("a stream of another length") }
    }
}
