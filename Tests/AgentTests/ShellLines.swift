/// Makes up command lines: some put together from whole commands and then damaged, some of pieces at random.
struct ShellLines {
    var random: SeededGenerator

    private static let programs = ["a", "b", "c", "ls", "cat", "git", "rm", "touch", "./a", "5", "A+=1", "é"]
    private static let wrappers = [
        "env", "nice", "nohup", "timeout 1", "timeout 1e1", "timeout", "time", "command", "exec", "xargs",
        "sh -c",
        "bash -c", "eval", "builtin", "env A=1", "env -i", "nice -n 1", "timeout -s KILL 5s", "env -u A",
        "env -S",
        "find . -maxdepth 0 -exec", "xargs -I {}", "time -p", "exec -a x", "command -p", "command -v", "-",
        "noglob", "eval --", "nohup --", "exec --", "command --", "env --", "env -", "env --unset=A",
        "timeout --signal=KILL 5", "timeout -k 1 5", "nice --adjustment=1", "xargs -n 1", "xargs -I{}",
        "find . -exec sh -c", "find . -maxdepth 0 -ok", "sh -ec", "bash --norc -c", "dash -c", "sh -c --",
    ]
    /// What may stand before a command, or be taken for one.
    private static let before = [
        "! ", "if ", "then ", "while ", "time ", "{ ", "} ", "fi ", ">x ", "11>x ", "{v}>x ", "&>x ", "2>&1 ",
        "A=1 ",
        "A+=1 ", "PS4='$(b)'; set -x; ", "export PS4='`b`'; set -x; ", "PS4=\\$\\(b\\) bash -xc ",
        "BASH_ENV='$(b)' bash -c ",
        "x='a[$(b)]'; [ x -eq 1 ]; ", "ENV='$(b)' sh -ic ", "if >x ! ", "time A=1 ", "time ! ", "nice nice ",
        "env ! ", "\\! ", "'if' ",
        "printf %d 'a[$(b)]'; ", "printf -v x %s y; ", "read x; ", "read 'a[$(b)]'; ", "IFS=b; ", "IFS=$x; ",
        "unset 'a[$(b)]'; ", "test -v 'a[$(b)]' && ", "trap b EXIT; ", "OPTIND='a[$(b)]' ",
        "RANDOM='a[$(b)]'; ",
        "export SECONDS='a[$(b)]'; ", ">!x ", ">>!x ", "x=b; ", "x='b y'; ", "set -- b; ",
        "shift 'a[$(b)]'; ",
        "set -f; ", "set -e; ", "set -o noglob; ", "umask 0; ", "PATH=x ",
        "PATH=x; ", "b() { c; }; ", "ulimit -c 0; ", "exec >x; ", "wait; ", "let 'a[$(b)]'; ",
        "(( a[$(b)] )); ", "</dev/null(e:'b':) ", ">x(e:'b':) ", "</dev/null(echo ';b'c) ", "x='*(e:b:)'; ",
        "set -- '*(e:b:)'; ", "x=$(echo 'path[$(b)]'); ", "x=$(echo 'a[$(b)]'); ", "{a[x]}>x ",
        "test -v \"$x\" = y; ", "y=$path[x]; ", "y=\"$path[x]\" ", ">$path['$(b)'] ",
    ]
    private static let words = [
        "x", "y", "-f", "--opt=1", "1", "5s", "A=1", "'q q'", "\"d d\"", "'q;b'", "\"$(a)\"", "\"`b`\"", "$X",
        "${X}",
        "$(a x)", "`b y`", "\\;", "\\'", "\\\"", "\\\\", "{}", "{a,b}", "{a}", "@{1}", "[", "]", "*", "a*",
        "a?", "~",
        "~/x", "=", "=ls", "#c", "x#y", "!", "^", "HEAD^", "HEAD~1", "@", "%", "%1", "+", ",", ":", "a:b",
        "''",
        "\"\"", "\u{301}", "\u{A0}", "\u{2028}", "\u{85}", "e\u{301}", "'\u{301}'", "$'b'", "$\"b\"",
        "$((1))", "${X:-$(b)}",
        "'a\nb'", "\"a\\\nb\"", "'\\'", "\"\\x\"", "\"\\\\\"", "a\\ b", "$(b # )\n)", "`b \"\\$(a)\"`",
        "\"$\\\n(a)\"", "$\\\n(a)", "$\\\n{X}",
        "<(a)", "if", "then",
        "do", "done", "case", "esac", "in", "function", "select", "for", "while", "until", "[[", "]]", "}",
        "{", "coproc", "${x[0]}", "${x[$(b)]}", "$[1]", "$((x))", "$((a[$(b)]))", "${x:=$(b)}", "${!x}",
        "${x@P}", "$'\\x24(b)'", "a[0]", "a[$(b)]", "x=$(b)", "x=*", "a=b", "--x=b", "-x=b", "!!", "!$",
        "*(b)",
        "a*(N)", "(b)", "?(b)", "@(a|b)", "+(b)", "$#", "$?", "$-", "$$", "$@", "$*", "\"$@\"", "$0", "$_",
        "$~x", "$^~x",
        "$~1", "$@[x]", "\"$#[x]\"", "$?[x]", "$path['$(b)']", "$path[x]", "$~@", "x(e:'b':)", "*(e:'b':)",
    ]
    private static let operators = [
        ";", "&", "&&", "||", "|", "|&", "\n", "\r\n", "\r", ";;", "&\n", "\\\n", " ", "\t", "# b\n", "#",
        " # b\n", "&>x ",
        ">x ", ">>x ", "<x ", ">&-", "2>&-", "2>&1 ", ">&2 ", "2>x ", "<<x\n", "<<<x ", ">&x ", "<>x ",
        ">|x ", "&>>x ",
        "1<2>", "11>x ", ">$~x ", "<x(e:'b':) ", "{a[x]}>x ", ">$path[x] ",
    ]
    private static let pieces = [
        "'", "\"", "`", "$", "\\", "(", ")", "{", "}", "[", "]", "<", ">", "&", "|", ";", " ", "\n", "\r",
        "#", "=", "*", "?", "~",
        "!", "a", "b", "x", "1", "-", "+", "^", "%", "@", ",", ".", "\u{301}", "\u{A0}", "\t", "\u{B}", "$(",
        "${", "<(", "((", "))", "a[", "$((", "${x[", "$[", "\u{0}", ">!", "&!", "&|", "|&", "\u{C}", "\u{1B}",
    ]

