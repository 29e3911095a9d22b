// What must compile against the package of 0.171.0, and what must not.

import {
  clientRequests,
  parseLine,
  PROTOCOL_VERSION,
  threadId,
  type AnyServerNotification,
  type AnyServerRequest,
  type ClientNotifications,
  type ClientRequests,
  type CommandExecutionApprovalDecision,
  type ServerNotifications,
  type ServerRequests,
  type Thread,
  type ThreadBackgroundTerminal,
  type ThreadItem,
  type TurnStartParams,
  type TurnStatus,
  type UnknownVariant,
} from "codex-protocol";
import type { Client } from "codex-protocol/client";
import { collect, GRACE, settle, start, step, type TurnState } from "codex-protocol/turns";
import { acceptsMessage, acceptsResult, isThread } from "codex-protocol/validators";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

// The maps of all four tables.
declare function request<M extends keyof ClientRequests>(
  method: M,
  params: ClientRequests[M]["params"],
): Promise<ClientRequests[M]["result"]>;
export async function ask(): Promise<string> {
  const answer = await request("turn/start", { threadId: "t", input: [{ type: "text", text: "hi", text_elements: [] }] });
  // @ts-expect-error there is no such method
  await request("turn/begin", {});
  // @ts-expect-error `input` is missing
  await request("turn/start", { threadId: "t" });
  // @ts-expect-error a misspelled member
  await request("turn/start", { threadId: "t", input: [], modle: "m" });
  // @ts-expect-error the id of a turn is a string
  const wrong: number = answer.turn.id;
  return answer.turn.id + wrong;
}
holds<Equal<ClientRequests["turn/start"]["params"], TurnStartParams>>();
holds<"initialized" extends keyof ClientNotifications ? true : false>();
holds<ServerNotifications["thread/started"]["params"]["thread"] extends Thread ? true : false>();
holds<ServerRequests["item/commandExecution/requestApproval"]["result"]["decision"] extends CommandExecutionApprovalDecision ? true : false>();

// JSON's numbers are those of JavaScript, whole or not.
holds<Equal<NonNullable<ThreadBackgroundTerminal["cpuPercent"]>, number>>();
holds<Equal<NonNullable<ThreadBackgroundTerminal["osPid"]>, number>>();

// Open enums: any string, and a known one is no other type.
const later: TurnStatus = "paused";
const known: TurnStatus = "completed";
// @ts-expect-error a number is no status
const none: TurnStatus = 1;
export const statuses = [later, known, none];

// Open unions: a known tag narrows, an unknown one is what is left.
export function text(item: ThreadItem): string {
  switch (item.type) {
    case "agentMessage":
      return item.text;
    case "reasoning":
      // @ts-expect-error a reasoning has no text
      return item.text;
    default:
      // @ts-expect-error what is left has no such member for certain
      return item.text;
  }
}
export function left(item: Extract<ThreadItem, { type: "plan" }> | UnknownVariant<"type">): string {
  if (item.type === "plan") return item.text;
  holds<Equal<typeof item, UnknownVariant<"type">>>();
  const more: unknown = item["anything"];
  return `${item.type} ${String(more)}`;
}
export function amended(decision: CommandExecutionApprovalDecision): readonly string[] {
  if (typeof decision === "string") return [decision];
  if ("acceptWithExecpolicyAmendment" in decision) {
    return decision.acceptWithExecpolicyAmendment.execpolicy_amendment;
  }
  return [];
}

// Messages are told apart by their methods.
export function delta(message: AnyServerNotification): string | undefined {
  if (message.method === "item/agentMessage/delta") return message.params.delta;
  if (message.method === "turn/completed") return message.params.turn.id;
  // @ts-expect-error the params of any other message are not known to have a delta
  return message.params.delta;
}
export function asked(message: AnyServerRequest): string | number {
  if (message.method === "item/fileChange/requestApproval") {
    const item: string = message.params.itemId;
    return item;
  }
  return message.id;
}

// Validators are type guards; ids are strings, if any.
export function read(line: string): string {
  const value = parseLine(line);
  // @ts-expect-error nothing is known about a line
  value.id;
  if (isThread(value)) return value.id;
  // @ts-expect-error there is no such side
  acceptsMessage(value, "proxy");
  const id = threadId("turn/start", value, "params");
  // @ts-expect-error there may be none
  const certain: string = id;
  return acceptsResult(value, "turn/start", "client") ? certain : PROTOCOL_VERSION;
}
// @ts-expect-error the tables of methods do not change
clientRequests.push("turn/start");

// The client asks for what the maps say.
export async function converse(client: Client): Promise<string> {
  await client.request("initialize", { clientInfo: { name: "program", version: "1" } });
  client.notify("initialized");
  client.handle("item/fileChange/requestApproval", (params) => {
    holds<Equal<typeof params.itemId, string>>();
    return { decision: "accept" };
  });
  // @ts-expect-error an approval is answered by a decision
  client.handle("item/fileChange/requestApproval", () => ({ verdict: "accept" }));
  // @ts-expect-error params are missing
  await client.request("thread/read");
  const { thread } = await client.request("thread/start", {});
  for await (const message of client.notifications()) {
    if (message.method === "turn/completed") return message.params.turn.id;
  }
  return thread.id;
}

// The state of a turn is a value; any message may come in.
export async function answer(client: Client, signal: AbortSignal): Promise<string> {
  const state = await client.runTurn(
    { threadId: "t", input: [{ type: "text", text: "hi", text_elements: [] }] },
    {
      signal,
      onStep: ({ added }, message) => {
        if (message.method === "item/agentMessage/delta") holds<Equal<typeof message.params.delta, string>>();
        console.log(added);
      },
    },
  );
  // @ts-expect-error `input` is missing
  await client.runTurn({ threadId: "t" });
  // @ts-expect-error a state does not change
  state.added = "";
  // @ts-expect-error it may not have ended
  console.log(state.end.reason);
  return state.text;
}
export function folded(messages: readonly unknown[]): string | undefined {
  let state: TurnState = start("t");
  for (const [at, message] of messages.entries()) state = step(state, message, at);
  if (state.presumed && messages.length - state.presumed.at > GRACE) state = settle(state);
  const [first] = collect(messages);
  // @ts-expect-error there may be no turn at all
  console.log(first.status);
  const item = state.items[0]?.message?.params.item;
  if (item?.type === "commandExecution") holds<Equal<typeof item.command, string>>();
  const tokens: number | undefined = state.usage?.turn.totalTokens;
  return state.openRequests.map(({ id, method }) => `${id} ${method} ${tokens}`)[0];
}
