// The list of messages: only the rows that can be seen are elements.
"use strict";

const ROW = 28;
const chosen = { row: -1, at: -1 };
const list = { entries: new Int32Array(0), hits: null };

const folds = (row) => session.first[row] !== row;
const headingOf = (entry) => -entry - 1;

// What is listed: the numbers of rows, and −1 − turn for the heading of a turn.
function choose() {
  const mode = $("mode").value, lane = $("lane").value, kind = $("kind").value, entries = [];
  const hits = list.hits && folded(list.hits), plain = !hits && !kind && mode !== "findings";
  for (let row = 0; row < session.count; row++) {
    if (lane !== "" && session.lane[row] !== Number(lane)) continue;
    if (plain) for (const turn of session.turnsAt.get(row) || []) entries.push(-turn - 1);
    if (folds(row) || (hits && !hits[row])) continue;
    if (kind && !hasKind(row, kind)) continue;
    if (mode === "findings" ? session.findingsAt.has(row) : mode === "all" || hits || kind || tells(row)) entries.push(row);
  }
  list.entries = Int32Array.from(entries);
  $("rows").style.height = `${entries.length * ROW}px`;
  chosen.at = chosen.row < 0 ? -1 : list.entries.indexOf(session.first[chosen.row]);
  if (chosen.at < 0) $("list").scrollTop = 0; else show(chosen.at);
  count(entries.filter((entry) => entry >= 0));
  drawList(true);
}

// What is found in one of the folded rows is found in the row that stands for them.
function folded(hits) {
  const found = new Uint8Array(session.count);
  for (let row = 0; row < session.count; row++) if (hits[row]) found[session.first[row]] = 1;
  return found;
}

const tells = (row) => session.itemsAt.has(row) || session.findingsAt.has(row) || isWaiting(row) || ["error", "closed", "broken", "other"].includes(kindOf(row));

function hasKind(row, kind) {
  if (kind.startsWith("item ")) return (session.itemsAt.get(row) || []).some((item) => session.items[item][1] === kind.slice(5));
  return kindOf(row) === kind;
}

function count(rows) {
  const messages = rows.reduce((sum, row) => sum + session.folded[row], 0);
  const what = session.heads.some((head) => head[0] === "line") ? "lines" : "messages";
  $("count").textContent = `${number(rows.length)} shown, of ${number(session.count)} ${what}` + (messages > rows.length ? `; ${number(messages - rows.length)} more folded into them` : "");
}

function drawList(anew) {
  const box = $("list"), first = Math.max(0, Math.floor(box.scrollTop / ROW) - 8);
  const last = Math.min(list.entries.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 8);
  const holder = $("rows"), kept = new Map();
  if (!anew) for (const row of holder.children) kept.set(Number(row.dataset.at), row);
  const rows = [];
  for (let at = first; at < last; at++) rows.push(kept.get(at) || drawEntry(at));
  holder.replaceChildren(...rows);
  const active = holder.querySelector('[aria-selected="true"]');
  if (active) box.setAttribute("aria-activedescendant", active.id); else box.removeAttribute("aria-activedescendant");
}

function drawEntry(at) {
  const entry = list.entries[at];
  const made = el("div", {
    id: `entry-${at}`, class: entry < 0 ? "row turn" : "row", role: "option", "data-at": at, "aria-selected": String(at === chosen.at),
    "aria-posinset": at + 1, "aria-setsize": list.entries.length, onclick: () => select(at),
  }, entry < 0 ? turnHeading(headingOf(entry)) : message(entry));
  made.style.top = `${at * ROW}px`;
  return made;
}

function turnHeading(at) {
  const turn = session.turns[at];
  const facts = [turn.ms !== null ? duration(turn.ms) : session.time && turn.first >= 0 ? duration(session.time[turn.last] - session.time[turn.first]) : "", turn.usage ? tokens(turn.usage) : "", turn.error || ""];
  return [dot(turn.lane), el("strong", {}, `Turn ${turn.number}`), el("span", { class: `status ${turn.status}` }, turn.status, turn.back ? ", rolled back" : ""),
    el("span", { class: "title" }, [...facts.filter(Boolean), laneName(turn.lane)].join(" · "))];
}

function dot(lane) {
  const made = el("i", { class: "dot" });
  made.style.background = hue(lane);
  return made;
}

const ARROWS = { client: ["→", "from the client"], server: ["←", "from the server"], "": ["·", ""] };

const NAMELESS = { broken: "no JSON object", closed: "the connection was closed", other: "no JSON-RPC message" };

function message(row) {
  const items = (session.itemsAt.get(row) || []).map((at) => session.items[at]), [sign, meaning] = ARROWS[sideOf(row)];
  const kind = items.length ? items[0][1].replace("_", " ") : kindOf(row) === "line" ? "" : kindOf(row);
  const about = isWaiting(row) && session.item[row] >= 0 ? ` · ${session.items[session.item[row]][2]}` : "";
  const text = items.length ? items.map((item) => item[2]).join(" | ") : (methodOf(row) || NAMELESS[kindOf(row)] || "") + about;
  return [el("span", { class: "at" }, clock(row)), dot(session.lane[row]), el("span", { class: "sign", title: meaning }, sign),
    el("span", { class: `kind ${items.length ? groupOf(items[0][1]) : "plain"}` }, kind), el("span", { class: items.length ? "title" : "title method" }, text), badges(row, items)];
}

function badges(row, items) {
  const made = [], status = items.length ? items[0][3] : "";
  if (status && status !== "completed" && status !== "unknown") made.push(el("span", { class: "badge warning" }, status));
  if (session.folded[row] > 1) made.push(el("span", { class: "badge" }, `× ${number(session.folded[row])}`));
  if (session.used.has(row)) made.push(el("span", { class: "badge" }, `${number(session.used.get(row))} tokens`));
  if (isWaiting(row)) made.push(el("span", { class: "badge waits" }, waited(row)));
  const levels = (session.findingsAt.get(row) || []).map((at) => session.findings[at][1]);
  for (const level of ["error", "warning", "info", "note"]) {
    const times = levels.filter((one) => one === level).length;
    if (times) made.push(el("span", { class: `badge ${level}` }, times > 1 ? `${times} × ${level}` : level));
  }
  return made;
}

// Chooses an entry of the list.
function select(at) {
  if (!list.entries.length) return;
  const to = Math.max(0, Math.min(at, list.entries.length - 1)), entry = list.entries[to];
  chosen.at = to;
  chosen.row = entry < 0 ? session.turns[headingOf(entry)].first : entry;
  if (entry < 0) turnDetail(headingOf(entry)); else detail(entry);
  show(to);
  drawList(true);
  reveal(chosen.row);
}

// Chooses a row: the entry that stands for it, or with all messages shown where none does.
function selectRow(row) {
  let at = list.entries.indexOf(session.first[row]);
  if (at < 0) {
    for (const [id, value] of [["mode", "all"], ["lane", ""], ["kind", ""], ["search", ""]]) $(id).value = value;
    list.hits = null;
    choose();
    at = list.entries.indexOf(session.first[row]);
  }
  select(at);
  if (folds(row)) detail(row);
}

function show(at) {
  const box = $("list"), top = at * ROW;
  if (top < box.scrollTop || top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
}
