// Decodes the messages of a file with generated packages; prints how many, and the first that differ.
//
// A case: the folder of a package, a function of its `decode`, the text of a message or result, the arguments
// around it, and what is expected: value, notes, and whether it has a type.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";

let count = 0;
const wrong = [];
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const { folder, call, text, before, after } = JSON.parse(line);
  const { parseLine } = await import(`${folder}/runtime/json.js`);
  const { jsonEqual } = await import(`${folder}/runtime/checks.js`);
  const { [call]: decode, driftNotes, encode } = await import(`${folder}/runtime/decode.js`);
  const { expected } = parseLine(line);
  const raw = parseLine(text);
  const { value, notes, known } = decode(...before, raw, ...after);
  const back = encode(value);
  count++;
  const same =
    jsonEqual(value, expected.value) &&
    isDeepStrictEqual([notes, known], [expected.notes, expected.known]) &&
    isDeepStrictEqual([back, raw], [parseLine(text), parseLine(text)]) &&
    (Object(value) !== value || driftNotes(value) === notes);
  if (!same && wrong.length < 5) wrong.push({ folder, call, before, text: text.slice(0, 2000), said: { value, notes, known }, expected, back });
}
console.log(JSON.stringify({ count, wrong }, (_, v) => (typeof v === "bigint" ? String(v) : v)));
