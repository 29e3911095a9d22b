// The explorer: what the address says is drawn; the data register themselves by `codexwire.release`.
"use strict";

const codexwire = {
  types: new Map(),
  methods: new Map(),
  release(data) {
    this.data = data;
    for (const type of data.types) this.types.set(type.name, type);
    for (const method of data.methods) this.methods.set(method.name, method);
    start();
  },
  archive(data) {
    this.history = data;
    show();
  },
};

const $ = (id) => document.getElementById(id);
const GROUPS = [["client", "request", "Client requests"], ["server", "notification", "Server notifications"],
  ["server", "request", "Server requests"], ["client", "notification", "Client notifications"]];

// ---- search

const entries = [];

function index() {
  const add = (text, kind, href, rank) => entries.push({ text, lower: text.toLowerCase(), kind, href, rank });
  const { data } = codexwire;
  for (const method of data.methods) add(method.name, `${method.sender} ${method.kind}`, `#/method/${method.name}`, 0);
  for (const gone of data.gone) add(gone.name, `gone in ${gone.gone}`, `#/gone/${gone.sender} ${gone.kind} ${gone.name}`, 4);
  for (const type of data.types) {
    const href = `#/type/${type.name}`, seen = new Set();
    add(type.name, "type", href, 1);
    walk(type.node, (node) => {
      for (const [name] of node.p || []) if (!seen.has(name)) seen.add(name) && add(`${bare(type.name)}.${name}`, "field", href, 2);
      for (const value of node.k === "enum" ? node.v : [])
        if (typeof value === "string" && !seen.has(`"${value}`)) seen.add(`"${value}`) && add(value, `value of ${bare(type.name)}`, href, 3);
    });
  }
}

function walk(node, visit) {
  visit(node);
  for (const inside of [...parts(node), ...(node.p || []).map((row) => row[1]), ...(node.rest && node.k === "object" ? [node.rest] : [])]) walk(inside, visit);
}

function find(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const score = (entry) => {
    const name = entry.lower.replace(/^v\d+\//, ""), at = name.indexOf(wanted);
    if (at < 0) return entry.lower.includes(wanted) ? 50 + entry.rank : null;
    const place = name === wanted ? 0 : at === 0 ? 1 : /[./]/.test(name[at - 1]) ? 2 : 3;
    return place * 10 + entry.rank + name.length / 1000;
  };
  return entries.map((entry) => [score(entry), entry]).filter(([rank]) => rank !== null).sort((a, b) => a[0] - b[0]).slice(0, 40).map(([, entry]) => entry);
}

let chosen = 0;

function offer() {
  const found = find($("search").value), list = $("results");
  chosen = 0;
  list.replaceChildren(...found.map((entry, at) => el("li", { role: "option", id: `result-${at}`, "aria-selected": String(at === 0), "data-href": entry.href, onclick: () => go(entry.href) },
    el("span", {}, entry.text), " ", el("small", {}, entry.kind))));
  list.hidden = !found.length;
  $("search").setAttribute("aria-expanded", String(!list.hidden));
  choose(0);
}

function choose(at) {
  const rows = [...$("results").children];
  if (!rows.length) return $("search").removeAttribute("aria-activedescendant");
  chosen = (at + rows.length) % rows.length;
  rows.forEach((row, number) => row.setAttribute("aria-selected", String(number === chosen)));
  rows[chosen].scrollIntoView({ block: "nearest" });
  $("search").setAttribute("aria-activedescendant", rows[chosen].id);
}

function go(href) {
  location.hash = href;
  close();
}

function close() {
  $("results").hidden = true;
  $("search").setAttribute("aria-expanded", "false");
}

function keys(event) {
  const typing = /INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName);
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("search").select();
  } else if (document.activeElement === $("search")) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !$("results").hidden) {
      go($("results").children[chosen].dataset.href);
    } else if (event.key === "Escape") {
      close();
    }
  }
}

// ---- pages

function start() {
  const { data } = codexwire;
  $("home").textContent = `codex ${data.release}`;
  $("list").replaceChildren(...GROUPS.map(([sender, kind, title]) => {
    const own = data.methods.filter((m) => m.sender === sender && m.kind === kind).sort((a, b) => (a.name < b.name ? -1 : 1));
    return el("details", { open: "" }, el("summary", {}, `${title} (${own.length})`),
      el("ul", {}, own.map((m) => el("li", {}, el("a", { href: `#/method/${m.name}`, class: m.deprecated ? "old" : "" }, m.name)))));
  }), el("p", {}, el("a", { href: "#/types" }, `All types (${data.types.length})`)));
  $("compare").append(...[...data.releases].reverse().filter((release) => release !== data.release).map((release) => el("option", {}, release)));
  index();
  $("search").addEventListener("input", offer);
  $("search").addEventListener("focus", () => $("search").value && offer());
  $("compare").addEventListener("change", () => { location.hash = $("compare").value ? `#/compare/${$("compare").value}` : "#/"; });
  document.addEventListener("keydown", keys);
  document.addEventListener("click", (event) => event.target.closest(".search") || close());
  window.addEventListener("hashchange", () => { show(); $("main").focus(); window.scrollTo(0, 0); });
  show();
}

