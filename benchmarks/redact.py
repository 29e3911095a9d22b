"""How many made-up secrets come out of `codexwire redact`, by shape and by place.

    python benchmarks/redact.py [--seed 1] [--rounds 3] [--only listed|other]

Each secret is put at each place in a real recording of `tests/`, which is redacted as a whole. It came
out if it, or a half of it, can be read in the result: as it is, in a string of a string, in base64,
percent-encoded, or put together from the pieces of a text. *Listed* shapes are those that the rules
name (`codexwire rules list --family redact`); the others are of providers and forms that they do not.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from codexwire.proxy.redact import Redactor, redact_whole

RECORDING = Path(__file__).parents[1] / "tests/data/recordings/0.163.0/s02_command_approval.jsonl"
HEX, DIGITS = "0123456789abcdef", string.digits
LOWER, UPPER = string.ascii_lowercase + DIGITS, string.ascii_uppercase + DIGITS
ALNUM = string.ascii_letters + DIGITS
URL, B64 = ALNUM + "-_", ALNUM + "+/"


class Secret(NamedTuple):
    """A text as people write it, and the parts of it that must not be seen."""

    text: str
    parts: tuple[str, ...]


Make = Callable[[random.Random], Secret]
Place = Callable[[str, random.Random], list[Any]]


def drawn(rng: random.Random, alphabet: str, size: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(size))


def form(pattern: str) -> Make:
    """Read `name=<32 hex>`: the text around stays, what is in brackets is drawn, all from the first
    `{` (or the whole) is the secret."""

    def make(rng: random.Random) -> Secret:
        text, secret, rest, inside = "", "", pattern, "{" not in pattern
        while rest:
            if rest[0] == "<":
                spec, _, rest = rest[1:].partition(">")
                size, _, kind = spec.partition(" ")
                new = drawn(rng, ALPHABETS[kind], int(size))
            elif rest[0] in "{}":
                inside, new, rest = rest[0] == "{", "", rest[1:]
            else:
                new, rest = rest[0], rest[1:]
            text += new
            secret += new if inside else ""
        return Secret(text, (secret,))

    return make


ALPHABETS = {
    "hex": HEX,
    "HEX": HEX.upper(),
    "digits": DIGITS,
    "lower": LOWER,
    "upper": UPPER,
    "alnum": ALNUM,
    "url": URL,
    "b64": B64,
}


def password(rng: random.Random) -> str:
    return drawn(rng, ALNUM, 6) + rng.choice("!#*_%+") + drawn(rng, ALNUM, 4) + rng.choice(DIGITS)


def named(before: str, after: str = "", words: Callable[[random.Random], str] = password) -> Make:
    """A password with text around it."""

    def make(rng: random.Random) -> Secret:
        value = words(rng)
        return Secret(f"{before}{value}{after}", (value,))

    return make


def key_block(kind: str, end: str = "\n") -> Make:
    def make(rng: random.Random) -> Secret:
        lines = [drawn(rng, B64, 64) for _ in range(5)]
        text = end.join(
            [f"-----BEGIN {kind}PRIVATE KEY-----", *lines, f"-----END {kind}PRIVATE KEY-----", ""]
        )
        return Secret(text, tuple(lines))

    return make


def jwt(rng: random.Random) -> Secret:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    body = part({"sub": drawn(rng, DIGITS, 10), "iat": 1795238822})
    signature = drawn(rng, URL, 43)
    return Secret(f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{body}.{signature}", (body, signature))


def basic(rng: random.Random) -> Secret:
    value = base64.b64encode(f"deploy:{password(rng)}".encode()).decode()
    return Secret(f"Authorization: Basic {value}", (value.rstrip("="),))


def url_password(scheme: str) -> Make:
    def make(rng: random.Random) -> Secret:
        value = drawn(rng, ALNUM, 12)
        return Secret(f"{scheme}://svc:{value}@db.corp.net:5432/app", (value,))

    return make


LISTED: dict[str, Make] = {
    "aws id": form("AKIA<16 upper>"),
    "aws secret": form("aws_secret_access_key = {<40 b64>}"),
    "aws temporary": form("ASIA<16 upper>"),
    "github classic": form("ghp_<36 alnum>"),
    "github oauth": form("gho_<36 alnum>"),
    "github server": form("ghs_<36 alnum>"),
    "github fine": form("github_pat_<22 alnum>_<59 alnum>"),
    "gitlab": form("glpat-<20 url>"),
    "gitlab runner": form("glrt-<20 url>"),
    "slack bot": form("xoxb-<12 digits>-<12 digits>-<24 alnum>"),
    "slack app": form("xapp-1-A<10 upper>-<12 digits>-<64 hex>"),
    "slack webhook": form("https://hooks.slack.com/services/{T<8 upper>/B<8 upper>/<24 alnum>}"),
    "stripe": form("sk_live_<24 alnum>"),
    "stripe restricted": form("rk_test_<24 alnum>"),
    "google key": form("AIza<35 url>"),
    "google oauth": form("ya29.<60 url>"),
    "google secret": form("GOCSPX-<28 url>"),
    "openai": form("sk-proj-<48 alnum>"),
    "anthropic": form("sk-ant-api03-<93 url>AA"),
    "azure secret": form("<3 alnum>8Q~<34 alnum>"),
    "azure storage": form("AccountKey={<86 b64>==}"),
    "azure signature": form("https://x.blob.core.windows.net/c?sv=2024&sig={<43 alnum>}"),
    "npm": form("npm_<36 alnum>"),
    "npmrc": form("//registry.npmjs.org/:_authToken={<36 alnum>}"),
    "pypi": form("pypi-AgEIcHlwaS5vcmc<70 url>"),
    "sendgrid": form("SG.<22 url>.<43 url>"),
    "twilio": form("SK<32 hex>"),
    "mailchimp": form("<32 hex>-us12"),
    "discord": form("M<23 alnum>.<6 alnum>.<27 url>"),
    "telegram": form("<10 digits>:AA<33 url>"),
    "hugging face": form("hf_<34 alnum>"),
    "digitalocean": form("dop_v1_<64 hex>"),
    "vault": form("hvs.<90 url>"),
    "shopify": form("shpat_<32 hex>"),
    "databricks": form("dapi<32 hex>"),
    "jwt": jwt,
    "basic": basic,
    "bearer": form("Authorization: Bearer {<40 alnum>}"),
    "api key header": form("X-Api-Key: {<32 alnum>}"),
    "cookie": form("Cookie: theme=dark; session={<32 alnum>}"),
    "url password": url_password("https"),
    "postgres": url_password("postgres"),
    "connection string": named("Server=tcp:db,1433;Uid=app;Password=", ";Encrypt=yes"),
    "pem": key_block("RSA "),
    "pem escaped": key_block("", "\\n"),
    "openssh": key_block("OPENSSH "),
    "export": named("export DB_PASSWORD="),
    "env file": form("SESSION_SECRET={<32 hex>}"),
    "yaml": named("password: '", "'"),
    "json": named('{"client_secret": "', '", "n": 1}', lambda rng: drawn(rng, ALNUM, 40)),
    "option": named("deploy --password ", " --verbose"),
    "curl user": named("curl -u admin:", " https://x.corp.net"),
    "uuid key": form("HEROKU_API_KEY={<8 hex>-<4 hex>-<4 hex>-<4 hex>-<12 hex>}"),
    "e-mail": form("write to {<8 lower>@corp.io}"),
    "linux home": form("/home/{kx<6 lower>}/project"),
    "mac home": form("/Users/{kx<6 lower>}/project"),
    "windows home": form("C:\\Users\\{kx<6 lower>}\\project"),
    "wsl home": form("/mnt/c/Users/{kx<6 lower>}/project"),
}

OTHER: dict[str, Make] = {
    "unknown prefix": form("acme_live_<32 alnum>"),
    "unknown prefix, small": form("zx_<40 lower>"),
    "no prefix, 40": form("<40 alnum>"),
    "no prefix, 24": form("<24 alnum>"),
    "base64, 44": form("<43 b64>="),
    "url-safe, 43": form("<43 url>"),
    "small letters, 32": form("<32 lower>"),
    "capitals, 32": form("<32 upper>"),
    "spoken password": named("my password is ", "."),
    "spoken token": form("please use the token {<20 alnum>} for it"),
    "netrc": named("machine corp.net login me password "),
    "sql": named("create user app identified by '", "'"),
    "xml": named("<dbPassword>", "</dbPassword>"),
    "go": named('dbPassword := "', '"'),
    "ruby": named(":secret_key_base => '", "'"),
    "sshpass": named("sshpass -p ", " ssh me@x.corp.net"),
    "otpauth": form("otpauth://totp/x?secret={<32 upper>}&issuer=y"),
    "hex key, named": form("encryption_key: {<64 hex>}"),
    "license": form("LICENSE_KEY={<5 upper>-<5 upper>-<5 upper>-<5 upper>}"),
    "cli variable": form("env API_TOKEN={<32 alnum>} ./run.sh"),
    "powershell": named('$env:DB_PASSWORD = "', '"'),
    "dockerfile": named("ENV MYSQL_ROOT_PASSWORD "),
    "kubernetes": form("  client-key-data: {<120 b64>}"),
    "terraform": named('  password = "', '"'),
    "set-cookie": form("set-cookie: sid={<32 url>}; Path=/; HttpOnly"),
    "oauth code": form("https://app.corp.net/callback?code={<32 url>}&state=x"),
}


def note(method: str, **params: Any) -> dict[str, Any]:
    return {"method": method, "params": {"threadId": "T1", "turnId": "U1", **params}}


def item(**fields: Any) -> dict[str, Any]:
    return note("item/completed", item={"id": "item-1", **fields}, completedAtMs=1)


def cut(text: str, rng: random.Random) -> list[str]:
    """Pieces of 1 to 9 characters."""
    pieces = []
    while text:
        size = rng.randint(1, 9)
        pieces.append(text[:size])
        text = text[size:]
    return pieces


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_deltas(method: str, field: str = "delta", pack: bool = False, **params: Any) -> Place:
    def place(text: str, rng: random.Random) -> list[Any]:
        pieces = cut(f"Here it is:\n{text}\nThat was it.", rng)
        params.setdefault("itemId", "item-1")
        return [note(method, **params, **{field: packed(p) if pack else p}) for p in pieces]

    return place


LISTED_PLACES: dict[str, Place] = {
    "message": lambda text, _: [item(type="agentMessage", text=f"I found this:\n\n{text}\n")],
    "deltas": in_deltas("item/agentMessage/delta"),
    "reasoning deltas": in_deltas("item/reasoning/textDelta", contentIndex=0),
    "output deltas": in_deltas("item/commandExecution/outputDelta"),
    "base64 deltas": in_deltas("command/exec/outputDelta", "deltaBase64", True, stream="stdout"),
    "exec-server chunks": in_deltas("process/output", "chunk", True, stream="pty"),
    "output": lambda text, _: [
        item(type="commandExecution", command="cat x", aggregatedOutput=f"$ cat x\n{text}\n")
    ],
    "command": lambda text, _: [item(type="commandExecution", command=f"echo '{text}' | tee x")],
    "diff": lambda text, _: [
        item(
            type="fileChange",
            changes=[
                {"path": "x", "diff": f"@@ -1 +1 @@\n-old\n+{text}\n", "kind": {"type": "add"}}
            ],
        )
    ],
    "prompt": lambda text, _: [
        {"id": 9, "method": "turn/start", "params": {"input": [{"type": "text", "text": text}]}}
    ],
    "arguments": lambda text, _: [
        item(type="functionCall", arguments=json.dumps({"cmd": ["bash", "-lc", f"echo {text}"]}))
    ],
    "json in json": lambda text, _: [
        item(type="mcpToolCall", result=json.dumps({"body": json.dumps({"content": text})}))
    ],
    "base64 text": lambda text, _: [
        item(type="agentMessage", text=f"echo {packed(f'line one: {text} and more')} | base64 -d")
    ],
    "data url": lambda text, _: [
        item(type="userMessage", url=f"data:text/plain;base64,{packed(f'see: {text} end')}")
    ],
    "percent": lambda text, _: [
        item(type="webSearch", query=f"https://x.example/search?q={quote(text, safe='')}&page=2")
    ],
    "error": lambda text, _: [
        {"id": 9, "error": {"code": -32600, "message": f"Invalid request: `{text}` was refused"}}
    ],
    "escaped": lambda text, _: [
        item(type="agentMessage", text="body=" + json.dumps(json.dumps({"note": text})) + "\nok")
    ],
    "plain line": lambda text, _: [f"2026-11-21T05:27:26Z INFO ran: {text}"],
}
OTHER_PLACES: dict[str, Place] = {
    "key": lambda text, _: [item(type="mcpToolCall", result={text: "was seen"})],
    "array": lambda text, _: [item(type="mcpToolCall", content=["one", text, "two"])],
    "markdown": lambda text, _: [item(type="agentMessage", text=f"* **found**: `{text}`, ok?")],
    "quoted in shell": lambda text, _: [
        item(type="commandExecution", command=["sh", "-c", f'x "{text}"'])
    ],
    "ansi": lambda text, _: [
        item(type="commandExecution", aggregatedOutput=f"\x1b[1;32m{text}\x1b[0m\r\n")
    ],
    "plan deltas": in_deltas("item/plan/delta"),
    "wrapped base64": lambda text, _: [
        item(type="commandExecution", aggregatedOutput=_wrapped(f"{'x' * 40}\n{text}\n{'y' * 40}"))
    ],
    "url-safe base64": lambda text, _: [
        item(
            type="agentMessage",
            text=base64.urlsafe_b64encode(f"one: {text} two".encode()).decode().rstrip("="),
        )
    ],
    "raw string": lambda text, _: [{"raw": json.dumps(item(type="agentMessage", text=text))}],
    "file content": lambda text, _: [
        {"id": 9, "result": {"dataBase64": packed(f"# config\n{text}\n# end\n")}}
    ],
}


def _wrapped(text: str) -> str:
    whole = packed(text)
    return "\n".join(whole[at : at + 76] for at in range(0, len(whole), 76)) + "\n"


def recording(messages: list[Any]) -> Iterator[bytes]:
    """Yield a real recording with messages put into its middle."""
    lines = RECORDING.read_bytes().splitlines(keepends=True)[:24]
    yield from lines[:12]
    for message in messages:
        if isinstance(message, str):
            yield message.encode() + b"\n"
        else:
            yield json.dumps({"ts": 1.0, "dir": "server", "msg": message}).encode() + b"\n"
    yield from lines[12:]


def redacted(messages: list[Any]) -> list[bytes]:
    out: list[bytes] = []
    redact_whole(recording(messages), Redactor(), out.append)
    return out


def readable(lines: list[bytes]) -> str:
    """Everything that a patient reader finds in a recording."""
    found: list[str] = []
    texts: dict[str, str] = {}
    for line in lines:
        text = line.decode()
        found.append(text)
        if text.startswith("{"):
            _read(json.loads(text), "", found, texts)
    found += texts.values()
    return "\n".join(found)


def _read(value: Any, name: str, found: list[str], texts: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _read(key, "", found, texts)
            _read(inner, key, found, texts)
    elif isinstance(value, list):
        for inner in value:
            _read(inner, name, found, texts)
    elif isinstance(value, str):
        found += (value, unquote(value))
        for word in {value, *value.replace(",", " ").split()}:
            found.append(_unpacked(word))
        if "\n" in value:
            found.append(_unpacked("".join(value.split())))
        if name.lower().endswith("delta"):
            texts[name] = texts.get(name, "") + value
        if name in ("deltaBase64", "chunk"):
            texts[name] = texts.get(name, "") + base64.b64decode(value).decode("utf-8", "replace")
        if value[:1] in ("{", "["):
            with suppress(ValueError):
                _read(json.loads(value), "", found, texts)


def _unpacked(word: str) -> str:
    body = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode(
            "utf-8", "replace"
        )
    except ValueError:
        return ""


def came_out(secret: Secret, lines: list[bytes]) -> bool:
    """Whether a part of a secret, or half of one, can be read."""
    text = readable(lines)
    for part in secret.parts:
        half = len(part) // 2
        wanted = {part, json.dumps(part)[1:-1]}
        if half >= 8:
            wanted |= {part[:half], part[half:]}
        if any(word in text for word in wanted):
            return True
    return False


def measure(
    shapes: dict[str, Make], places: dict[str, Place], seed: int, rounds: int
) -> dict[tuple[str, str], int]:
    """Shape and place → how often the secret came out."""
    found = {}
    for shape, make in shapes.items():
        for where, place in places.items():
            rng = random.Random(f"{seed} {shape} {where}")
            secrets = [make(rng) for _ in range(rounds)]
            found[shape, where] = sum(
                came_out(secret, redacted(place(secret.text, rng))) for secret in secrets
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["listed", "other"])
    options = parser.parse_args()
    total = {}
    places = {**LISTED_PLACES, **OTHER_PLACES}
    for group, shapes in (("listed", LISTED), ("other", OTHER)):
        if options.only not in (None, group):
            continue
        found = measure(shapes, places, options.seed, options.rounds)
        total[group] = (sum(found.values()), len(found) * options.rounds)
        for axis, names, size in ((0, shapes, len(places)), (1, places, len(shapes))):
            print(f"\n{group} shapes, by {'shape' if axis == 0 else 'place'}:")
            for name in names:
                leaks = sum(count for cell, count in found.items() if cell[axis] == name)
                where = [
                    cell[1 - axis] for cell, count in found.items() if cell[axis] == name and count
                ]
                rate = leaks / size / options.rounds
                print(f"  {name:24} {rate:6.1%}  {', '.join(where[:6])}")
    print()
    for group, (leaks, size) in total.items():
        print(f"{group:8} {leaks:5} of {size:6} came out: {leaks / size:.1%}")
    leaks, size = map(sum, zip(*total.values(), strict=True))
    print(f"{'all':8} {leaks:5} of {size:6} came out: {leaks / size:.1%}")


if __name__ == "__main__":
    main()
