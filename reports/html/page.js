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

  // One drill of the first ones: what it achieved, how it compares, how it runs again.
  const picked = document.getElementById("drill-data");
  if (picked) {
    const data = JSON.parse(picked.textContent);
    const field = document.getElementById("drill");
    const result = document.getElementById("drill-result");
    const rows = data.targets.length > 0 ? data.targets[0].achieved.length : 0;
    // Drills that broke have no row.
    const numbers = [];
    const missing = new Set(data.missing);
    for (let k = 0; numbers.length < rows; k += 1) if (!missing.has(k)) numbers.push(k);
    field.max = String(numbers[rows - 1]);

    const human = (s) => (s < 60 ? `${s}s`
      : s < 3600 ? `${Math.floor(s / 60)}m ${Math.floor(s % 60)}s`
      : `${Math.floor(s / 3600)}h ${Math.floor(s / 60) % 60}m`);
    const cell = (row, tag, words) => {
      const element = document.createElement(tag);
      element.textContent = words;
      row.append(element);
    };
    const show = () => {
      result.replaceChildren();
      const place = numbers.indexOf(Number(field.value));
      if (field.value === "" || place < 0) {
        result.textContent = `There is no such drill here: 0 to ${field.max}.`;
        return;
      }
      const table = document.createElement("table");
      const head = table.createTHead().insertRow();
      ["Judged", "Target", "Achieved", "Verdict", "As bad or worse"].forEach(
        (words) => cell(head, "th", words));
      const body = table.createTBody();
      data.targets.forEach((target) => {
        const took = target.achieved[place];
        const row = body.insertRow();
        cell(row, "th", target.name);
        cell(row, "td", target.target);
        if (took === -1) {
          cell(row, "td", "not asked");
          return;
        }
        const met = took !== null && took <= target.limit;
        const asked = target.achieved.filter((s) => s !== -1);
        const worse = asked.filter((s) => s === null || (took !== null && s >= took)).length;
        cell(row, "td", took === null ? "never" : human(took));
        cell(row, "td", met ? "\u2713 met" : "\u2717 missed");
        cell(row, "td", `${(100 * worse / asked.length).toFixed(1)} % of drills`);
      });
      const again = document.createElement("p");
      const command = document.createElement("code");
      command.textContent = data.command.replace("--replication 0 ",
        () => `--replication ${field.value} `);
      again.append("Run it again: ", command);
      result.append(table, again);
    };
    field.addEventListener("input", show);
    show();
    document.getElementById("picker").hidden = false;
  }

  // On paper everything is open.
  addEventListener("beforeprint", () => each("details", (d) => { d.open = true; }));
})();
