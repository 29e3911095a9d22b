// What the browser tests share: chromium without a network, and what a page may not do.
import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// The chromium of the system; where there is none, one that comes with its libraries in a package of npm.
async function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  Object.assign(process.env, { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x", AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" });
  const packed = await import("@sparticuz/chromium"); // unpacks its libraries where it takes itself for a guest
  return packed.default.executablePath();
}

export const open = async () => chromium.launch({ executablePath: await executable(), args: QUIET });

// A page that notes errors of its console and every request that leaves the disk.
export async function watched(browser, width, scheme, troubles) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => /^(file|data|blob|http:\/\/127\.0\.0\.1)/.test(request.url()) || troubles.push(`asked for ${request.url()}`));
  page.on("dialog", (dialog) => troubles.push(`dialog ${dialog.message()}`) && dialog.dismiss());
  return page;
}

// What axe-core finds, and whether the page is wider than the window.
export async function flaws(page, where) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await axe.run({ preload: false })).violations.map((v) => `${v.id} ${v.nodes[0].target}`));
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push("wider than the window");
  return found.map((flaw) => `${where}: ${flaw}`);
}
