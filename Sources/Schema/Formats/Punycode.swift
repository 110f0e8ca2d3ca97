/// The encoding of international labels in ASCII (RFC 3492).
enum Punycode {
    private static let (base, low, high, skew, damp) = (36, 1, 26, 38, 700)

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - low) * high / 2 {
            delta /= base - low
            k += base
        }
        return k + (base - low + 1) * delta / (delta + skew)
    }

    private static func threshold(_ k: Int, _ bias: Int) -> Int { max(low, min(high, k - bias)) }

    /// The code points that an encoded label (in lower case, without its prefix) stands for.
    static func decode(_ text: [UInt32]) -> [UInt32]? {
        let hyphen = text.lastIndex(of: 0x2D)
        var output = hyphen.map { Array(text[..<$0]) } ?? []
        if hyphen == 0 { return nil }
        var rest = text[(hyphen.map { $0 + 1 } ?? 0)...]
        var (code, index, bias) = (128, 0, 72)
        while !rest.isEmpty {
            let before = index
            var (weight, k) = (1, base)
            while true {
                guard let symbol = rest.popFirst() else { return nil }
                let digit: Int
                switch symbol {
                case 0x61...0x7A: digit = Int(symbol) - 0x61
                case 0x30...0x39: digit = Int(symbol) - 0x30 + 26
                default: return nil
                }
                index += digit * weight
                guard index < 1 << 40 else { return nil }
                let limit = threshold(k, bias)
                if digit < limit { break }
                weight *= base - limit
                guard weight < 1 << 40 else { return nil }
                k += base
            }
            let count = output.count + 1
            bias = adapted(index - before, count, isFirst: before == 0)
            code += index / count
            index %= count
            guard code <= 0x10FFFF, !(0xD800...0xDFFF).contains(code) else { return nil }
            output.insert(UInt32(code), at: index)
            index += 1
        }
        return output
    }

    /// The encoded label, without its prefix.
    static func encode(_ label: [UInt32]) -> [UInt32]? {
        var output = label.filter { $0 < 0x80 }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(0x2D) }
        var (code, delta, bias) = (128, 0, 72)
        while handled < label.count {
            guard let next = label.lazy.map(Int.init).filter({ $0 >= code }).min() else { return nil }
            delta += (next - code) * (handled + 1)
            guard delta < 1 << 40 else { return nil }
            code = next
            for scalar in label.map(Int.init) {
                if scalar < code { delta += 1 }
                guard scalar == code else { continue }
                var (rest, k) = (delta, base)
                while true {
                    let limit = threshold(k, bias)
                    if rest < limit { break }
                    output.append(symbol(limit + (rest - limit) % (base - limit)))
                    rest = (rest - limit) / (base - limit)
                    k += base
                }
                output.append(symbol(rest))
                bias = adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return output
    }

    private static func symbol(_ digit: Int) -> UInt32 {
        UInt32(digit < 26 ? digit + 0x61 : digit - 26 + 0x30)
    }
}
