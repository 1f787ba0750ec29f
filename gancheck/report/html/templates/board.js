/** Modes held with its interval, a line a strategy. */
function drawRanks(width) {
  const rows = data.board.filter((row) => row.held !== null);
  const left = Math.min(190, width * 0.34), right = width > 520 ? 150 : 40, row = 24, top = 24;
  const x = scale(0, 1, left, width - right), height = top + rows.length * row + 30;
  const drawing = picture(width, height, "Share of modes held by every strategy, with 95 % intervals");
  for (const at of [0, 0.25, 0.5, 0.75, 1]) {
    drawing.append(line(x(at), top, x(at), height - 26, "rule"), words(x(at), height - 10, `${100 * at} %`, "middle", "quiet"));
  }
  const base = rows.find((one) => one.strategy === data.base);
  if (base) drawing.append(line(x(base.held), top, x(base.held), height - 26, "base"));
  drawing.append(words(width - right + 12, 12, width > 520 ? "rank, modes held" : "rank", "start", "quiet"));
  rows.forEach((one, i) => drawing.append(drawRank(one, top + (i + 0.5) * row, x, left, width - right, width > 520)));
  return drawing;
}

function drawRank(one, y, x, left, right, wide) {
  const kind = one.rank === null ? "hollow" : "mark", most = Math.floor((left - 10) / LETTER);
  const group = svg("g", {}, words(left - 10, y + 4, shortened(one.strategy, most), "end"));
  if (one.held_low !== null) group.append(svg("line", { x1: x(one.held_low), x2: x(one.held_high), y1: y, y2: y, class: kind, "stroke-width": 3 }));
  group.append(svg("circle", { cx: x(one.held), cy: y, r: 5, class: kind }));
  const interval = one.held_low === null ? "" : ` [${rounded(one.held_low)}, ${rounded(one.held_high)}]`;
  group.append(words(right + 12, y + 4, one.place), wide ? words(right + 46, y + 4, rounded(one.held) + interval, "start", "quiet") : "");
  return told(group, `${one.strategy}: holds ${rounded(one.held)}${interval} of the modes, rank ${one.place || "none"}`);
}

/** Cost against a measure, and the strategies that no cheaper one beats. */
function drawFront(width) {
  const measure = document.getElementById("measure").value;
  const rows = data.board.filter((row) => row.trained && row.cost_ratio > 0 && row[measure] !== null);
  if (!rows.length) return element("p", {}, "No strategy has both numbers.");
  const height = Math.min(380, Math.max(260, width * 0.45)), left = 46, right = width - 20, bottom = height - 42;
  const costs = rows.map((row) => Math.log2(row.cost_ratio));
  const x = scale(Math.min(...costs) - 0.3, Math.max(...costs) + 0.7, left, right);
  const y = scale(0, Math.max(1, ...rows.map((row) => row[measure])), bottom, 14);
  const drawing = picture(width, height, `Training cost against ${measure} of every strategy`);
  for (const at of [0, 0.25, 0.5, 0.75, 1]) drawing.append(line(left, y(at), right, y(at), "rule"), words(left - 8, y(at) + 4, at, "end", "quiet"));
  for (const cost of ticksOf(Math.min(...costs) - 0.3, Math.max(...costs) + 0.7)) {
    const at = x(Math.log2(cost));
    drawing.append(line(at, bottom, at, bottom + 5, "rule"), words(at, bottom + 18, `${cost}\u00d7`, "middle", "quiet"));
  }
  drawing.append(words((left + right) / 2, height - 6, "cost of training over the untreated GAN's", "middle", "quiet"));
  const best = frontOf(rows, measure), point = (row) => [x(Math.log2(row.cost_ratio)), y(row[measure])];
  drawing.append(svg("path", { d: path(best.map(point)), class: "front" }));
  const taken = rows.map(point).map(([x, y]) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  for (const row of [...best, ...rows.filter((one) => !best.includes(one))]) drawing.append(drawPoint(row, point(row), best.includes(row), taken, right, measure));
  return drawing;
}

/** Round costs between two powers of 2: finer ones where the powers are near each other. */
function ticksOf(low, high) {
  const between = (cost) => Math.log2(cost) >= low && Math.log2(cost) <= high;
  const fine = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3], coarse = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128];
  return (high - low < 2.5 ? fine : coarse).filter(between);
}

function frontOf(rows, measure) {
  const sorted = [...rows].sort((a, b) => a.cost_ratio - b.cost_ratio || b[measure] - a[measure]);
  let most = -1;
  return sorted.filter((row) => row[measure] > most && ((most = row[measure]), true));
}

/** A dot with its name in a free place beside it; where there is none, the words beside the pointer say it. */
function drawPoint(row, [x, y], isBest, taken, right, measure) {
  const label = shortened(row.strategy, 36);
  const box = placesOf(7 * label.length, x, y).find((one) => one.left > 46 && one.right <= right && !taken.some((other) => overlap(one, other)));
  if (box) taken.push(box);
  const name = box ? words(box.left, box.bottom - 2, label, "start", isBest ? "" : "quiet") : "";
  const dot = svg("circle", { cx: x, cy: y, r: 5, class: isBest ? "best" : "mark" });
  return told(svg("g", {}, dot, name), `${row.strategy}: ${rounded(row[measure])} at ${rounded(row.cost_ratio)} times the cost`);
}

/** Where a name may stand: to the right of its dot or to the left, above it, below it, or beside it. */
function placesOf(long, x, y) {
  const tops = [y - 18, y + 4, y - 7];
  return tops.flatMap((top) => [x + 9, x - 9 - long].map((left) => ({ left, right: left + long, top, bottom: top + 14 })));
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
