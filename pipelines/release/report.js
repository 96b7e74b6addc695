"use strict";
// Figures follow the page's colours: their ground is transparent, their text and bars take the theme's.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const printing = window.matchMedia("print");
function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); }
function paint() {
  for (const plot of document.querySelectorAll(".js-plotly-plot")) {
    const line = colour("line");
    Plotly.Plots.resize(plot); // figures are drawn one by one, before the page has its final columns
    Plotly.update(plot, { "marker.color": plot.data.map(trace => colour(trace.meta)) },
      { "font.color": colour("text"), "xaxis.gridcolor": line, "yaxis.gridcolor": line, "xaxis.zerolinecolor": line, "yaxis.zerolinecolor": line });
  }
}
dark.addEventListener("change", paint);
printing.addEventListener("change", paint);
window.addEventListener("load", paint);
// Paper cannot be opened: whatever is folded is printed in full, also where the style sheet's own way is not known.
for (const [event, open] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(event, () => { for (const part of document.querySelectorAll("details")) part.open = open; });
}
// The finder shows the rows that hold every word typed.
for (const input of document.querySelectorAll(".find input")) {
  const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
  const told = document.getElementById(input.dataset.table + "-shown");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    told.textContent = shown + " of " + rows.length + " shown";
  });
}
