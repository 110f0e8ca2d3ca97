import JSON
import Testing

@testable import Agent

@Suite struct ShellReadingTests {
    @Test(
        arguments: [
            ("ls", ["ls"]), ("git status && rm -rf /", ["git status", "rm -rf /"]),
            ("a; b | c || d & e", ["a", "b", "c", "d", "e"]), ("a\nb\nc", ["a", "b", "c"]), ("  ", []),
            ("echo 'a; b' \"c && d\" e\\;f", ["echo a; b c && d e;f"]),
            ("(cd /tmp; rm x)", ["cd /tmp", "rm x"]),
            ("echo x > /etc/passwd 2>&1", ["> /etc/passwd", "echo x"]),
            ("a 2>/dev/null >>log", ["> log", "a"]),
            ("A=1 B='x y' run --it", ["A=1", "B=x y", "run --it"]), ("'r'm x", ["rm x"]),
            ("sudo -n rm x", ["sudo -n rm x", "rm x", "x"]), ("ls \\\n  -l", ["ls -l"]),
            (
                "env A=1 nice -n 5 rm x",
                ["env A=1 nice -n 5 rm x", "A=1", "nice -n 5 rm x", "5 rm x", "rm x"]
            ),
            ("bash -c 'ls; rm x'", ["bash -c ls; rm x", "ls", "rm x"]),
            ("/bin/sh -c 'rm x'", ["/bin/sh -c rm x", "rm x"]),
            ("timeout 5s rm x", ["timeout 5s rm x", "rm x"]), ("env 7z x", ["env 7z x", "7z x"]),
            ("find . -name '*.o' -exec rm -f {} \\;", ["find . -name *.o -exec rm -f {} ;", "rm -f {}"]),
            ("echo '\u{301}' ; rm x #'", nil),
            ("git show HEAD~1 HEAD^ stash@{0}", ["git show HEAD~1 HEAD^ stash@{0}"]),
            ("ls src/*.swift ~/x", ["ls src/*.swift ~/x"]), ("[ -f x ] && y", ["[ -f x ]", "y"]),
            ("curl https://x.example/a?b=1#c", ["curl https://x.example/a?b=1#c"]),
        ] as [(String, [String]?)])
    func aLineOfTheSmallLanguageIsProvedToBeItsParts(line: String, parts: [String]?) {
        #expect((try? ShellReading(line: line).proved()) == parts, "\(line)")
    }

    /// What any shell might read otherwise is not proved, and the place is named.
    @Test(
        arguments: [
            ("ls \r#; touch x", 4), ("cat `ls \"\\$(touch x)\"`", 5), ("cat <(ls)#; touch x", 5),
            ("echo 'x", 6), ("echo \"x", 6), ("echo $(x)", 6), ("cat <<EOF\nx\nEOF", 5), ("$X y", 1),
            ("`x` y", 1),
            ("{rm,-rf,/}", 1), ("for x in a; do rm $x; done", 1), ("case x in y) rm;; esac", 12),
            ("echo $'\\x72m'", 6),
            ("echo $((1+1))", 6), ("bash -c", 6), ("\\", 1), ("r? x", 1), ("f() { rm x; }", 2),
            ("alias ls=rm", 1),
            ("env -S 'rm x'", 5), ("env -vS'rm x'", 5), ("bash -c -x 'rm y'", 6), ("fish -c 'rm x'", 1),
            ("cat <<< x", 5), ("ls | xargs rm", 6), ("ls # x", 4), ("ls;\u{301}a", 4), ("ls *", 4),
            ("ls \u{E9}", 4),
            ("A+=1 x", 1), ("chroot / x", 1), ("timeout 1e1 x", 9), ("time if x; then :; fi", 6),
            ("- rm x", 1),
            ("if x; then y; fi", 1), ("! x", 1), ("a &> b", 3), ("a |& b", 3), ("a >& b", 3), ("a;; b", 2),
            ("((x))", 1),
            ("printf -v 'a[$(touch x)]' y", 8), ("test -v 'a[$(touch x)]'", 9), ("unset 'a[`touch x`]'", 7),
            ("let 'x=a[$(touch y)]'", 1), ("declare 'a[$(touch x)]=1'", 1), ("hash -p /tmp/x ls; ls", 1),
            ("compgen -W '$(touch x)'", 1), (". ./x", 1), ("source x", 1), ("echo x | sh", 10),
            ("sudo -s", 6),
            ("busybox touch x", 1), ("/lib64/ld-linux-x86-64.so.2 /bin/touch x", 1), ("coproc touch x", 1),
            ("ls a<1-9>b", 5), ("'git log' x", 1), ("ls\u{0}x", 3), ("ls \u{1B}x", 4), ("r\\\nm x", 2),
            ("ls x=~/y", 6), ("echo x{1..3}", 7), ("exit 'a[$(touch x)]'", 6),
            ("find . -exec sh -c 'x {}' \\;", 8),
            ("time --opt=1 x", 6), ("exec -c x", 6), ("time -p -p x", 9), ("A=$(x) y", 3), ("ls > !x", 6),
            ("ls <> x", 4),
            ("ENV -S 'x y'", 5), ("\u{A0}ls", 1),
        ] as [(String, Int)])
    func whatAShellMayReadOtherwiseIsNotProvedAndItsPlaceIsNamed(line: String, column: Int) {
        do {
            let parts = try ShellReading(line: line).proved()
            Issue.record("\(line) counts as \(parts)")
        } catch {
            #expect(error.column(in: line) == column, "\(line): \(error)")
        }
    }

