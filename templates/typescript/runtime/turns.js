// A pure reducer for turns: messages in, the state of a turn out. What each message does, and which turn
// it is about, is in the tables.

import { threadId, turnId } from "../ids.js";
import { CONSTANTS, LISTS, ROWS } from "../turn_tables.js";
import { isObject } from "./checks.js";
import { ACTS } from "./turn_acts.js";
import { TurnState } from "./turn_state.js";
import { reportedUsage } from "./turn_usage.js";

export const GRACE = CONSTANTS.get("grace") * 1000;

const [EVENT, ITEM] = [CONSTANTS.get("event"), CONSTANTS.get("item")];
const [BEGINS, OF_RUNNING, REQUESTS, TOTALS, UNNAMED] = ["begins", "ofRunning", "requests", "totals", "unnamed"].map(
  (name) => new Set(LISTS.get(name)),
);
const rows = new Map(
  [...ROWS].map(([method, [act, kind, member, number, alive]]) => [method, { act: ACTS[act], kind, member, number, alive }]),
);
const ASKED = { act: ACTS.request };

export const start = (thread, turn) => TurnState.of(thread, turn);

export function step(state, message, at = 0) {
  const event = eventOf(message, at);
  if (event === undefined) return state.unchanged();
  const { thread, turn } = event;
  if (thread !== undefined && state.threadId !== undefined && thread !== state.threadId) return state.unchanged();
  if (turn === undefined) return isThreadWide(event) ? take(state, event) : state.unchanged();
  if (turn === state.turnId) return take(state, event);
  if (TOTALS.has(event.method) && thread !== undefined && thread === state.threadId) {
    return withTotal(state, event.params);
  }
  if (state.turnId !== undefined || UNNAMED.has(event.method)) return state.unchanged();
  return take(state.replaced({ threadId: thread ?? state.threadId, turnId: turn }), event);
}

export const answered = (state, id) => state.changed("closeRequest", [id]);

export function settle(state, reason = "nothing said so", at = 0) {
  if (state.ended) return state.unchanged();
  const unknown = { status: "unknown", reason, certain: false, at, error: undefined, message: undefined };
  return state.replaced({ end: state.presumed ?? unknown, presumed: undefined });
}

export function collect(messages) {
  const turns = new Turns();
  let number = 0;
  for (const message of messages) turns.take(message, ++number);
  return turns.states;
}

const take = (state, event) => event.row.act(state, event);

/** A message that says something about a turn, and which; undefined for any other. */
function eventOf(message, at) {
  if (!isObject(message)) return undefined;
  const { method, params } = message;
  if (typeof method !== "string" || !isObject(params)) return undefined;
  const asks = Object.hasOwn(message, "id") && (method.startsWith(ITEM) || REQUESTS.has(method));
  const row = asks ? ASKED : rows.get(method);
  const members = method.startsWith(EVENT) ? params.msg : params;
  if (row === undefined || !isObject(members)) return undefined;
  const [thread, turn] = [threadId, turnId].map((find) => find(method, params, "params"));
  return { row, method, params: members, message, at, thread, turn };
}

/** Whether a message that names no turn is about the one that runs on its thread. */
const isThreadWide = ({ row, method }) => row === ASKED || OF_RUNNING.has(method);

/** The state with what the thread had used before the turn. */
function withTotal(state, params) {
  const report = reportedUsage(params);
  return report === undefined ? state.unchanged() : state.changed("knowTotal", [report.total]);
}

/** The turns of a session: their states, and where in the list those of a thread and turn are. */
class Turns {
  states = [];
  #places = new Map();
  #running = new Map();
  #totals = new Map();

  take(message, at) {
    const event = eventOf(message, at);
    if (event === undefined) return;
    const { thread, turn, method, params } = event;
    if (turn !== undefined) this.#takeOfTurn(event);
    else if (isThreadWide(event)) for (const place of [...this.#runningOn(thread)]) this.#step(place, event);
    if (TOTALS.has(method)) this.#totals.set(thread, params);
  }

  #takeOfTurn(event) {
    const { thread, turn, method } = event;
    const key = JSON.stringify([thread, turn]);
    let place = this.#places.get(key);
    if (place !== undefined && BEGINS.has(method) && this.states[place].ended) place = undefined;
    if (place === undefined && UNNAMED.has(method)) return;
    if (place === undefined) {
      place = this.states.push(withTotal(start(thread, turn), this.#totals.get(thread) ?? {})) - 1;
      this.#places.set(key, place);
      this.#running.set(thread, this.#runningOn(thread).add(place));
    }
    this.#step(place, event);
  }

  #step(place, event) {
    const before = this.states[place];
    const state = (this.states[place] = take(before, event));
    if (state.ended && !before.ended) this.#runningOn(state.threadId).delete(place);
  }

  #runningOn(thread) {
    return this.#running.get(thread) ?? new Set();
  }
}
