// Whether a value fits its type as it stands, and what is new in it nevertheless: members that the type
// does not have. Here unknown enum values and unknown variants do not fit.

import { isObject, own } from "./checks.js";

/** No notes: nothing is added to it. */
export const NOTHING = Object.freeze([]);
const DEEPEST = 255; // containers in each other: as many as Python's decoder follows

/** How exactly a member of a union must be met to be preferred: a model is less than a scalar. */
const [ENUM, MODEL, SCALAR] = [0, 1, 2];

/** A fit: its notes, how many members it explains (undefined without objects), how exactly, and what is left. */
const fit = (level) => ({ notes: NOTHING, explained: undefined, level, further: 0 });
const AS_SCALAR = fit(SCALAR);
const AS_ANYTHING = fit(MODEL);
const AS_ENUM = fit(ENUM);

/** Notes of something inside, seen from around it. A note: path, rule, and the object that lacks a member. */
export const under = (step, notes) =>
  notes.length === 0 ? notes : notes.map((note) => ({ ...note, path: [step, ...note.path] }));

/** Some notes, and those of something inside. */
export function joined(notes, step, inner) {
  if (inner.length === 0) return notes;
  const all = notes === NOTHING ? [] : notes;
  for (const note of under(step, inner)) all.push(note);
  return all;
}

const sum = (one, two) => (two === undefined ? one : (one ?? 0) + two);

/** Return how a value fits a shape; undefined where it does not, or is nested too deeply. */
export function exact(shape, raw, depth = 0) {
  return depth > DEEPEST ? undefined : EXACT[shape.is](shape, raw, depth);
}

/** The fit of a container of which all parts fit; `parts` are [step, fit]. */
function container(parts) {
  let { notes, explained, level } = AS_SCALAR;
  for (const [step, part] of parts) {
    if (part === undefined) return undefined;
    notes = joined(notes, step, part.notes);
    explained = sum(explained, part.explained);
    level = Math.min(level, part.level);
  }
  return { notes, explained, level, further: 0 };
}

function list(shape, raw, depth) {
  if (!Array.isArray(raw)) return undefined;
  return container(raw.map((item) => ["*", exact(shape.item, item, depth + 1)]));
}

function map(shape, raw, depth) {
  if (!isObject(raw)) return undefined;
  return container(Object.keys(raw).map((key) => ["*", exact(shape.value, raw[key], depth + 1)]));
}

function object(shape, raw, depth) {
  if (!isObject(raw)) return undefined;
  let notes = NOTHING;
  let level = MODEL;
  let [explained, known] = [0, 0];
  for (const field of shape.fields()) {
    const value = own(raw, field.wire);
    if (value === undefined) {
      if (field.required) return undefined;
      continue;
    }
    const inner = exact(field.shape, value, depth + 1);
    if (inner === undefined) return undefined;
    known++;
    notes = joined(notes, field.wire, inner.notes);
    explained = sum(explained, inner.explained);
    level = Math.min(level, inner.level);
  }
  const further = Object.keys(raw).length - known;
  if (further === 0) return { notes, explained: explained + known, level, further };
  const more = furtherMembers(shape, raw, depth);
  return (
    more && {
      notes: [...notes, ...more.notes],
      explained: sum(explained + known, more.explained),
      level: Math.min(level, more.level),
      further,
    }
  );
}

/** The fit of the members that an object's type does not name; none may be called like a field of Python. */
function furtherMembers(shape, raw, depth) {
  const keys = Object.keys(raw).filter((key) => !shape.wires.has(key));
  if (keys.some((key) => shape.names().has(key))) return undefined;
  const rest = shape.rest();
  if (rest) return container(keys.map((key) => ["*", exact(rest, raw[key], depth + 1)]));
  return { ...AS_SCALAR, notes: keys.map((key) => unknownField(shape, key)) };
}

/** What is noted of a member that a type does not have. */
export const unknownField = (shape, key) => ({ path: [key], rule: "unknown-field", of: shape });

/** Of several types that fit, the one that explains most; of those, the one that is met most exactly. */
function smart(members, raw, depth) {
  let best;
  for (const member of members) {
    const found = exact(member, raw, depth);
    if (found === undefined) continue;
    if (found.level === SCALAR && found.explained === undefined) return found;
    if (best === undefined || isBetter(found, best)) best = found;
  }
  return best;
}

function isBetter(found, best) {
  const counted = found.explained !== undefined && best.explained !== undefined;
  if (counted && found.explained !== best.explained) return found.explained > best.explained;
  return found.level > best.level;
}

function tagged(shape, raw, depth) {
  if (shape.tag === "") return smart(shape.members, raw, depth);
  const variant = isObject(raw) ? shape.variants.get(own(raw, shape.tag)) : undefined;
  return variant && exact(variant, raw, depth);
}

function first(shape, raw, depth) {
  for (const member of shape.members) {
    const found = exact(member, raw, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

const inside = (shape, raw, depth) => exact(shape.inner(), raw, depth);

const EXACT = {
  leaf: ({ kind, fits }, raw) => (fits(raw) ? (kind === "any" ? AS_ANYTHING : AS_SCALAR) : undefined),
  enum: ({ values }, raw) => (values.has(raw) ? AS_ENUM : undefined),
  list,
  map,
  object,
  choice: (shape, raw, depth) => (raw === null && shape.nullable ? AS_SCALAR : smart(shape.members, raw, depth)),
  tagged,
  first,
  alias: inside,
  root: inside,
};
