// The lanes: a bar for each turn, its items in it, what waits, and where something was found.
"use strict";

const LANE = 46, BAR = 18, BAR_HEIGHT = 13, USAGE = 43;
const HUES = ["#3b82c4", "#c2703d", "#4c9a5a", "#a45bb5", "#c44e6c", "#7c8a2e", "#2f9c9c", "#8a6d3b"];
const LEGEND = [["completed", "completed turn"], ["failed", "failed"], ["interrupted", "interrupted"], ["unknown", "no known end"], ["talk", "message"], ["thought", "reasoning, plan"], ["action", "command, tool, change"], ["other", "other item"], ["waiting", "approval: waiting"], ["error", "error"], ["warning", "warning"], ["usage", "tokens so far"]];
const view = { x: null, from: 0, to: 1, lanes: [], colours: {} };

const hue = (lane) => (lane < 0 ? "#8a94a3" : HUES[lane % HUES.length]);

// The longest pause that is drawn as it is: by how long something happened at all.
function longestPause() {
  let busy = 0;
  for (let row = 1; row < session.count; row++) {
    const pause = session.time[row] - session.time[row - 1];
    if (pause < 5000) busy += Math.max(0, pause);
  }
  return Math.max(1000, Math.min(30000, busy / 40));
}

// Where each row stands from left to right.
function layOut(axis) {
  const x = new Float64Array(session.count), longest = session.time ? longestPause() : 0;
  for (let row = 1; row < session.count; row++)
    x[row] = x[row - 1] + (axis === "time" ? Math.min(longest, Math.max(0, session.time[row] - session.time[row - 1])) : 1);
  Object.assign(view, { x, from: 0, to: Math.max(x[session.count - 1] || 0, 1e-6) });
}

function sortIntoLanes() {
  const lane = () => ({ rows: [], turns: [], items: new Map(), waits: [], findings: [], tokens: [], most: 0 });
  view.lanes = session.lanes.map(lane);
  const none = lane();
  const of = (row) => (session.lane[row] < 0 ? none : view.lanes[session.lane[row]]);
  for (let row = 0; row < session.count; row++) {
    of(row).rows.push(row);
    if (session.item[row] >= 0) extend(of(row).items, session.item[row], row);
    if (isWaiting(row)) of(row).waits.push(row);
  }
  session.items.forEach((item, at) => item[4] >= 0 && extend(of(item[4]).items, at, item[4]));
  session.turns.forEach((turn, at) => view.lanes[turn.lane].turns.push(at));
  for (const [row, tokens] of session.tokens) {
    of(row).tokens.push([row, tokens]);
    of(row).most = Math.max(of(row).most, tokens);
  }
  session.findings.forEach(([row, level]) => row >= 0 && level !== "info" && level !== "note" && of(row).findings.push([row, level]));
  if (none.rows.length) view.lanes.push(none);
}

function extend(items, item, row) {
  const span = items.get(item);
  if (!span) items.set(item, [row, row]);
  else { span[0] = Math.min(span[0], row); span[1] = Math.max(span[1], row); }
}

function drawLegend() {
  $("colours").replaceChildren(...LEGEND.map(([name, text]) => el("li", {}, el("i", { class: `swatch ${name}`, id: `colour-${name}` }), text)));
}

// What the colours are now, light or dark: the legend has them.
function readColours() {
  for (const [name] of LEGEND) view.colours[name] = getComputedStyle($(`colour-${name}`)).backgroundColor;
  for (const name of ["text", "muted", "line", "link"]) view.colours[name] = getComputedStyle($(`tone-${name}`)).color;
}

// Draws the lanes that can be seen.
function drawLanes() {
  const box = $("lanes"), canvas = $("canvas"), width = box.clientWidth, height = box.clientHeight, scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.font = "12px system-ui, sans-serif";
  const to = (row) => 4 + ((view.x[row] - view.from) / (view.to - view.from)) * (width - 8);
  const first = Math.floor(box.scrollTop / LANE), last = Math.min(view.lanes.length, Math.ceil((box.scrollTop + height) / LANE));
  for (let lane = first; lane < last; lane++) drawLane(pen, lane, lane * LANE - box.scrollTop, to, width);
  if (chosen.row >= 0) {
    pen.fillStyle = view.colours.link;
    pen.fillRect(to(chosen.row) - 0.5, 0, 1.5, height);
  }
}

