// Client.runTurn of a generated package: PACKAGE=its folder node --test turn_run.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";

const { Client, RpcError } = await import(`${process.env.PACKAGE}/client.js`);
const { GRACE, start, step } = await import(`${process.env.PACKAGE}/runtime/turns.js`);

const HERE = { threadId: "T", turnId: "U" };
const START = { threadId: "T", input: [] };
const ANSWER = { id: 1, result: { turn: { id: "U" } } };
const note = (method, params) => ({ method, params });
const delta = (text, at = HERE) => note("item/agentMessage/delta", { ...at, itemId: "m", delta: text });
const status = (type) => note("thread/status/changed", { threadId: "T", status: { type } });
const completed = (word = "completed", threadId = "T") =>
  note("turn/completed", { threadId, turn: { id: "U", status: word } });
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A client, what it has sent, and ways to be the server. */
function connected() {
  const sent = [];
  let server;
  const client = new Client({
    start: (receive, end) => {
      const say = (...messages) => messages.forEach((message) => receive(JSON.stringify(message)));
      server = { say, end };
    },
    send: (line) => sent.push(JSON.parse(line)),
    close: () => server.end("closed here"),
  });
  const added = [];
  const run = (options = {}) => client.runTurn(START, { onStep: (state) => added.push(state.added), ...options });
  return { client, sent, server, added, run };
}

test("a turn is waited for, and what comes before the answer or of others does no harm", async () => {
  const { sent, server, added, run } = connected();
  const running = run();
  assert.deepEqual(sent, [{ id: 1, method: "turn/start", params: START }]);
  const other = { threadId: "X", turnId: "U" };
  server.say(delta("Hel"), delta("no", other), completed("failed", "X"), ANSWER);
  await settled();
  server.say(delta("lo"), delta("no", other), note("warning", HERE), completed(), delta("late"));
  const state = await running;
  assert.deepEqual(added, ["Hel", "lo", ""]);
  assert.deepEqual([state.status, state.text, state.end.reason, state.end.certain], ["completed", "Hello", "turn/completed", true]);
  server.say(delta("later"));
  assert.equal(added.length, 3);
});

test("a turn whose end came before the answer has ended", async () => {
  const { server, run } = connected();
  const running = run();
  server.say(delta("Hi"), completed(), ANSWER);
  assert.equal((await running).text, "Hi");
});

test("the server's questions are answered by handlers while the turn runs, or refused", async () => {
  const { client, sent, server, run } = connected();
  client.handle("item/commandExecution/requestApproval", ({ command }) => ({ decision: command === "ls" ? "accept" : "decline" }));
  const running = run();
  server.say(ANSWER, { id: 7, ...note("item/commandExecution/requestApproval", { ...HERE, itemId: "c", command: "ls" }) });
  server.say({ id: 8, ...note("item/fileChange/requestApproval", { ...HERE, itemId: "f" }) });
  await settled();
  assert.deepEqual(sent.slice(1).sort((a, b) => a.id - b.id), [
    { id: 7, result: { decision: "accept" } },
    { id: 8, result: { decision: "decline" } },
  ]);
  server.say(completed());
  assert.equal((await running).status, "completed");
});

test("a turn that is refused, or whose connection ends before it is known, is an error", async () => {
  const { server, run } = connected();
  const refused = run();
  server.say(completed(), { id: 1, error: { code: -32600, message: "no such thread" } });
  await assert.rejects(refused, RpcError);
  const lost = run();
  server.end("it died");
  await assert.rejects(lost, { name: "ClosedError", message: "it died" });
  await assert.rejects(run(), { name: "ClosedError" });
});

test("a turn whose connection ends has ended as is presumed, or unknown", async () => {
  for (const [messages, outcome, reason] of [
    [[delta("Hel")], "unknown", "the connection was lost: it died"],
    [[status("systemError")], "failed", "thread/status/changed: systemError"],
    [[completed("interrupted")], "interrupted", "turn/completed"],
  ]) {
    for (const early of [true, false]) {
      const { server, run } = connected();
      const running = run();
      server.say(ANSWER);
      if (!early) await settled();
      server.say(...messages);
      server.end("it died");
      const { end } = await running;
      assert.deepEqual([end.status, end.reason, end.certain], [outcome, reason, outcome === "interrupted"]);
      assert.ok(end.at > 1e12);
    }
  }
});

test("a turn whose end is hinted at has ended when nothing more comes", async () => {
  const error = note("error", { ...HERE, willRetry: false, error: { message: "broke" } });
  for (const [messages, outcome] of [
    [[status("systemError")], "failed"],
    [[status("systemError"), delta("x"), status("idle")], "unknown"],
    [[status("notLoaded")], "interrupted"],
    [[status("idle"), error], "failed"],
    [[note("thread/closed", { threadId: "T" })], "interrupted"],
  ]) {
    const { server, run } = connected();
    const running = run({ grace: 5 });
    server.say(ANSWER, ...messages);
    const state = await running;
    assert.deepEqual([state.status, state.end.certain], [outcome, false]);
  }
});

test("a hint is waited on, and the end itself has the last word", async () => {
  const { server, run } = connected();
  const running = run({ grace: 60_000 });
  server.say(ANSWER, status("systemError"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  server.say(completed("failed"));
  assert.equal((await running).end.reason, "turn/completed");
  assert.equal(GRACE, 5000);
});

test("who aborts waits no longer, and the server is asked to end the turn", async () => {
  for (const early of [true, false]) {
    const { sent, server, run } = connected();
    const abort = new AbortController();
    const running = run({ signal: abort.signal });
    if (!early) server.say(ANSWER);
    await settled();
    abort.abort(new Error("enough"));
    await assert.rejects(running, { message: "enough" });
    if (early) server.say(ANSWER);
    await settled();
    assert.deepEqual(sent[1], { id: 2, method: "turn/interrupt", params: HERE });
    server.say(completed("interrupted"), { id: 2, error: { code: -32600, message: "it has ended" } });
    await settled();
  }
  const { sent, run } = connected();
  await assert.rejects(run({ signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.deepEqual(sent, []);
});

test("what a callback throws ends the wait, too", async () => {
  const { sent, server, run } = connected();
  let steps = 0;
  const running = run({
    onStep: () => {
      steps++;
      throw new Error("not so");
    },
  });
  server.say(ANSWER, delta("x"), delta("y"));
  await assert.rejects(running, { message: "not so" });
  await settled();
  assert.equal(steps, 1);
  assert.equal(sent[1].method, "turn/interrupt");
});

test("a turn that is over leaves nothing behind", async () => {
  const { server, run, added } = connected();
  const { signal } = new AbortController();
  const listening = new Set();
  signal.addEventListener = (_, listener) => listening.add(listener);
  signal.removeEventListener = (_, listener) => listening.delete(listener);
  const running = run({ signal });
  assert.equal(listening.size, 1);
  server.say(ANSWER, status("idle"), completed());
  await running;
  assert.equal(listening.size, 0);
  server.end("over");
  assert.deepEqual(added, ["", ""]);
});

test("a long turn costs no more a step", () => {
  let state = start("T", "U");
  for (let at = 0; at < 30_000; at++) state = step(state, delta("x"), at);
  for (let at = 0; at < 30_000; at++) {
    const item = { type: "commandExecution", id: String(at) };
    state = step(state, note("item/completed", { ...HERE, item }), at);
    assert.equal(state.item(item.id).completed, at);
  }
  assert.deepEqual([state.text.length, state.items.length], [30_000, 30_001]);
});
