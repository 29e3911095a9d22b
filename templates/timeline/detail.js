// The chosen message: what is known of it, what is wrong with it, and its text.
"use strict";

const LONGEST = 100000, INDENTED = 4000000;

function facts(pairs) {
  return el("dl", {}, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

const jump = (row, text) => el("button", { type: "button", class: "link", onclick: () => selectRow(row) }, text);

const closer = () => el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => { $("detail").classList.remove("open"); drawList(false); $("list").focus(); } }, "×");

function present(...children) {
  $("detail").replaceChildren(closer(), el("div", {}, children));
  $("detail").classList.add("open");
  $("detail").scrollTop = 0;
}

function turnDetail(at) {
  const turn = session.turns[at];
  present(el("h2", {}, `Turn ${turn.number}`), facts([
    ["id", turn.id], ["thread", laneName(turn.lane)], ["status", turn.status + (turn.back ? ", rolled back later" : "")], ["error", turn.error],
    ["took", turn.ms === null ? null : duration(turn.ms)], ["used", turn.usage && tokens(turn.usage)], ["thread so far", turn.total && tokens(turn.total)],
    ["begins", turn.first < 0 ? null : jump(turn.first, `message ${number(turn.first + 1)}`)], ["ends", turn.last < 0 ? null : jump(turn.last, `message ${number(turn.last + 1)}`)],
  ]), el("h3", {}, "Thread"), threadFacts(turn.lane));
}

function threadFacts(lane) {
  if (lane < 0) return null;
  const { id, name, relation, parent, cwd, release, usage } = session.lanes[lane];
  return facts([["id", id], ["name", name], ["hangs below", parent && `${parent} (${(relation || "").replace("_", "-")})`], ["folder", cwd], ["release", release], ["used in all", usage && tokens(usage)]]);
}

function detail(row) {
  const turn = session.turn[row], answer = session.answer[row], asked = session.asked[row], side = sideOf(row);
  const items = session.itemsAt.get(row) || (session.item[row] < 0 ? [] : [session.item[row]]);
  present(
    el("h2", {}, methodOf(row) || NAMELESS[kindOf(row)] || kindOf(row)), pieces(row),
    facts([
      ["message", `${number(row + 1)} of ${number(session.count)}${kindOf(row) === "line" ? "" : `, ${kindOf(row)}${side && ` from the ${side}`}`}`], ["place", `${session.files[session.file[row]]}, line ${number(session.line[row])}`],
      ["at", session.time && (isAbsolute() ? new Date(session.time[row]).toISOString() : clock(row))],
      ["thread", session.lane[row] < 0 ? null : laneName(session.lane[row])], ["turn", turn < 0 ? null : jump(session.turns[turn].first, `${session.turns[turn].number}: ${session.turns[turn].status}`)],
      ...items.map((at) => ["item", `${session.items[at][1].replace("_", " ")}: ${session.items[at][2]}`]),
      ["answered by", answer < 0 ? (kindOf(row) === "request" ? "nothing" : null) : jump(answer, `message ${number(answer + 1)}`)],
      ["answers", asked < 0 ? null : jump(asked, `message ${number(asked + 1)}`)], ["thread so far", session.used.has(row) ? `${number(session.used.get(row))} tokens` : null], ["waiting", isWaiting(row) ? waited(row) : null],
    ]),
    complaints(session.findingsAt.get(row) || []), el("div", { id: "text" }, el("p", { class: "muted" }, "Unpacking …")));
  readTexts().then((all) => chosenText(row, all.of(row)));
}

// Steps through messages that are folded into one entry.
function pieces(row) {
  const first = session.first[row], total = session.folded[first];
  if (total < 2) return null;
  let at = 1, before = -1;
  for (let piece = first; piece !== row; piece = session.next[piece]) { before = piece; at++; }
  const step = (to, label, sign) => el("button", { type: "button", "aria-label": label, ...(to < 0 ? { disabled: "" } : {}), onclick: () => detail(to) }, sign);
  return el("p", { class: "pieces" }, step(before, "Previous piece", "‹"), ` ${number(at)} of ${number(total)} messages of this kind about one item `, step(session.next[row], "Next piece", "›"));
}

function complaints(found) {
  if (!found.length) return null;
  return el("ul", { class: "findings" }, found.map((at) => {
    const [, level, rule, message, pointer] = session.findings[at], page = session.pages[rule];
    return el("li", {}, el("span", { class: `badge ${level}` }, level), " ", message, pointer ? [" at ", el("code", {}, pointer)] : null, " ",
      page ? el("a", { href: page, rel: "noreferrer" }, rule) : el("small", {}, rule));
  }));
}

function chosenText(row, text) {
  const box = $("text");
  if (!box) return;
  if (!text) return box.replaceChildren(el("p", { class: "muted" }, "There is no text."));
  const whole = text.length > INDENTED ? text : indented(text), shown = whole.slice(0, LONGEST);
  const block = el("pre", { tabindex: "0", "aria-label": "The message as JSON" }, shown);
  const more = whole.length > LONGEST ? el("button", { type: "button", onclick: () => { block.textContent = whole; more.remove(); } }, `show all ${number(whole.length)} characters`) : null;
  const copy = el("button", { type: "button", onclick: () => navigator.clipboard.writeText(text).then(() => { copy.textContent = "copied"; }) }, "copy");
  box.replaceChildren(...longTexts(text), el("h3", {}, session.redacted ? "Message, redacted " : "Message ", copy), block, ...(more ? [more] : []));
}

// JSON over several lines, every character of a value as it was: numbers of any length, keys that come twice.
function indented(text) {
  let made = "", depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],:]|[^"{}[\],:\s]+/g)) {
    if (token === "{" || token === "[") { depth++; made += token + line(); }
    else if (token === "}" || token === "]") { depth = Math.max(0, depth - 1); made = /[{[]\s*$/.test(made.slice(-200)) ? made.trimEnd() + token : made + line() + token; }
    else made += token === "," ? `,${line()}` : token === ":" ? ": " : token;
  }
  return made;
}

// The strings of a message that have lines of their own, to be read as they are.
function longTexts(text) {
  const found = [];
  const walk = (value, path) => {
    if (typeof value === "string" ? value.trim().includes("\n") : false) found.push([path, value]);
    else if (value && typeof value === "object") for (const [key, inside] of Object.entries(value)) walk(inside, path ? `${path}.${key}` : key);
  };
  try { walk(JSON.parse(text), ""); } catch { return []; }
  return found.slice(0, 20).map(([path, value]) => el("details", {}, el("summary", {}, el("code", {}, path)), el("pre", { tabindex: "0", "aria-label": path }, value.slice(0, LONGEST))));
}
