/** Sorting by a click on a heading, and rows that hold all the words of a filter. */
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    if (body.rows[0]?.cells[column]?.classList.contains("word")) heading.classList.add("word");
    heading.querySelector("button").addEventListener("click", () => sortRows(body, headings, column));
  });
  const box = table.closest(".table").querySelector("input[type=search]");
  box?.addEventListener("input", () => filterRows(table, box.value));
}

function sortRows(body, headings, column) {
  const rises = headings[column].getAttribute("aria-sort") !== "ascending";
  headings.forEach((heading) => heading.removeAttribute("aria-sort"));
  headings[column].setAttribute("aria-sort", rises ? "ascending" : "descending");
  const key = (row) => row.cells[column].dataset.order;
  const known = [...body.rows].filter((row) => key(row) !== "");
  const unknown = [...body.rows].filter((row) => key(row) === "");
  known.sort((a, b) => compare(key(a), key(b)) * (rises ? 1 : -1));
  body.append(...known, ...unknown);
}

function compare(a, b) {
  const numbers = Number(a) - Number(b);
  return Number.isNaN(numbers) ? a.localeCompare(b, "en", { numeric: true }) : numbers;
}

function filterRows(table, text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...table.tBodies[0].rows];
  for (const row of rows) {
    const held = row.textContent.toLowerCase() + " " + [...row.cells].map((cell) => cell.textContent.toLowerCase()).join(" ");
    row.hidden = !wanted.every((word) => held.includes(word));
  }
  const shown = rows.filter((row) => !row.hidden).length;
  table.closest(".table").querySelector(".found").textContent = wanted.length ? `${shown} of ${rows.length} rows` : "";
}
