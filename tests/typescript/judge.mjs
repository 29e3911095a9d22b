// Judges the cases of a file by generated packages; prints how many, and the first that differ.
//
// A case: the folder of a package, a function of it, the text of a message or value, arguments, and
// what is expected. With `round` it is also written again, and must read the same.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

const packages = new Map();

async function load(folder) {
  if (!packages.has(folder)) {
    const [index, validators] = await Promise.all(
      ["index.js", "validators.js"].map((file) => import(`${folder}/${file}`)),
    );
    packages.set(folder, { ...index, ...validators });
  }
  return packages.get(folder);
}

let count = 0;
const wrong = [];
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const { folder, call, text, before = [], after = [], expected } = JSON.parse(line);
  const { [call]: judge, parseLine, writeLine } = await load(folder);
  count++;
  const value = parseLine(text);
  const said = judge(...before, value, ...after) ?? null;
  const same = isDeepStrictEqual(parseLine(writeLine(value)), value);
  if ((!isDeepStrictEqual(said, expected) || !same) && wrong.length < 5) {
    wrong.push({ folder, call, before, after, text: text.slice(0, 2000), said, expected, same });
  }
}
console.log(JSON.stringify({ count, wrong }));
