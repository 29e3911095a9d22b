// The items of a turn: as values, and how each comes together from pieces and whole messages.

import { LISTS, TEXTS } from "../turn_tables.js";
import { codePoints, isObject, own } from "./checks.js";

const PARAGRAPH = "\n\n";

/** A member that is a string, else an empty one. */
export const text = (value, name) => (typeof own(value, name) === "string" ? value[name] : "");

/** The v2 name of an item's type: `AgentMessage` is `agentMessage`. */
export const kindOf = (wire) => text(wire, "type").replace(/^./su, (first) => first.toLowerCase());

/** What has come of one item so far. */
export class Entry {
  kind = "";
  wire = {};
  message;
  isV2 = false;
  started;
  completed;
  requests = [];
  #pieces = new Map(); // whether of v1, and the member → number of the part → text
  #item;

  constructor(id) {
    this.id = id;
  }

  /** Whether the item has begun and not completed, or has begun again since. */
  get isOpen() {
    return this.started !== undefined && (this.completed === undefined || this.started > this.completed);
  }

  get isFinalAnswer() {
    return this.kind === "agentMessage" && own(this.wire, "phase") === "final_answer";
  }

  /** Take in that the item begins, maybe again. */
  start(at) {
    this.started = at;
    this.#item = undefined;
  }

  /** Take in a piece of a member's text; those of v1 and of v2 say the same and are kept apart. */
  add(piece, member, index, legacy) {
    const parts = this.#parts(member, legacy);
    parts.set(index, (parts.get(index) ?? "") + piece);
    this.#item = undefined;
  }

  /** Take in the whole of a text that has streamed. */
  replace(whole, member, legacy) {
    this.#parts(member, legacy).set(0, whole);
  }

  /** Take in the item as the server writes it; v1 does not replace what v2 said. */
  tell(kind, wire, message) {
    if (message !== undefined || this.message === undefined) Object.assign(this, { kind, wire, message });
    this.#item = undefined;
  }

  /** The streamed text of a member. */
  streamed(member, legacy) {
    const parts = [...(this.#pieces.get(`${legacy} ${member}`) ?? [])];
    return parts.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, piece]) => piece).join(PARAGRAPH);
  }

  #parts(member, legacy) {
    const key = `${legacy} ${member}`;
    if (!this.#pieces.has(key)) this.#pieces.set(key, new Map());
    return this.#pieces.get(key);
  }

  /** The text as the completed item says it, or else as it has streamed. */
  get text() {
    const whole = said(this.kind, this.wire);
    if (this.#pieces.size === 0 || (whole !== undefined && this.completed !== undefined)) return whole ?? "";
    for (const member of LISTS.get("streamed")) {
      const streamed = longer(this.streamed(member, false), this.streamed(member, true));
      if (streamed !== "") return streamed;
    }
    return whole ?? "";
  }

  /** The item as a value. */
  get item() {
    if (this.#item === undefined) {
      const { id, kind, text, wire, message, started, completed, isFinalAnswer } = this;
      const told = own(wire, "status");
      const status = typeof told === "string" ? told : completed === undefined ? "inProgress" : "completed";
      this.#item = { id, kind, status, text, wire, message, started, completed, isFinalAnswer };
    }
    return this.#item;
  }
}

/** The longer of what v2 and v1 streamed; they say the same, and one may be ahead. */
const longer = (modern, legacy) => (legacy !== "" && codePoints(legacy) > codePoints(modern) ? legacy : modern);

/** The text of a completed item; undefined where it does not say. */
function said(kind, wire) {
  for (const member of TEXTS.get(kind) ?? []) {
    const value = own(wire, member);
    if (typeof value === "string") return value;
    if (Array.isArray(value) && value.length > 0) {
      return value.map(textOfPart).filter(Boolean).join(kind === "reasoning" ? PARAGRAPH : "");
    }
  }
  return undefined;
}

/** The text of a part: a string, `{"text": T}`, or `{"Text": {"text": T}}` up to 0.63.0. */
function textOfPart(part) {
  const inner = isObject(part) && Object.hasOwn(part, "Text") ? part.Text : part;
  if (typeof inner === "string") return inner;
  return isObject(inner) ? text(inner, "text") : "";
}
