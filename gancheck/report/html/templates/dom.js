"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const tip = document.getElementById("tip");
const redraws = [];

/** An element; texts among the children become text nodes, never markup. */
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** An svg picture of that size with a name for readers that do not see it. */
function picture(width, height, label, ...children) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...children);
}

/** Draw into a place now, and again whenever its width changes. */
function drawn(place, draw) {
  const again = () => place.replaceChildren(...[draw(Math.max(260, place.clientWidth))].flat());
  redraws.push(again);
  again();
  return again;
}

let waiting, width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(() => redraws.forEach((again) => again()), 120);
});

/** Words beside the pointer, and for those who look with the keyboard or a screen reader. */
function told(node, words) {
  node.append(svg("title", {}, words));
  return node;
}

/** A name of at most so many letters: without the last parameters, then without its end. */
function shortened(text, most) {
  while (text.length > most) {
    const found = [...text.matchAll(/\([^()\u2026]+\)/g)].pop();
    if (!found) return text.slice(0, most - 1) + "\u2026";
    text = text.slice(0, found.index) + "(\u2026)" + text.slice(found.index + found[0].length);
  }
  return text;
}

const LETTER = 7.8; // pixels, of the widest names
const scale = (low, high, from, to) => (x) => from + ((x - low) / (high - low || 1)) * (to - from);
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const rounded = (x, digits = 2) => (x === null || x === undefined ? "" : x.toFixed(digits));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const line = (x1, y1, x2, y2, kind) => svg("line", { x1, y1, x2, y2, class: kind });
const words = (x, y, text, anchor = "start", kind = "") => svg("text", { x, y, "text-anchor": anchor, class: kind }, text);
const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
