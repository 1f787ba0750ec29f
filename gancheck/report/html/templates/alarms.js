/** A line a run: from where on it holds under half of its modes, and its alarms. */
function showAlarms(place, task) {
  const groups = task.recipes.map((recipe) => [recipe, task.alarms[recipe]]).filter(([, runs]) => runs.length);
  drawn(place, (room) => drawAlarms(room, task, groups));
}

function drawAlarms(room, task, groups) {
  const tall = 9, gap = 9, left = Math.min(170, room * 0.34), width = Math.max(room, 300);
  const x = scale(0, task.last || 1, left, width - 12);
  const height = groups.reduce((sum, [, runs]) => sum + runs.length * tall + gap, 4) + 22;
  const drawing = picture(width, height, "Alarms and the loss of modes, run by run");
  let y = 4;
  for (const [recipe, runs] of groups) {
    drawing.append(words(left - 8, y + (runs.length * tall) / 2 + 4, shortened(recipe, Math.floor((left - 8) / LETTER)), "end"));
    for (const run of runs) {
      drawing.append(drawRun(run, recipe, y + tall / 2, x, task.last));
      y += tall;
    }
    y += gap;
  }
  drawing.append(words(left, height - 6, "0", "middle", "quiet"), words(width - 12, height - 6, `step ${task.last.toLocaleString("en")}`, "end", "quiet"));
  return drawing;
}

function drawRun(run, recipe, y, x, last) {
  const group = svg("g", {}, line(x(0), y, x(last), y, "rule"));
  if (run.onset !== null) group.append(told(svg("line", { x1: Math.min(x(run.onset), x(last) - 8), x2: x(last), y1: y, y2: y, class: "lost", "stroke-width": 5 }), `${recipe}, seed ${run.seed}: under half of the modes from step ${run.onset} on`));
  if (run.status !== "done") group.append(words(x(last), y + 4, run.status, "end", "quiet"));
  for (const alarm of run.alarms) group.append(told(drawAlarm(alarm.severity, x(alarm.step), y), `${recipe}, seed ${run.seed}, step ${alarm.step}: ${alarm.name} (${alarm.severity}) ${alarm.evidence}`));
  return group;
}

function drawAlarm(severity, x, y) {
  if (severity === "fatal") return svg("path", { d: `M${x} ${y - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5Z`, class: "alarm" });
  return svg("circle", { cx: x, cy: y, r: severity === "notice" ? 1.6 : 3.8, class: severity === "notice" ? "notice-mark" : "alarm" });
}
