// Makes the calls of a file to the turn reducer of a package; prints how many, and the first whose
// result differs from what Python's gave (tests/support/turn_calls.py).

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const [folder, file] = process.argv.slice(2);
const { parseLine } = await import(`${folder}/index.js`);
const reducer = await import(`${folder}/runtime/turns.js`);

const TOLD = [
  ...["threadId", "turnId", "started", "end", "presumed", "added", "interruptAsked", "ended", "status"],
  ...["items", "text", "reasoning", "usage", "plan", "diff", "errors", "openRequests", "error", "errorMessage"],
];
const told = (value) => value ?? null;
const members = (value) => Object.fromEntries(Object.entries(value).map(([name, member]) => [name, told(member)]));
const plain = (value) =>
  Array.isArray(value) ? value.map(members) : typeof value === "object" ? members(value) : value;

function view(state) {
  const seen = Object.fromEntries(TOLD.map((name) => [name, state[name] === undefined ? null : plain(state[name])]));
  return { ...seen, openItems: state.openItems.map(({ id }) => id) };
}

let count = 0;
let states = [];
const wrong = [];
for await (const line of createInterface({ input: createReadStream(file) })) {
  const [name, values, number, expected] = parseLine(line);
  if (name === "case") {
    states = [];
    continue;
  }
  count++;
  const given = values.map((value) => (name === "start" ? (value ?? undefined) : value));
  const before = number === null ? [] : [states[number]];
  const got = reducer[name](...before, ...given);
  if (name !== "collect" && expected !== null) states.push(got);
  const said = name === "collect" ? got.map(view) : got === before[0] ? null : view(got);
  if (!isDeepStrictEqual(said, expected)) {
    wrong.push({ name, values, said, expected });
    break;
  }
}
console.log(JSON.stringify({ count, wrong }, (_, value) => (typeof value === "bigint" ? String(value) : value)));
