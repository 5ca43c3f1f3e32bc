// SPDX-License-Identifier: Apache-2.0
// What all parts of the page look at: which points are shown, which one is chosen, how they are
// coloured. A part subscribes and is called once a frame after any number of changes.
'use strict';

const pageErrors = [];
window.addEventListener('error', (event) => {
  pageErrors.push(event.message);
  document.documentElement.dataset.errors = pageErrors.join('\n');
});

const data = JSON.parse(document.getElementById('data').textContent);
const points = readPoints(data);
const varying = points.parameters.filter((column) => column.varies);
const everyPoint = Array.from({length: points.count}, (_, i) => i);
const metricNamed = (name) => points.metrics.find((metric) => metric.name === name) ?? null;

// Networks and products, in the order of the points.
const workloads = data.workload.values;
const workloadOf = (i) => (data.workload.codes === null ? 0 : data.workload.codes[i]);
const accuracy = metricNamed('accuracy');

const view = {
  x: metricNamed(data.first.x), y: metricNamed(data.first.y),
  logX: true, logY: true,
  colour: data.sweeps.length > 1 ? points.sweep
      : varying.find((column) => column.name === 'chip') ?? varying[0] ?? null,
  frontByColour: false,
  frontOnly: true,       // of what is listed; charts that need the others show them faintly
  workload: 0,           // index, or -1: all
  floor: null,           // least accuracy, percent
  filters: new Map(),    // key -> {label, test(i), clear()}
  matching: everyPoint,  // pass the filters
  shown: everyPoint,     // and are on the frontier, where only that is asked for
  front: new Set(),
  fronts: [],            // one list of points a sweep, workload and, when asked for, colour
  chosen: -1,
  classes: null,         // of the colour
};

// Objectives first, then other metrics, then their parts.
function inOrder(metrics) {
  const wanted = data.sweeps[0].frontier.objectives.map(({metric}) => metric);
  const rank = (column) => (wanted.includes(column.name) ? wanted.indexOf(column.name) : isPart(column) ? 1000 : 999);
  return [...metrics].sort((a, b) => rank(a) - rank(b));
}

const costOf = (metric) => (metric === null ? () => NaN
    : metric.higherIsBetter ? (i) => -metric.number[i] : (i) => metric.number[i]);

// What is compared: by sweep, {limits, objectives by workload}, as sim/sweep/frontier.h has it.
const rules = data.sweeps.map(({frontier}) => ({
  limits: frontier.limits.map((limit) => ({...limit, column: metricNamed(limit.metric)})),
  objectives: new Map(frontier.workloads.map(({name, objectives}) => [name,
    frontier.objectives.filter(({metric}) => objectives.includes(metric))
        .map(({metric, maximize}) => ({column: metricNamed(metric), maximize}))])),
}));

// All to be minimized; null of a point that cannot be on a frontier.
function frontierCosts(i) {
  if (points.failed[i]) return null;
  const {limits, objectives} = rules[points.sweepOf[i]];
  const keeps = ({column, at_most: atMost, bound}) =>
      column !== null && (atMost ? column.value[i] <= bound : column.value[i] >= bound);
  const wanted = objectives.get(workloads[workloadOf(i)]) ?? [];
  if (wanted.length === 0 || !limits.every(keeps)) return null;
  const costs = wanted.map(({column, maximize}) => (column === null ? NaN : maximize ? -column.value[i] : column.value[i]));
  return costs.some(isNaN) ? null : costs;
}

// Points of the chosen workload, accurate enough, that pass all filters but `except`.
function passing(except = null) {
  const tests = [...view.filters].filter(([key]) => key !== except).map(([, filter]) => filter.test);
  if (view.workload >= 0) tests.unshift((i) => workloadOf(i) === view.workload);
  if (view.floor !== null && accuracy !== null) tests.unshift((i) => accuracy.number[i] >= view.floor);
  return tests.length === 0 ? everyPoint : everyPoint.filter((i) => tests.every((test) => test(i)));
}

