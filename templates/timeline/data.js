// The data of the page: what is known of every message (`session`), and the text of the messages (`texts`).
"use strict";

const session = {};
let texts = null;

// Unpacks a block of the page: base64 of a zlib stream.
async function unpacked(id) {
  const packed = atob(document.getElementById(id).textContent), bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at++) bytes[at] = packed.charCodeAt(at);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

// Columns are lists of differences; `session.line[row]` and the others are the values.
async function readIndex() {
  Object.assign(session, JSON.parse(await unpacked("index")));
  session.count = session.rows.head.length;
  for (const [name, differences] of Object.entries(session.rows)) {
    const column = (session[name] = new (name === "time" ? Float64Array : Int32Array)(session.count));
    let value = 0;
    for (let row = 0; row < session.count; row++) column[row] = value += differences[row];
  }
  session.findingsAt = grouped(session.findings.map((finding) => finding[0]));
  session.itemsAt = grouped(session.items.map((item) => item[4]));
  session.turnsAt = grouped(session.turns.map((turn) => turn.first));
  session.answer = new Int32Array(session.count).fill(-1);
  session.asked = new Int32Array(session.count).fill(-1);
  for (const [request, answer] of session.answers) { session.answer[request] = answer; session.asked[answer] = request; }
  session.used = new Map(session.tokens);
  const turnsOf = session.lanes.map(() => 0);
  for (const turn of session.turns) turn.number = ++turnsOf[turn.lane];
  fold();
}

// Row → the numbers of what stands there.
function grouped(rows) {
  const found = new Map();
  rows.forEach((row, number) => found.has(row) ? found.get(row).push(number) : found.set(row, [number]));
  return found;
}

// Notifications of one method about one item are one entry of the list: the first stands for all of them.
function fold() {
  session.first = new Int32Array(session.count);
  session.next = new Int32Array(session.count).fill(-1);
  session.folded = new Int32Array(session.count).fill(1);
  const last = new Map();
  for (let row = 0; row < session.count; row++) {
    session.first[row] = row;
    if (session.item[row] < 0 || session.heads[session.head[row]][0] !== "notification") continue;
    const key = session.head[row] * session.items.length + session.item[row], before = last.get(key);
    last.set(key, row);
    if (before === undefined) continue;
    session.next[before] = row;
    session.first[row] = session.first[before];
    session.folded[session.first[row]]++;
  }
}

function readTexts() {
  texts = texts || unpacked("lines").then((all) => {
    const starts = new Int32Array(session.count + 1);
    for (let row = 1, at = 0; row <= session.count; row++) {
      at = all.indexOf("\n", at) + 1 || all.length + 1;
      starts[row] = at;
    }
    return { all, starts, of: (row) => all.slice(starts[row], starts[row + 1] - 1) };
  });
  return texts;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// The rows in whose text, name, turn or findings a text stands, as a set of flags.
async function found(wanted) {
  const { all, starts } = await readTexts(), hits = new Uint8Array(session.count);
  const inJson = JSON.stringify(wanted).slice(1, -1);
  const pattern = new RegExp([...new Set([wanted, inJson])].map(escaped).join("|"), "gi");
  let row = 0;
  for (let match; (match = pattern.exec(all)); pattern.lastIndex = starts[row + 1]) {
    row = rowAt(starts, match.index, row);
    hits[row] = 1;
  }
  const has = (text) => text.toLowerCase().includes(wanted.toLowerCase());
  const heads = session.heads.map((head) => has(head[2]));
  for (row = 0; row < session.count; row++) if (heads[session.head[row]]) hits[row] = 1;
  for (const [at, level, rule, message] of session.findings) if (at >= 0 && has(`${level} ${rule} ${message}`)) hits[at] = 1;
  for (const item of session.items) if (item[4] >= 0 && has(`${item[1]} ${item[2]}`)) hits[item[4]] = 1;
  return hits;
}

// The row that holds a place in the text, which is not before `from`.
function rowAt(starts, place, from) {
  let low = from, high = session.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= place) low = middle; else high = middle - 1;
  }
  return low;
}

// ---- words

const kindOf = (row) => session.heads[session.head[row]][0];
const sideOf = (row) => session.heads[session.head[row]][1];
const methodOf = (row) => session.heads[session.head[row]][2];
const isWaiting = (row) => kindOf(row) === "request" && sideOf(row) === "server";
const isAbsolute = () => session.time && session.time[0] > 1e11;

function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

function clock(row) {
  if (!session.time) return String(session.line[row]);
  const ms = session.time[row] - session.time[0], minutes = Math.floor(ms / 60000);
  return `${minutes}:${((ms % 60000) / 1000).toFixed(2).padStart(5, "0")}`;
}

function waited(row) {
  const answer = session.answer[row];
  if (answer < 0) return "never answered";
  return session.time ? `waited ${duration(session.time[answer] - session.time[row])}` : `answered ${number(answer - row)} messages later`;
}

const number = (value) => value.toLocaleString("en");

function tokens(counts) {
  const [input, cached, output, reasoning] = counts, told = [];
  if (input !== null) told.push(`${number(input)} in${cached ? ` (${number(cached)} cached)` : ""}`);
  if (output !== null) told.push(`${number(output)} out${reasoning ? ` (${number(reasoning)} reasoning)` : ""}`);
  return told.join(", ");
}

function laneName(lane) {
  if (lane < 0) return "no thread";
  const { id, name, depth, relation, begin } = session.lanes[lane], what = depth ? (relation || "thread").replace("_", "-") : "thread";
  return `${"↳ ".repeat(Math.min(depth, 4))}${what} ${id}${name || begin ? `: ${name || begin}` : ""}`;
}

const GROUPS = { user: "talk", agent: "talk", plan: "thought", reasoning: "thought", context: "other", compaction: "other", review: "other", other: "other" };
const groupOf = (kind) => GROUPS[kind] || "action";
