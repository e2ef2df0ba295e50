"use strict";
(() => {
  const tip = document.getElementById("tip");
  const show = (bar, x, y) => {
    tip.textContent = bar.getAttribute("aria-label");
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - box.width - 4)) + "px";
    tip.style.top = Math.max(4, y - box.height - 10) + "px";
  };
  const bars = (chart) => [...chart.querySelectorAll(".f-none")];
  for (const chart of document.querySelectorAll("svg.chart")) {
    chart.addEventListener("pointermove", (event) => {
      const bar = event.target.closest(".f-none");
      if (bar) show(bar, event.clientX, event.clientY);
      else tip.hidden = true;
    });
    chart.addEventListener("pointerleave", () => { tip.hidden = true; });
    // One stop of the tab key a chart; the arrows move along its bars, Enter follows the link.
    chart.tabIndex = 0;
    let at = -1;
    const go = (to) => {
      const all = bars(chart);
      if (!all.length) return;
      if (all[at]) all[at].classList.remove("at");
      at = Math.max(0, Math.min(all.length - 1, to));
      all[at].classList.add("at");
      const box = all[at].getBoundingClientRect();
      show(all[at], box.x, Math.max(box.y, 40));
    };
    chart.addEventListener("keydown", (event) => {
      const last = bars(chart).length - 1;
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
      if (to !== undefined) { event.preventDefault(); go(to); }
      if (event.key === "Escape") tip.hidden = true;
      if (event.key === "Enter" && at >= 0) {
        const link = bars(chart)[at].closest("a");
        if (link) location.hash = link.getAttribute("href");
      }
    });
    chart.addEventListener("blur", () => {
      tip.hidden = true;
      for (const bar of bars(chart)) bar.classList.remove("at");
      at = -1;
    });
  }

  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.closest("details");
    if (details) { details.open = true; details.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();

  const select = document.getElementById("country");
  if (select) {
    select.parentElement.hidden = false;
    const told = document.getElementById("filtered");
    const filter = () => {
      const code = select.value;
      let shown = 0, all = 0;
      for (const row of document.querySelectorAll("[data-c]")) {
        const off = code !== "" && !row.dataset.c.split(" ").includes(code);
        row.classList.toggle("off", off);
        all += 1;
        shown += off ? 0 : 1;
      }
      told.textContent = code && `${shown} of ${all} rows and charts; the charts of all countries stay as they are`;
    };
    select.addEventListener("change", filter);
    filter();
  }
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of opened) details.open = false; });
})();
