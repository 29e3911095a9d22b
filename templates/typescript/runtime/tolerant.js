// Reads a value that does not fit its type: rules of tolerance first, and what fits nothing is kept as it is.
//
// The reader descends only into what does not fit. A reading has the `value`, the JSON value `read` that it
// stands for, `marks` (what was read otherwise than it came) and `notes` (what else is new), both with paths
// from there, the `cost` of all that, and whether it is an object of the type (`isTyped`) or `isUnfit`.

import { isObject, own } from "./checks.js";
import { exact, joined, NOTHING, under, unknownField } from "./exact.js";
import { ABSENT, keep } from "./keep.js";
import { RULES } from "./rules.js";

const DEEPEST = 100;
const COST_OF_UNKNOWN = 3;
const NO_RULES = { misfit: [], missing: [], elsewhere: [] };

const reading = (value, more) => ({
  value,
  read: value,
  marks: NOTHING,
  notes: NOTHING,
  cost: 0,
  further: 0,
  isTyped: false,
  isUnfit: false,
  ...more,
});
const mark = (rule) => ({ path: [], rule });

/** A reader of one message: `message` has its method, which part is read (`params`, `result`) and its payload. */
export const readerOf = (message, ids) => ({ message, ids, rules: RULES, isStrict: false });

/** The same reader, with nothing tolerated. */
const exactly = (reader) => (reader.isStrict ? reader : { ...reader, rules: NO_RULES, isStrict: true });

/** Return the reading of a value; undefined, in a strict reader, where it does not fit. */
export function read(reader, shape, raw, path = [], owner = "") {
  const found = fitting(reader, shape, raw, path, owner) ?? byRule(reader, shape, raw, path, owner);
  return found ?? (reader.isStrict ? undefined : (opened(shape, raw) ?? keptRaw(raw)));
}

function fitting(reader, shape, raw, path, owner) {
  return path.length > DEEPEST ? undefined : FITTING[shape.is](reader, shape, raw, path, owner);
}

/** What the rules of a hook put in the place of a value, and the same `again`: a program may change the value. */
function* asked(reader, hook, facts, raw, path, owner) {
  const last = path.at(-1);
  const spot = { ...reader, facts, path, owner, name: typeof last === "string" ? last : "" };
  for (const { id, apply, isLoose } of reader.rules[hook]) {
    const value = apply(spot, raw);
    if (value !== undefined) yield { id, isLoose, value, again: apply(spot, raw) };
  }
}

const applied = (found, id, read) => ({
  ...found,
  read,
  marks: [mark(id), ...found.marks],
  cost: found.cost + 1,
});

function byRule(reader, shape, raw, path, owner) {
  for (const { id, isLoose, value, again } of asked(reader, "misfit", shape.facts(), raw, path, owner)) {
    const found = fitting(isLoose ? reader : exactly(reader), shape, value, path, owner);
    if (found !== undefined) return applied(found, id, again);
  }
  return undefined;
}

