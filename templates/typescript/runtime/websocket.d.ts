import type { Transport } from "./transport.js";

/** What is used of a WebSocket class: that of browsers and of node from 22 on, or that of the package ws. */
export interface WebSocketClass {
  new (url: string): {
    send(data: string): void;
    close(): void;
    addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
    addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
    addEventListener(type: "open" | "error", listener: (event: never) => void): void;
  };
}

/**
 * Connect to a server that listens on a WebSocket.
 *
 * The app-server refuses connections with an `Origin`, which pages always send: a page needs a proxy.
 *
 * @throws TypeError where there is no WebSocket class, Error where the connection fails
 */
export declare function webSocket(url: string, options?: { WebSocket?: WebSocketClass }): Promise<Transport>;
