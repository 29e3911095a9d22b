declare const unknownTag: unique symbol;

/** The tag of a variant that this release does not have: a string that equals none of the known tags. */
export type UnknownTag = string & { readonly [unknownTag]: true };

/** A variant that this release does not have, of a union that is told apart by the member `Tag`. */
export type UnknownVariant<Tag extends string> = { [key in Tag]: UnknownTag } & { [key: string]: unknown };

/** A variant that this release does not have, of a union whose variants have one member each. */
export interface UnknownObject {
  readonly [unknownTag]: true;
}
