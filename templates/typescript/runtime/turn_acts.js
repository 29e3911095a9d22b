// What the messages about a turn do to its state: one function for each act that the tables name.
//
// An event is a message about a turn: its row (the rest of what the table says), its method, its params
// (of a v1 event: its `msg`), the whole message, and when it came.

import { itemId, requestId } from "../ids.js";
import { IDLE, RANKS, STEP_WORDS, WORDS } from "../turn_tables.js";
import { isObject, own } from "./checks.js";
import { requestIdOf } from "./places.js";
import { kindOf, text } from "./turn_items.js";
import { isWhole } from "./turn_usage.js";

const object = (params, name) => (isObject(own(params, name)) ? params[name] : {});
const textOrNone = (params, name) => text(params, name) || undefined;
const objectsOf = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
const itemOf = ({ method, params }) => itemId(method, params, "params");

/** An end that a message tells of; `certain` when the server says that the turn ended. */
const endBy = ({ method, at, message }, status, { reason = method, certain = false, error } = {}) => ({
  status,
  reason,
  certain,
  at,
  error,
  message,
});

/** The state with a presumed end, unless what is presumed already tells as much. */
function presume(state, end) {
  const known = RANKS.get(state.presumed?.reason) ?? 0;
  return state.ended || known >= RANKS.get(end.reason) ? state.unchanged() : state.replaced({ presumed: end });
}

const goesOn = { presumed: undefined };

function begin(state, event, id, kind, wire, message) {
  if (!id) return state.unchanged();
  return state.changed("startItem", [id, kind, wire, message, event.at], state.ended ? {} : goesOn);
}

function finish(state, event, id, kind, wire, message) {
  return id ? state.changed("completeItem", [id, kind, wire, message, event.at]) : state.unchanged();
}

function addPiece(state, { row, params }, id, legacy) {
  const [piece, part] = [own(params, "delta"), own(params, row.number)];
  if (!id || typeof piece !== "string") return state.unchanged();
  const values = [id, row.kind, row.member, isWhole(part) ? part : 0, piece, legacy];
  return state.changed("addPiece", values, row.alive ? goesOn : {});
}

/** The items in a turn's end: those who opted out of others get them there. */
function withItems(state, event, items) {
  for (const wire of objectsOf(items)) {
    const id = text(wire, "id");
    if (id === "" || state.item(id)?.completed !== undefined) continue;
    const message = { method: "item/completed", params: { ...event.params, item: wire } };
    state = finish(state, event, id, kindOf(wire), wire, message);
  }
  return state;
}

function over(state, event, status, error) {
  const last = own(event.params, "last_agent_message");
  state = typeof last === "string" ? state.changed("say", [last]) : state.unchanged();
  if (state.ended) return state;
  return state.replaced({ end: endBy(event, status, { certain: true, error }), presumed: undefined });
}

/** An item of an event with its type: `{"type": K, …}`, or `{K: {…}}` as up to 0.63.0. */
function eventItem({ params }) {
  const value = own(params, "item");
  if (!isObject(value) || Object.hasOwn(value, "type")) return isObject(value) ? value : {};
  const [kind, item] = Object.entries(value)[0] ?? [];
  return isObject(item) ? { type: kind, ...item } : {};
}

