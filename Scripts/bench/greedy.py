"""Greedy continuations of a GGUF file beside llama.cpp's server: see greedy.sh."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

COUNT = int(os.environ.get("CALLGATE_GREEDY_TOKENS", "64"))
PROMPTS = [
    "The capital of France is", "Once upon a time there was a small", "def fibonacci(n):\n    ", "Dear Sir or Madam,\n\nI am",
    "The three laws of robotics are", "To bake bread you need flour,", "import json\n\nwith open(\"data.json\") as f:\n",
    "Water boils at", "In 1969, the first human", "SELECT name, age FROM users WHERE", "The difference between a list and a",
    "{\"name\": \"get_ticket\", \"arguments\": {", "Q: What is the largest planet?\nA:", "Die Hauptstadt von Deutschland ist",
    "for (int i = 0; i < 10; i++) {", "My favourite season is autumn because", "A haiku about the sea:\n", "The meeting is on Monday at",
    "HTTP status 404 means", "1, 1, 2, 3, 5, 8,",
]


class Server:
    def __init__(self, program, model):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [program, "-m", model, "--port", str(port), "-c", "1024", "-t", os.environ.get("CALLGATE_THREADS", "2"), "-np", "1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit(f"{program} ended with {self.process.returncode} on {model}")
            try:
                urllib.request.urlopen(self.url + "/health")
                return
            except OSError:
                time.sleep(0.2)
        sys.exit(f"{program} does not answer")

    def ask(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))

    def end(self):
        self.process.terminate()
        self.process.wait()


def compare(bench, llama, model):
    server = Server(llama, model)
    prompts = [server.ask("/tokenize", {"content": text, "add_special": True})["tokens"] for text in PROMPTS]
    theirs = []
    for prompt in prompts:
        reply = server.ask("/completion", {
            "prompt": prompt, "n_predict": COUNT, "temperature": 0, "n_probs": 1, "ignore_eos": False, "cache_prompt": False,
        })
        theirs.append([step["id"] for step in reply["completion_probabilities"]])
    server.end()
    lines = "\n".join(",".join(map(str, prompt)) for prompt in prompts)
    output = subprocess.run(
        [*bench.split(), "greedy", model, "--count", str(COUNT)], input=lines, check=True, capture_output=True, text=True
    ).stdout
    equal, total, gaps = 0, 0, []
    for steps, tokens in zip(map(json.loads, output.splitlines()), theirs):
        ours = [step[0][0] for step in steps]
        first = next((i for i, (a, b) in enumerate(zip(ours, tokens)) if a != b), len(tokens))
        # After the first difference the two write different texts.
        equal, total = equal + first, total + len(tokens)
        if first < len(tokens):
            logits = dict((token, logit) for token, logit in steps[first])
            gaps.append(steps[first][0][1] - logits.get(tokens[first], float("-inf")))
    gap = f"the largest gap at a first difference {max(gaps):.3f}" if gaps else "no difference"
    print(
        f"{os.path.basename(model)}: {equal} of {total} tokens before the first difference ({100 * equal / total:.1f} %), "
        f"{len(PROMPTS) - len(gaps)} of {len(PROMPTS)} continuations equal, {gap}", flush=True
    )


def main():
    bench, llama = sys.argv[1:3]
    for model in sys.argv[3:]:
        compare(bench, llama, model)


main()