    @Test(arguments: [
        ("a # rm -rf /\nb", ["a", "b"]), ("echo $(rm x) `cat y`", ["rm x", "cat y", "echo $(rm x) `cat y`"]),
        ("echo \"now $(rm \"a b\")\"", ["rm a b", "echo now $(rm \"a b\")"]),
        ("a &> out", ["a", "> out", "a"]),
        ("if true; then rm x; fi", ["true", "rm x"]), ("{ rm x; }", ["rm x"]),
        ("! grep -q x y", ["grep -q x y"]),
        ("r\\\nm x", ["rm x"]), ("find . | xargs rm", ["find .", "xargs rm", "rm"]),
        ("chroot / rm x", ["chroot / rm x", "/", "/ rm x", "rm", "rm x", "x"]),
        ("A+=1 rm x", ["A+=1", "A+=1 rm x", "rm x"]),
        ("A=\u{301} rm x", ["A=\u{301}", "rm x"]), ("timeout 1e1 rm x", ["timeout 1e1 rm x", "rm x"]),
        ("time if rm x; then :; fi", ["time if rm x", "if rm x", "rm x", ":"]),
        ("/bin/rm x", ["/bin/rm x", "rm x"]),
        ("eval 'rm' x", ["eval rm x", "rm x"]), ("ls \\\r\nrm x", ["ls \r", "rm x"]),
        ("echo $HOME ~ *", ["echo $HOME ~ *"]),
        // A keyword is one to a shell, and a program's name to a program or where a shell looks for no keyword.
        ("nice ! rm x", ["nice ! rm x", "! rm x", "rm x"]), ("A=1 ! rm x", ["A=1", "! rm x", "rm x"]),
        ("A+=1 then x", ["A+=1", "A+=1 then x", "then x", "x"]), (">x ! rm", ["> x", "! rm", "rm"]),
        ("if >x ! rm y; then z; fi", ["> x", "if ! rm y", "! rm y", "rm y", "z"]),
        ("time A=1 rm x", ["time A=1 rm x", "A=1 rm x", "a=1 rm x", "rm x"]),
        // What stands directly before a redirection is a word to some shells and its number to others.
        ("rm 11>x -f", ["> x", "rm 11 -f", "rm -f"]), ("11>x rm y", ["> x", "11 rm y", "rm y"]),
        ("eval -- rm x", ["eval -- rm x", "-- rm x", "rm x"]),
        ("11>x rm {v}>y z", ["> x", "> y", "11 rm {v} z", "rm {v} z", "11 rm z", "rm z"]),
        ("11>x sh -c touch {a,b}>&2", ["> x", "11 sh -c touch {a,b}", "sh -c touch {a,b}", "touch"]),
        ("time --opt=1 x", ["time --opt=1 x", "--opt=1 x", "x"]),
        ("2>&-2>&-\\' x y", ["> -2", "> -'", "2 ' x y", "' x y", "x y", "x y"]),
        (">&-rm x", ["> -rm", "rm x", "x"]), ("A=1 2>&-rm x", ["> -rm", "A=1", "rm x", "A=1", "x"]),
        ("12>&-rm x", ["> -rm", "12 rm x", "rm x", "12 x", "x"]),
        ("git :<(rm x) y", ["rm x", "git :<(rm x) y"]),
        // Each &> ends a command to the shells that do not know it.
        ("a &>x b &>y c", ["a", "> x", "b", "> y", "a b c", "c"]),
    ])
    func forADenialALineCountsAsAllThatItMayStart(line: String, parts: [String]) {
        let started = try? ShellReading(line: line).started().filter { !["cat", "more"].contains($0) }
        #expect(started == parts, "\(line)")
    }

