// Keeps a page up to date and forms in place. Without it every form and a reload work as well.
"use strict";

const parse = (html) => new DOMParser().parseFromString(html, "text/html");
let busy = false;

// What a person opened or closed stays so, unless the new text itself opens or closes it.
function remember(root) {
  for (const fold of root.querySelectorAll("details")) fold.dataset.was = fold.open;
}

function keepFolds(before, after) {
  const old = new Map();
  for (const fold of before.querySelectorAll("details"))
    old.set(fold.querySelector("summary")?.textContent.trim(), fold);
  for (const fold of after.querySelectorAll("details")) {
    const same = old.get(fold.querySelector("summary")?.textContent.trim());
    const written = String(fold.open);
    fold.dataset.was = written;
    if (same && same.dataset.was === written) fold.open = same.open;
  }
}

function isTyping(part) {
  const here = document.activeElement;
  return part.contains(here) && here.matches("textarea, input:not([type=hidden])") && here.value !== here.defaultValue;
}

function replace(before, after) {
  const focus = document.activeElement;
  const held = before.contains(focus) && focus.name ? `[name="${focus.name}"][value="${CSS.escape(focus.value)}"]` : null;
  keepFolds(before, after);
  before.replaceWith(after);
  if (held) after.querySelector(held)?.focus({ preventScroll: true });
}

// Takes over the parts that differ; whoever reads further down keeps the place.
function takeOver(page, force) {
  const anchor = [...document.querySelectorAll("[data-live]")].find((part) => part.getBoundingClientRect().bottom > 60);
  const top = anchor?.getBoundingClientRect().top;
  const parts = [...page.querySelectorAll("[data-live]")];
  const there = new Set(parts.map((part) => part.id));
  for (const after of parts) {
    const before = document.getElementById(after.id);
    if (!before) document.getElementById("talk")?.append(after);
    else if (before.dataset.live !== after.dataset.live && (force || !isTyping(before))) replace(before, after);
  }
  for (const gone of document.querySelectorAll("[data-live]"))
    if (!there.has(gone.id)) gone.remove();
  document.title = page.title;
  document.body.dataset.pulse = page.body.dataset.pulse;
  const again = anchor && document.getElementById(anchor.id);
  if (again && top < 0) window.scrollBy(0, again.getBoundingClientRect().top - top);
}

async function look() {
  if (busy || document.hidden || !document.body.dataset.pulse) return;
  try {
    const pulse = await fetch(location.pathname.replace(/\/$/, "") + "/pulse");
    if (!pulse.ok || (await pulse.text()) === document.body.dataset.pulse) return;
    const answer = await fetch(location.pathname + location.search);
    if (answer.ok && !busy) takeOver(parse(await answer.text()), false);
  } catch {
    // The stand-in has stopped; the next look may find it again.
  }
}

async function send(form, button) {
  const fields = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(button?.getAttribute("formaction") || form.action, { method: "POST", body: fields });
  const page = parse(await answer.text());
  const notice = page.getElementById("notice");
  document.getElementById("notice").replaceWith(notice);
  setTimeout(() => notice.replaceChildren(), 9000);
  if (form.hasAttribute("data-clear") && !notice.querySelector(".refused")) form.reset();
  takeOver(page, true);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-quick")) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  event.submitter?.setAttribute("data-busy", "");
  try {
    await send(form, event.submitter);
  } catch {
    form.submit();
  } finally {
    busy = false;
    event.submitter?.removeAttribute("data-busy");
  }
});

remember(document);
setInterval(look, 1000);