// What stands behind `#`; a link that is cut in the middle of a character is taken as it is.
function address() {
  try {
    return decodeURIComponent(location.hash);
  } catch {
    return location.hash;
  }
}

function show() {
  const [, kind = "", rest = ""] = address().match(/^#\/([^/]*)\/?(.*)$/) || [];
  const page = { method: methodPage, type: typePage, types: typesPage, compare: comparePage, gone: gonePage }[kind] || homePage;
  const content = page(rest);
  if (content) $("main").replaceChildren(...content.flat(Infinity));
  document.title = `${rest || "Protocol explorer"} – codex ${codexwire.data.release}`;
  for (const link of $("list").querySelectorAll("a")) link.toggleAttribute("aria-current", link.getAttribute("href") === `#/${kind}/${rest}`);
  if (kind !== "compare") $("compare").value = "";
}

const fact = (name, ...value) => [el("dt", {}, name), el("dd", {}, value)];
const listed = (found, most = 8) => (found.length > most ? `${found.slice(0, most).join(", ")} and ${found.length - most} more` : found.join(", "));
const missing = (name) => [el("h1", {}, name), el("p", {}, `Release ${codexwire.data.release} does not have it.`)];

function spanFacts(found) {
  return [found.since ? fact("since", found.since === codexwire.data.releases[0] ? `${found.since} or earlier` : found.since) : [],
    found.changed ? fact("changed in", listed(found.changed, 12)) : [],
    found.gone ? fact("gone in", found.gone) : [],
    fact("stability", found.stability, found.deprecated ? ", deprecated" : ""),
    (found.seen || []).map((text) => fact("probed", text))];
}

function homePage() {
  const { data } = codexwire;
  return [el("h1", {}, `The protocol of codex ${data.release}`),
    el("p", {}, `${data.methods.length} methods, ${data.types.length} types, ${data.releases.length} releases to compare with. Press / to search; ↑ ↓ and Enter choose.`),
    el("h2", {}, "Errors"), el("table", {}, el("thead", {}, el("tr", {}, ["name", "code", "message has"].map((t) => el("th", {}, t)))),
      el("tbody", {}, data.errors.map((e) => el("tr", {}, el("td", {}, e.name), el("td", {}, String(e.code)), el("td", {}, e.pattern ? el("code", {}, e.pattern) : ""))))),
    el("h2", {}, "Rules"), el("p", {}, "Where schema and server disagree, the schema is corrected here."),
    el("dl", {}, Object.entries(data.rules).map(([id, rule]) => fact(el("code", {}, id), rule.title))),
    data.gone.length ? [el("h2", {}, "Gone"), el("ul", {}, data.gone.map((g) => el("li", {}, el("a", { href: `#/gone/${g.sender} ${g.kind} ${g.name}` }, g.name), ` ${g.sender} ${g.kind}, gone in ${g.gone}`)))] : [],
    el("p", { class: "muted" }, `Written by ${data.tool}.`)];
}

function typesPage() {
  return [el("h1", {}, "Types"), el("ul", { class: "wide" }, codexwire.data.types.map((t) => el("li", {}, typeLink(t.name))))];
}

function methodPage(name) {
  const method = codexwire.methods.get(name);
  if (!method) return missing(name);
  const ids = Object.entries(method.ids || {}).map(([kind, [params, result]]) =>
    fact(`${kind} id`, between([...params.map((p) => `params.${p}`), ...result.map((p) => `result.${p}`)].map((p) => el("code", {}, p)), ", ")));
  return [el("h1", {}, method.name), el("p", { class: "lead" }, `${method.sender} → ${method.sender === "client" ? "server" : "client"}, ${method.kind}`,
    method.published ? "" : " (the published schema does not list it)"),
  method.doc ? prose(method.doc) : [], el("dl", {}, spanFacts(method), ids),
  el("h2", {}, "Params"), method.params ? payload(method.params, method.required) : el("p", {}, "None."),
  method.kind === "request" ? [el("h2", {}, "Result"), method.result ? payload({ k: "ref", n: method.result }, true) : el("p", {}, "Not known: any JSON.")] : [],
  method.example ? example(method.example) : [], use(method), rules(method.rules)];
}

function payload(node, required) {
  const target = node.k === "ref" && codexwire.types.get(node.n);
  return [el("p", {}, inline(node), required ? "" : ", may be left out"), target ? [target.node.d ? prose(target.node.d) : [], tree(target.node)] : node.k === "ref" ? [] : tree(node)];
}

function example(found) {
  const shown = (message) => el("pre", { tabindex: "0" }, JSON.stringify(message, null, 2));
  return [el("h2", {}, "Example"), el("p", {}, `From a recording of ${found.release}.`), shown(found.message), found.answer ? [el("p", {}, "Answer:"), shown(found.answer)] : []];
}

function sample(node, depth = 0) {
  switch (node.k) {
    case "ref": return depth < 4 && codexwire.types.has(node.n) ? sample(codexwire.types.get(node.n).node, depth + 1) : {};
    case "enum": return node.v[0];
    case "union": return sample(node.of[0], depth + 1);
    case "all": return Object.assign({}, ...node.of.map((of) => sample(of, depth + 1)).filter((v) => typeof v === "object"));
    case "list": case "tuple": return node.k === "list" && depth < 3 ? [sample(node.of, depth + 1)] : [];
    case "object": return Object.fromEntries(node.p.filter((row) => row[2]).map(([name, of]) => [name, sample(of, depth + 1)]));
    case "string": return "…";
    case "integer": case "number": return 0;
    case "boolean": return false;
    case "null": return null;
    default: return {};
  }
}

const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

function python(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([k, v]) => `${json(k)}: ${python(v)}`).join(", ")}}`;
  return json(value);
}

function use(method) {
  if (!method.python) return [];
  const made = method.params ? sample(method.params) : {}, given = made && typeof made === "object" ? Object.entries(made) : [];
  const quoted = ([key, value]) => `${key}=${typeof value === "string" && !/\s/.test(value) ? value : `'${json(value)}'`}`;
  return [el("h2", {}, "Use"), el("pre", { tabindex: "0" },
    `from codex_app_server_protocol import AppServerClient\n\nwith AppServerClient.launch() as client:\n    result = client.${method.python}(${given.map(([k, v]) => `${snake(k)}=${python(v)}`).join(", ")})`),
  el("pre", { tabindex: "0" }, ["codexwire call", method.name, ...given.map(quoted)].join(" "))];
}

function rules(ids) {
  const found = [...new Set(ids || [])];
  if (!found.length) return [];
  return [el("h2", {}, "Rules"), found.map((id) => {
    const rule = codexwire.data.rules[id] || { title: "", evidence: [] };
    return el("details", {}, el("summary", {}, el("code", {}, id), " ", rule.title), prose(rule.doc || ""), rule.evidence.length ? el("ul", {}, rule.evidence.map((line) => el("li", {}, line))) : null);
  })];
}

let users = null;

function usedBy(name) {
  if (!users) {
    users = new Map();
    const note = (node, label, href) => walk(node, (inside) => {
      if (inside.k !== "ref") return;
      if (!users.has(inside.n)) users.set(inside.n, new Map());
      users.get(inside.n).set(href + label, [label, href]);
    });
    for (const m of codexwire.data.methods) {
      if (m.params) note(m.params, `${m.name} (params)`, `#/method/${m.name}`);
      if (m.result) note({ k: "ref", n: m.result }, `${m.name} (result)`, `#/method/${m.name}`);
    }
    for (const t of codexwire.data.types) note(t.node, bare(t.name), `#/type/${t.name}`);
  }
  return [...(users.get(name) || new Map()).values()];
}

