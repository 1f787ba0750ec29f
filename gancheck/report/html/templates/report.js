/** The whole page: pictures of the board, then every task with its slider. */
drawn(document.getElementById("ranks"), drawRanks);
const drawFrontAgain = drawn(document.getElementById("front"), drawFront);
document.getElementById("measure").addEventListener("change", drawFrontAgain);

for (const section of document.querySelectorAll("section.task")) {
  const task = data.tasks[section.dataset.task], samples = data.samples[task.name];
  const part = (name) => section.querySelector(`.${name}`);
  const open = (name) => { part(name).hidden = false; return part(name); };
  const moved = [];
  if (samples) { const place = open("samples"); if (samples.kind) moved.push(showSamples(place, task, samples)); else place.querySelector(".quiet").textContent = describeSamples(samples); }
  if (task.lost) moved.push(showLost(open("lost").querySelector(".scroll"), task));
  if (task.steps.length) moved.push(showCurves(open("curves").querySelector(".panels"), task));
  if (task.recipes.length) showAlarms(open("alarms").querySelector(".scroll"), task);
  if (task.steps.length) addSlider(open("time"), task, moved);
}

/** The slider through training moves all that a task shows of one evaluation. */
function addSlider(place, task, moved) {
  const slider = place.querySelector("input"), button = place.querySelector("button"), said = place.querySelector("output");
  const show = () => {
    const step = task.steps[Number(slider.value)];
    said.textContent = `step ${step.toLocaleString("en")} of ${task.last.toLocaleString("en")}`;
    slider.setAttribute("aria-valuetext", said.textContent);
    moved.forEach((move) => move(step));
  };
  slider.max = task.steps.length - 1;
  slider.value = slider.max;
  slider.addEventListener("input", show);
  button.addEventListener("click", () => play(slider, show, button));
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", show);
  addEventListener("beforeprint", show);
  redraws.push(show);
  show();
}

let clock = null;
function play(slider, show, button) {
  const running = clock !== null && button.textContent === "Stop";
  clearInterval(clock);
  clock = null;
  document.querySelectorAll(".play").forEach((other) => (other.textContent = "Play"));
  if (running) return;
  button.textContent = "Stop";
  slider.value = 0;
  show();
  clock = setInterval(() => {
    if (slider.value === slider.max) return play(slider, show, button);
    slider.value = Number(slider.value) + 1;
    show();
  }, 700);
}
