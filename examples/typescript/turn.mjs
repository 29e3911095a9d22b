// One turn of a new thread, its commands approved: node turn.mjs "list the files"

import { PROTOCOL_VERSION } from "codex-protocol";
import { Client } from "codex-protocol/client";
import { stdio } from "codex-protocol/stdio";

const client = new Client(stdio());
client.handle("item/commandExecution/requestApproval", ({ command }) => {
  console.error(`it wants to run ${command}`);
  return { decision: "accept" };
});

await client.request("initialize", { clientInfo: { name: "turn", version: PROTOCOL_VERSION } });
client.notify("initialized");
const events = client.notifications();
const { thread } = await client.request("thread/start", {});
const { turn } = await client.request("turn/start", {
  threadId: thread.id,
  input: [{ type: "text", text: process.argv[2] ?? "Hello!" }],
});
for await (const event of events) {
  if (event.method === "item/agentMessage/delta") process.stdout.write(event.params.delta);
  if (event.method === "turn/completed" && event.params.turn.id === turn.id) break;
}
await client.close();