function typePage(name) {
  const type = codexwire.types.get(name);
  if (!type) return missing(name);
  return [el("h1", {}, bare(type.name)), el("p", { class: "lead" }, type.namespace ? `type of namespace ${type.namespace}` : "type"),
    type.node.d ? prose(type.node.d) : [], el("dl", {}, spanFacts(type)), tree(type.node),
    el("h2", {}, "Used by"), el("ul", { class: "wide" }, usedBy(name).map(([label, href]) => el("li", {}, el("a", { href }, label)))), rules(type.rules)];
}

// ---- comparison

let loading = false;

function archive() {
  if (codexwire.history) return codexwire.history;
  if (!loading) document.head.append(el("script", { src: "data/archive.js" }));
  loading = true;
  return null;
}

const at = (history, table, name, position) => {
  const found = (history[table][name] || []).filter((entry) => entry[0] <= position).pop();
  return found && found[1] >= 0 ? history.pool[found[1]] : null;
};

function comparePage(rest) {
  const history = archive(), { data } = codexwire, [other] = rest.split("/");
  $("compare").value = other;
  if (!history) return [el("p", {}, "Loading the archive …")];
  const there = history.releases.indexOf(other), here = history.releases.indexOf(data.release);
  if (there < 0 || here < 0) return [el("h1", {}, "Comparison"), el("p", {}, `The archive does not have ${there < 0 ? other : data.release}.`)];
  const [before, after] = there < here ? [there, here] : [here, there];
  const changed = (table) => Object.keys(history[table]).sort().map((name) => [name, at(history, table, name, before), at(history, table, name, after)]).filter(([, a, b]) => a !== b);
  const methods = changed("methods"), types = changed("types").filter(([name]) => !name.startsWith("legacy"));
  const known = new Map(types.map((row) => [row[0], row]));
  const touched = new Map();
  for (const name of Object.keys(history.methods)) {
    const row = at(history, "methods", name, after) || at(history, "methods", name, before);
    if (row) touched.set(name, reached(history, row, after).filter((type) => known.has(type)));
  }
  const heads = [...new Set([...methods.map((row) => row[0]), ...[...touched].filter(([, found]) => found.length).map(([name]) => name)])].sort();
  return [el("h1", {}, `${history.releases[before]} → ${history.releases[after]}`),
    heads.length ? el("p", {}, `${heads.length} methods and ${types.length} types differ. Left: before; right: after.`) : el("p", {}, "Nothing changed."),
    heads.map((name) => comparedMethod(name, methods.find((row) => row[0] === name), touched.get(name) || [])),
    types.length ? el("h2", {}, "Types") : [], types.map(([name, a, b]) => el("details", { id: `t-${name}` }, el("summary", {}, bare(name), " ", verdict(a, b)), sides(a, b)))];
}

