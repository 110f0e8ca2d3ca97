"""Opens pages in a headless browser and tells what it fetched, where it went and which elements it made."""

import http.server
import pathlib
import subprocess
import sys
import tempfile
import threading

import html5lib

browser, folder = sys.argv[1], pathlib.Path(sys.argv[2])
HTML = set("html head meta title style body h1 h2 small p pre b details summary table tbody tr th td span code s".split())
# A page of the same kind that fetches and navigates: what is not seen there would not be seen here either.
CONTROL = ("<!doctype html><title>control</title><img src=http://images.example/control>"
           "<meta http-equiv=refresh content='0;url=http://elsewhere.example/gone'>")
seen = []


class Canary(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(f"{self.headers.get('Host')}{self.path}")
        body = b"<!doctype html><title>elsewhere</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_HEAD = do_GET

    def log_message(self, *_):
        pass


def opened(path, port):
    """The page as the browser has it after two seconds of its own time."""
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-extensions", f"--host-resolver-rules=MAP * 127.0.0.1:{port}", "--virtual-time-budget=2000",
             "--dump-dom", path.as_uri()], capture_output=True, timeout=120).stdout.decode("utf-8", "replace")


def ours(request):
    """What the browser asks for by itself, whatever is open."""
    return not any(host in request for host in ("google", "gstatic", "gvt1", "chrome"))


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    control = folder / "control.htm"
    control.write_text(CONTROL)
    opened(control, server.server_port)
    if not any("control" in request or "gone" in request for request in seen):
        sys.exit(f"the browser did not even fetch what the control page has: {seen}")
    seen.clear()
    pages = sorted(folder.glob("*.html"))
    faults = []
    for path in pages:
        dom = opened(path, server.server_port)
        tree = html5lib.parse(dom, treebuilder="etree", namespaceHTMLElements=False)
        strange = {e.tag for e in tree.iter() if isinstance(e.tag, str)} - HTML
        if strange or "elsewhere" in (tree.findtext(".//title") or "") or tree.find(".//h1") is None:
            faults.append(f"{path.name}: {sorted(strange)} {tree.findtext('.//title')!r}")
    fetched = [request for request in seen if ours(request)]
    print(f"{len(pages)} pages, {8 * len(pages)} hostile texts in {browser}: {len(fetched)} fetched or navigated to, "
          f"{len(faults)} with something that is not ours (the control page fetched and was seen)")
    for fault in fetched[:5] + faults[:5]:
        print("    " + fault)
    sys.exit(1 if fetched or faults or not pages else 0)


main()
