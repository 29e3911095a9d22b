// The hand-written runtime of TypeScript packages: node --test runtime.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

import { Peer } from "../../templates/typescript/runtime/client.js";
import { codePoints, isMultiple, jsonEqual } from "../../templates/typescript/runtime/checks.js";
import { parseLine, writeLine } from "../../templates/typescript/runtime/json.js";
import { byLine, launch, stdio } from "../../templates/typescript/runtime/stdio.js";
import { webSocket } from "../../templates/typescript/runtime/websocket.js";

/** A client, what it has sent, and ways to be the server. */
function connected(refusals = {}) {
  const sent = [];
  let server;
  const transport = {
    start: (receive, end) => (server = { say: (message) => receive(JSON.stringify(message)), receive, end }),
    send: (line) => sent.push(JSON.parse(line)),
    close: () => server.end("closed here"),
  };
  return { client: new Peer(transport, refusals), sent, server };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("answers find their requests, in any order, and errors are thrown", async () => {
  const { client, sent, server } = connected();
  const [one, two] = [client.request("a", { x: 1 }), client.request("b")];
  assert.deepEqual(sent, [{ id: 1, method: "a", params: { x: 1 } }, { id: 2, method: "b" }]);
  server.say({ id: "1", result: "of somebody else" });
  server.say({ id: 2, error: { code: -32600, message: "no", data: [1] } });
  server.say({ id: 1, result: { y: 2 } });
  assert.deepEqual(await one, { y: 2 });
  await assert.rejects(two, { name: "RpcError", message: "b: no (-32600)", method: "b", code: -32600, data: [1] });
});

test("a request of the server gets one answer: the handler's, a refusal, or an error", async () => {
  const { client, sent, server } = connected({ ask: { result: { decision: "decline" } }, time: { error: { code: -1 } } });
  server.say({ id: 7, method: "ask" });
  server.say({ id: "7", method: "time" });
  server.say({ id: 8, method: "toString" });
  client.handle("ask", async ({ ok }, id) => ({ ok, id }));
  server.say({ id: 9, method: "ask", params: { ok: true } });
  client.handle("ask", () => {
    throw new Error("not now");
  });
  server.say({ id: 10, method: "ask" });
  await settled();
  assert.deepEqual(sent.find(({ id }) => id === 7), { id: 7, result: { decision: "decline" } });
  assert.equal(sent.find(({ id }) => id === "7").error.code, -1);
  assert.equal(sent.find(({ id }) => id === 8).error.code, -32601);
  assert.deepEqual(sent.find(({ id }) => id === 9), { id: 9, result: { ok: true, id: 9 } });
  assert.deepEqual(sent.find(({ id }) => id === 10).error, { code: -32603, message: "not now" });
  assert.equal(sent.length, 5);
});

test("notifications wait, and end with the connection; lines that are none are passed over", async () => {
  const { client, server } = connected();
  const heard = [];
  const stop = client.listen(({ method }) => heard.push(method));
  const events = client.notifications();
  for (const line of ["", "{", "[]x", "null", "7"]) server.receive(line);
  server.say({ method: "one" });
  stop();
  server.say({ method: "two", params: {} });
  const pending = client.request("never");
  server.end("it died");
  const seen = [];
  for await (const { method } of events) seen.push(method);
  assert.deepEqual([seen, heard], [["one", "two"], ["one"]]);
  await assert.rejects(pending, { name: "ClosedError", message: "it died" });
  await assert.rejects(client.request("late"), { name: "ClosedError" });
  assert.throws(() => client.notify("late"), { name: "ClosedError" });
  assert.equal(await client.closed, "it died");
});

test("who waits for a notification is woken by the end", async () => {
  const { client } = connected();
  const next = client.notifications().next();
  await client.close();
  assert.deepEqual(await next, { value: undefined, done: true });
});

test("numbers lose nothing, and other lines go through JSON.parse", () => {
  for (const text of [
    '{"a":18446744073709551615,"b":[-9223372036854775808,1.5,"1234567890123456789\\"{"],"__proto__":{"x":[]}}',
    '["9007199254740993",9007199254740993,{},[],null,true,-0]',
    "12345678901234567890",
    '{"a":1e999,"b":0.1234567890123456}',
  ]) {
    assert.equal(writeLine(parseLine(text)), text);
  }
  assert.equal(parseLine("[9007199254740993]")[0], 9007199254740993n);
  assert.equal(parseLine("[9007199254740991.0, 1234567890123456]")[1], 1234567890123456);
  assert.throws(() => parseLine('{"a":1234567890123456789,}'), SyntaxError);
  assert.equal(writeLine({ a: undefined, b: [undefined] }), '{"b":[null]}');
  const deep = `${"[".repeat(5000)}1234567890123456789${"]".repeat(5000)}`;
  assert.ok(Array.isArray(parseLine(deep)));
});

test("values are compared and counted as JSON Schema says", () => {
  assert.equal(codePoints("a\u{1f600}\ud83d"), 3);
  assert.ok(jsonEqual({ a: [1n], b: null }, { b: null, a: [1] }));
  assert.ok(!jsonEqual(1, true) && !jsonEqual([], {}) && !jsonEqual({ a: 1 }, { b: 1 }) && !jsonEqual(null, {}));
  assert.ok(isMultiple(0.3, 0.1) && isMultiple(1e-7, 1e-8) && isMultiple(2n ** 70n, 2) && !isMultiple(0.35, 0.1));
});

test("lines come whole, whatever the pieces", () => {
  const lines = [];
  const feed = byLine((line) => lines.push(line));
  for (const piece of ["a", "b\nc\u2028", "d\n", "\n", "e"]) feed(piece);
  assert.deepEqual(lines, ["ab", "c\u2028d", ""]);
});

test("on Windows a shell runs what is no program", () => {
  assert.deepEqual(launch("linux", "codex", ["a b"]).slice(0, 2), ["codex", ["a b"]]);
  assert.deepEqual(launch("win32", "C:\\codex.exe", ["a b"]).slice(0, 2), ["C:\\codex.exe", ["a b"]]);
  const [line, args, { shell }] = launch("win32", "C:\\my tools\\codex.cmd", ["-c", 'model="x"']);
  assert.deepEqual([line, args, shell], ['"C:\\my tools\\codex.cmd" -c "model=""x"""', [], true]);
  assert.throws(() => launch("win32", "codex", ["%PATH%"]), TypeError);
});

test("a server that is not there, or that dies, ends the connection and says why", async () => {
  const missing = new Peer(stdio({ command: "no-such-codex-here" }), {});
  await assert.rejects(missing.request("initialize", {}), /cannot run no-such-codex-here: .*ENOENT/);
  const dying = new Peer(stdio({ command: process.execPath, args: ["-e", "process.exit(3)"] }), {});
  await assert.rejects(dying.request("initialize", {}), /ended \(exit code 3\)/);
});

test("a runtime without WebSocket is told what to do", async () => {
  assert.throws(() => webSocket("ws://127.0.0.1:1", { WebSocket: null }), /WebSocket/);
});
