/**
 * Decode one message. Integers that a double cannot hold become bigints; a line without 16 digits in a
 * row goes through JSON.parse alone.
 *
 * @throws SyntaxError where the text is no JSON
 */
export declare function parseLine(text: string): unknown;

/** Encode a value that `parseLine` returned, bigints included, on one line. */
export declare function writeLine(value: unknown): string;
