// How ids are found: the first of the places of a method that holds one.

const INT64 = 2n ** 63n;

const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);

export function requestIdOf(value) {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return -INT64 <= value && value < INT64 ? value : undefined;
  return Number.isInteger(value) && -(2 ** 63) <= value && value < 2 ** 63 ? value : undefined;
}

const member = (value, key) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;

/** A function that finds one kind of id. A place: [steps, regular expressions of methods, part]. */
export function finder(places, read = text) {
  const known = new Map();
  const stepsOf = (method, part) => {
    const key = `${part} ${method}`;
    let found = known.get(key);
    if (found === undefined) {
      found = places
        .filter(([, , of]) => !part || !of || of === part)
        .filter(([, methods]) => methods.length === 0 || methods.some((m) => m.test(method)))
        .map(([steps]) => steps);
      if (known.size < 4096) known.set(key, found);
    }
    return found;
  };
  return (method, payload, part = "") => {
    for (const steps of stepsOf(method, part)) {
      let value = payload;
      for (const step of steps) value = member(value, step);
      const id = read(value);
      if (id !== undefined) return id;
    }
    return undefined;
  };
}

/** The same for the ids of requests. */
export const requestFinder = (places) => finder(places, requestIdOf);
