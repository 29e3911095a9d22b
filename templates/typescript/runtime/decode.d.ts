import type {
  AnyClientNotification,
  AnyClientRequest,
  AnyServerNotification,
  AnyServerRequest,
  ClientRequests,
  ServerRequests,
} from "../methods.js";
import type { Side } from "../validators.js";

/** One kind of drift at one place of a message: how it differs from what this release sends. It names no value. */
export interface Note {
  readonly method: string;
  /** The JSON pointer of the place in the message, with `*` for indices of arrays and keys of maps. */
  readonly pointer: string;
  /** `unknown-field`, `unfit-value` and its like, or the rule of tolerance that was applied: `t004-id-alias`. */
  readonly rule: string;
  /** The member that an unknown one is like, the place of the id that is read; else empty. */
  readonly other: string;
  /** What the rule means, in one sentence. */
  readonly message: string;
}

/**
 * What was decoded. What fits is the value that came in, itself. Elsewhere `value` is a copy in which rules of
 * tolerance have put what older and newer peers write otherwise in its place; what fits nothing stands as it came,
 * and a required member that nobody knows anything about is null.
 *
 * `known` is false where there is no type, `why` says then whether for the method (`unknown-method`,
 * `t010-legacy-event`) or for a value that is nothing like it (`unfit-value`).
 */
export type Decoded<T> =
  | { readonly known: true; readonly why: undefined; readonly value: T; readonly notes: readonly Note[] }
  | { readonly known: false; readonly why: string; readonly value: unknown; readonly notes: readonly Note[] };

type Notifications = { client: AnyClientNotification; server: AnyServerNotification };
type Requests = { client: AnyClientRequest; server: AnyServerRequest };
type Result<Row> = Row extends { result: infer R } ? R : never;

/** Decode any JSON value as a notification, of either side unless one is named. Never throws. */
export declare function decodeNotification<S extends Side = Side>(
  message: unknown,
  sender?: S,
): Decoded<Notifications[S]>;

/** Decode any JSON value as a request, of either side unless one is named. Never throws. */
export declare function decodeRequest<S extends Side = Side>(message: unknown, sender?: S): Decoded<Requests[S]>;

/**
 * Decode the result of a request; `requester` made it, which matters where both sides have one of that name.
 * A result of which nobody knows the type is known as any JSON. Never throws.
 */
export declare function decodeResult<Method extends keyof ClientRequests>(
  method: Method,
  result: unknown,
  requester?: "client",
): Decoded<Result<ClientRequests[Method]>>;
export declare function decodeResult<Method extends keyof ServerRequests>(
  method: Method,
  result: unknown,
  requester?: "server",
): Decoded<Result<ServerRequests[Method]>>;
export declare function decodeResult(method: string, result: unknown, requester?: Side): Decoded<unknown>;

/**
 * The notes of a value that a client gave, or one of the functions above: a message, its params, or a result.
 * None of any other value.
 */
export declare function driftNotes(value: unknown): readonly Note[];

/**
 * The JSON value that came in for a decoded message, its params or a result. What was changed since comes as it
 * is now, and what a rule of tolerance has added stays away.
 */
export declare function encode(value: unknown): unknown;
