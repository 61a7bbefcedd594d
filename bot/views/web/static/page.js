// What the pages do beyond HTML and htmx: charts from their own tables, and no text of a person's
// lost to what arrives while they type.
"use strict";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (cell) => { const n = parseFloat(cell.textContent); return Number.isNaN(n) ? null : n; };

function draw(figure) {
  const plot = figure.querySelector(".plot"), table = figure.querySelector("table");
  const rows = [...table.tBodies[0].rows];
  plot.replaceChildren();
  if (rows.length < 2) { figure.classList.add("empty"); return; }
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const shown = heads.map((name, at) => [name, at + 1]).filter(([name]) => name.includes("%"));
  const times = rows.map((row) => Date.parse(row.cells[0].textContent + "T00:00:00Z") / 1000);
  const inks = ["--chart-1", "--chart-2", "--chart-3"].map(colour), soft = colour("--soft"), grid = colour("--line");
  const axis = { stroke: soft, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid }, font: "12px system-ui" };
  const series = shown.map(([label], at) => ({ label, stroke: inks[at], width: 2, dash: at ? [6, 4] : [], spanGaps: true, points: { size: 5 }, value: (_, v) => (v === null ? "–" : v + " %") }));
  new uPlot({
    width: plot.clientWidth, height: 190, tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    scales: { y: { range: [0, 100] } }, axes: [axis, { ...axis, size: 44, values: (_, all) => all.map((v) => v + " %") }],
    series: [{ label: "Week of", value: "{YYYY}-{MM}-{DD}" }, ...series],
  }, [times, ...shown.map(([, at]) => rows.map((row) => number(row.cells[at])))], plot);
}

function charts() { if (window.uPlot) document.querySelectorAll("figure.chart").forEach(draw); }
let width = 0;
addEventListener("load", () => { width = innerWidth; charts(); });
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; charts(); } });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", charts);
addEventListener("beforeprint", () => document.querySelectorAll("details.all").forEach((all) => { all.open = true; }));

// A form is touched from the first key until it is saved; what arrives leaves it alone.
document.addEventListener("input", (event) => { const form = event.target.closest("form.answer"); if (form) form.dataset.touched = "1"; });
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest && event.target.closest("form.answer");
  if (!form) return;
  event.detail.parameters.once = crypto.randomUUID();
  if (!event.detail.parameters.way) event.detail.parameters.way = "save";
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("form.answer");
  if (form && event.detail.successful && !form.querySelector(".conflict, .error")) delete form.dataset.touched;
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const at = event.detail.target, form = at.querySelector && at.querySelector("form.answer");
  const here = document.activeElement, typing = at.contains(here) && here.matches("input, textarea, select");
  if (at.classList.contains("question") && (typing || (form && form.dataset.touched))) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:responseError", (event) => {
  const form = event.target.closest && event.target.closest("form.answer"), status = form && form.querySelector(".status");
  if (status) { const told = document.createElement("p"); told.className = "error"; told.setAttribute("role", "alert"); told.textContent = event.detail.xhr.responseText.slice(0, 300) || "Not saved. Please try again."; status.append(told); }
});
document.addEventListener("htmx:sendError", (event) => {
  const form = event.target.closest && event.target.closest("form.answer"), status = form && form.querySelector(".status");
  if (status) { const told = document.createElement("p"); told.className = "error"; told.setAttribute("role", "alert"); told.textContent = "Not saved: the server does not answer. Your text stays here; press Save again."; status.append(told); }
});
