/// Decompresses Zstandard (RFC 8878) without dictionaries, bounded in what it gives.
struct Zstandard {
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private var input: ArraySlice<UInt8>
    private var output: [UInt8] = []
    private let limit: Int
    /// Where the frame that is read began in the output.
    private var frame = 0
    private var huffman: HuffmanTable?
    private var tables: [SequenceField: EntropyTable] = [:]
    private var offsets = (1, 4, 8)

    /// Whether the bytes begin as a frame does.
    static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.starts(with: magic) }

    static func broken(_ what: String) -> ImportError {
        ImportError("the compressed data is broken: \(what)")
    }

    /// Decompresses all frames.
    /// - Parameters:
    ///   - input: The compressed bytes.
    ///   - limit: The most bytes that may come of them.
    /// - Throws: ``ImportError`` for data that is cut or broken, needs a dictionary, or gives more than the limit.
    static func bytes(_ input: ArraySlice<UInt8>, limit: Int) throws(ImportError) -> [UInt8] {
        var decoder = Zstandard(input: input, limit: limit)
        while !decoder.input.isEmpty { try decoder.readFrame() }
        return decoder.output
    }

    private init(input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.limit = limit
    }

    private mutating func take(_ count: Int) throws(ImportError) -> ArraySlice<UInt8> {
        guard count <= input.count else { throw Zstandard.broken("it ends too early") }
        defer { input = input.dropFirst(count) }
        return input.prefix(count)
    }

    /// A number of so many bytes, the lowest first.
    private mutating func number(_ width: Int) throws(ImportError) -> Int {
        try take(width).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func readFrame() throws(ImportError) {
        let magic = try number(4)
        if magic & ~0xF == 0x184D_2A50 {
            _ = try take(try number(4))
            return
        }
        guard magic == 0xFD2F_B528 else { throw Zstandard.broken("no frame begins where one must") }
        let descriptor = try number(1)
        let isSingle = descriptor >> 5 & 1 == 1
        if !isSingle { _ = try take(1) }
        guard try number([0, 1, 2, 4][descriptor & 3]) == 0 else {
            throw Zstandard.broken("it needs a dictionary")
        }
        _ = try take(descriptor >> 6 == 0 ? (isSingle ? 1 : 0) : 1 << (descriptor >> 6))
        (frame, huffman, tables, offsets) = (output.count, nil, [:], (1, 4, 8))
        while try readBlock() {}
        if descriptor >> 2 & 1 == 1 { _ = try take(4) }
    }

    /// Whether another block follows.
    private mutating func readBlock() throws(ImportError) -> Bool {
        let header = try number(3)
        let size = header >> 3
        switch header >> 1 & 3 {
        case 0: try append(try take(size))
        case 1: try append(Array(repeating: try take(1).first ?? 0, count: min(size, 1 << 17))[...])
        case 2:
            var block = try take(size)
            let literals = try readLiterals(&block)
            try readSequences(block, literals)
        default: throw Zstandard.broken("a block of an unknown kind")
        }
        return header & 1 == 0
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(ImportError) {
        guard output.count + bytes.count <= limit else {
            throw .unfolds(beyond: limit)
        }
        output += bytes
    }

    // MARK: Literals

    private mutating func readLiterals(_ block: inout ArraySlice<UInt8>) throws(ImportError) -> [UInt8] {
        guard let first = block.first.map(Int.init) else { throw Zstandard.broken("it ends too early") }
        let (kind, form) = (first & 3, first >> 2 & 3)
        func head(_ width: Int) throws(ImportError) -> Int {
            guard block.count >= width else { throw Zstandard.broken("it ends too early") }
            return block.prefix(width).reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        if kind < 2 {
            let width = form == 1 ? 2 : form == 3 ? 3 : 1
            let size = try head(width) >> (width == 1 ? 3 : 4)
            block = block.dropFirst(width)
            let stored = kind == 0 ? size : 1
            guard stored <= block.count, size <= 1 << 17 else { throw Zstandard.broken("it ends too early") }
            defer { block = block.dropFirst(stored) }
            return kind == 0 ? Array(block.prefix(size)) : Array(repeating: block.first ?? 0, count: size)
        }
        let width = [3, 3, 4, 5][form]
        let bits = [10, 10, 14, 18][form]
        let sizes = try head(width) >> 4
        let (size, packed) = (sizes & (1 << bits - 1), sizes >> bits & (1 << bits - 1))
        block = block.dropFirst(width)
        guard packed <= block.count, size <= 1 << 17 else { throw Zstandard.broken("it ends too early") }
        var streams = block.prefix(packed)
        block = block.dropFirst(packed)
        if kind == 2 {
            let (table, length) = try HuffmanTable.read(streams)
            huffman = table
            streams = streams.dropFirst(length)
        }
        guard let huffman else { throw Zstandard.broken("codes without a table") }
        var literals: [UInt8] = []
        literals.reserveCapacity(size)
        if form == 0 {
            try huffman.decode(streams, count: size, into: &literals)
            return literals
        }
        guard streams.count >= 6 else { throw Zstandard.broken("it ends too early") }
        let lengths = stride(from: streams.startIndex, to: streams.startIndex + 6, by: 2).map {
            Int(streams[$0]) | Int(streams[$0 + 1]) << 8
        }
        streams = streams.dropFirst(6)
        let each = (size + 3) / 4
        guard lengths.reduce(0, +) <= streams.count, size >= 3 * each else {
            throw Zstandard.broken("streams of other lengths")
        }
        for length in lengths {
            try huffman.decode(streams.prefix(length), count: each, into: &literals)
            streams = streams.dropFirst(length)
        }
        try huffman.decode(streams, count: size - 3 * each, into: &literals)
        return literals
    }

    // MARK: Sequences

    private mutating func readSequences(
        _ block: ArraySlice<UInt8>, _ literals: [UInt8]
    ) throws(ImportError) {
        var block = block
        func byte() throws(ImportError) -> Int {
            guard let byte = block.popFirst() else { throw Zstandard.broken("it ends too early") }
            return Int(byte)
        }
        var count = try byte()
        if count == 255 {
            count = try byte() + (try byte()) << 8 + 0x7F00
        } else if count >= 128 {
            count = (count - 128) << 8 + (try byte())
        }
        guard count > 0 else { return try append(literals[...]) }
        let modes = try byte()
        for (field, shift) in [(SequenceField.literals, 6), (.offsets, 4), (.matches, 2)] {
            switch modes >> shift & 3 {
            case 0: tables[field] = field.usual
            case 1: tables[field] = EntropyTable(only: UInt8(try byte()))
            case 2:
                let (table, length) = try EntropyTable.read(
                    block, mostLog: field.mostLog, mostSymbols: field.mostSymbols)
                tables[field] = table
                block = block.dropFirst(length)
            default: break
            }
        }
        guard let literalTable = tables[.literals], let offsetTable = tables[.offsets],
            let matchTable = tables[.matches], var bits = ReversedBits(block)
        else { throw Zstandard.broken("sequences without a table") }
        var states = (bits.take(literalTable.log), bits.take(offsetTable.log), bits.take(matchTable.log))
        var used = 0
        for number in 0..<count {
            let offsetCode = Int(offsetTable.symbols[states.1])
            guard offsetCode < 32 else { throw Zstandard.broken("an offset beyond the window") }
            let offset = 1 << offsetCode + bits.take(offsetCode)
            let match = try SequenceField.matches.length(matchTable.symbols[states.2], &bits)
            let length = try SequenceField.literals.length(literalTable.symbols[states.0], &bits)
            if number < count - 1 {
                states.0 = literalTable.next(states.0, &bits)
                states.2 = matchTable.next(states.2, &bits)
                states.1 = offsetTable.next(states.1, &bits)
            }
            guard bits.left >= 0, used + length <= literals.count else {
                throw Zstandard.broken("a sequence of more than there is")
            }
            try append(literals[used..<used + length])
            used += length
            try copy(match, from: distance(offset, afterLiterals: length > 0))
        }
        guard bits.left == 0 else { throw Zstandard.broken("sequences of another length") }
        try append(literals[used...])
    }

    /// How far back a match lies: the three last distances have names of their own.
    private mutating func distance(_ offset: Int, afterLiterals: Bool) -> Int {
        let name = offset > 3 ? 4 : afterLiterals ? offset : offset + 1
        switch name {
        case 1: return offsets.0
        case 2: offsets = (offsets.1, offsets.0, offsets.2)
        case 3: offsets = (offsets.2, offsets.0, offsets.1)
        default: offsets = (offset > 3 ? offset - 3 : offsets.0 - 1, offsets.0, offsets.1)
        }
        return offsets.0
    }

    private mutating func copy(_ count: Int, from distance: Int) throws(ImportError) {
        guard distance > 0, distance <= output.count - frame else {
            throw Zstandard.broken("a match before the beginning")
        }
        guard output.count + count <= limit else {
            throw .unfolds(beyond: limit)
        }
        for _ in 0..<count { output.append(output[output.count - distance]) }
    }
}
