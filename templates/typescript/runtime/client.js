// A JSON-RPC peer: requests with their answers, notifications for whoever listens, and an answer for
// every request of the server.

import { parseLine, writeLine } from "./json.js";

const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;

/** An error response of the server. */
export class RpcError extends Error {
  constructor(method, { code, message, data }) {
    super(`${method}: ${message} (${code})`);
    this.name = "RpcError";
    Object.assign(this, { method, code, data, serverMessage: message });
  }
}

/** The result of a request is nothing like its type. */
export class UnexpectedResultError extends Error {
  constructor(method, result) {
    super(`the answer to ${method} is no result of that method`);
    this.name = "UnexpectedResultError";
    Object.assign(this, { method, result });
  }
}

/** The connection has ended. */
export class ClosedError extends Error {
  constructor(reason) {
    super(reason);
    this.name = "ClosedError";
  }
}

/** Messages and results as they come. */
const AS_IT_IS = {
  notification: (value) => ({ value }),
  request: (value) => ({ value }),
  result: (_, value) => ({ value }),
  encode: (value) => value,
};

export class Peer {
  #transport;
  #refusals;
  #decoder;
  #waiting = new Map();
  #handlers = new Map();
  #listeners = new Set();
  #ends = new Set();
  #nextId = 1;
  #closed;

  constructor(transport, refusals, decoder = AS_IT_IS) {
    this.#transport = transport;
    this.#refusals = refusals;
    this.#decoder = decoder;
    this.closed = new Promise((resolve) => this.#ends.add(resolve));
    transport.start(
      (line) => this.#receive(line),
      (reason) => this.#end(reason),
    );
  }

  request(method, params) {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#send(params === undefined ? { id, method } : { id, method, params });
    });
  }

  notify(method, params) {
    if (this.#closed) throw this.#closed;
    this.#send(params === undefined ? { method } : { method, params });
  }

  handle(method, handler) {
    this.#handlers.set(method, handler);
  }

  listen(listener, ended) {
    this.#listeners.add(listener);
    if (ended !== undefined) this.#ends.add(ended);
    return () => {
      this.#listeners.delete(listener);
      this.#ends.delete(ended);
    };
  }

  notifications() {
    const queue = [];
    let wake;
    const stop = this.listen(
      (message) => {
        queue.push(message);
        wake?.();
      },
      () => wake?.(),
    );
    const finish = () => {
      stop();
      return Promise.resolve({ value: undefined, done: true });
    };
    const next = async () => {
      while (queue.length === 0) {
        if (this.#closed) return finish();
        await new Promise((resolve) => (wake = resolve));
      }
      return { value: queue.shift(), done: false };
    };
    return { next, return: finish, [Symbol.asyncIterator]() { return this; } };
  }

  async close() {
    this.#transport.close();
    await this.closed;
  }

  /** What a listener throws is nobody's to catch, and keeps no message from the others. */
  #tell(raw) {
    const { value } = this.#decoder.notification(raw, "server");
    for (const listener of this.#listeners) {
      try {
        listener(value, raw);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #send(message) {
    this.#transport.send(writeLine(this.#decoder.encode(message)));
  }

  #receive(line) {
    let message;
    try {
      message = parseLine(line);
    } catch {
      return; // what is no JSON is no message: binaries may print other lines
    }
    if (typeof message !== "object" || message === null) return;
    if (typeof message.method !== "string") this.#settle(message);
    else if (message.id === undefined) this.#tell(message);
    else void this.#answer(this.#decoder.request(message, "server").value);
  }

  #settle({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) this.#deliver(waiting, result);
    else waiting.reject(new RpcError(waiting.method, error ?? { code: 0, message: "no error is told" }));
  }

  #deliver({ method, resolve, reject }, result) {
    const { value, why } = this.#decoder.result(method, result, "client");
    if (why === "unfit-value") reject(new UnexpectedResultError(method, result));
    else resolve(value);
  }

  async #answer({ id, method, params }) {
    const answer = await this.#decide(method, params, id);
    if (!this.#closed) this.#send({ id, ...answer });
  }

  async #decide(method, params, id) {
    const handler = this.#handlers.get(method);
    if (handler === undefined) return this.#refusal(method);
    try {
      return { result: (await handler(params, id)) ?? null };
    } catch (error) {
      return { error: { code: INTERNAL_ERROR, message: error instanceof Error ? error.message : String(error) } };
    }
  }

  #refusal(method) {
    const known = Object.hasOwn(this.#refusals, method) ? this.#refusals[method] : {};
    if (known.result !== undefined) return known;
    const code = known.error?.code ?? METHOD_NOT_FOUND;
    return { error: { code, message: `this client does not answer ${method}` } };
  }

  #end(reason) {
    if (this.#closed) return;
    this.#closed = new ClosedError(reason);
    for (const { reject } of this.#waiting.values()) reject(this.#closed);
    this.#waiting.clear();
    for (const ended of this.#ends) ended(reason);
  }
}
