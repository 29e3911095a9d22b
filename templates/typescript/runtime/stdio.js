// Messages over the standard streams of a process, one a line.

import { spawn } from "node:child_process";

const GRACE = 5000; // milliseconds between the end of its input and its being killed

/** Start an app-server. It ends when its input does. */
export function stdio({ command = "codex", args = ["app-server"], cwd, env, stderr = "ignore" } = {}) {
  const [file, given, options] = launch(process.platform, command, args);
  const child = spawn(file, given, { ...options, cwd, env, stdio: ["pipe", "pipe", stderr] });
  let end;
  let over;
  const finish = (reason) => {
    over ??= reason;
    end?.(over);
  };
  child.on("error", (error) => finish(`cannot run ${command}: ${error.message}`));
  child.on("close", (code, signal) => finish(`${command} ended (${signal ?? `exit code ${code}`})`));
  child.stdin.on("error", () => {}); // told by "close"
  child.stdout.setEncoding("utf8");
  return {
    start(receive, onEnd) {
      end = onEnd;
      child.stdout.on("data", byLine(receive));
      if (over !== undefined) end(over);
    },
    send: (line) => child.stdin.write(`${line}\n`),
    close() {
      if (over !== undefined) return;
      child.stdin.end();
      const killer = setTimeout(() => child.kill("SIGKILL"), GRACE);
      child.on("close", () => clearTimeout(killer));
    },
  };
}

/** A function of pieces of text that calls another with each line. */
export function byLine(receive) {
  let pieces = [];
  return (text) => {
    const lines = text.split("\n");
    const last = lines.pop();
    for (const line of lines) {
      receive(pieces.length === 0 ? line : pieces.join("") + line);
      pieces = [];
    }
    if (last !== "") pieces.push(last);
  };
}

/** What is spawned for a command: on Windows npm's `codex` is a `codex.cmd`, which only a shell runs. */
export function launch(platform, command, args) {
  if (platform !== "win32" || /\.exe$/i.test(command)) return [command, args, { windowsHide: true }];
  return [[command, ...args].map(quoted).join(" "), [], { shell: true, windowsHide: true }];
}

function quoted(argument) {
  if (/[%\r\n]/.test(argument)) throw new TypeError(`cmd.exe cannot be given ${JSON.stringify(argument)}`);
  return /^[\w.:\\/=@+-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '""')}"`;
}
