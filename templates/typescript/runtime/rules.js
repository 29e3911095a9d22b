// The rules of tolerance: how peers of other releases write the same thing, and what is read instead.
//
// They are those of codexwire's `runtime/tolerance/rules`, where each says what it is and where it was seen. A
// rule is asked with a spot (message, path, name of the member, name of the object's type, facts) and a
// value: for `misfit` one that does not fit, for `missing` and `elsewhere` the object that lacks the member.
// It returns the value to read instead, or undefined.

import { WORDS } from "../tables.js";
import { isObject, own } from "./checks.js";

const EMPTY = { list: () => [], map: () => ({}) };
const TAGS = ["type", "kind", "mode", "status"];

/** Why a method that no table has is kept as it came. */
export const whyUnknown = (method) =>
  method.startsWith(WORDS["t010-legacy-event"].prefix) ? "t010-legacy-event" : "unknown-method";

const isString = (value) => typeof value === "string";
const bare = (name) => name.toLowerCase().replace(/[^0-9a-z]/g, "");

/** The one known name that differs from a name in case and punctuation only. */
function respelled(name, known) {
  if (!isString(name)) return undefined;
  const wanted = bare(name);
  const alike = [...known].filter((other) => isString(other) && other !== name && bare(other) === wanted);
  return alike.length === 1 && wanted !== "" ? alike[0] : undefined;
}

/** Values that another release calls otherwise; what goes `onward` does not hold backwards. */
const renamed = ({ both = {}, onward = {} }) => ({ facts }, raw) => {
  if (!isString(raw) || facts.values.has(raw)) return undefined;
  const name = facts.name.replace(/Value$/, "");
  const pairs = Object.entries(own(both, name) ?? {});
  const names = [...Object.entries(own(onward, name) ?? {}), ...pairs, ...pairs.map(([old, now]) => [now, old])];
  return names.find(([old, now]) => old === raw && facts.values.has(now))?.[1];
};

function paramsAbsent({ message, path, facts }, raw) {
  const atRoot = path.length === 0 && message.part === "params";
  return atRoot && raw === null && facts.kind === "object" ? {} : undefined;
}

function valueSpelling({ facts }, raw) {
  if (isString(raw)) return respelled(raw, facts.values);
  if (!isObject(raw) || facts.variants === undefined) return undefined;
  if (facts.tag === "") {
    const keys = Object.keys(raw);
    const key = keys.length === 1 ? respelled(keys[0], facts.variants.keys()) : undefined;
    return key === undefined ? undefined : { [key]: raw[keys[0]] };
  }
  const tag = respelled(own(raw, facts.tag), facts.variants.keys());
  return tag === undefined ? undefined : { ...raw, [facts.tag]: tag };
}

function taggedObject({ facts }, raw) {
  if (isString(raw) && facts.variants?.has(raw)) {
    return facts.tag === "" ? { [raw]: {} } : { [facts.tag]: raw };
  }
  if (!isObject(raw)) return undefined;
  const keys = Object.keys(raw);
  const names = [...TAGS.map((tag) => own(raw, tag)), ...(keys.length === 1 ? keys : [])];
  return names.find((name) => isString(name) && facts.values.has(name));
}

function tagAbsent({ facts: { tag, variants } }, raw) {
  if (!isObject(raw) || !tag || Object.hasOwn(raw, tag)) return undefined;
  const named = TAGS.map((name) => own(raw, name)).find((value) => isString(value) && variants.has(value));
  const fitting = [...variants].filter(
    ([, needs]) => needs.size > 1 && [...needs].every((need) => need === tag || Object.hasOwn(raw, need)),
  );
  const meant = named ?? (fitting.length === 1 ? fitting[0][0] : undefined);
  return meant === undefined ? undefined : { ...raw, [tag]: meant };
}

function errorShape({ facts }, raw) {
  const wants = facts.kind === "object" && facts.required.size === 1 && facts.required.has("message");
  return wants && isString(raw) ? { message: raw } : undefined;
}

function flatUsage({ facts }, raw) {
  if (facts.name !== "ThreadTokenUsage" || !isObject(raw) || Object.hasOwn(raw, "last")) return undefined;
  return Object.hasOwn(raw, "inputTokens") ? { last: raw, total: raw } : undefined;
}

const nullContainer = ({ facts }, raw) => (raw === null ? own(EMPTY, facts.kind)?.() : undefined);

function idAlias({ message, path, ids }) {
  const { method, part, payload } = message;
  for (const { find, rest } of ids.rests(method, part, path.join("."))) {
    const id = find(method, payload, part);
    if (id !== undefined) return rest === "" ? id : { [rest]: id };
  }
  return undefined;
}

function keySpelling({ name }, raw) {
  const key = respelled(name, Object.keys(raw));
  return key === undefined ? undefined : raw[key];
}

function fieldOmitted({ owner, name, facts }) {
  if (facts.nullable) return null;
  return own(EMPTY, facts.kind)?.() ?? own(own(WORDS["t019-field-omitted"], owner) ?? {}, name);
}

/** A rule about one member of one type. */
const memberOf = (type, member, read) => ({ owner, name }, raw) =>
  owner === type && name === member ? read(raw) : undefined;

const rule = (id, apply, isLoose = false) => ({ id, apply, isLoose });

/** When it is asked → the rules, in their order; a loose one may need the help of others. */
export const RULES = {
  misfit: [
    rule("t003-params-absent", paramsAbsent, true),
    rule("t023-renamed-value", renamed(WORDS["t023-renamed-value"])),
    rule("t026-approval-decision", renamed(WORDS["t026-approval-decision"])),
    rule("t043-turn-status", renamed(WORDS["t043-turn-status"])),
    rule("t032-value-spelling", valueSpelling),
    rule("t025-tagged-object", taggedObject, true),
    rule("t037-tag-absent", tagAbsent),
    rule("t027-error-shape", errorShape),
    rule("t044-flat-usage", flatUsage, true),
    rule("t020-null-container", nullContainer),
  ],
  missing: [
    rule("t004-id-alias", idAlias),
    rule("t033-key-spelling", keySpelling),
    rule(
      "t034-token-usage",
      memberOf("ThreadTokenUsageUpdatedNotification", "tokenUsage", (raw) =>
        WORDS["t034-token-usage"].names.map((name) => own(raw, name)).find(isObject),
      ),
    ),
    rule("t035-model-rerouted", memberOf("ModelReroutedNotification", "toModel", (raw) => own(raw, "model"))),
    rule(
      "t028-error-beside",
      memberOf("ErrorNotification", "error", (raw) =>
        Object.hasOwn(raw, "message") ? { message: raw.message } : undefined,
      ),
    ),
    rule("t006-thread-session", memberOf("Thread", "sessionId", (raw) => own(raw, "id"))),
    rule("t019-field-omitted", fieldOmitted),
  ],
  elsewhere: [rule("t045-optional-spelling", keySpelling)],
};