    /// Everything that may turn out to be a program's name.
    static let names =
        programs + words + [
            "q q", "d d", "q;b", "a;", "xb", "ab", "ax", "1x", "A=1", "x=1", "b\r", "a\r", "x\r", "'", "\"",
            "\\",
        ]

    private mutating func int(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func one(_ list: [String]) -> String { list[int(list.count)] }

    mutating func next() -> String {
        var line =
            int(4) == 0
            ? (0..<(3 + int(12))).map { _ in soup() }.joined()
            : (0..<(1 + int(3))).map { _ in
                command(depth: 0) + one(int(3) == 0 ? ShellLines.operators : [";", "&&", "|", "\n", ""])
            }
            .joined(separator: int(6) == 0 ? "" : " ")
        if int(3) == 0 { damage(&line) }
        return line
    }

    private mutating func soup() -> String {
        switch int(4) {
        case 0: one(ShellLines.pieces)
        case 1: one(ShellLines.operators)
        case 2: one(ShellLines.words) + (int(2) == 0 ? " " : "")
        default: one(ShellLines.programs) + " "
        }
    }

    private mutating func command(depth: Int) -> String {
        var text =
            int(8) == 0
            ? one(["A=1 ", "A=x B='y z' ", "A+=1 ", "A=\u{301} ", "A[0]=1 ", "A=~ ", "A=$(b) "]) : ""
        if int(12) == 0 { text += one(ShellLines.before) }
        if int(4) == 0 { text += one(ShellLines.wrappers) + " " }
        if int(24) == 0 { text += one(ShellLines.before) }
        if depth < 2, int(8) == 0 {
            let inner = command(depth: depth + 1)
            return text
                + one([
                    "(\(inner))", "{ \(inner); }", "! \(inner)", "if \(inner); then b; fi", "'\(inner)'",
                    "\"\(inner)\"",
                ])
        }
        text += one(ShellLines.programs)
        for _ in 0..<int(4) {
            text +=
                " "
                + (int(3) == 0
                    ? one(ShellLines.words) : one(["x", "y", "-f", "'q q'", "\"d d\"", "a:b", "--opt=1"]))
        }
        if int(8) == 0 { text += " " + one([">x", ">>x", "2>&1", "<b.txt", "2>/dev/null", "> y", ">&2"]) }
        return text
    }

    private mutating func damage(_ line: inout String) {
        var scalars = Array(line.unicodeScalars)
        for _ in 0..<(1 + int(2)) where !scalars.isEmpty {
            let place = int(scalars.count)
            switch int(3) {
            case 0: scalars.remove(at: place)
            case 1: scalars.insert(contentsOf: Array(one(ShellLines.pieces).unicodeScalars), at: place)
            default: scalars.swapAt(place, int(scalars.count))
            }
        }
        line = String(String.UnicodeScalarView(scalars))
    }
}
