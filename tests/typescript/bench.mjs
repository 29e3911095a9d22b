// Times a generated package and ajv on the same decoded messages (benchmarks/typescript.py).

import Ajv from "ajv";
import { readFileSync } from "node:fs";

const { package: folder, document, entries, rounds } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { acceptsMessage, acceptsResponse } = await import(`${folder}/validators.js`);

const ajv = new Ajv.default({ strict: false, validateFormats: false, logger: false });
ajv.addSchema({ ...document, $id: "protocol" });
const compiled = new Map();
function compile(name) {
  if (!compiled.has(name)) {
    const place = encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
    compiled.set(name, ajv.compile({ $ref: `protocol#/definitions/${place}` }));
  }
  return compiled.get(name);
}

const other = { client: "server", server: "client" };
const ours = ({ sender, asked, message }) =>
  asked === null ? acceptsMessage(message, sender) : acceptsResponse(message, asked, other[sender]);
// The function that ajv made is looked up beforehand; ours is found by the method, as users find it.
for (const entry of entries) {
  const name = entry.asked === null ? `${entry.sender} ${entry.message.method}` : `answer ${entry.asked}`;
  entry.judge = name in document.definitions ? compile(name) : () => false;
}
const theirs = (entry) => entry.judge(entry.message);

const differing = entries.filter((entry) => ours(entry) !== theirs(entry));
if (differing.length > 0) throw new Error(`verdicts differ: ${JSON.stringify(differing[0])}`);

function round(judge) {
  const start = process.hrtime.bigint();
  for (let again = 0; again < 20; again++) for (const entry of entries) judge(entry);
  return Number(process.hrtime.bigint() - start) / (20 * entries.length);
}
const best = { ours: Infinity, theirs: Infinity };
for (let i = 0; i < rounds; i++) {
  best.ours = Math.min(best.ours, round(ours));
  best.theirs = Math.min(best.theirs, round(theirs));
}
console.log(
  `${entries.length} messages, verdicts equal: codexwire ${best.ours.toFixed(0)} ns, ajv ${best.theirs.toFixed(0)} ns a message, ` +
    `${(best.theirs / best.ours).toFixed(2)} x`,
);
