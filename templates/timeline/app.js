// The page: reads the data, then draws what is asked for.
"use strict";

const $ = (id) => document.getElementById(id);

async function start() {
  await readIndex();
  nameIt();
  offer();
  drawLegend();
  const byTime = $("axis").querySelector('[value="time"]');
  if (session.time) byTime.textContent = `time, pauses cut to ${duration(longestPause())}`; else byTime.remove();
  $("legend").open = innerWidth > 860;
  layOut($("axis").value);
  sortIntoLanes();
  $("height").style.height = `${view.lanes.length * LANE}px`;
  $("lanes").style.height = `${Math.min(view.lanes.length, 5) * LANE + 2}px`;
  choose();
  recolour();
  listen();
  performance.mark("drawn");
  setTimeout(readTexts);
  const row = Number(location.hash.slice(1)) - 1;
  if (Number.isInteger(row) && row >= 0 && row < session.count) selectRow(row);
}

function nameIt() {
  const files = session.files, name = files.length === 1 ? files[0] : `${files.length} files`;
  document.title = `${name}: timeline`;
  $("name").textContent = name;
  $("redaction").textContent = session.redacted ? "redacted" : "not redacted";
  $("redaction").classList.toggle("deprecated", !session.redacted);
  $("redaction").title = `written by ${session.tool}`;
  const about = grouped(session.findings.map((finding) => finding[0])).get(-1);
  if (about) $("messages").prepend(el("details", { class: "about" }, el("summary", {}, `${about.length} about the files as a whole`), complaints(about)));
}

function offer() {
  session.lanes.forEach((lane, at) => $("lane").append(el("option", { value: at }, laneName(at))));
  if (session.lane.includes(-1)) $("lane").append(el("option", { value: -1 }, "no thread"));
  for (const kind of new Set(session.items.map((item) => item[1]))) $("kind").append(el("option", { value: `item ${kind}` }, kind.replace("_", " ")));
  for (const kind of new Set(session.heads.map((head) => head[0]))) if (kind !== "line") $("kind").append(el("option", { value: kind }, `${kind}${kind === "closed" ? " connection" : "s"}`));
}

function recolour() {
  readColours();
  describe();
  drawLanes();
}

function describe() {
  $("canvas").setAttribute("aria-label", `${session.lanes.length} threads with ${session.turns.length} turns; the list of messages says the same in words`);
}

let waiting = 0;

function search() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const wanted = $("search").value.trim(), hits = wanted ? await found(wanted) : null;
    if (wanted !== $("search").value.trim()) return;
    list.hits = hits;
    choose();
  }, 120);
}

const STEPS = { ArrowDown: () => chosen.at + 1, ArrowUp: () => chosen.at - 1, PageDown: () => chosen.at + 15, PageUp: () => chosen.at - 15, Home: () => 0, End: () => list.entries.length - 1 };
const KEYS = { "/": () => $("search").focus(), "+": () => zoom(0.5), "-": () => zoom(2), 0: () => zoom(Infinity) };

function listen() {
  $("search").addEventListener("input", search);
  for (const id of ["mode", "lane", "kind"]) $(id).addEventListener("change", choose);
  $("lane").addEventListener("change", () => { const lane = $("lane").value; if (lane === "") zoom(Infinity); else zoomTo(Number(lane)); });
  $("axis").addEventListener("change", () => { layOut($("axis").value); drawLanes(); });
  $("closer").addEventListener("click", () => zoom(0.5));
  $("wider").addEventListener("click", () => zoom(2));
  $("whole").addEventListener("click", () => zoom(Infinity));
  $("list").addEventListener("scroll", () => drawList(false));
  $("lanes").addEventListener("scroll", drawLanes);
  $("canvas").addEventListener("click", (event) => { const row = rowNear(event); if (row >= 0) selectNear(row); });
  $("lanes").addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8); } }, { passive: false });
  $("list").addEventListener("keydown", (event) => {
    if (event.key in STEPS) { event.preventDefault(); select(STEPS[event.key]()); }
    if (event.key === "Enter") $("detail").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") $("list").focus();
    if (event.key in KEYS && !["INPUT", "SELECT"].includes(event.target.tagName) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); KEYS[event.key](); }
  });
  addEventListener("resize", () => { drawLanes(); drawList(true); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
}

// Chooses the listed entry of a lane that is nearest to a row.
function selectNear(row) {
  const entries = list.entries, lane = session.lane[row];
  let best = -1, distance = Infinity;
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at], away = Math.abs(entry - row);
    if (entry >= 0 && session.lane[entry] === lane && away < distance) { best = at; distance = away; }
  }
  if (best < 0) selectRow(row); else select(best);
}

start();
