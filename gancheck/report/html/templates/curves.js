/** Modes over training: a panel a strategy, the untreated GAN behind each. Gives what moves the marker. */
function showCurves(place, task) {
  const markers = [];
  const steps = task.steps.length ? task.steps : [0];
  const x = scale(0, Math.max(task.last, ...steps), 34, 232), y = scale(0, task.total || 1, 92, 10);
  const base = task.curves[data.base] ? bandOf(task.curves[data.base], steps) : [];
  for (const recipe of task.recipes) {
    const marker = line(0, 10, 0, 92, "cursor"), band = bandOf(task.curves[recipe], steps);
    if (!band.length) continue;
    markers.push(marker);
    const drawing = picture(240, 114, `${recipe}: modes held over training, at the end ${rounded(band.at(-1).mean, 1)} of ${task.total}`);
    for (const at of [0, task.total]) drawing.append(line(34, y(at), 232, y(at), "rule"), words(28, y(at) + 4, at, "end", "quiet"));
    drawing.append(words(232, 108, `step ${task.last.toLocaleString("en")}`, "end", "quiet"), words(34, 108, "0", "middle", "quiet"));
    if (recipe !== data.base) drawing.append(svg("path", { d: path(base.map((b) => [x(b.step), y(b.mean)])), class: "other" }));
    const edge = [...band.map((b) => [x(b.step), y(b.high)]), ...band.toReversed().map((b) => [x(b.step), y(b.low)])];
    drawing.append(svg("path", { d: path(edge) + "Z", class: "band" }), svg("path", { d: path(band.map((b) => [x(b.step), y(b.mean)])), class: "line" }));
    for (const b of band) drawing.append(told(svg("circle", { cx: x(b.step), cy: y(b.mean), r: 3, class: "mark" }), `step ${b.step}: ${rounded(b.mean, 1)} of ${task.total} modes, seeds from ${b.low} to ${b.high}`));
    drawing.append(marker);
    place.append(element("figure", {}, element("figcaption", {}, recipe), drawing));
  }
  return (step) => markers.forEach((marker) => fill(marker, { x1: x(step), x2: x(step) }, []));
}

/** Mean, least and most of the seeds at every evaluation that any has. */
function bandOf(seeds, steps) {
  const at = (step) => seeds.map((seed) => seed.held[step]).filter((held) => held !== undefined && held !== null);
  return steps.map((step) => [step, at(step)]).filter(([, held]) => held.length)
    .map(([step, held]) => ({ step, mean: mean(held), low: Math.min(...held), high: Math.max(...held) }));
}
