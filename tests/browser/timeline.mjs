// Uses pages of `codexwire show -o` as a person would, from file://, and prints what it saw as JSON.
// Arguments: a page of approvals, one of 100,000 messages, then pages of hostile sessions.
import { flaws, open, watched } from "./browser.mjs";

const [approvals, long, ...hostile] = process.argv.slice(2);
const browser = await open();
const seen = { troubles: [], flaws: [], narrow: {}, wide: {}, long: {}, hostile: [] };

const drawn = (page) => page.waitForFunction(() => performance.getEntriesByName("drawn").length);
const settled = (page) => page.waitForFunction(() => !document.querySelector("#text .muted"));

async function look(page, size, told) {
  await page.goto(`file://${approvals}`);
  await drawn(page);
  seen.flaws.push(...(await flaws(page, `list at ${size}`)));
  told.count = await page.textContent("#count");
  told.rows = await page.$$eval("#rows .row", (rows) => rows.map((row) => row.textContent));
  await page.click("text=item/commandExecution/requestApproval");
  await settled(page);
  told.approval = await page.textContent("#detail");
  seen.flaws.push(...(await flaws(page, `message at ${size}`)));
}

for (const [width, scheme, told] of [[390, "dark", seen.narrow], [1400, "light", seen.wide]]) {
  const page = await watched(browser, width, scheme, seen.troubles);
  await look(page, width, told);
  await page.close();
}

// Filters, the keyboard, links, lanes.
{
  const told = seen.wide, page = await watched(browser, 1400, "light", seen.troubles);
  await page.goto(`file://${approvals}`);
  await drawn(page);
  await page.selectOption("#mode", "all");
  told.all = await page.textContent("#count");
  await page.selectOption("#kind", "item command");
  told.commands = await page.$$eval("#rows .row", (rows) => rows.map((row) => row.textContent));
  await page.selectOption("#kind", "");
  await page.selectOption("#lane", "1");
  told.lane = await page.textContent("#count");
  await page.selectOption("#lane", "");
  await page.focus("#list");
  for (const key of ["Home", "ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  told.chosen = await page.textContent('#rows [aria-selected="true"]');
  told.active = await page.evaluate(() => document.getElementById(document.getElementById("list").getAttribute("aria-activedescendant")).textContent);
  told.focused = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("/");
  told.searching = await page.evaluate(() => document.activeElement.id);
  const box = await (await page.$("#canvas")).boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 25);
  await settled(page);
  told.clicked = await page.textContent("#detail dl");
  await page.goto("about:blank");
  await page.goto(`file://${approvals}#17`);
  await drawn(page);
  await settled(page);
  told.linked = await page.textContent("#detail h2");
  await page.close();
}

// 100,000 messages: how much of the processor it takes until the first of them are drawn.
{
  const told = seen.long, page = await watched(browser, 1400, "light", seen.troubles);
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(`file://${long}`);
  await drawn(page);
  const { metrics } = await client.send("Performance.getMetrics");
  told.seconds = metrics.find((metric) => metric.name === "TaskDuration").value;
  told.count = await page.textContent("#count");
  told.elements = await page.evaluate(() => document.querySelectorAll("*").length);
  told.wanted = await page.evaluate(() => session.lanes[session.lanes.length - 1].id);
  await page.fill("#search", told.wanted);
  await page.waitForFunction(() => Number(document.getElementById("count").textContent.split(" ")[0].replace(",", "")) < 2000);
  told.found = await page.textContent("#count");
  await page.fill("#search", "");
  await page.waitForFunction((count) => document.getElementById("count").textContent === count, told.count);
  await page.focus("#list");
  await page.keyboard.press("End");
  await settled(page);
  told.last = await page.textContent("#detail dl");
  await page.close();
}

// Every message of every hostile session is drawn and chosen.
for (const address of hostile) {
  const page = await watched(browser, 1400, "light", seen.troubles);
  await page.goto(`file://${address.split("/").map(encodeURIComponent).join("/")}`);
  await drawn(page);
  await page.selectOption("#mode", "all");
  seen.hostile.push(await page.evaluate(async () => {
    const { all } = await readTexts();
    for (let at = 0; at < list.entries.length; at++) {
      select(at);
      await null;
    }
    document.getElementById("search").value = "hurt";
    list.hits = await found("hurt");
    choose();
    await new Promise((done) => setTimeout(done, 50));
    const foreign = [...document.querySelectorAll("img, svg, iframe, object, embed, form, base, video, link:not([rel=icon])")].length;
    const links = [...document.querySelectorAll("a[href]")].map((a) => a.getAttribute("href")).filter((href) => !/^(#|https:\/\/codexwire\.github\.io\/)/.test(href));
    const handlers = [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes]).filter((a) => /^on/i.test(a.name)).length;
    return { attacks: all.split("hurt").length - 1, hits: list.entries.length, hurt: typeof window.hurt, foreign, links, handlers, scripts: document.scripts.length };
  }));
  await page.close();
}

// Even a script that were to get into the page would not run.
{
  const page = await browser.newPage();
  await page.goto(`file://${approvals}`);
  await drawn(page);
  seen.policy = await page.evaluate(async () => {
    const script = document.createElement("script"), image = document.createElement("img");
    script.textContent = "window.hurt = 8";
    image.setAttribute("onerror", "window.hurt = 9");
    image.src = "data:image/png;base64,nothing";
    document.body.append(script, image);
    await new Promise((done) => setTimeout(done, 200));
    return typeof window.hurt;
  });
  await page.close();
}
await browser.close();
console.log(JSON.stringify(seen));
