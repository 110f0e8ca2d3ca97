/// A part of a prompt and whose it is: a message's, a tool's or the template's own.
public struct OwnedPiece: Sendable, Hashable {
    /// From a byte of the text on, the number of the source; 0 is the template itself.
    public struct Share: Sendable, Hashable {
        /// The offset in the UTF-8 of the text.
        public var start: Int
        /// The number that whoever rendered gave to the message or tool.
        public var owner: Int
    }

    /// The part.
    public var piece: TokenPiece
    /// Its shares in order, the first from byte 0 on.
    public var shares: [Share]
}

extension MarkedText {
    /// The pieces, each with its owners.
    ///
    /// What the template writes around a message belongs to the message: what opens its turn and what closes it, told apart
    /// by the special tokens between two messages. What no message is near to is the template's own.
    public func ownedPieces(_ special: SpecialTokenNames) -> [OwnedPiece] {
        let stretches = stretches(special)
        let owners = owners(stretches)
        return stretches.map { piece, range in
            var shares: [OwnedPiece.Share] = []
            var offset = 0
            for position in range {
                if shares.last?.owner != owners[position] {
                    shares.append(OwnedPiece.Share(start: offset, owner: owners[position]))
                }
                offset += UTF8.width(scalar(position))
            }
            return OwnedPiece(piece: piece, shares: shares)
        }
    }

    private func owners(_ stretches: [(piece: TokenPiece, range: Range<Int>)]) -> [Int] {
        var owners = units.indices.map(source)
        var position = 0
        while position < count {
            guard owners[position] == 0 else {
                position += 1
                continue
            }
            let start = position
            while position < count, owners[position] == 0 { position += 1 }
            let (left, right) = (start > 0 ? owners[start - 1] : 0, position < count ? owners[position] : 0)
            let cut = left == right ? position : cut(start..<position, stretches, isLeading: start == 0)
            for index in start..<position { owners[index] = index < cut ? left : right }
        }
        return owners
    }

    /// Where in a gap between two sources what closes the first ends and what opens the second begins.
    private func cut(
        _ gap: Range<Int>, _ stretches: [(piece: TokenPiece, range: Range<Int>)], isLeading: Bool
    ) -> Int {
        let special = stretches.filter { stretch in
            if case .special = stretch.piece { gap.contains(stretch.range.lowerBound) } else { false }
        }
        guard let first = special.first else { return isLeading ? gap.lowerBound : gap.upperBound }
        if special.count == 1, gap.upperBound < count { return isLeading ? gap.lowerBound : gap.upperBound }
        var cut = first.range.upperBound
        while cut < gap.upperBound, PythonCharacters.isSpace(units[cut]) { cut += 1 }
        return cut
    }
}

extension UTF8 {
    fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
        scalar.value < 0x80 ? 1 : scalar.value < 0x800 ? 2 : scalar.value < 0x1_0000 ? 3 : 4
    }
}
