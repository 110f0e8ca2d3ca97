// A program with a screen, for the tests that drive it through a pseudo-terminal: it shows what it is told, and
// every key does one thing that a screen must survive.
import Terminal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@MainActor func main() throws {
    let wake = try Wake()
    let mailbox = Mailbox<Int>(wake: wake)
    let screen = try CursesScreen(wake: wake)
    print("held output")
    var log: [String] = []
    var count = 0
    func draw() {
        var canvas = Canvas(screen.size)
        let (left, right) = canvas.bounds.split(left: screen.size.width / 2)
        canvas.frame(left, style: Style(.cyan), title: StyledText("trial \(screen.size)", .bold))
        canvas.frame(right, style: Style(.rgb(255, 128, 0)))
        canvas.putTitle(
            StyledText(count == 1000 ? "all came" : "posted \(count)"), in: right, y: right.maxY - 1,
            style: Style(.rgb(255, 128, 0)))
        let inside = left.inset()
        let wide = "漢字 👍🏽 e\u{301} \u{202E}abc\u{1B}[31m ▏▎▍▌▋▊▉ \(bar(0.37, width: 10))|"
        canvas.put(wide, at: inside.origin, maxWidth: inside.width)
        canvas.put(
            "true", at: Point(inside.minX, inside.minY + 1), style: Style(.rgb(10, 200, 90), .underline))
        canvas.put("256", at: Point(inside.minX + 5, inside.minY + 1), style: Style(.palette(208), .bold))
        canvas.put(
            "\(screen.capabilities.depth) \(screen.warning ?? "")",
            at: Point(inside.minX + 10, inside.minY + 1))
        for (index, line) in log.suffix(max(0, inside.height - 2)).enumerated() {
            canvas.put(line, at: Point(inside.minX, inside.minY + 2 + index), maxWidth: inside.width)
        }
        screen.draw(canvas, cursor: Point(inside.minX, inside.maxY - 1))
    }
    while true {
        draw()
        guard let event = screen.nextEvent(timeout: .seconds(60)) else {
            log.append("time is over")
            continue
        }
        switch event {
        case .wake: count += mailbox.drain().count
        case .exit(let request):
            screen.close()
            print("ended: \(event)")
            exit(request.status)
        case .key(.character("q")):
            screen.close()
            print("quit")
            return
        case .key(.control("z")): screen.suspend()
        case .key(.character("e")):
            do { log.append("edited: \(try screen.editText("text to edit", suffix: ".json"))") } catch {
                log.append("\(error)")
            }
        case .key(.character("a")): abort()
        case .key(.character("x")): exit(3)
        case .key(.character("f")): fatalError("on purpose")
        case .key(.character("o")): writeError("to stderr \u{1B}[31m")
        case .key(.character("t")):
            Thread.run { for number in 1...1000 { mailbox.post(number) } }
        case .key(.character("s")):
            Thread.run { _ = deep(0) }
        default: break
        }
        log.append("\(event)")
    }
}

func writeError(_ line: String) {
    _ = Array("\(line)\n".utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}

/// Uses up a thread's stack.
func deep(_ level: Int) -> Int { level < 0 ? 0 : deep(level + 1) &+ level }

/// A detached thread.
enum Thread {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func run(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { pointer in
                if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, work)
    }
}

do { try main() } catch {
    writeError("\(error)")
    exit(2)
}