function reached(history, row, position) {
  const found = new Set(), waiting = [...refs(row.params), ...(row.result ? [row.result] : [])];
  while (waiting.length) {
    const name = waiting.pop();
    if (found.has(name)) continue;
    found.add(name);
    const node = at(history, "types", name, position);
    if (node) waiting.push(...refs(node));
  }
  return [...found];
}

const refsOf = new WeakMap();

function refs(node) {
  if (!node) return [];
  if (!refsOf.has(node)) {
    const found = [];
    walk(node, (inside) => inside.k === "ref" && found.push(inside.n));
    refsOf.set(node, found);
  }
  return refsOf.get(node);
}

const verdict = (a, b) => el("span", { class: `mark ${a ? (b ? "" : "deprecated") : "experimental"}` }, a ? (b ? "changed" : "removed") : "added");

function comparedMethod(label, row, types) {
  const name = label.split(" ").slice(2).join(" ");
  const head = [el("code", {}, name), " ", el("small", {}, label.split(" ").slice(0, 2).join(" ")), " ", row ? verdict(row[1], row[2]) : null];
  return el("details", {}, el("summary", {}, head), row ? sides(row[1] && own(row[1]), row[2] && own(row[2])) : null,
    types.length ? el("p", {}, "through: ", between(types.map((type) => el("a", { href: `#/type/${type}`, onclick: (event) => { event.preventDefault(); const box = document.getElementById(`t-${type}`); box.open = true; box.scrollIntoView(); } }, bare(type))), ", ")) : null);
}

const own = (row) => ({ k: "object", p: [["stability", { k: row.stability }, 1], ...(row.params ? [["params", row.params, row.required]] : []), ...(row.result ? [["result", { k: "ref", n: row.result }, 1]] : [])] });

function sides(a, b) {
  const left = a ? lines(a) : [], right = b ? lines(b) : [], old = new Set(left), now = new Set(right);
  const column = (all, other, name, sign) => el("div", { role: "group", "aria-label": name }, all.length ? all.map((line) => el("div", { class: other.has(line) ? "same" : name }, `${other.has(line) ? " " : sign} ${line}`)) : el("div", { class: "muted" }, "not there"));
  return el("div", { class: "sides" }, column(left, now, "before", "−"), column(right, old, "after", "+"));
}

function gonePage(label) {
  const history = archive();
  if (!history) return [el("p", {}, "Loading the archive …")];
  const entries = history.methods[label] || [], last = [...entries].reverse().find((entry) => entry[1] >= 0);
  const name = label.split(" ").slice(2).join(" ");
  if (!last) return missing(name);
  const row = history.pool[last[1]], end = entries[entries.length - 1][0];
  const target = row.params && row.params.k === "ref" ? at(history, "types", row.params.n, end - 1) : row.params;
  return [el("h1", {}, name), el("p", { class: "lead" }, `${label.split(" ").slice(0, 2).join(" ")}, gone in ${history.releases[end]}`),
    el("h2", {}, "Params"), target ? tree(target) : el("p", {}, "None."), row.result ? [el("h2", {}, "Result"), el("p", {}, bare(row.result))] : []];
}
