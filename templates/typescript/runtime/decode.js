// Decodes messages of any release with the types of one, and loses nothing. What fits is returned as it is.

import { PLACES } from "../places.js";
import * as tables from "../tables.js";
import { isObject, own } from "./checks.js";
import { exact } from "./exact.js";
import { ABSENT, encode, isGiven, keep } from "./keep.js";
import { nearNames } from "./near.js";
import { identities } from "./places.js";
import { whyUnknown } from "./rules.js";
import { fieldName, shapesOf } from "./shapes.js";
import { read, readerOf } from "./tolerant.js";

export { encode };

const REQUESTS = { client: tables.CLIENT_REQUESTS, server: tables.SERVER_REQUESTS };
const NOTIFICATIONS = { server: tables.SERVER_NOTIFICATIONS, client: tables.CLIENT_NOTIFICATIONS };

const shape = shapesOf(tables.TYPES);
const ids = identities(PLACES);
const NOTES = new WeakMap();

/** Decode a notification of either side, or of the one that is named. */
export const decodeNotification = (message, sender) => decodeMessage(NOTIFICATIONS, message, sender);

/** The same for a request. */
export const decodeRequest = (message, sender) => decodeMessage(REQUESTS, message, sender);

/** Decode the result of a request; who made it decides where both sides have one of that name. */
export function decodeResult(method, result, requester) {
  const raw = result === undefined ? null : result;
  return told(payload(REQUESTS, "result", method, raw, requester), method, "result");
}

/** The notes of what a decoding function or a client returned. */
export const driftNotes = (value) => NOTES.get(value)?.() ?? [];

/** What a client decodes and encodes with. */
export const decoder = { notification: decodeNotification, request: decodeRequest, result: decodeResult, encode };

function decodeMessage(methods, message, sender) {
  const [method, came] = isObject(message) ? [own(message, "method"), own(message, "params")] : [];
  const raw = came === undefined ? null : came;
  const found = payload(methods, "params", method, raw, sender);
  const value = found.value === raw ? message : { ...message, params: found.value };
  if (value !== message) {
    const back = Object(found.value) === found.value ? raw : found.value; // what `encode` makes of it
    keep(value, new Map([["params", { raw: came === undefined ? ABSENT : came, read: back }]]));
  }
  return told(found, typeof method === "string" ? method : "", "params", value);
}

function rowOf(methods, method, sender, part) {
  if (typeof method !== "string") return undefined;
  const sides = Object.keys(methods).filter((side) => Object.hasOwn(methods[side], method));
  const side = sender === undefined || (part === "result" && !sides.includes(sender)) ? sides[0] : sender;
  return sides.includes(side) ? methods[side][method] : undefined;
}

/** Decode one part of a message: its value, what is to be noted in it, its shape, and why it has none. */
function payload(methods, part, method, raw, sender) {
  const row = rowOf(methods, method, sender, part);
  const kept = (why) => ({ value: raw, spots: why ? [{ path: [], rule: why }] : [], why });
  if (row === undefined) return kept(whyUnknown(String(method)));
  const [params, result, isNullable] = row;
  const type = part === "params" ? params : result;
  if (type === null && part === "result") return kept();
  if (type === null || (raw === null && isNullable && part === "params")) {
    const isNothing = raw === null || (isObject(raw) && Object.keys(raw).length === 0);
    return { ...kept(isNothing ? undefined : "unexpected-params"), why: undefined };
  }
  const of = shape(type);
  const whole = exact(of, raw);
  if (whole !== undefined) return { value: raw, spots: whole.notes, of };
  const found = read(readerOf({ method, part, payload: raw }, ids), of, raw);
  if (!found.isTyped) return kept("unfit-value");
  if (found.read !== raw) keep(found.value, new Map(), { raw, read: found.read });
  return { value: found.value, spots: [...found.marks, ...found.notes], of };
}

/** What a decoding function returns. Notes are made when they are asked for. */
function told(found, method, part, value = found.value) {
  let made;
  const notes = () => (made ??= Object.freeze(notesOf(found, method, part)));
  for (const one of [value, found.value]) if (typeof one === "object" && one !== null) NOTES.set(one, notes);
  return {
    value,
    known: found.why === undefined,
    why: found.why,
    get notes() {
      return notes();
    },
  };
}

function notesOf({ value, spots, of }, method, part) {
  const pointer = (path) => [part, ...path].map((step) => `/${escaped(step)}`).join("");
  const at = (steps) => {
    let [here, shaped] = [value, of];
    for (const step of steps) [here, shaped] = given(here, shaped, step);
    return here;
  };
  const conflicts = ids.differences(method, part, at).map(({ read: best, other }) => ({
    pointer: pointer(other.split(".")),
    rule: "id-conflict",
    other: pointer(best.split(".")),
  }));
  const meant = nearNames();
  const found = spots.map(({ path, rule, of: lacking }) => ({
    pointer: pointer(path),
    rule,
    other: lacking === undefined ? "" : meant(path.at(-1), lacking.wires),
  }));
  return [...found, ...conflicts].map((note) => ({ method, ...note, message: sentence(note) }));
}

const escaped = (step) => step.replaceAll("~", "~0").replaceAll("/", "~1");

function sentence({ rule, other }) {
  const said = tables.TITLES[rule];
  if (other === "") return said;
  return rule === "unknown-field" ? `${said.slice(0, -1)}; did you mean '${other}'?` : `${said.slice(0, -1)}: ${other}.`;
}

/** The member of a decoded value that came in, by its name on the wire, and its shape. */
function given(value, of, name) {
  if (!isObject(value)) return [];
  const object = of && objectOf(of, value);
  if (object === undefined || (!object.wires.has(name) && own(value, name) !== undefined)) return [own(value, name)];
  const field = object.fields().find((one) => one.name === fieldName(name) || one.name === name);
  return field && isGiven(value, field.wire) ? [own(value, field.wire), field.shape] : [];
}

/** The shape of an object, where a type has several. */
function objectOf(of, value) {
  if (of.is === "object") return of;
  if (of.is === "alias" || of.is === "root") return objectOf(of.inner(), value);
  if (of.is === "choice" && of.members.length === 1) return objectOf(of.members[0], value);
  return of.is === "tagged" && of.tag !== "" ? of.variants.get(own(value, of.tag)) : undefined;
}
