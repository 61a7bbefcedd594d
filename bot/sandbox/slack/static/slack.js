// Keeps the page up to date. Without it every form and a reload work as well.
"use strict";

let busy = false;

function typing() {
  const here = document.activeElement;
  return here && here.matches("textarea, input:not([type=hidden]), select") && here.closest("main");
}

async function look(force) {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const pulse = await (await fetch("/pulse")).text();
    if (!force && pulse === document.body.dataset.pulse) return;
    if (!force && typing()) return;
    const quiet = location.pathname === "/home" ? "?quiet=1" : "";
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname + quiet)).text(), "text/html");
    const before = document.getElementById("live"), after = page.getElementById("live");
    const open = new Set([...before.querySelectorAll("article details[open]")].map((d) => d.closest("article").id));
    for (const d of after.querySelectorAll("article details")) if (open.has(d.closest("article").id)) d.open = true;
    const text = before.querySelector("#text")?.value, top = before.querySelector("dialog")?.scrollTop;
    before.replaceWith(after);
    if (text) after.querySelector("#text").value = text;
    if (top) after.querySelector("dialog")?.scrollTo(0, top);
    document.body.dataset.pulse = page.body.dataset.pulse;
  } catch { /* the next look may succeed */ } finally { busy = false; }
}

document.addEventListener("change", (event) => {
  const part = event.target;
  if (part.matches("[data-go]")) part.form.requestSubmit();
  if (part.matches("[data-menu]") && part.value) part.parentElement.querySelector("button").click();
  if (part.matches("[data-tell]")) part.closest("fieldset").querySelector(".tell").click();
});
document.body.classList.add("scripted");
setInterval(() => look(false), 400);