    @Test(
        "What zsh alone takes for an operator, an assignment or a program is among the parts",
        arguments: [
            (">x", "cat"), ("A=1 >x", "more"), ("<x; ls", "cat"), ("ls &!rm x", "rm x"),
            ("ls &!'rm' x", "rm x"),
            ("nohup 5&>x", "nohup"), ("{ ls; rm }", "rm"), ("1=2 rm x", "rm x"), ("1+=2 rm x", "rm x"),
            ("trap rm EXIT", "rm"), ("{ ls } always { rm x }", "rm x"),
            ("time { ls } always { rm x }", "rm x"),
            ("if { ls } { rm x } else { ls }", "rm x"),
        ])
    func zsh(line: String, part: String) throws {
        #expect(try ShellReading(line: line).started().contains(part), "\(line)")
        #expect(throws: ShellDoubt.self) { try ShellReading(line: line).proved() }
    }

    /// Each crossed a rule in a real shell.
    @Test(
        "What changes how the rest of a line is read, or names what only a variable knows, is never proved",
        arguments: [
            "set -o history\nset -H\nls \"!!\"", "set -oe pipefail -k; ls", "set -o histexpand; ls '!echo'",
            "set -k; ls PATH=e",
            "set -ek; ls",
            "set -o keyword; ls", "set -A functions ls 'rm x'; ls", "set -e -A functions ls 'rm x'; ls",
            "set -A commands ls /usr/bin/rm; ls x", "set -A path e; ls", "shopt -so history histexpand; ls",
            "set -oo errexit keyword; ls PATH=e",
            "set -eoo pipefail keyword; ls", "set + -k; ls PATH=e", "set -e + -o keyword; ls",
            "ls 'a[$(rm x)]'; export RANDOM=_", "export OPTIND=1+_", "export -n HISTCMD=-_",
            "ls -##'+path[$(rm x)]'; [ -t ZSH_EXECUTION_STRING ]", "test -t x", "export SECONDS=x; ls",
            "printf '\\u0025d' p*", "printf '%s\\U00000025d' x y", "export SHELLOPTS=keyword; bash -c 'ls'",
            "export LD_LIBRARY_PATH=e; ls", "export MODULE_PATH=e; ulimit -a",
            "env SHELLOPTS=keyword bash -c ls",
            "echo rm x | sh /dev/stdin", "sh /dev/fd/0", "bash //dev//stdin", "sh /proc/self/fd/0",
            "sh ../dev/stdin",
            "set -o history\nset -H\necho x\n^echo^rm", "NULLCMD=rm; >x", "READNULLCMD=evil; </dev/null",
            "TRY_BLOCK_INTERRUPT=$(x); ls", "ZLE_RPROMPT_INDENT=$(x); ls", "export -i x; ls", "\\noglob rm x",
            "'noglob' rm x", "'-' rm x", "\\- rm x", "setopt x; ls", "rzsh -c \"$x\"",
        ])
    func neitherProvedNorDecided(line: String) {
        #expect(throws: ShellDoubt.self, "\(line)") { try ShellReading(line: line).proved() }
        #expect(throws: ShellDoubt.self, "\(line)") { try ShellReading(line: line).started() }
    }

