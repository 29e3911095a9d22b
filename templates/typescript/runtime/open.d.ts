/** An enum because the compiler takes its value for no string that can be written down. */
declare enum Tag {
  Unknown = "",
}

/** The tag of a variant that this release does not have: a string that equals none of the known tags. */
export type UnknownTag = Tag;

/** A variant that this release does not have, of a union that is told apart by the member `Name`. */
export type UnknownVariant<Name extends string> = { [key in Name]: UnknownTag } & { [key: string]: unknown };

declare const unknownObject: unique symbol;

/** A variant that this release does not have, of a union whose variants have one member each. */
export interface UnknownObject {
  readonly [unknownObject]: true;
}

export {};
