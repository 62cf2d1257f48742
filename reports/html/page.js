"use strict";
// Comfort only: the page says everything without this.
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // Filter chips: one for each status that is there, and one for all.
  each("[data-filter]", (bar) => {
    const rows = [...bar.parentElement.querySelectorAll("[data-status]")];
    const words = [...new Set(rows.map((row) => row.dataset.status))];
    if (words.length < 2) return;
    const choose = (word) => {
      rows.forEach((row) => { row.hidden = word !== "all" && row.dataset.status !== word; });
      bar.querySelectorAll("button").forEach((button) => {
        button.setAttribute("aria-pressed", String(button.dataset.word === word));
      });
    };
    ["all", ...words].forEach((word) => {
      const count = word === "all" ? rows.length
        : rows.filter((row) => row.dataset.status === word).length;
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.word = word;
      button.textContent = `${word} (${count})`;
      button.addEventListener("click", () => choose(word));
      bar.append(button);
    });
    choose("all");
    bar.hidden = false;
  });

  // On paper everything is open.
  addEventListener("beforeprint", () => each("details", (d) => { d.open = true; }));
})();