/** An unknown enum value, or an unknown variant of a union that is told apart. */
function opened(shape, raw) {
  if (shape.is === "alias") return opened(shape.inner(), raw);
  if (shape.is === "enum" && typeof raw === "string") {
    return reading(raw, { notes: [mark("unknown-value")], cost: 1 });
  }
  if (shape.is === "tagged" && isObject(raw)) {
    return reading(raw, { notes: [mark("unknown-variant")], cost: 1, isTyped: true });
  }
  const inner = shape.is === "tagged" ? shape.others : shape.is === "choice" ? shape.members : [];
  for (const member of inner) {
    const found = opened(member, raw);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keptRaw(raw) {
  if (raw === null) return reading(null, { marks: [mark("null-value")], cost: 1 });
  return reading(raw, { notes: [mark("unfit-value")], cost: COST_OF_UNKNOWN, isUnfit: true });
}

/** What fits as it stands. */
function whole(_, shape, raw) {
  const found = exact(shape, raw);
  return found && reading(raw, { notes: found.notes, further: found.further });
}

function list(reader, shape, raw, path) {
  if (!Array.isArray(raw)) return undefined;
  const readings = raw.map((item, index) => read(reader, shape.item, item, [...path, index]));
  return items(raw, raw, readings, (values) => values);
}

function map(reader, shape, raw, path) {
  if (!isObject(raw)) return undefined;
  const keys = Object.keys(raw);
  const values = keys.map((key) => raw[key]);
  const readings = keys.map((key) => read(reader, shape.value, raw[key], [...path, key]));
  return items(raw, values, readings, (all) => Object.fromEntries(all.map((value, i) => [keys[i], value])));
}

/** The reading of a container from those of what it contains. */
function items(raw, values, readings, build) {
  if (readings.includes(undefined)) return undefined;
  const same = (all) => all.every((value, i) => value === values[i]);
  const built = (all) => (same(all) ? raw : build(all));
  return reading(built(readings.map((inner) => inner.value)), {
    read: built(readings.map((inner) => inner.read)),
    marks: readings.flatMap((inner) => under("*", inner.marks)),
    notes: readings.flatMap((inner) => under("*", inner.notes)),
    cost: readings.reduce((all, inner) => all + inner.cost, 0),
  });
}

function choice(reader, shape, raw, path, owner) {
  if (raw === null && shape.nullable) return reading(null);
  if (shape.members.length === 1) return fitting(reader, shape.members[0], raw, path, owner);
  const candidates = (by) =>
    shape.members
      .map((member) => fitting(by, member, raw, path, owner))
      .filter((found) => found !== undefined)
      .map((found) => ({ ...found, cost: found.cost + found.further }));
  let found = candidates(exactly(reader));
  if (found.length === 0 && !reader.isStrict) found = candidates(reader);
  return found.reduce((best, other) => (other.cost < best.cost ? other : best), found[0]);
}

function tagged(reader, shape, raw, path, owner) {
  if (isObject(raw)) {
    const tags = shape.tag === "" ? Object.keys(raw) : [own(raw, shape.tag)];
    const tag = tags.find((value) => shape.variants.has(value));
    if (tag !== undefined) return object(reader, shape.variants.get(tag), raw, path, owner);
  }
  for (const other of shape.others) {
    const found = fitting(exactly(reader), other, raw, path, owner);
    if (found !== undefined) return found;
  }
  return undefined;
}

const alias = (reader, shape, raw, path, owner) => fitting(reader, shape.inner(), raw, path, owner);

function root(reader, shape, raw, path, owner) {
  const inner = read(reader, shape.inner(), raw, path, owner);
  if (inner === undefined || inner.isUnfit) return undefined;
  if (inner.read !== raw) keep(inner.value, new Map(), { raw, read: inner.read });
  return reading(inner.value, {
    read: raw,
    notes: [...inner.marks, ...inner.notes],
    cost: inner.cost,
    isTyped: true,
  });
}

function object(reader, shape, raw, path, owner) {
  if (!isObject(raw)) return undefined;
  const found = whole(reader, shape, raw);
  return found ? { ...found, isTyped: true } : assembled(reader, shape, raw, path, owner);
}

/** Read an object member by member. */
function assembled(reader, shape, raw, path) {
  const keys = Object.keys(raw);
  if (path.length > 0 && keys.length > 0 && isForeign(reader, shape, keys, path)) return undefined;
  const unnamed = keys.filter((key) => !shape.wires.has(key));
  const rest = furtherNotes(reader, shape, unnamed, raw, path);
  if (rest === undefined) return undefined;
  const [values, kept] = [new Map(), new Map()];
  let notes = NOTHING;
  let cost = 0;
  for (const field of shape.fields()) {
    const came = own(raw, field.wire);
    const found = member(reader, shape, field, raw, path);
    if (found === undefined) {
      if (came !== undefined || field.required) return undefined;
      continue;
    }
    cost += found.cost;
    notes = joined(joined(notes, field.wire, found.marks), field.wire, found.notes);
    if (found.value !== came) values.set(field.wire, found.value);
    if (found.read !== came) kept.set(field.wire, { raw: came === undefined ? ABSENT : came, read: found.read });
  }
  const value = values.size === 0 ? raw : Object.fromEntries([...Object.entries(raw), ...values]);
  if (kept.size > 0) keep(value, kept);
  const more = { read: raw, notes: [...notes, ...rest], cost, further: unnamed.length, isTyped: true };
  return reading(value, more);
}

/** The reading of one member; undefined where it does not fit, or may be absent and is. */
function member(reader, shape, field, raw, path) {
  const at = [...path, field.wire];
  const came = own(raw, field.wire);
  if (came !== undefined) return read(reader, field.shape, came, at, shape.name);
  if (!field.required) {
    return own(raw, field.name) === undefined || shape.wires.has(field.name)
      ? undefined
      : instead(reader, "elsewhere", shape, field, raw, at);
  }
  if (reader.isStrict) return undefined;
  const missing = reading(null, { marks: [mark("missing-field")], cost: COST_OF_UNKNOWN });
  return instead(reader, "missing", shape, field, raw, at) ?? missing;
}

/** The reading of a member that is absent from what a rule puts in its place, if that fits. */
function instead(reader, hook, shape, field, raw, at) {
  for (const { id, value, again } of asked(reader, hook, field.shape.facts(), raw, at, shape.name)) {
    const found = read(reader, field.shape, value, at, shape.name);
    if (!found.isUnfit) return applied(found, id, found.read === value ? again : found.read);
  }
  return undefined;
}

/** What is noted of the members that an object's type does not name; undefined where one must fit and does not. */
function furtherNotes(reader, shape, keys, raw, path) {
  const rest = shape.rest();
  if (!rest) return keys.map((key) => unknownField(shape, key));
  const readings = keys.map((key) => fitting(exactly(reader), rest, raw[key], [...path, key], shape.name));
  if (reader.isStrict && readings.includes(undefined)) return undefined;
  return readings.flatMap((found) => under("*", found?.notes ?? [mark("unfit-value")]));
}

/** Whether an object has nothing that its type has, nor an id of the message in another place. */
function isForeign({ message, ids }, shape, keys, path) {
  if (shape.required.size === 0 || keys.some((key) => shape.wires.has(key))) return false;
  const at = path.join(".");
  return !keys.some((key) => ids.isPlace(message.method, message.part, `${at}.${key}`));
}

const FITTING = { leaf: whole, enum: whole, first: whole, list, map, choice, tagged, alias, root, object };
