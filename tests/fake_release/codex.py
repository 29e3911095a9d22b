#!/usr/bin/env python3
"""A stand-in for the codex binary; see the README beside it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

PLAN = json.loads("""@PLAN@""")
BUNDLE = "codex_app_server_protocol.schemas.json"


def observed():
    """What this process sees of its surroundings."""
    return {
        "environment": dict(os.environ),
        "home": [p.name for p in Path(os.environ["CODEX_HOME"]).iterdir()],
        "work": [p.name for p in Path().iterdir()],
        "terminal": sys.stdin.isatty(),
        "input": sys.stdin.read(),
    }


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / BUNDLE).write_text(text, "utf-8")


def endless(file):
    while True:
        file.write("x" * 1_000_000)
        file.flush()


def generate(folder, channel):
    behaviour = PLAN["behaviour"]
    if behaviour == "crash":
        sys.stderr.write("thread 'main' panicked at src/main.rs:1\n")
        os.abort()
    if behaviour == "fail":
        sys.stderr.write("warning: odd\nError: no space for ideas\n")
        return 1
    if behaviour == "hang":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(PLAN["note"]).write_text(str(child.pid))
        time.sleep(600)
    if behaviour == "nothing":
        return 0
    if behaviour == "link":
        folder.mkdir()
        (folder / BUNDLE).symlink_to("/etc/hostname")
        return 0
    if behaviour == "huge-file":
        folder.mkdir()
        with (folder / "other.json").open("w") as file:
            endless(file)
    if behaviour == "huge-output":
        endless(sys.stdout)
    write(folder, json.dumps(observed()) if behaviour == "spy" else PLAN["bundles"][channel])
    return 0


def generate_lines(arguments):
    if "--help" not in arguments:
        folder = Path(arguments[arguments.index("--out") + 1])
        folder.mkdir(parents=True)
        (folder / "RolloutLine.json").write_text(PLAN["lines"], "utf-8")
    return 0


def serve():
    """Be an app-server that says hello and has nothing else to offer."""
    hello = False
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        answer = {"error": {"code": -32600, "message": "nothing" if hello else "Not initialized"}}
        if message["method"] == "initialize":
            hello, answer = True, {"result": {"userAgent": f"codex/{PLAN['version']} (Test)"}}
        print(json.dumps({"id": message["id"], **answer}), flush=True)
    return 0


def main(arguments):
    if arguments == ["app-server"]:
        return serve()
    if arguments == ["--version"]:
        print(f"codex-cli {PLAN['version']}" if PLAN["version"] else "codex, a local build")
        return 0
    if arguments[:2] == ["app-server", "generate-internal-json-schema"] and PLAN["lines"]:
        return generate_lines(arguments)
    if arguments[:2] != ["app-server", "generate-json-schema"] or PLAN["behaviour"] == "older":
        sys.stderr.write("error: unrecognized subcommand 'generate-json-schema'\n")
        return 2
    both = "experimental" in PLAN["bundles"]
    if "--help" in arguments:
        print("Usage: codex app-server generate-json-schema --out <DIR>")
        print("      --experimental" if both else "")
        return 0
    channel = "experimental" if "--experimental" in arguments else "stable"
    return generate(Path(arguments[arguments.index("--out") + 1]), channel)


sys.exit(main(sys.argv[1:]))
