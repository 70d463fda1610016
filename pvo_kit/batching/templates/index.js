"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("fleet");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const filters = byId("filters");
  const total = rows.length;
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const compared = new Intl.Collator("en", { numeric: true }).compare;
  let sorted = { column: 0, isDown: false };

  const key = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "9"; // a case without verdicts comes behind them
    return cell.dataset.key ?? cell.textContent.trim();
  };

  const fits = (row, words, scenario, status) => {
    if (!words.every((word) => texts.get(row).includes(word))) return false;
    if (row.dataset.status) return !scenario && (!status || status === row.dataset.status);
    return Array.from(row.cells).some((cell) =>
      cell.dataset.scenario &&
      (!scenario || cell.dataset.scenario === scenario) &&
      (!status || cell.dataset.status === status));
  };

  const filter = () => {
    const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const scenario = byId("scenario").value;
    const status = byId("status").value;
    let shown = 0;
    for (const row of rows) {
      row.hidden = !fits(row, words, scenario, status);
      shown += row.hidden ? 0 : 1;
    }
    byId("shown").textContent = `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} shown`;
  };

  const sort = (column, isDown) => {
    sorted = { column, isDown };
    const sign = isDown ? -1 : 1;
    const keyed = rows.map((row) => [key(row, column), Number(row.dataset.place), row]);
    keyed.sort((a, b) => sign * compared(a[0], b[0]) || a[1] - b[1]);
    body.append(...keyed.map((each) => each[2]));
    heads.forEach((head, index) => {
      if (index === column) head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    byId("order").value = String(column);
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () =>
      sort(column, sorted.column === column && !sorted.isDown));
  });
  for (const id of ["words", "scenario", "status"]) byId(id).addEventListener("input", filter);
  byId("order").addEventListener("input", () => sort(Number(byId("order").value), false));
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", () => setTimeout(() => { sort(0, false); filter(); }));
  for (const pick of document.querySelectorAll("a.pick")) {
    pick.addEventListener("click", () => {
      byId("words").value = "";
      byId("scenario").value = pick.dataset.scenario;
      byId("status").value = pick.dataset.status;
      filter();
    });
  }
  filters.reset();
  filters.hidden = false;
})();
