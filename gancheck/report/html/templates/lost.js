/** Lost modes: a row a strategy, a column a mode. Gives what shows another evaluation. */
function showLost(place, task) {
  const { names, shares } = task.lost, recipes = task.recipes.filter((recipe) => Object.keys(shares[recipe]).length);
  let step = task.steps.at(-1);
  const again = drawn(place, (room) => drawLost(room, names, recipes, shares, step));
  return (now) => { step = now; again(); };
}

function drawLost(room, names, recipes, shares, step) {
  const left = Math.min(170, room * 0.34), wide = Math.max(9, Math.min(44, (room - left - 4) / names.length)), tall = 22, top = 20;
  const width = left + wide * names.length + 4, height = top + tall * recipes.length + 2;
  const drawing = picture(width, height, `Lost modes at step ${step}`);
  drawing.style.width = `${width}px`;
  const every = Math.ceil((7 * Math.max(...names.map((name) => Math.min(name.length, 8)))) / wide);
  names.forEach((name, k) => k % every || drawing.append(words(left + (k + 0.5) * wide, 13, shortened(name, 8), "middle", "quiet")));
  recipes.forEach((recipe, i) => {
    const y = top + i * tall, row = shares[recipe][step] ?? [];
    drawing.append(words(left - 8, y + 15, shortened(recipe, Math.floor((left - 8) / LETTER)), "end"));
    row.forEach((share, k) => drawing.append(drawCell(share, left + k * wide, y, wide, tall, `${recipe} loses mode ${names[k]} in ${Math.round(100 * share)} % of the seeds`)));
  });
  return drawing;
}

function drawCell(share, x, y, wide, tall, said) {
  const place = { x: x + 1, y: y + 1, width: wide - 2, height: tall - 2, rx: 2 };
  const group = svg("g", {}, svg("rect", { ...place, class: "cell", "fill-opacity": (0.85 * share).toFixed(2) }), svg("rect", { ...place, class: "frame" }));
  if (wide >= 22 && share > 0) group.append(words(x + wide / 2, y + 15, Math.round(100 * share), "middle", share > 0.55 ? "over" : ""));
  return told(group, said);
}
