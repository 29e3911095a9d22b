import type { Transport } from "./transport.js";

/** How a server is started. */
export interface StdioOptions {
  /** A name on PATH, or a path; `codex` unless it is given. */
  command?: string;
  /** `["app-server"]` unless they are given. */
  args?: readonly string[];
  cwd?: string;
  /** The whole environment; that of this process unless it is given. */
  env?: { [name: string]: string | undefined };
  /** What becomes of what the server logs; it is thrown away unless it is `inherit`. */
  stderr?: "inherit" | "ignore";
}

/** Start an app-server and speak to it over its standard streams; node only. */
export declare function stdio(options?: StdioOptions): Transport;
