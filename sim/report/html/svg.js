// SPDX-License-Identifier: Apache-2.0
// Drawing: SVG elements and axes. Nothing here knows what a result is.
'use strict';

const FONT = 'Helvetica, Arial, sans-serif';

function svgElement(name, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== null) node.setAttribute(key, value);
  for (const child of children) node.append(child);
  return node;
}

function canvas(width, height, label) {
  return svgElement('svg', {
    viewBox: `0 0 ${width} ${Math.ceil(height)}`, role: 'img', 'aria-label': label,
    'font-family': FONT, 'font-size': 14, fill: 'var(--ink)',
  });
}

function svgText(x, y, text, attributes = {}) {
  return svgElement('text', {x: round(x), y: round(y), ...attributes}, String(text));
}

function svgLine(x1, y1, x2, y2, attributes = {}) {
  return svgElement('line', {
    x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), stroke: 'var(--grid)', ...attributes,
  });
}

const round = (x) => Math.round(x * 100) / 100;

// Width of a text of 14 px, for layout; measured with the font that will be used.
const measure = (() => {
  const context = document.createElement('canvas').getContext('2d');
  return (text, size = 14) => {
    context.font = `${size}px ${FONT}`;
    return context.measureText(text).width;
  };
})();

// Round values that divide 0..max into about `count` steps of 1, 2 or 5 times a power of ten.
function linearTicks(max, count) {
  if (!(max > 0)) return {ticks: [0, 1], max: 1, digits: 0};
  const raw = max / count;
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 5, 10].find((f) => f * power >= raw * 0.999) * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let i = 0; i <= Math.ceil(max / step - 1e-9); ++i) ticks.push(i * step);
  return {ticks, max: ticks[ticks.length - 1], digits};
}

// Swatches with names from `x` on, in as many lines as needed. Returns the height used.
function legend(svg, entries, x, y, width) {
  let left = x;
  let top = y;
  for (const entry of entries) {
    const needed = 22 + measure(entry.name) + 20;
    if (left > x && left + needed > x + width) {
      left = x;
      top += 22;
    }
    svg.append(entry.round
        ? svgElement('circle', {cx: left + 7, cy: top, r: 6, fill: entry.color})
        : svgElement('rect', {x: left, y: top - 7, width: 14, height: 14, rx: 2, fill: entry.color}));
    svg.append(svgText(left + 20, top + 5, entry.name));
    left += needed;
  }
  return top - y + 22;
}

// The y axis of a chart of bars: ticks, grid lines and title; returns the scale.
function yAxis(svg, box, scale, title, text = (v) => grouped(v.toFixed(scale.digits))) {
  const y = (value) => box.bottom - (value / scale.max) * (box.bottom - box.top);
  for (const tick of scale.ticks) {
    svg.append(svgLine(box.left, y(tick), box.right, y(tick)));
    svg.append(svgText(box.left - 8, y(tick) + 5, text(tick), {'text-anchor': 'end'}));
  }
  const middle = (box.top + box.bottom) / 2;
  svg.append(svgText(18, middle, title,
      {'text-anchor': 'middle', transform: `rotate(-90 18 ${round(middle)})`, 'font-size': 15}));
  return y;
}

// Names under bars, slanted; every k-th where bars are too narrow for all.
const LABEL_LENGTH = 22;
function labelHeight(labels) {
  return 14 + 0.77 * Math.max(...shortLabels(labels, LABEL_LENGTH).map((l) => measure(l, 13)), 0);
}
function xLabels(svg, box, labels) {
  const pitch = (box.right - box.left) / labels.length;
  const every = Math.ceil(18 / pitch);  // a line of 13 px, slanted by 50 degrees
  shortLabels(labels, LABEL_LENGTH).forEach((label, i) => {
    if (i % every !== 0) return;
    const x = box.left + (i + 0.5) * pitch + 4;
    svg.append(svgText(x, box.bottom + 14, label, {
      'text-anchor': 'end', 'font-size': 13, transform: `rotate(-50 ${round(x)} ${box.bottom + 14})`,
    }));
  });
  svg.append(svgLine(box.left, box.bottom, box.right, box.bottom, {stroke: 'var(--ink)'}));
}
