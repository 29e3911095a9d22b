// Token usage as servers report it, in every shape that releases have given it.

import { COUNTS, USAGE } from "../turn_tables.js";
import { isObject, own } from "./checks.js";

/** Whether a value is an integer; one that no double holds is a bigint. */
export const isWhole = (value) => typeof value === "bigint" || Number.isSafeInteger(value);

const countsBy = (count) => Object.fromEntries([...COUNTS].map(([name, legacy]) => [name, count(name, legacy)]));

/** Last call, total and context window of a report; undefined when it reports nothing. */
export function reportedUsage(params) {
  const report = member(params, "report");
  if (!isObject(report)) return undefined;
  const [last, total, window] = ["last", "total", "window"].map((part) => member(report, part));
  const alone = last === undefined && total === undefined;
  const contextWindow = isWhole(window) ? window : undefined;
  return { last: countsOf(last), total: countsOf(alone ? report : total), contextWindow };
}

/** What a turn has used, of a report and what the thread had used before. */
export const turnUsage = (report, before) => ({ ...report, turn: without(report.total, before) });

/** Counts less others, none of them below zero. */
export const without = (counts, others) => countsBy((name) => less(counts[name], others[name]));

function less(count, other) {
  if (count <= other) return 0;
  const left = BigInt(count) - BigInt(other);
  return Number.isSafeInteger(Number(left)) ? Number(left) : left;
}

/** The counts of a wire object, camelCase (v2) or snake_case (v1). */
function countsOf(counts) {
  return countsBy((name, legacy) => {
    if (!isObject(counts)) return 0;
    const count = Object.hasOwn(counts, legacy) ? counts[legacy] : own(counts, name);
    return isWhole(count) ? count : 0;
  });
}

function member(value, part) {
  return USAGE.get(part).map((name) => own(value, name)).find((held) => held !== undefined && held !== null);
}
