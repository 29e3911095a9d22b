// Which known name an unknown one is like: what "did you mean" says. As Python's difflib measures it.

const ALIKE = 0.8; // so much of two names must be the same
const LONGEST = 80; // so many characters of a name are compared
const BETWEEN_WORDS = /[^\p{L}\p{N}]+|(?<=[a-z0-9])(?=[A-Z])/gu;

/** A function that returns the known name which is most like a name, each once; an empty text where none is. */
export function nearNames() {
  const answers = new Map();
  return (name, known) => {
    if (!answers.has(known)) answers.set(known, new Map());
    const found = answers.get(known);
    if (!found.has(name)) found.set(name, nearName(name, known));
    return found.get(name);
  };
}

function nearName(name, known) {
  const wanted = [...words(name)];
  let best = { ratio: ALIKE, spelled: "", found: "" };
  for (const candidate of [...known].sort()) {
    const spelled = words(candidate);
    const ratio = likeness([...spelled], wanted, best.ratio);
    if (ratio > best.ratio || (ratio === best.ratio && spelled > best.spelled)) {
      best = { ratio, spelled, found: candidate };
    }
  }
  return best.found;
}

/** A name as its words, without case: `thread_id` is `threadId`. */
function words(name) {
  const spaced = [...name].slice(0, LONGEST).join("").replace(BETWEEN_WORDS, " ");
  return [...spaced].map((c) => c.toUpperCase().toLowerCase()).join("");
}

/** How much of two lists of characters is the same, from 0 to 1; 0 where it cannot be as much as `least`. */
function likeness(one, two, least) {
  const all = one.length + two.length;
  if (all === 0) return 1;
  const ratio = (same) => (2 * same) / all;
  if (ratio(Math.min(one.length, two.length)) < least || ratio(shared(one, two)) < least) return 0;
  return ratio(matching(one, 0, one.length, two, 0, two.length));
}

/** How many characters two lists have in common, wherever they stand. */
function shared(one, two) {
  const left = new Map();
  for (const c of two) left.set(c, (left.get(c) ?? 0) + 1);
  return one.filter((c) => {
    const count = left.get(c) ?? 0;
    left.set(c, count - 1);
    return count > 0;
  }).length;
}

/** How many characters stand in the longest common run, and in those on both sides of it. */
function matching(one, from, to, two, start, end) {
  let [at, other, size] = [from, start, 0];
  let before = new Map();
  for (let i = from; i < to; i++) {
    const ending = new Map();
    for (let j = start; j < end; j++) {
      if (one[i] !== two[j]) continue;
      const length = (before.get(j - 1) ?? 0) + 1;
      ending.set(j, length);
      if (length > size) [at, other, size] = [i - length + 1, j - length + 1, length];
    }
    before = ending;
  }
  if (size === 0) return 0;
  return (
    size +
    matching(one, from, at, two, start, other) +
    matching(one, at + size, to, two, other + size, end)
  );
}