// The frontiers of some points: of each sweep, workload and, when asked for, colour.
function frontsOf(list) {
  const groups = new Map();
  for (const i of list) {
    const key = `${points.sweepOf[i]} ${workloadOf(i)} ${view.frontByColour ? view.classes.of(i) : 0}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(i);
  }
  return [...groups.values()].map((group) => frontierOf(group, frontierCosts)).filter((front) => front.length > 0);
}

function updateView() {
  view.matching = passing();
  view.classes = classesOf(view.colour, everyPoint, MOST_COLOURS);
  view.fronts = frontsOf(view.matching);
  view.front = new Set(view.fronts.flat());
  view.shown = view.frontOnly ? view.matching.filter((i) => view.front.has(i)) : view.matching;
}

const subscribers = [];  // {topics, call}
let pending = null;
const subscribe = (topics, call) => subscribers.push({topics, call});

// Topics: points (shown, frontiers, colour), chosen, theme.
function changed(topic) {
  if (pending) {
    pending.add(topic);
    return;
  }
  pending = new Set([topic]);
  requestAnimationFrame(flushChanges);
}
function flushChanges() {
  const topics = pending;
  pending = null;
  if (topics === null) return;
  if (topics.has('points')) updateView();
  for (const {topics: wanted, call} of subscribers)
    if (wanted.some((topic) => topics.has(topic))) call(topics);
  document.documentElement.dataset.shown = view.shown.length;
  document.documentElement.dataset.front = view.front.size;
}

function setFilter(key, filter) {
  if (filter === null) {
    if (!view.filters.delete(key)) return;
  } else {
    view.filters.set(key, filter);
  }
  changed('points');
}

function choose(point) {
  view.chosen = point;
  changed('chosen');
}

const pointName = (i) => (data.sweeps.length > 1
    ? `point ${points.numberOf[i]} of ${points.sweepNames[points.sweepOf[i]]}` : `point ${points.numberOf[i]}`);

// Colours. Of kinds: Okabe and Ito, "Color Universal Design" (2008), those that show on both
// grounds; of ordered values: viridis (Smith and van der Walt, 2015), without the end that the
// ground swallows.
const MOST_COLOURS = 7;
const KINDS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#999999'];
const VIRIDIS = [[68, 1, 84], [70, 50, 127], [54, 92, 141], [39, 127, 142], [31, 161, 135], [74, 194, 109], [159, 218, 58], [253, 231, 37]];

function viridis(t) {
  const at = Math.min(Math.max(t, 0), 1) * (VIRIDIS.length - 1);
  const k = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const mixed = VIRIDIS[k].map((from, c) => Math.round(from + (VIRIDIS[k + 1][c] - from) * (at - k)));
  return `rgb(${mixed.join(',')})`;
}

const isDark = () => (document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === 'dark'
    : window.matchMedia('(prefers-color-scheme: dark)').matches);

function classColour(k) {
  const {names, ordered} = view.classes;
  if (!ordered) return KINDS[k % KINDS.length];
  const t = names.length === 1 ? 0.5 : k / (names.length - 1);
  return viridis(isDark() ? 0.25 + 0.75 * t : 0.85 * t);
}

const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

const charts = [];

// A chart that fills `element`. Its text alternative is `label`; draw() gives its options anew.
function makeChart(element, label) {
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', label);
  const chart = echarts.init(element, null, {renderer: 'canvas'});
  charts.push(chart);
  new ResizeObserver(() => {
    if (!document.documentElement.classList.contains('paper')) chart.resize();
  }).observe(element);
  return chart;
}

const CHART_FONT = {fontFamily: 'system-ui, "Segoe UI", Helvetica, Arial, sans-serif'};

// A chart that is too narrow for its contents scrolls in `frame`.
function scrollingChart(id) {
  const element = htmlElement('div', {class: 'chart', id});
  return {element, frame: htmlElement('div', {class: 'scroll'}, element)};
}

const axisStyle = () => ({
  nameLocation: 'middle',
  nameTextStyle: {color: ink('ink'), fontSize: 13, ...CHART_FONT},
  axisLabel: {color: ink('muted'), fontSize: 12, hideOverlap: true},
  axisLine: {show: true, lineStyle: {color: ink('muted')}},
  splitLine: {lineStyle: {color: ink('grid')}},
  minorSplitLine: {show: false},
});

// From a little below the values to a little above; decades, or powers of 2 where there are few.
function logAxis(values) {
  const low = values.reduce((a, v) => (v > 0 ? Math.min(a, v) : a), Infinity);
  const high = values.reduce((a, v) => (isFinite(v) ? Math.max(a, v) : a), 0);
  const style = axisStyle();
  // The ends of such a range are no round numbers: they get no label.
  const axisLabel = {...style.axisLabel, formatter: tickText, showMinLabel: false, showMaxLabel: false};
  if (!(high > 0)) return {...style, axisLabel, type: 'log'};
  const margin = Math.max(1.02, (high / low) ** 0.04);
  return {...style, axisLabel, type: 'log', minorTick: {show: true, splitNumber: 9}, min: low / margin, max: high * margin, logBase: high / low < 50 ? 2 : 10};
}

const linearAxis = () => {
  const style = axisStyle();
  return {...style, axisLabel: {...style.axisLabel, formatter: tickText}, type: 'value', scale: true};
};

const tooltipStyle = () => ({
  backgroundColor: ink('ink'), borderWidth: 0, padding: [6, 10], confine: true,
  textStyle: {color: ink('paper'), fontSize: 13},
});

// What a point is and what it measured, as an element: texts stay texts.
function pointTip(i, more = []) {
  const box = htmlElement('div', {class: 'point-tip'}, htmlElement('b', {}, pointName(i)));
  const rows = htmlElement('table');
  const add = (column) => {
    const text = column.text(i);
    if (text === '') return;
    rows.append(htmlElement('tr', {}, htmlElement('td', {}, column.title),
        htmlElement('td', {}, elide(text, 40))));
  };
  for (const column of [...more, ...varying.filter((c) => !more.includes(c)).slice(0, 12)]) add(column);
  box.append(rows);
  return box;
}

// A choice among columns; `none` is the text of no column at all.
function columnSelect(id, label, columns, chosen, onChange, none = null) {
  const select = htmlElement('select', {id});
  if (none !== null) select.append(htmlElement('option', {value: ''}, none));
  for (const column of columns) select.append(htmlElement('option', {value: column.id}, column.title));
  select.value = chosen ? chosen.id : '';
  select.addEventListener('change', () =>
      onChange(columns.find((column) => column.id === select.value) ?? null));
  return htmlElement('label', {class: 'field'}, htmlElement('span', {}, label), select);
}

function checkBox(id, label, checked, onChange) {
  const box = htmlElement('input', {type: 'checkbox', id});
  box.checked = checked;
  box.addEventListener('change', () => onChange(box.checked));
  return htmlElement('label', {class: 'field check'}, box, htmlElement('span', {}, label));
}

function toolButton(id, label, onClick) {
  const button = htmlElement('button', {type: 'button', class: 'tool', id}, label);
  button.addEventListener('click', onClick);
  return button;
}

function saveFile(name, url) {
  htmlElement('a', {href: url, download: name}).click();
}

function saveChart(chart, name) {
  saveFile(name + '.png', chart.getDataURL({type: 'png', pixelRatio: 2, backgroundColor: ink('paper')}));
}
