/** Samples by strategy and seed, over the data. Gives what shows another evaluation. */
function showSamples(place, task, samples) {
  const shown = [], grid = place.querySelector(".clouds");
  place.querySelector(".quiet").textContent = describeSamples(samples);
  if (samples.kind === "images") grid.append(element("figure", {}, element("figcaption", {}, "real data"), element("div", { class: "seeds" }, element("div", {}, imageOf(samples.real, "real data"), "held out"))));
  const real = samples.kind === "points" ? bytesOf(samples.real) : null;
  for (const recipe of task.recipes.filter((name) => samples.drawn[name]?.length)) {
    const seeds = samples.drawn[recipe].map((run) => cellOf(run, recipe, task, real, shown));
    grid.append(element("figure", {}, element("figcaption", {}, recipe), element("div", { class: "seeds" }, ...seeds)));
  }
  return (step) => shown.forEach((show) => show(step));
}

function describeSamples(samples) {
  const seeds = samples.seeds === 1 ? "The first seed" : `The first ${samples.seeds} seeds`;
  const what = samples.kind === "points" ? "Grey: real data; what lies outside the frame is on its edge." : "The same latents at every evaluation.";
  const missing = samples.missing.length ? ` Not drawn: ${samples.missing.slice(0, 4).join("; ")}${samples.missing.length > 4 ? " \u2026" : ""}.` : "";
  return samples.kind ? `${seeds} of every strategy; nothing is picked. ${what} ${samples.note}${missing}` : missing.trim();
}

function cellOf(run, recipe, task, real, shown) {
  const note = element("span"), label = `Samples of ${recipe}, seed ${run.seed}`;
  const surface = real ? element("canvas", { role: "img", "aria-label": label }) : imageOf("data:,", label);
  const held = task.curves[recipe].find((one) => one.seed === run.seed)?.held ?? {};
  shown.push((step) => {
    const now = run.at[step] ?? Object.values(run.at).at(-1);
    note.textContent = held[step] === undefined || held[step] === null ? `seed ${run.seed}` : `seed ${run.seed}: ${held[step]}/${task.total}`;
    if (real) drawCloud(surface, real, bytesOf(now));
    else surface.src = now;
  });
  return element("div", {}, surface, note);
}

const imageOf = (source, label) => element("img", { src: source, alt: label });
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function drawCloud(surface, real, points) {
  const side = (surface.width = surface.height = Math.round(Math.max(80, surface.clientWidth) * Math.min(2, devicePixelRatio || 1)));
  const pen = surface.getContext("2d"), dot = Math.max(1.6, side / 75);
  for (const [bytes, name, alpha] of [[real, "--real", 0.8], [points, "--main", 0.75]]) {
    pen.fillStyle = colour(name);
    pen.globalAlpha = alpha;
    for (let i = 0; i < bytes.length; i += 2) pen.fillRect((bytes[i] / 255) * side - dot / 2, (1 - bytes[i + 1] / 255) * side - dot / 2, dot, dot);
  }
}
