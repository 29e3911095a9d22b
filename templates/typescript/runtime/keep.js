// What came in, kept beside the decoded value where the two differ, so that `encode` gives it back.

import { jsonEqual } from "./checks.js";

/** Stands for a member that an object does not have: null is a value. */
export const ABSENT = Symbol("absent");

const KEPT = new WeakMap();

/**
 * Keep what members of a decoded object came as: name → `raw` (or ABSENT) and the JSON value that was `read`
 * instead. `self` says the same about the whole object.
 */
export function keep(value, members, self) {
  if (typeof value !== "object" || value === null) return;
  const known = KEPT.get(value);
  KEPT.set(value, { members: new Map([...(known?.members ?? []), ...members]), self: self ?? known?.self });
}

/** Whether a member came in, and is not one that a rule put there. */
export const isGiven = (value, name) => KEPT.get(value)?.members.get(name)?.raw !== ABSENT;

/**
 * The JSON value that came in for a decoded message, its params or a result. What was changed since comes as it
 * is now, and what was never there stays away. Other values are encoded as they are.
 */
export function encode(value) {
  if (typeof value !== "object" || value === null) return value;
  const kept = KEPT.get(value);
  const member = (name) => {
    const now = given(kept?.members.get(name), encode(value[name]));
    return now === ABSENT || now === undefined ? [] : [[name, now]];
  };
  const now = Array.isArray(value) ? value.map(encode) : Object.fromEntries(Object.keys(value).flatMap(member));
  return given(kept?.self, now);
}

/** What came in where the value is still what was read, else the value. */
const given = (original, now) => (original !== undefined && jsonEqual(now, original.read) ? original.raw : now);
