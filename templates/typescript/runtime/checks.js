// What validators call. All of it is about decoded JSON; an integer may also be a bigint (see json.js).

/** Whether a value is an object, and neither null nor an array. */
export const isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);

/** Whether a value is a number without a fractional part: 1.0 is one. */
export const isInteger = (v) => Number.isInteger(v) || typeof v === "bigint";

/** Whether a value is a number. */
export const isNumber = (v) => typeof v === "number" || typeof v === "bigint";

export const isAnything = () => true;

/** A member by a name that every object inherits. */
export const own = (v, key) => (Object.hasOwn(v, key) ? v[key] : undefined);

/** The length of a string in code points. */
export function codePoints(text) {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      const before = text.charCodeAt(i - 1);
      if (before >= 0xd800 && before <= 0xdbff) count--;
    }
  }
  return count;
}

/** Whether two values are the same JSON value: 1 equals 1.0, true does not equal 1. */
export function jsonEqual(one, two) {
  if (isNumber(one) && isNumber(two)) return one == two;
  if (Array.isArray(one)) {
    return Array.isArray(two) && one.length === two.length && one.every((v, i) => jsonEqual(v, two[i]));
  }
  if (!isObject(one)) return one === two;
  if (!isObject(two)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(two).length &&
    keys.every((key) => Object.hasOwn(two, key) && jsonEqual(one[key], two[key]))
  );
}

export const equalsAny = (v, values) => values.some((other) => jsonEqual(v, other));

/** Whether no two items of an array are the same JSON value. */
export const allDiffer = (values) =>
  values.every((v, i) => !values.slice(0, i).some((other) => jsonEqual(v, other)));

export const exactlyOne = (v, tests) => {
  let count = 0;
  for (const test of tests) if (test(v) && ++count > 1) return false;
  return count === 1;
};

/** Whether an object has no member besides the named ones. */
export const onlyKeys = (v, named) => Object.keys(v).every((key) => named.has(key));

/** Whether a test accepts all members of an object besides the named ones. */
export const others = (v, named, test) =>
  Object.keys(v).every((key) => named.has(key) || test(v[key]));

/** Whether each member is accepted by the tests of all patterns that its name matches. */
export const byPattern = (v, patterns) =>
  Object.keys(v).every((key) => patterns.every(([regex, test]) => !regex.test(key) || test(v[key])));

/** Whether a test accepts all members that neither are named nor match a pattern. */
export const othersByPattern = (v, named, patterns, test) =>
  Object.keys(v).every(
    (key) => named.has(key) || patterns.some(([regex]) => regex.test(key)) || test(v[key]),
  );

/** Whether the first test accepts the first item, the second the second, and so on. */
export const eachInTurn = (values, tests) =>
  tests.every((test, i) => i >= values.length || test(values[i]));

/** Whether a number is a whole multiple of another, fractions taken as the decimals they read as. */
export function isMultiple(value, divisor) {
  if (value === Infinity || value === -Infinity) return false;
  const [one, oneScale] = decimal(value);
  const [two, twoScale] = decimal(divisor);
  const scale = oneScale > twoScale ? oneScale : twoScale;
  return (one * 10n ** (scale - oneScale)) % (two * 10n ** (scale - twoScale)) === 0n;
}

/** A number as an integer and the count of its decimal places. */
function decimal(number) {
  if (isInteger(number)) return [BigInt(number), 0n];
  const [digits, exponent = "0"] = String(number).split("e");
  const [whole, fraction = ""] = digits.split(".");
  return [BigInt(whole + fraction), BigInt(fraction.length - Number(exponent))];
}

/** Whether a judge accepts a value; one that is nested too deeply to be followed it does not. */
export function holds(judge, v) {
  try {
    return judge(v);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
