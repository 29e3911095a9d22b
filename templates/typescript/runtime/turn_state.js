// The state of a turn: a value over a history that only grows.
//
// All states of a turn share one history, and each sees as much of it as had happened. So a step costs
// the same however long the turn is, and earlier states stay what they are.

import { own } from "./checks.js";
import { Entry } from "./turn_items.js";
import { reportedUsage, turnUsage, without } from "./turn_usage.js";

/** What a turn comes to; changed by its history only. Each change returns the text that it adds. */
class Content {
  entries = new Map();
  requests = new Map();
  errors = [];
  plan;
  diff;
  hasV2Items = false;
  #answer; // the final answer, else the last whole message; a text where only the end of a v1 turn says it
  #streaming;
  #legacyVoice;
  #usage;
  #before;

  /** An item begins; `message` is the v2 notification, undefined for an event of v1. */
  startItem(id, kind, wire, message, at) {
    const entry = this.#entry(id, message === undefined);
    if (entry.completed === undefined) entry.tell(kind, wire, message);
    if (entry.started === undefined || entry.completed !== undefined) entry.start(at);
    return "";
  }

  /** An item is completed; one that is completed again is as it was said last. */
  completeItem(id, kind, wire, message, at) {
    const legacy = message === undefined;
    const entry = this.#entry(id, legacy);
    entry.completed = at;
    entry.tell(kind, wire, message);
    for (const request of entry.requests.splice(0)) this.requests.delete(request);
    return entry.kind === "agentMessage" ? this.#wholeMessage(entry, legacy) : "";
  }

  addPiece(id, kind, member, index, piece, legacy) {
    const entry = this.#entry(id, legacy);
    entry.kind ||= kind;
    entry.add(piece, member, index, legacy);
    if (kind !== "agentMessage") return "";
    this.#streaming = entry;
    return this.#speaks(legacy) ? piece : "";
  }

  changeItem(id, members) {
    const entry = this.#entry(id, false);
    entry.tell(entry.kind, { ...entry.wire, ...members }, entry.message);
    return "";
  }

  /** The end of a v1 turn repeats the final answer. */
  say(text) {
    if (!(this.#answer instanceof Entry && this.#answer.text === text)) this.#answer = text;
    return "";
  }

  /** What the thread had used before the turn. */
  knowTotal(total) {
    if (this.#usage === undefined) this.#before = total;
    return "";
  }

  reportUsage(params) {
    const report = reportedUsage(params);
    if (report === undefined) return "";
    this.#usage = report;
    this.#before ??= without(report.total, report.last);
    return "";
  }

  changePlan(plan) {
    this.plan = plan;
    return "";
  }

  changeDiff(diff) {
    this.diff = diff;
    return "";
  }

  /** An error counts once where v1 and v2 both tell it. */
  addError(error) {
    const last = this.errors.at(-1);
    if (last?.text !== error.text || last.method === error.method) this.errors.push(error);
    return "";
  }

  openRequest(request) {
    this.requests.set(request.id, request);
    this.entries.get(request.itemId)?.requests.push(request.id);
    return "";
  }

  closeRequest(id) {
    this.requests.delete(id);
    return "";
  }

  get usage() {
    return this.#usage && turnUsage(this.#usage, this.#before);
  }

  get text() {
    if (typeof this.#answer === "string") return this.#answer;
    return (this.#answer ?? this.#streaming)?.text ?? "";
  }

  #entry(id, legacy) {
    if (!this.entries.has(id)) this.entries.set(id, new Entry(id));
    const entry = this.entries.get(id);
    if (!legacy) entry.isV2 = this.hasV2Items = true;
    return entry;
  }

  /** Make a message the answer, and return what no piece of it has brought. */
  #wholeMessage(entry, legacy) {
    if (this.#answer?.isFinalAnswer !== true || entry.isFinalAnswer) this.#answer = entry;
    if (!this.#speaks(legacy)) return "";
    const [streamed, text] = [entry.streamed("text", legacy), entry.text];
    if (text !== "") entry.replace(text, "text", legacy); // a second completion adds nothing
    return text.startsWith(streamed) ? text.slice(streamed.length) : "";
  }

  /** Whether the answer's text is taken from v1 (or v2): from the first that brings any. */
  #speaks(legacy) {
    this.#legacyVoice ??= legacy;
    return this.#legacyVoice === legacy;
  }
}

/** The changes of a turn in order, and what they come to. */
class History {
  changes = [];
  content = new Content();

  /** The history as it was after so many changes. */
  first(length) {
    if (length === this.changes.length) return this;
    const earlier = new History();
    for (const [act, values] of this.changes.slice(0, length)) earlier.add(act, values);
    return earlier;
  }

  add(act, values) {
    this.changes.push([act, values]);
    return this.content[act](...values);
  }
}

const NOTHING = { started: undefined, end: undefined, presumed: undefined, added: "", interruptAsked: false };

/** What is known of a turn; its members are told in turns.d.ts. */
export class TurnState {
  #history;
  #length;

  constructor(before, members, history = new History(), length = 0) {
    Object.assign(this, before, members);
    this.#history = history;
    this.#length = length;
  }

  /** The state of a turn of which nothing has come. */
  static of(threadId, turnId) {
    return new TurnState(NOTHING, { threadId, turnId });
  }

  get ended() {
    return this.end !== undefined;
  }

  get status() {
    return this.end === undefined ? "inProgress" : this.end.status;
  }

  get items() {
    const { entries, hasV2Items } = this.#content;
    return [...entries.values()].filter((entry) => entry.isV2 || !hasV2Items).map((entry) => entry.item);
  }

  get openItems() {
    return [...this.#content.entries.values()].filter((entry) => entry.isOpen).map((entry) => entry.item);
  }

  item(id) {
    return this.#content.entries.get(id)?.item;
  }

  get text() {
    return this.#content.text;
  }

  get reasoning() {
    const texts = this.items.filter(({ kind }) => kind === "reasoning").map(({ text }) => text);
    return texts.filter(Boolean).join("\n\n");
  }

  get usage() {
    return this.#content.usage;
  }

  get plan() {
    return this.#content.plan;
  }

  get diff() {
    return this.#content.diff;
  }

  get errors() {
    return [...this.#content.errors];
  }

  get openRequests() {
    return this.ended ? [] : [...this.#content.requests.values()];
  }

  get error() {
    return this.end?.error;
  }

  get errorMessage() {
    const message = this.error && own(this.error, "message");
    return typeof message === "string" ? message : undefined;
  }

  /** The state after a change of its content; `members` change with it. */
  changed(act, values, members = {}) {
    const history = this.#history.first(this.#length);
    const added = history.add(act, values);
    return new TurnState(this, { ...members, added }, history, this.#length + 1);
  }

  /** The state after a step that changes nothing: it adds no text. */
  unchanged() {
    return this.added === "" ? this : this.replaced({});
  }

  /** The state with other values of some members, and no text added. */
  replaced(members) {
    return new TurnState(this, { ...members, added: "" }, this.#history, this.#length);
  }

  get #content() {
    return this.#history.first(this.#length).content;
  }
}