    @Test(
        "After what says where programs are found no name is proved",
        arguments: [
            "unset PATH; ls", "unset -v HOME PATH; ls", "export PATH=e; ls", "export PATH=; ls",
            "readonly IFS=x; ls",
            "export GLOBIGNORE=x", "env LD_BIND_NOW=1 ls",
        ])
    func unproved(line: String) {
        #expect(throws: ShellDoubt.self, "\(line)") { try ShellReading(line: line).proved() }
    }

    @Test(
        "A word that is not certain may be an operator, an option or a subscript to what evaluates those",
        arguments: [
            "a=-v; test $a \"$(ls)\"", "test \"$(ls)\" \"$(ls)\"", "true & wait -n -p \"$(ls)\"", "wait $x",
            "[ -t \"$(ls)\" ]", "set -A \"$(ls)\" v", "f=-execdir; find . $f rm x \\;",
            "find . -maxdepth 0 \"$(ls)\" rm x \\;", "foo | IFS=, read -A functions; foo",
        ])
    func undecidedForDenials(line: String) {
        #expect(throws: ShellDoubt.self, "\(line)") { try ShellReading(line: line).started() }
    }

    @Test(
        "What lines of every day ask with variables is decided",
        arguments: [
            "[ -f \"$x\" ] && ls", "test -z \"$x\"", "[ \"$a\" = b ]", "[ \"$a\" != \"$b\" ] || ls",
            "[ \"$x\" ]",
            "set -euo pipefail; ls", "set -e\nls", "set -x; ls", "find . -name \"$x\"", "ls & wait $!",
        ])
    func decidedForDenials(line: String) throws { _ = try ShellReading(line: line).started() }

    @Test(
        "What a runner's word holds for a command is among the parts, wherever in the word it begins",
        arguments: [
            "script -qc'rm x' /dev/null", "script -q --command='rm x' /dev/null", "su --command='rm x'",
            "ssh -o ProxyCommand='rm x' h", "ssh -o 'ProxyCommand rm x' h", "gdb -batch -ex 'shell rm x'",
            "git -c alias.x='!true' -c alias.y='!rm x' y", "gdb -batch -ex '!rm x'",
            "git -c alias.x='!rm x' x",
            "rzsh -c 'rm x'",
            "zsh5 -c 'rm x'", "docker exec -e 'A=b!' c rm x", "docker exec c sh -c 'rm x; echo a=b!'",
            "git -c user.name='Joe!' -c alias.x='!rm x' x", "1=x 2=y rm x", "bash-static -c 'rm x'",
            "find . -exec env -u + rm x \\;",
            "find . -exec flock + rm x \\;",
        ])
    func heldForDenials(line: String) throws {
        #expect(try ShellReading(line: line).started().contains("rm x"), "\(line)")
    }

    @Test func aPlusEndsTheCommandOfFindAfterTheNamesAlone() throws {
        for line in [
            "find . -exec +", "find . -exec + x", "xargs find -exec +", "find -exec ;", "find . -exec",
        ] {
            _ = try? ShellReading(line: line).proved()
            _ = try? ShellReading(line: line).started()
        }
        let parts = try ShellReading(line: "find . -exec tee + x \\;").proved()
        #expect(parts.contains("tee + x") && !parts.contains("tee"))
        let started = try ShellReading(line: "find . -exec ls '{}' + -o -exec rm x \\;").started()
        #expect(started.contains("ls {}") && started.contains("rm x"))
    }

    /// Found by real shells among 200,000 made-up lines.
    @Test(arguments: [
        ("exec -f x", "-f x"), ("if exec  -f; then b; fi", "-f"), ("nice exec -- x", "-- x"),
        ("env -u A A+=1 --opt=1 -f a:b", "-f a:b"), ("sudo A=1 B=2 -n rm", "-n rm"),
        ("rm 1\\\n<x --opt=1 11>x b", "rm --opt=1 11 b"), ("rm 11>x 99999999999>x b", "rm 99999999999 b"),
        ("rm \"1\">x 2\\\n>y b", "rm 1 b"), ("ls &!2>x", "cat"), ("ls&!11>x", "cat"),
        ("git x&>! A=$(b) rm y", "git x rm y"), ("Aé=1 rm y", "rm y"), ("ls &!A+=1 rm y", "rm y"),
        ("ls >&x &!2>x rm y", "rm y"), ("{ rm 'q q' 1} ;>x", "rm q q 1"),
        ("a --opt=1 a,b}\\\n", "a --opt=1 a,b"),
        ("time ! 5>&-", "cat"),
    ])
    func whatOneShellAloneStartsIsAmongTheParts(line: String, part: String) {
        let parts = try? ShellReading(line: line).started()
        #expect(parts?.contains(part) == true, "\(line): \(parts as Any)")
    }

