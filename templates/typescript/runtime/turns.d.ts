import type { AnyServerNotification, ClientRequests, MessageId, ServerNotifications } from "../methods.js";

/** An object of the wire, whose members may be anything. */
export interface Json {
  readonly [name: string]: unknown;
}

/** The `item/completed` or `item/started` that an item stood in, with the item typed: `params.item`. */
export type ItemMessage = ServerNotifications extends { "item/completed": { params: infer Params } }
  ? { method: string; params: Params }
  : never;

/** One item of a turn. */
export interface Item {
  readonly id: string;
  /** The v2 name of its type, for v1 items too: `agentMessage`, `commandExecution` … */
  readonly kind: string;
  /** The server's word where the item has one, else `inProgress` or `completed`. */
  readonly status: string;
  /**
   * The text of a message or plan, the summary (or else the content) of reasoning, the output of a command:
   * as the completed item says it, before that as it has streamed.
   */
  readonly text: string;
  /** The item as the server wrote it last. */
  readonly wire: Json;
  /** The v2 notification that it stood in; none for what only v1 told, or streamed so far. */
  readonly message: ItemMessage | undefined;
  /** The `at` of the step at which it began. */
  readonly started: number | undefined;
  /** The `at` of the step at which it was completed. */
  readonly completed: number | undefined;
  /** Whether the server calls this message the final answer of the turn. */
  readonly isFinalAnswer: boolean;
}

/** How a turn ended, or is presumed to have ended. */
export interface End {
  /** `completed`, `failed`, `interrupted`, `unknown`, or another word of the server. */
  readonly status: string;
  /**
   * How that is known: the method that said so (`turn/completed`), with the status where it is the thread's
   * (`thread/status/changed: systemError`), or the reason that `settle` was given.
   */
  readonly reason: string;
  /** Whether the server said that the turn ended; false where that is concluded. */
  readonly certain: boolean;
  readonly at: number;
  /** The server's error object. */
  readonly error: Json | undefined;
  /** The message that said so. */
  readonly message: Json | undefined;
}

/** An error that the server reported in a turn. */
export interface TurnError {
  readonly text: string;
  /** Whether the server tries to get over it. */
  readonly willRetry: boolean;
  readonly wire: Json;
  readonly method: string;
}

/** The agent's plan as it was told last. */
export interface Plan {
  readonly steps: readonly PlanStep[];
  readonly explanation: string | undefined;
}

export interface PlanStep {
  readonly text: string;
  /** `pending`, `inProgress`, `completed` or another word. */
  readonly status: string;
}

/** A request of the server that waits for an answer: an approval, a question, a tool call. */
export interface OpenRequest {
  readonly id: MessageId;
  readonly method: string;
  readonly params: Json;
  readonly itemId: string | undefined;
}

/** Counts of tokens. */
export interface TokenUsage {
  readonly totalTokens: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningOutputTokens: number;
}

/** Token usage as the server reported it last. */
export interface TurnUsage {
  /** Of the last model call. */
  readonly last: TokenUsage;
  /** Of the thread. */
  readonly total: TokenUsage;
  readonly contextWindow: number | undefined;
  /**
   * What this turn has used: the total less what it was when the turn began. Where that was not seen, the
   * turn is taken to begin with the first model call that was reported in it.
   */
  readonly turn: TokenUsage;
}

/** What is known of a turn: a value, which no step changes. */
export interface TurnState {
  /** Undefined until a message names it. */
  readonly threadId: string | undefined;
  /** Undefined until a message names it. */
  readonly turnId: string | undefined;
  /** The `at` of the step at which the server said that it began. */
  readonly started: number | undefined;
  /** How it ended; undefined while it runs. */
  readonly end: End | undefined;
  /** An end that something hints at and nothing has said yet: see `settle`. */
  readonly presumed: End | undefined;
  /** The text that the last step added to the agent's messages. */
  readonly added: string;
  /** Whether a `turn/interrupt` of the client was among the messages. */
  readonly interruptAsked: boolean;
  readonly ended: boolean;
  /** `inProgress`, or how the turn ended. */
  readonly status: string;
  /** The items in the order in which they began. Where there are items of v2, those alone. */
  readonly items: readonly Item[];
  /** The items that have begun and not completed, or begun again since. */
  readonly openItems: readonly Item[];
  /** The item of that id, if there is one (yet). */
  item(id: string): Item | undefined;
  /** The agent's answer: the message called final, else the last whole one, else what streamed. */
  readonly text: string;
  /** The agent's reasoning, one paragraph or more an item. */
  readonly reasoning: string;
  readonly usage: TurnUsage | undefined;
  readonly plan: Plan | undefined;
  /** The unified diff of the turn's changes as it was told last. */
  readonly diff: string | undefined;
  /** The errors that the server reported, in order, retried ones too. */
  readonly errors: readonly TurnError[];
  /** The server's requests that wait for an answer; none when the turn has ended. */
  readonly openRequests: readonly OpenRequest[];
  /** The server's error object of a turn that failed. */
  readonly error: Json | undefined;
  /** The text of `error`. */
  readonly errorMessage: string | undefined;
}

/**
 * The milliseconds that a turn may still be told to have ended after something hinted at its end.
 *
 * Servers say both within a tenth of a second; more is for slow connections and busy machines.
 */
export declare const GRACE: number;

/**
 * The state of a turn of which nothing has come yet. Without a turn id it is the first turn that the
 * messages name, on the thread if one is given.
 */
export declare function start(threadId?: string, turnId?: string): TurnState;

/**
 * The state after one more message, as decoded from JSON. Never throws.
 *
 * Any message of the connection may come in, of both sides: what is not about the turn changes nothing (but
 * `added`, which is of the last step alone), nor does what is no message at all. What has come in must
 * stay as it is.
 *
 * @param at - the time, or whatever else you count in: it comes back as `started`, `completed` and `at` of
 * what began, was completed or ended; 0 unless it is given
 */
export declare function step(state: TurnState, message: unknown, at?: number): TurnState;

/**
 * The state after the client has answered a request of the server. Needed for servers up to 0.99.0 only:
 * later ones say `serverRequest/resolved`.
 */
export declare function answered(state: TurnState, requestId: MessageId): TurnState;

/**
 * The state of a turn that nobody waits for any longer; an ended one as it is.
 *
 * It ends as is presumed; as `unknown`, for `reason`, when nothing is presumed. Call it when the time that
 * you allow (`GRACE`, say) is over since `state.presumed.at`, and when the connection is lost. A
 * `turn/completed` that comes later still counts.
 */
export declare function settle(state: TurnState, reason?: string, at?: number): TurnState;

/**
 * The states of all turns in a session's messages, in the order in which they appear; `at` of each step is
 * the message's number, from 1. A turn id that is used again after its turn has ended (releases up to
 * 0.99.0 number the turns of a process) is another turn.
 */
export declare function collect(messages: Iterable<unknown>): readonly TurnState[];

/** The params of `turn/start`. */
export type TurnStart = ClientRequests extends { "turn/start": { params: infer Params } } ? Params : never;

/** How `Client.runTurn` waits. */
export interface RunOptions {
  /**
   * Called with each notification that tells something of the turn, and the state after it. What it throws
   * ends the wait, as an aborted `signal` does.
   */
  onStep?: (state: TurnState, message: AnyServerNotification) => void;
  /** Ends the wait, and asks the server to end the turn: `AbortSignal.timeout(60_000)`, say. */
  signal?: AbortSignal;
  /** In place of `GRACE`. */
  grace?: number;
}
