// What must compile against the decoding functions of the package of 0.171.0, and what must not.

import { parseLine, type AnyServerNotification, type AnyServerRequest, type ClientRequests } from "codex-protocol";
import { decodeNotification, decodeRequest, decodeResult, driftNotes, encode } from "codex-protocol/decode";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

// What is decoded has its type, unless nothing is known of it.
export function decoded(line: string): string {
  const notification = decodeNotification(parseLine(line), "server");
  // @ts-expect-error nothing is known yet
  notification.value.method;
  if (!notification.known) return notification.why;
  holds<Equal<typeof notification.value, AnyServerNotification>>();
  if (notification.value.method === "turn/completed") return notification.value.params.turn.id;
  const request = decodeRequest(parseLine(line), "server");
  if (request.known) holds<Equal<typeof request.value, AnyServerRequest>>();
  const either = decodeNotification(null);
  if (either.known) holds<AnyServerNotification extends typeof either.value ? true : false>();
  const result = decodeResult("turn/start", parseLine(line));
  if (result.known) holds<Equal<typeof result.value, ClientRequests["turn/start"]["result"]>>();
  const approval = decodeResult("item/fileChange/requestApproval", null, "server");
  if (approval.known) return approval.value.decision;
  const later = decodeResult("thread/later", null);
  holds<Equal<typeof later.value, unknown>>();
  // @ts-expect-error notes do not change
  driftNotes(encode(result.value))[0] = result.notes[0];
  const [note] = later.notes;
  // @ts-expect-error there may be none
  note.pointer;
  return note?.pointer ?? "";
}
