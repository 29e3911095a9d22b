// Loads every entry of a TypeScript package in a browser, but that for node, and prints what it says as JSON.
// Arguments: the folder of the package, and a file with one notification of a server a line.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { open, watched } from "./browser.mjs";

const [folder, recording] = process.argv.slice(2);
const { exports } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
const entries = Object.entries(exports).flatMap(([name, where]) => (name === "./stdio" || !where.import ? [] : [where.import.default]));

const server = http.createServer((request, response) => {
  const file = path.join(folder, new URL(request.url, "http://localhost").pathname);
  const found = fs.existsSync(file) && fs.statSync(file).isFile();
  const type = file.endsWith(".js") ? "text/javascript" : "text/html";
  response.writeHead(found || request.url === "/" ? 200 : 404, { "content-type": type });
  response.end(found ? fs.readFileSync(file) : "<!doctype html><title>package</title><link rel=icon href=data:,>");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const troubles = [];
const browser = await open();
const page = await watched(browser, 1000, "light", troubles);
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const seen = await page.evaluate(
  async ([entries, lines]) => {
    const modules = Object.assign({}, ...(await Promise.all(entries.map((file) => import(new URL(file, location.href))))));
    let state = null;
    const said = lines.map((line) => {
      const message = modules.parseLine(line), { known, value, notes } = modules.decodeNotification(message, "server");
      state ??= message.method === "turn/started" ? modules.start(message.params.threadId, message.params.turn.id) : null;
      if (state !== null) state = modules.step(state.unchanged(), message, 0);
      return { known, same: modules.writeLine(modules.encode(value)) === modules.writeLine(message), notes: notes.map((note) => [note.pointer, note.rule]) };
    });
    return { names: Object.keys(modules), said, ended: state?.ended, text: state?.text };
  },
  [entries, fs.readFileSync(recording, "utf8").trim().split("\n")],
);
await browser.close();
server.close();
console.log(JSON.stringify({ ...seen, troubles }));
