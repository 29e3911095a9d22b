// What must compile against a companion package beside the types of `generate-ts`, and what must not.

import type { RequestId } from "./codex/RequestId.js";
import type { ServerNotification } from "./codex/ServerNotification.js";
import type { Thread } from "./codex/v2/Thread.js";
import type { TurnStartResponse } from "./codex/v2/TurnStartResponse.js";
import { itemId, refusals, requestId, threadId, turnId } from "./companion/index.js";
import type * as companion from "./companion/index.js";
import { Client } from "./companion/client.js";
import { acceptsMessage, isThread } from "./companion/validators.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

// The types are those of upstream, not ones that look alike.
holds<Equal<companion.Thread, Thread>>();
holds<Equal<companion.ClientRequests["thread/start"]["result"]["thread"], Thread>>();
holds<Equal<companion.ClientRequests["turn/start"]["result"], TurnStartResponse>>();
type Started = Extract<ServerNotification, { method: "thread/started" }>;
holds<Equal<companion.ServerNotifications["thread/started"]["params"], Started["params"]>>();
holds<"initialized" extends keyof companion.ClientNotifications ? true : false>();
// @ts-expect-error an answer is no thread
holds<Equal<companion.ClientRequests["turn/start"]["result"], Thread>>();

export async function start(client: Client): Promise<Thread> {
  // @ts-expect-error there is no such method
  await client.request("thread/begin", {});
  const { thread } = await client.request("thread/start", {});
  // @ts-expect-error the id of a thread is a string
  const wrong: number = thread.id;
  return wrong ? thread : (await client.request("thread/read", { threadId: thread.id })).thread;
}

export function heard(message: companion.AnyServerNotification): string | undefined {
  if (message.method === "item/agentMessage/delta") return message.params.delta;
  const { method, params } = message;
  return threadId(method, params) ?? turnId(method, params) ?? itemId(method, params);
}

export function refused(id: RequestId, method: keyof companion.ServerRequests): object {
  const refusal = refusals["item/fileChange/requestApproval"];
  // @ts-expect-error it may be an error
  refusal.result;
  return { id, of: requestId(method, {}), ...refusals[method] };
}

export function judged(value: unknown): Thread | boolean {
  return isThread(value) ? value : acceptsMessage(value, "server");
}
