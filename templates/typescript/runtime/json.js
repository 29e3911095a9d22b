// JSON without loss: integers that a double cannot hold become bigints, and are written as they came.

const MANY_DIGITS = /\d{16}/;
const INTEGER = /^-?\d+$/;
const TOKEN = /[\s]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|(true|false|null))/y;

/** Decode a line of JSON. A line without 16 digits in a row goes through JSON.parse alone. */
export function parseLine(text) {
  const plain = JSON.parse(text);
  return MANY_DIGITS.test(text) ? read(text) : plain;
}

/** Encode a value that `parseLine` returned, bigints included. */
export function writeLine(value) {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return writeNumber(value);
  if (Array.isArray(value)) return `[${value.map((v) => writeLine(v === undefined ? null : v)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${members.map((key) => `${JSON.stringify(key)}:${writeLine(value[key])}`).join(",")}}`;
}

/** A number, so that it reads as the same one: no bigint, no other sign, not null. */
function writeNumber(value) {
  if (Object.is(value, -0)) return "-0";
  if (value === Infinity || value === -Infinity) return value < 0 ? "-1e999" : "1e999";
  const text = JSON.stringify(value);
  return INTEGER.test(text) && !Number.isSafeInteger(value) ? `${text}.0` : text;
}

/** Read a text that is known to be JSON. The open arrays and objects are on a stack of our own. */
function read(text) {
  const root = [];
  const stack = [root];
  const keys = [undefined];
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [, mark, string, number, word] = token;
    if (mark === "," || mark === ":") continue;
    if (mark === "}" || mark === "]") {
      stack.pop();
      keys.pop();
      continue;
    }
    const holder = stack[stack.length - 1];
    const key = keys[keys.length - 1];
    if (string !== undefined && !Array.isArray(holder) && key === undefined) {
      keys[keys.length - 1] = JSON.parse(string);
      continue;
    }
    const value =
      mark === "{" ? {} : mark === "[" ? [] : number === undefined ? JSON.parse(string ?? word) : toNumber(number);
    if (Array.isArray(holder)) holder.push(value);
    else Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
    keys[keys.length - 1] = undefined;
    if (mark !== undefined) {
      stack.push(value);
      keys.push(undefined);
    }
  }
  return root[0];
}

function toNumber(text) {
  const number = Number(text);
  return Number.isSafeInteger(number) || !INTEGER.test(text) ? number : BigInt(text);
}