    @Test(arguments: [
        "A*+=1 rm x", "echo 'x", "$X y", "r? x", "x='$(rm y)'; echo ${x@P}", "alias ls=rm\nls x",
        "env -vS'rm x'",
        "ls \r#; rm x",
        "cat <<< x", "cat `ls \"\\$(rm x)\"`", "cat <(ls)#; rm x",
        // Text that sleeps in a variable until the trace, a started shell or arithmetic expands it.
        "PS4='$(rm x)'; set -x; ls", "PS4=\\$\\(rm\\ x\\) bash -xc ls", "export PS4='`rm x`'; set -x; ls",
        "BASH_ENV=\"\\$(rm x)\" bash -c ls", "env ENV='$(rm x)' sh -ic ls", "sudo PS4='`rm x`' bash -xc ls",
        "x='a[$(rm y)]'; [ x -eq 1 ]", "readonly PS4='$(rm x)'; set -o xtrace", "A+='$(rm x)' ls",
        // To zsh the path of rm.
        "=rm x", "nice =rm x",
        // What the shell puts in the place of a word is read again by eval.
        "A[0=]1 x", "A[0]=1 rm x", "time A=1 BASH_ENV='$(b)' bash -c ls", "eval rm \"d d\" a* x",
        "eval ./a * x|| b", "eval $X",
        "eval -- $X", "eval {a,b}", "nice eval 'ls' ~",
        // Bash expands the file of >& twice; after a digit and after >&- shells read on differently.
        "nohup é y select2>&1ENV='$(b)' sh -ic x", "ls >&'$(rm x)'", "ls >&$X", "ls >&a*", "ls 1>&1x",
        "ls <&1x", "ls 2>&-#x",
        // A word that goes on with a process substitution.
        "rm -f >x<(y)", "rm 2>x>(y) z", "rm -f 2<(y)", "rm -f >&-x<(y)", "rm a\\ <(y)",
        "for x in a; do rm $x; done",
    ])
    func whereAnyProgramMightStartADenialIsUndecided(line: String) {
        #expect((try? ShellReading(line: line).started()) == nil, "\(line)")
    }

