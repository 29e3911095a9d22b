// A turn from its start to its end, over a client.

import { turnId } from "../ids.js";
import { GRACE, settle, start, step } from "./turns.js";

export async function runTurn(client, params, options = {}) {
  options.signal?.throwIfAborted();
  const turn = new Following(client, options);
  const begun = client.request("turn/start", params).then((result) => {
    turn.begin(params.threadId, turnId("turn/start", result, "result"));
  });
  begun.catch((error) => turn.fail(error));
  try {
    return await turn.over;
  } catch (error) {
    begun.then(() => turn.interrupt(), () => {});
    throw error;
  } finally {
    turn.leave();
  }
}

/** A turn that is followed. What comes before it is known which one it is has to wait. */
class Following {
  #client;
  #options;
  #state;
  #early = [];
  #timer;
  #finish;
  #reject;
  #failed = false;
  #stop;
  #aborted = () => this.fail(this.#options.signal.reason);

  constructor(client, options) {
    this.#client = client;
    this.#options = options;
    this.over = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#reject = reject;
    });
    this.#stop = client.listen(
      (message, raw) => this.#heed(() => this.#take(raw, message)),
      (reason) => this.#heed(() => this.#settle(`the connection was lost: ${reason}`)),
    );
    options.signal?.addEventListener("abort", this.#aborted);
  }

  fail(error) {
    this.#failed = true;
    this.#reject(error);
  }

  begin(thread, turn) {
    this.#state = start(thread, turn);
    for (const act of this.#early.splice(0)) act();
  }

  /** Ask the server to end the turn; nobody waits for the answer. */
  interrupt() {
    const { threadId, turnId, ended } = this.#state;
    if (!ended) this.#client.request("turn/interrupt", { threadId, turnId }).catch(() => {});
  }

  leave() {
    this.#stop();
    this.#early = [];
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#aborted);
  }

  #heed(act) {
    if (this.#state === undefined) this.#early.push(act);
    else act();
  }

  /** Turns are made of what came; who follows one gets messages as they are decoded. */
  #take(raw, message) {
    const before = this.#state.unchanged();
    if (before.ended || this.#failed) return;
    this.#change(step(before, raw, Date.now()));
    if (this.#state === before) return; // it is not about the turn
    try {
      this.#options.onStep?.(this.#state, message);
    } catch (error) {
      this.fail(error);
    }
  }

  #settle(reason) {
    this.#change(settle(this.#state, reason, Date.now()));
  }

  #change(state) {
    const { presumed } = this.#state;
    this.#state = state;
    if (state.ended) this.#finish(state);
    if (state.presumed === presumed) return;
    clearTimeout(this.#timer);
    if (state.presumed !== undefined) {
      this.#timer = setTimeout(() => this.#settle("no more came"), this.#options.grace ?? GRACE);
    }
  }
}
