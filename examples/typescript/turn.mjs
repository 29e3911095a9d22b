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
const { thread } = await client.request("thread/start", {});
const turn = await client.runTurn(
  { threadId: thread.id, input: [{ type: "text", text: process.argv[2] ?? "Hello!" }] },
  { onStep: ({ added }) => process.stdout.write(added) },
);
if (turn.status !== "completed") {
  console.error(`the turn is ${turn.status}: ${turn.errorMessage ?? turn.end?.reason}`);
  process.exitCode = 1;
}
await client.close();
