// Opens the reports of a folder as a person would, from file://, and prints what it saw as JSON.
import { flaws, open, watched } from "./browser.mjs";

const folder = `file://${process.argv[2]}`;
const browser = await open();
const seen = { troubles: [], flaws: [], pages: {} };
const all = ["diff.html", "same.html", "validate.html", "attack.html", "attacked.html", "compat.html", "compat/index.html"];
for (const [width, scheme, names] of [[390, "dark", all], [1400, "light", all], [2000, "dark", ["diff.html", "compat.html"]]]) {
  for (const name of names) {
    const page = await watched(browser, width, scheme, seen.troubles);
    await page.goto(`${folder}/${name}`);
    seen.pages[name] = await page.textContent("main");
    // Everything open, but not hundreds of harmless changes: what is the same is looked at once.
    await page.evaluate(() => document.querySelectorAll("details:not(#safe, #safe details)").forEach((part) => { part.open = true; }));
    seen.flaws.push(...(await flaws(page, `${name} at ${width} ${scheme}`)));
    await page.close();
  }
}
const page = await watched(browser, 1400, "light", seen.troubles);
await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
await page.goto(`${folder}/diff.html`);
await page.click("[data-copy]");
await page.waitForFunction(() => document.querySelector("[data-copy]").textContent === "Copied");
seen.copied = await page.evaluate(() => navigator.clipboard.readText());
seen.first = await page.textContent(".chapter h2");
await page.fill("#text", "modelProvider/list");
seen.found = await page.$$eval("article:not([hidden])", (rows) => rows.map((row) => row.textContent));
seen.shown = await page.$$eval(".chapter:not([hidden]) h2", (titles) => titles.map((title) => title.textContent));
await page.fill("#text", "");
await page.click('nav a[href="#safe"]');
seen.opened = await page.$eval("#safe", (part) => part.open);
await page.goto(`${folder}/compat/index.html`);
await page.click("td a");
seen.followed = await page.textContent("h1");
await page.goto(`${folder}/compat.html`);
await page.click("td a");
seen.anchored = await page.evaluate(() => {
  const part = document.querySelector(":target");
  return part.getBoundingClientRect().height > 0 ? part.textContent : "hidden";
});
await browser.close();
console.log(JSON.stringify(seen));