function drawLane(pen, lane, top, to, width) {
  const { rows, turns, items, waits, findings } = view.lanes[lane], colours = view.colours;
  const box = (from, until, y, height, colour, least = 2) => {
    const left = Math.max(0, to(from)), right = Math.min(width, to(until));
    if (right < 0 || left > width) return;
    pen.fillStyle = colour;
    pen.fillRect(left, top + y, Math.max(least, right - left), height);
  };
  pen.fillStyle = colours.line;
  pen.fillRect(0, top + LANE - 1, width, 1);
  if (rows.length) box(rows[0], rows[rows.length - 1], BAR + BAR_HEIGHT / 2, 1, colours.muted);
  for (const at of turns) {
    const turn = session.turns[at];
    if (turn.first >= 0) box(turn.first, turn.last, BAR, BAR_HEIGHT, colours[turn.status] || colours.unknown, 3);
  }
  for (const [at, [from, until]] of items) box(from, until, BAR + 3, BAR_HEIGHT - 6, colours[groupOf(session.items[at][1])]);
  for (const row of waits) box(row, session.answer[row] < 0 ? rows[rows.length - 1] : session.answer[row], BAR - 3, 4, colours.waiting, 3);
  for (const [row, level] of findings) mark(pen, to(row), top + BAR - 2, colours[level]);
  drawUsage(pen, view.lanes[lane], top + USAGE, to);
  const known = lane < session.lanes.length ? lane : -1;
  pen.fillStyle = hue(known);
  pen.fillRect(4, top + 4, 8, 8);
  pen.fillStyle = colours.text;
  pen.fillText(laneName(known), 17, top + 12, width - 20);
}

function mark(pen, x, y, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x - 4, y - 7);
  pen.lineTo(x + 4, y - 7);
  pen.lineTo(x, y);
  pen.fill();
}

// What the thread had used so far, as steps.
function drawUsage(pen, { rows, tokens, most }, bottom, to) {
  if (!most) return;
  pen.strokeStyle = view.colours.usage;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(to(rows[0]), bottom);
  let y = bottom;
  for (const [row, used] of tokens) {
    pen.lineTo(to(row), y);
    y = bottom - 9 * (used / most);
    pen.lineTo(to(row), y);
  }
  pen.lineTo(to(rows[rows.length - 1]), y);
  pen.stroke();
}

// Zooms around the chosen message, else around the middle of what is seen.
function zoom(factor) {
  const whole = Math.max(view.x[session.count - 1], 1e-6), width = Math.min(whole, (view.to - view.from) * factor);
  const middle = chosen.row >= 0 ? view.x[chosen.row] : (view.from + view.to) / 2;
  view.from = Math.max(0, Math.min(middle - width / 2, whole - width));
  view.to = view.from + width;
  drawLanes();
}

// Shows one lane from its first message to its last.
function zoomTo(lane) {
  const { rows } = view.lanes[lane < 0 ? view.lanes.length - 1 : lane], from = view.x[rows[0]], until = view.x[rows[rows.length - 1]];
  const margin = Math.max((until - from) / 20, 1e-6);
  Object.assign(view, { from: from - margin, to: until + margin });
  reveal(rows[0]);
}

// Moves the window of a zoomed view, so that a row is in it.
function reveal(row) {
  const width = view.to - view.from;
  if (view.x[row] < view.from || view.x[row] > view.to) {
    view.from = Math.max(0, Math.min(view.x[row] - width / 2, view.x[session.count - 1] - width));
    view.to = view.from + width;
  }
  const lane = session.lane[row] < 0 ? view.lanes.length - 1 : session.lane[row], box = $("lanes");
  if (lane * LANE < box.scrollTop || (lane + 1) * LANE > box.scrollTop + box.clientHeight) box.scrollTop = lane * LANE - box.clientHeight / 3;
  drawLanes();
}

// The row of a lane that is nearest to a place on the canvas; −1 where there is none.
function rowNear(event) {
  const box = $("lanes"), lane = Math.floor((event.offsetY + box.scrollTop) / LANE);
  const rows = view.lanes[lane] ? view.lanes[lane].rows : [];
  const wanted = view.from + ((event.offsetX - 4) / (box.clientWidth - 8)) * (view.to - view.from);
  let low = 0, high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.x[rows[middle]] < wanted) low = middle + 1; else high = middle;
  }
  const before = rows[Math.max(0, low - 1)];
  return rows.length ? (Math.abs(view.x[before] - wanted) < Math.abs(view.x[rows[low]] - wanted) ? before : rows[low]) : -1;
}