/** Act → what it does. */
export const ACTS = {
  started: (state, { at }) => (state.ended ? state.unchanged() : state.replaced({ started: at, presumed: undefined })),

  completed(state, event) {
    const turn = object(event.params, "turn");
    state = withItems(state.unchanged(), event, own(turn, "items"));
    const word = own(turn, "status");
    const status = typeof word === "string" ? (WORDS.get(word) ?? word) : "unknown";
    const error = isObject(own(turn, "error")) ? turn.error : undefined;
    return state.replaced({ end: endBy(event, status, { certain: true, error }), presumed: undefined });
  },

  threadStatus(state, event) {
    const status = own(event.params, "status");
    const word = isObject(status) ? own(status, "type") : status;
    if (state.turnId === undefined || !IDLE.has(word)) return state.unchanged();
    const outcome = state.interruptAsked && word === "idle" ? "interrupted" : IDLE.get(word);
    return presume(state, endBy(event, outcome, { reason: `${event.method}: ${word}` }));
  },

  /** No more comes from a thread that was closed or deleted. */
  gone(state, event) {
    if (state.ended || state.turnId === undefined) return state.unchanged();
    return state.replaced({ end: state.presumed ?? endBy(event, "interrupted"), presumed: undefined });
  },

  error(state, event) {
    const wire = object(event.params, "error");
    const willRetry = own(event.params, "willRetry") === true;
    state = state.changed("addError", [{ text: text(wire, "message"), willRetry, wire, method: event.method }]);
    return willRetry ? state : presume(state, endBy(event, "failed", { error: wire }));
  },

  interrupt: (state) => state.replaced({ interruptAsked: true }),

  itemStarted(state, event) {
    const wire = object(event.params, "item");
    return begin(state, event, itemOf(event), kindOf(wire), wire, event.message);
  },

  itemCompleted(state, event) {
    const wire = object(event.params, "item");
    return finish(state, event, itemOf(event), kindOf(wire), wire, event.message);
  },

  piece: (state, event) => addPiece(state, event, itemOf(event), false),

  patch(state, event) {
    const [id, changes] = [itemOf(event), own(event.params, "changes")];
    if (id === undefined || !Array.isArray(changes)) return state.unchanged();
    return state.changed("changeItem", [id, { changes }]);
  },

  usage: (state, { params }) => state.changed("reportUsage", [params]),

  plan(state, { params }) {
    const steps = objectsOf(own(params, "plan")).map((step) => {
      const word = text(step, "status");
      return { text: text(step, "step"), status: STEP_WORDS.get(word) ?? word };
    });
    return state.changed("changePlan", [{ steps, explanation: textOrNone(params, "explanation") }]);
  },

  diff(state, { row, params }) {
    const diff = own(params, row.member);
    return typeof diff === "string" ? state.changed("changeDiff", [diff]) : state.unchanged();
  },

  resolved(state, { method, params }) {
    const id = requestId(method, params, "params");
    return id === undefined ? state.unchanged() : state.changed("closeRequest", [id]);
  },

  /** A request of the server waits. */
  request(state, event) {
    const { method, params, message } = event;
    const id = requestIdOf(message.id);
    if (id === undefined) return state.unchanged();
    return state.changed("openRequest", [{ id, method, params, itemId: itemOf(event) }]);
  },

  // Those of v1

  taskStarted(state, { at }) {
    if (state.ended || state.started !== undefined) return state.unchanged();
    return state.replaced({ started: at, presumed: undefined });
  },

  /** The turn ends: as failed when it reported an error that was not retried. */
  taskEnded(state, event) {
    const failure = state.errors.findLast((error) => !error.willRetry);
    return failure ? over(state, event, "failed", failure.wire) : over(state, event, "completed");
  },

  taskAborted: (state, event) => over(state, event, "interrupted"),

  taskError(state, event) {
    const { method, params: wire } = event;
    state = state.changed("addError", [{ text: text(wire, "message"), willRetry: false, wire, method }]);
    return presume(state, endBy(event, "failed", { error: wire }));
  },

  streamError: (state, { method, params: wire }) =>
    state.changed("addError", [{ text: text(wire, "message"), willRetry: true, wire, method }]),

  eventItemStarted(state, event) {
    const wire = eventItem(event);
    return begin(state, event, text(wire, "id"), kindOf(wire), wire);
  },

  eventItemCompleted(state, event) {
    const wire = eventItem(event);
    return finish(state, event, text(wire, "id"), kindOf(wire), wire);
  },

  callBegan: (state, event) => begin(state, event, text(event.params, "call_id"), event.row.kind, event.params),

  callEnded: (state, event) => finish(state, event, text(event.params, "call_id"), event.row.kind, event.params),

  eventPiece: (state, event) => addPiece(state, event, text(event.params, "item_id"), true),
};
