// Uses the explorer as a person would, from file://, and prints what it saw as JSON.
import { flaws, open, watched } from "./browser.mjs";

const address = `file://${process.argv[2]}/index.html`;
const browser = await open();
const seen = { troubles: [], flaws: [], pages: {} };
for (const [width, scheme] of [[390, "dark"], [1400, "light"]]) {
  const page = await watched(browser, width, scheme, seen.troubles);
  for (const hash of ["#/", "#/method/turn/start", "#/type/v2/ThreadItem", "#/compare/0.160.0", "#/gone/client request newConversation"]) {
    await page.goto("about:blank");
    await page.goto(address + hash);
    await page.waitForFunction(() => document.querySelector("h1"));
    seen.pages[hash] = (await page.textContent("main")).slice(0, 20000);
    seen.flaws.push(...(await flaws(page, `${hash} at ${width}`)));
  }
  await page.goto("about:blank");
  await page.goto(`${address}#/method/%E0%A4%A`);
  seen.cut = await page.textContent("main");
  await page.goto("about:blank");
  await page.goto(address);
  await page.keyboard.press("/");
  await page.keyboard.type("turn/star");
  // The time from the key to the list, in the page itself.
  seen.search = await page.evaluate(() => {
    const box = document.getElementById("search"), begin = performance.now();
    box.value = "turn/start";
    box.dispatchEvent(new Event("input"));
    document.getElementById("results").getBoundingClientRect();
    return { milliseconds: performance.now() - begin, first: document.querySelector("#result-0 span").textContent };
  });
  seen.flaws.push(...(await flaws(page, `search at ${width}`)));
  for (const text of ["Thread.id", "workspaceWrite"]) {
    await page.fill("#search", text);
    seen.pages[`search ${text}`] = await page.textContent("#results");
  }
  await page.fill("#search", "turn/start");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("h1").textContent === "turn/started");
  seen.keyboard = page.url().split("#")[1];
  await page.goBack();
  seen.back = await page.textContent("h1");
  await page.close();
}
await browser.close();
console.log(JSON.stringify(seen));
