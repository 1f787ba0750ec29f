/** Ask the server of the run for its version every few seconds, and load the page again when there is news. */
const status = document.getElementById("live");
let seen = null;
setInterval(async () => {
  try {
    const answer = await fetch("version", { cache: "no-store" });
    const now = await answer.text();
    if (answer.ok && seen !== null && now !== seen) location.reload();
    seen = now;
    status.textContent = "so far; this page follows the run";
  } catch {
    status.textContent = "so far; the run has stopped, and report.html in its folder has all of it";
  }
}, 3000);
