// Where the ids of a message stand. A place: [steps, regular expressions of methods, part, standing].

import { isObject, own } from "./checks.js";

const INT64 = 2n ** 63n;
const GUESS = 2; // the standing of a place that is read where nothing else is, and contradicts nothing

const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);
const integer = (value) => (Number.isInteger(value) || typeof value === "bigint" ? value : undefined);

export function requestIdOf(value) {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return -INT64 <= value && value < INT64 ? value : undefined;
  return Number.isInteger(value) && -(2 ** 63) <= value && value < 2 ** 63 ? value : undefined;
}

const READ = { request: requestIdOf, seq: integer };
const member = (value, key) => (isObject(value) ? own(value, key) : undefined);

/** A function of method and part that remembers what another returns. */
function remembered(find) {
  const known = new Map();
  return (method, part) => {
    const key = `${part} ${method}`;
    let found = known.get(key);
    if (found === undefined) {
      found = find(method, part);
      if (known.size < 4096) known.set(key, found);
    }
    return found;
  };
}

/** A function that returns the places of messages of a method, each path once: [steps, standing]. */
function placesFor(places) {
  return remembered((method, part) => {
    const found = new Map();
    for (const [steps, methods, of, standing] of places) {
      if (part && of && of !== part) continue;
      if (methods.length > 0 && !methods.some((pattern) => pattern.test(method))) continue;
      const path = steps.join(".");
      if (!found.has(path)) found.set(path, { path, steps, standing });
    }
    return [...found.values()];
  });
}

/** A function that finds one kind of id, at the first of its places that holds one. */
export function finder(kind, places) {
  const placesOf = placesFor(places);
  const read = READ[kind] ?? text;
  return (method, payload, part = "") => {
    for (const { steps } of placesOf(method, part)) {
      let value = payload;
      for (const step of steps) value = member(value, step);
      const id = read(value);
      if (id !== undefined) return id;
    }
    return undefined;
  };
}

/** What the decoder asks about ids; `table` maps kinds of ids to their places. */
export function identities(table) {
  const kinds = Object.entries(table).map(([kind, places]) => [kind, placesFor(places), finder(kind, places)]);

  /** The ids that have a published place at a path or below: how they are found, and the path from there. */
  function rests(method, part, at) {
    const within = (path) => path === at || path.startsWith(`${at}.`);
    return kinds.flatMap(([, placesOf, find]) =>
      placesOf(method, part)
        .filter(({ path, standing }) => standing === 0 && within(path))
        .map(({ path }) => ({ find, rest: path.slice(at.length + 1) })),
    );
  }

  /** Whether an id of such a message may stand at a path. */
  const isPlace = (method, part, at) =>
    kinds.some(([, placesOf]) => placesOf(method, part).some(({ path }) => path === at));

  const contests = remembered((method, part) =>
    kinds
      .filter(([kind]) => kind === "thread" || kind === "turn" || kind === "item")
      .map(([, placesOf]) => {
        const places = placesOf(method, part);
        return places.slice(0, places.findLastIndex(({ standing }) => standing !== GUESS) + 1);
      }),
  );

  /** The places of ids that hold another one than that which is read; `at` returns what stands at steps. */
  function differences(method, part, at) {
    return contests(method, part).flatMap((places) => {
      const held = places.map((place) => ({ ...place, id: text(at(place.steps)) })).filter(({ id }) => id);
      const others = held.filter(({ id, standing }) => id !== held[0].id && standing !== GUESS);
      return others.map(({ path }) => ({ read: held[0].path, other: path }));
    });
  }

  return { rests, isPlace, differences };
}
