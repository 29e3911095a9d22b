const form = document.querySelector("form"), text = document.getElementById("text"), choice = document.getElementById("choice");
const skews = [...document.querySelectorAll(".skew")], rows = [...document.querySelectorAll("article")];
// What a search looks at: the row, and the names of the methods above it.
const above = (row) => [...row.closest(".group").querySelectorAll(":scope > :not(article)")].map((part) => part.textContent).join(" ");
const index = rows.map((row) => `${above(row)} ${row.textContent}`.toLowerCase());
const has = (row, boxes) => boxes.some((box) => !["safe", undefined].includes(row.dataset.verdicts.split(" ")[box.value]));

function show() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean), wanted = skews.filter((box) => box.checked);
  let count = 0;
  rows.forEach((row, i) => {
    const hit = words.every((word) => index[i].includes(word))
      && (!choice.value || row.dataset.choice === choice.value) && (!wanted.length || has(row, wanted));
    row.hidden = !hit;
    count += hit;
  });
  for (const part of document.querySelectorAll(".group, .chapter.filtered")) {
    part.hidden = !part.querySelector("article:not([hidden])");
    if (words.length && !part.hidden) part.closest("details").open = true;
  }
  document.getElementById("count").value = `${count} of ${rows.length}`;
}

async function copied(words) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {  // where pages may not use the clipboard
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = words;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await copied(button.dataset.copy);
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
});
// What a link leads to may lie in a part that is closed.
const reveal = () => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details")?.setAttribute("open", "");
addEventListener("hashchange", reveal);
reveal();
if (form) {
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