    /// The note's inputs, under the rule that the docs gave: nothing of them runs unasked, and a denial meets them all.
    @Test(arguments: [
        "ls \r#; touch PWNED", "cat `ls \"\\$(touch PWNED)\"`", "cat <(ls)#; touch PWNED",
        "A=\u{301} touch PWNED",
        "A+=1 touch X", "chroot / touch X", "timeout 1e1 touch X", "env -vS'touch X'",
        "time if touch X; then :; fi",
        "if touch X; then :; fi", "sudo -u touch touch X", "/bin/touch X", "\\touch X", "t'o'uch X",
        "nice touch X",
        "exec -a ls touch X", "command -p touch X", "ls;\ttouch X", "ls&touch X", "ls|touch X", "(touch X)",
        "{ touch X; }",
        "ls $(touch X)", "ls \"`touch X`\"", "eval touch X", "eval 'tou'ch X", "sh -c 'touch X'",
        "find . -exec touch X \\;",
        "echo X | xargs touch", "xargs -I{} touch X", "trap 'touch X' EXIT", "touch\tX", "A=1 B=2 touch X",
        "ls \\\n; touch X", "while touch X; do :; done", "function f { touch X; }; f", "f() { touch X; }; f",
        "bash <<< 'touch X'", "sh <<E\ntouch X\nE", "ls &> /dev/null touch X", "a=(touch X); \"${a[@]}\"",
        "coreutils --coreutils-prog=touch X", "su -c'touch X'", "ssh -oProxyCommand='touch X' h",
        "coproc touch X", "env A=1 '+=1' -u touch X", ">&-touch X", "A=1 <&-touch X", "{v}>&-'touch' X",
        "sh touch X", "echo \"$\\\n(touch X)\"", "echo $\\\n(touch X)",
        "echo $\\\n\\\n(touch X)",
        "PS4='$(touch X)'; set -x; ls", "PS4='$(touch X)' bash -xc ls", "env PS4='$(touch X)' bash -xc ls",
        "export PS4=\\$\\(touch\\ X\\); set -x; ls", "BASH_ENV='`touch X`' bash -c ls",
        "X='a[$(touch Y)]'; [ X -eq 1 ]", "=touch X", "ls; =touch X", "docker exec c touch X",
        "docker run --rm i sh -c 'touch X'", "kubectl exec p -- touch X", "npm exec -- touch X",
        "gosu u touch X",
        "tmux new -d 'touch X'", "hyperfine 'touch X'", "nix develop -c touch X", "chronic /bin/touch X",
        // What zsh runs to choose the file of a redirection, or in a subscript; what bash computes for a number of one.
        #"</dev/null(echo ';touch X'c)"#,
        #"</dev/null(e:'touch X':)"#,
        #">a1(e:'touch X':)"#,
        #">>a1(e:'touch X':) ls"#,
        #"&>/dev/null(e:'touch X':)"#,
        #"</dev/null(ps,e:touch 'X':)"#,
        #"</dev/null (e:'touch X':)"#,
        #"2>a1(e:'touch X':)"#,
        #"ls "$(ls)"; </dev/null(e:'touch X':)"#,
        #"x='*(e:touch X:)'; ls $~x"#,
        #"x='a1(e:touch X:)'; ls >$~x"#,
        #"set -- '*(e:touch X:)'; ls $~1 $~@"#,
        #"x='*(e:touch X:)'; ls $~~x $^~x"#,
        #"x=$(cat f); ls $=~x"#,
        #"x=$(echo 'path[$(touch X)]'); ls $@[x]"#,
        #"x=$(echo 'path[$(touch X)]'); ls $*[x]"#,
        #"x=$(echo 'path[$(touch X)]'); ls $?[x]"#,
        #"x=$(echo 'path[$(touch X)]'); ls "$#[x]""#,
        #"x=$(echo 'path[$(touch X)]'); ls $$[x]"#,
        #"x=$(echo 'path[$(touch X)]'); ls $-[x]"#,
        #"ls >$path['$(touch X)']"#,
        #"ls <$path['$(touch X)']"#,
        #"sh -c 'ls >>$path["\$(touch X)"]'"#,
        #"x=$(echo 'path[$(touch X)]'); y=$path[x]"#,
        #"x=$(echo 'path[$(touch X)]'); y="$path[x]""#,
        #"x=$(echo 'path[$(touch X)]'); (ls) >$path[x]"#,
        #"x=$(echo 'b[$(touch X)]'); ls {a[x]}>/dev/null"#,
        #"x=$(echo 'b[$(touch X)]'); ls {a[x]}<&0"#,
        #"x=$(echo 'b[$(touch X)]'); ls 2>&1 {a[x]}>&1"#,
        #"x=$(echo 'a[$(touch X)]'); test -v "$x" = y"#,
        #"x=$(echo 'a[$(touch X)]'); test a -o -v "$x" = y"#,
        #"x=$(echo 'a[$(touch X)]'); builtin test -v "$x" -eq 1"#,
        #"x=$(echo 'a[$(touch X)]'); o=-v; test "$o" "$x" = y"#,
        "'to\u{0}uch' X",
    ])
    func noTrickStartsAProgramThatARuleDenies(line: String) throws {
        let allow = Rule(
            name: "look", effect: .allow, tool: "*",
            condition: try Filter("~cmd \"^(ls|cat|git (status|log|diff))\\b\""))
        let deny = Rule(
            name: "no", effect: .deny, tool: "*", condition: try Filter("~cmd \"^(rm|curl|wget|touch)\\b\""))
        #expect(
            Policy(rules: [allow]).ruling(tool: "shell", arguments: ["command": .string(line)]).effect == .ask
        )
        #expect(
            Policy(rules: [deny, allow], fallback: .allow)
                .ruling(tool: "shell", arguments: ["command": .string(line)]).effect == .deny)
    }

    /// A program and its words in two arguments are one command.
    @Test func wordsBesideAProgramBelongToIt() throws {
        let deny = Rule(name: "no", effect: .deny, tool: "*", condition: try Filter("~cmd ^touch"))
        let allow = Rule(
            name: "look", effect: .allow, tool: "*", condition: try Filter("~cmd \"^(ls|env)( -l)?$\""))
        let policy = Policy(rules: [deny, allow])
        for arguments in [
            #"{"command": "env", "args": ["touch", "X"]}"#,
            #"{"cmd": "nice", "arguments": ["-n", "5", "touch", "X"]}"#,
            #"{"command": "sh", "args": ["-c", "ls; touch X"]}"#, #"{"command": "env", "args": "touch X"}"#,
            #"{"command": "docker", "args": ["run", "i", "touch", "X"]}"#,
        ] {
            let ruling = policy.ruling(tool: "shell", arguments: try JSONParser.parse(arguments))
            #expect(ruling.effect == .deny, "\(arguments): \(ruling)")
        }
        for (arguments, effect) in [
            (#"{"command": "ls", "args": ["-l"]}"#, Effect.allow),
            (#"{"command": "ls", "args": []}"#, .allow),
            (#"{"command": "ls", "args": ["-R"]}"#, .ask), (#"{"command": "env", "args": ["cat"]}"#, .ask),
        ] {
            let ruling = policy.ruling(tool: "shell", arguments: try JSONParser.parse(arguments))
            #expect(ruling.effect == effect, "\(arguments): \(ruling)")
        }
    }

    /// Commands within commands end at eight levels, by whatever they come to lie in one another.
    @Test(arguments: ["nice ", "env A=1 ", "time ! ", "nice -n 1 nice -n "])
    func commandsThatRunCommandsEndAtTheirBound(wrapper: String) {
        let line = String(repeating: wrapper, count: 20) + "rm x"
        #expect(throws: ShellDoubt.self) { try ShellReading(line: line).proved() }
        #expect(throws: ShellDoubt.self) { try ShellReading(line: line).started() }
    }

    @Test func theShellOfTheToolIsPartOfTheQuestion() throws {
        for shell in ["sh", "dash", "bash", "zsh", nil] {
            #expect((try? ShellReading(line: "ls; cat x", shell: shell).proved()) == ["ls", "cat x"])
        }
        for shell in ["fish", "csh", "pwsh", "nu"] {
            #expect(throws: ShellDoubt.self) { try ShellReading(line: "ls", shell: shell).proved() }
            #expect(throws: ShellDoubt.self) { try ShellReading(line: "ls", shell: shell).started() }
        }
    }

    @Test func aPersonIsToldAtWhichPlaceTheProofEnds() throws {
        let allow = Rule(name: "look", effect: .allow, tool: "*", condition: try Filter("~cmd ^ls"))
        let ruling = Policy(rules: [allow]).ruling(tool: "shell", arguments: ["command": "ls é $(x)"])
        #expect(
            ruling.reason
                == "no rule can allow it: column 4 of the command: a letter beyond ASCII outside of quotes")
    }

    /// Lines that developers type all day: a rule must be able to allow most of them.
    @Test func nineOfTenOrdinaryLinesAreProved() {
        var doubts: [String] = []
        for line in OrdinaryLines.all {
            do { _ = try ShellReading(line: line).proved() } catch { doubts.append("\(line)   [\(error)]") }
        }
        print(
            "\(OrdinaryLines.all.count - doubts.count) of \(OrdinaryLines.all.count) ordinary lines are proved; not:"
        )
        for doubt in doubts { print("    \(doubt)") }
        #expect(OrdinaryLines.all.count == 300)
        #expect(doubts.count * 10 <= OrdinaryLines.all.count)
    }
}
