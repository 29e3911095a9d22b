"""A mock of the app-server, made of a schema: every request is answered, turns are played, faults happen.

    protocol = normalize(load("0.163.0")).protocol
    server = MockServer(protocol, seed=1, script=parse_script("[[turn]]\\ntext = 'Hello!'"))
    async with AsyncAppServerClient(open_mock(server)) as client:
        ...

`codexwire mock` is the same as a process; `codexwire.proxy.mock.script` describes scripts.
"""

from codexwire.proxy.mock.script import Script, load_script, parse_script
from codexwire.proxy.mock.server import MockServer
from codexwire.proxy.mock.session import open_mock

__all__ = ["MockServer", "Script", "load_script", "open_mock", "parse_script"]
