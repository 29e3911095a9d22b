// Draws values of `codexwire.explorer.tree` as elements.
"use strict";

// A description: paragraphs, with `code` between backticks.
function prose(text) {
  return text.split(/\n\s*\n/).map((part) =>
    el("p", {}, part.split("`").map((piece, at) => (at % 2 ? el("code", {}, piece) : piece))));
}

const typeLink = (name) =>
  codexwire.types.has(name) ? el("a", { href: `#/type/${name}`, class: "ref" }, bare(name)) : el("span", { class: "ref" }, bare(name));

const bare = (name) => name.replace(/^v\d+\//, "");

const json = (value) => JSON.stringify(value);

function marks(node) {
  const found = [];
  if (node.e) found.push(el("span", { class: "mark experimental" }, "experimental"));
  if (node.x) found.push(el("span", { class: "mark deprecated" }, "deprecated"));
  if (node.u) found.push(el("span", { class: "mark" }, node.u === "ms" ? "milliseconds" : "seconds"));
  if ("default" in node && node.default !== null) found.push(el("span", { class: "mark" }, `default ${json(node.default)}`));
  for (const [key, value] of Object.entries(node.limits || {}))
    if (key !== "format") found.push(el("span", { class: "mark" }, `${key} ${json(value)}`));
  return found.length ? [" ", found] : [];
}

const between = (parts, separator) => parts.flatMap((part, at) => (at ? [separator, part] : [part]));

// A type in a line. Objects with members are only named; `tree` shows them below.
function inline(node) {
  switch (node.k) {
    case "ref": return [typeLink(node.n)];
    case "enum": return between(node.v.map((value) => el("code", { class: "value" }, json(value))), " | ");
    case "union": return between(node.of.map(inline), " | ");
    case "all": return between(node.of.map(inline), " with ");
    case "list": return ["array of ", inline(node.of)];
    case "tuple": return ["array of [", between(node.of.map(inline), ", "), "]"];
    case "map": return node.of.k === "any" ? ["object"] : ["map of ", inline(node.of)];
    case "object": return [node.title ? el("em", {}, node.title) : "object"];
    case "never": return ["nothing"];
    default: return [(node.limits && node.limits.format) || node.k];
  }
}

const parts = (node) => (["union", "all", "tuple"].includes(node.k) ? node.of : ["list", "map"].includes(node.k) ? [node.of] : []);

const isPlainUnion = (node) => node.k === "union" && node.of.every((of) => of.k !== "object" && of.k !== "all");

// What stands below a line: members of objects, branches of unions, texts of values.
function below(node, depth) {
  if (node.k === "object") return [members(node, depth)];
  if (node.k === "enum") return values(node);
  if (isPlainUnion(node)) return node.of.flatMap((of) => (of.k === "enum" ? values(of) : below(of, depth)));
  if (node.k === "union")
    return [el("ul", { class: "branches" }, node.of.map((of) =>
      el("li", {}, el("span", { class: "branch" }, inline(of), marks(of)), of.d ? el("div", { class: "doc" }, prose(of.d)) : null, below(of, depth))))];
  return parts(node).flatMap((of) => below(of, depth));
}

function values(node) {
  const texts = node.t || {}, some = node.v.filter((v) => texts[v] || (node.ev || []).includes(v) || (node.xv || []).includes(v));
  if (!some.length) return [];
  return [el("ul", { class: "values" }, some.map((value) => el("li", {}, el("code", { class: "value" }, json(value)),
    marks({ e: (node.ev || []).includes(value), x: (node.xv || []).includes(value) }), texts[value] ? [" ", texts[value]] : null)))];
}

function members(node, depth) {
  const rows = node.p.map(([name, of, required]) => {
    const opened = depth < 1 && of.k === "ref" && codexwire.types.get(of.n) ? expander(of.n, depth) : null;
    return el("li", {}, el("code", { class: required ? "name required" : "name" }, name), required ? "" : el("span", { class: "optional", title: "may be left out" }, "?"),
      ": ", inline(of), marks(of), of.d ? el("div", { class: "doc" }, prose(of.d)) : null, below(of, depth + 1), opened);
  });
  if (node.rest && node.rest.k !== "any") rows.push(el("li", {}, el("span", { class: "muted" }, node.rest.k === "never" ? "no further members" : ["further members: ", inline(node.rest)])));
  return el("ul", { class: "members" }, rows);
}

// The members of a type that is referred to, drawn when they are opened.
function expander(name, depth) {
  const box = el("details", {}, el("summary", {}, `members of ${bare(name)}`));
  box.addEventListener("toggle", () => {
    if (box.open && box.childElementCount === 1) box.append(el("div", {}, below(codexwire.types.get(name).node, depth + 1)));
  });
  return box;
}

const tree = (node) => el("div", { class: "tree" }, node.k === "object" ? [] : el("div", {}, inline(node), marks(node)), below(node, 0));

// A type as lines of text, for a comparison.
function lines(node, indent = "") {
  const text = flat(node);
  if (node.k === "object") return node.p.flatMap(([name, of, required]) => [`${indent}${name}${required ? "" : "?"}: ${flat(of)}${tags(of)}`, ...inner(of, `${indent}  `)]).sort();
  if (node.k === "union" && !isPlainUnion(node)) return node.of.flatMap((of) => [`${indent}| ${flat(of)}${tags(of)}`, ...lines(of, `${indent}  `).filter((line) => of.k === "object")]);
  return text.split(" | ").map((part) => `${indent}${part}${tags(node)}`);
}

const inner = (node, indent) => (node.k === "object" ? lines(node, indent) : parts(node).flatMap((of) => (of.k === "object" ? lines(of, indent) : [])));

const tags = (node) => `${node.e ? "  experimental" : ""}${node.x ? "  deprecated" : ""}${"default" in node && node.default !== null ? `  = ${json(node.default)}` : ""}`;

const flat = (node) => el("span", {}, inline(node)).textContent;
