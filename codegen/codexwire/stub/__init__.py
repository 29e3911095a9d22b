"""A scripted model on loopback: enough of the Responses API for a real binary to run turns.

No network and no account are needed. In a test:

    with ResponsesStub(text="Hello, world!") as stub:
        stub.write_home(folder)                 # folder becomes a CODEX_HOME
        ... run `codex app-server` with CODEX_HOME=folder ...
        stub.requests[-1]["input"]              # what the binary asked

`ResponsesStub(script=Path("script.toml"))` plays a script; `codexwire.stub.script` describes the file.
"""

from codexwire.stub.script import Script, load_script, parse_script
from codexwire.stub.server import ResponsesStub

__all__ = ["ResponsesStub", "Script", "load_script", "parse_script"]
