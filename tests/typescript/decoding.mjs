// Decoding and the client of a package of 0.171.0: node --test decoding.mjs, beside its node_modules

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client } from "codex-protocol/client";
import { decodeNotification, decodeRequest, decodeResult, driftNotes, encode } from "codex-protocol/decode";

const rules = (notes) => notes.map(({ pointer, rule }) => `${pointer} ${rule}`);

test("what fits is returned as it is", () => {
  const message = { method: "thread/closed", params: { threadId: "t" }, emittedAtMs: 1 };
  const { known, why, value, notes } = decodeNotification(message, "server");
  assert.deepEqual([known, why, notes], [true, undefined, []]);
  assert.equal(value, message);
});

test("a note says what differs, where, and what may be meant", () => {
  const params = { thredId: "t", turn: { id: "u", items: [{ type: "hologram" }], status: "asleep" }, turnId: "v" };
  const { notes } = decodeNotification({ method: "turn/completed", params });
  assert.deepEqual(rules(notes), [
    "/params/threadId missing-field",
    "/params/turn/items/* unknown-variant",
    "/params/turn/status unknown-value",
    "/params/thredId unknown-field",
    "/params/turnId unknown-field",
    "/params/turnId id-conflict",
  ]);
  assert.equal(notes[3].message, "A property that the schema does not have; did you mean 'threadId'?");
  assert.equal(notes[5].other, "/params/turn/id");
  const later = decodeNotification({ method: "thread/later", params: { threadId: "t", goal: { threadId: "u" } } });
  assert.deepEqual(rules(later.notes), ["/params unknown-method", "/params/goal/threadId id-conflict"]);
});

test("the id of a thread is read wherever a peer puts it", () => {
  const item = { type: "contextCompaction", id: "i" };
  for (const place of [{ conversationId: "t" }, { thread: { id: "t" } }, { thread: { threadId: "t" } }, { thread_id: "t" }]) {
    const params = { ...place, turn_id: "u", completedAtMs: 1, item };
    const { value } = decodeNotification({ method: "item/completed", params });
    assert.deepEqual([value.params.threadId, value.params.turnId], ["t", "u"]);
    assert.deepEqual(encode(value).params, params);
    const { value: started } = decodeNotification({ method: "thread/started", params: place });
    assert.equal(started.params.thread.id, "t");
  }
});

test("nothing that comes makes it throw", () => {
  const none = [null, 7, 7n, "x", [], {}, { method: 7 }, { method: "__proto__" }, { method: "toString" }];
  for (const odd of none) {
    for (const decode of [decodeNotification, decodeRequest]) {
      const { known, why, value, notes } = decode(odd);
      assert.deepEqual([known, why, value, rules(notes)], [false, "unknown-method", odd, ["/params unknown-method"]]);
    }
  }
  for (const odd of [undefined, null, 7, "x", []]) assert.equal(decodeResult("turn/start", odd).why, "unfit-value");
  assert.equal(decodeRequest({ method: "turn/start", params: {} }, "server").known, false);
  assert.deepEqual(driftNotes({}), []);
});

test("nor does anything that is nested as deep as can be", () => {
  let deep = {};
  for (let i = 0; i < 100_000; i++) deep = { deep: [deep] };
  const params = { turn: { id: "u", items: [deep], status: deep }, thread_id: "t" };
  const { value, notes } = decodeNotification({ method: "turn/started", params });
  assert.equal(value.params.threadId, "t");
  for (const decoded of [value, value.params]) assert.equal(driftNotes(decoded), notes);
});

test("what was changed is encoded as it is now, and what came as it was", () => {
  const came = { turnId: "u", item: { type: "agent_message", id: "i", text: "a", phase: null, x: 1 } };
  const { value } = decodeNotification({ method: "item/completed", params: came, at: 1 });
  assert.deepEqual([value.params.item.type, value.params.threadId], ["agentMessage", null]);
  assert.deepEqual(encode(value).params, came);
  value.params.item.text = "b";
  value.params.threadId = "t";
  const item = { type: "agentMessage", id: "i", text: "b", phase: null, x: 1 };
  assert.deepEqual(encode(value), { method: "item/completed", params: { turnId: "u", item, threadId: "t" }, at: 1 });
  assert.equal(came.item.text, "a");
});

test("members with names that every object has are only members", () => {
  const params = JSON.parse('{"thread_id": "t", "__proto__": {"threadId": "no"}, "constructor": 1}');
  const { value } = decodeNotification({ method: "thread/closed", params });
  assert.equal(value.params.threadId, "t");
  assert.equal(JSON.stringify(encode(value.params)), JSON.stringify(params));
  assert.equal(Object.getPrototypeOf(value.params), Object.prototype);
});

test("a client gives decoded values, and their notes to who asks", async () => {
  const sent = [];
  let say;
  const client = new Client({
    start: (receive) => (say = (message) => receive(JSON.stringify(message))),
    send: (line) => sent.push(JSON.parse(line)),
    close() {},
  });
  const heard = [];
  client.listen((message, raw) => heard.push([message, raw]));
  say({ method: "thread/closed", params: { thread_id: "t" } });
  const [[message, raw]] = heard;
  assert.deepEqual([message.params.threadId, raw.params], ["t", { thread_id: "t" }]);
  assert.deepEqual(rules(driftNotes(message)), [
    "/params/threadId t004-id-alias",
    "/params/thread_id unknown-field",
  ]);

  client.handle("item/fileChange/requestApproval", ({ itemId }) => ({ decision: itemId }));
  say({ id: 7, method: "item/fileChange/requestApproval", params: { threadId: "t", turnId: "u", item_id: "i" } });
  await new Promise(setImmediate);
  assert.deepEqual(sent.pop(), { id: 7, result: { decision: "i" } });

  client.request("turn/start", { threadId: "t", input: [], was: message.params }).catch(() => {});
  assert.deepEqual(sent.pop().params.was, { thread_id: "t" });

  const asked = ["turn/interrupt", "turn/start", "thread/closed"].map((method) => client.request(method, {}));
  const [interrupted, started, unknown] = sent.map(({ id }) => id);
  say({ id: interrupted, result: { more: 1 } });
  say({ id: started, result: "yes" });
  say({ id: unknown, result: "yes" });
  assert.deepEqual(rules(driftNotes(await asked[0])), ["/result/more unknown-field"]);
  await assert.rejects(asked[1], { name: "UnexpectedResultError", method: "turn/start", result: "yes" });
  assert.equal(await asked[2], "yes");
});
