// SPDX-License-Identifier: Apache-2.0
// Puts the page together: tiles, charts with their buttons, tables, theme, self-test.
'use strict';

const pageErrors = [];
window.addEventListener('error', (event) => {
  pageErrors.push(event.message);
  document.documentElement.dataset.errors = pageErrors.join('\n');
});

const result = JSON.parse(document.getElementById('result').textContent);

function tile(what, value, more) {
  const [number, ...unit] = value.split(' ');
  return htmlElement('div', {class: 'tile'}, htmlElement('div', {class: 'what'}, what),
      htmlElement('div', {class: 'value'}, number, ' ', htmlElement('small', {}, unit.join(' '))),
      htmlElement('div', {class: 'more'}, more));
}

function showTiles() {
  const known = (value, text) => (value === null ? 'n/a' : text(value));
  const chip = known(result.accuracy, (v) => percentText(v, 2));
  const peak = result.peak_macs_per_cycle * result.clock_hz * 2e-12;
  document.getElementById('tiles').append(
      tile('Latency', known(result.latency_s, (v) => withPrefix(v, 's')),
          `${grouped(result.cycles)} cycles at ${withPrefix(result.clock_hz, 'Hz')}`),
      tile('Throughput', known(result.throughput_inferences_per_s, (v) => significant(v) + ' inferences/s'),
          `batch 1, ${grouped(result.macs)} MACs each`),
      tile('Rate', known(result.tops, (v) => withPrefix(v * 1e12, 'OPS')),
          peak > 0 ? `${percentText(result.tops / peak)} of the ${withPrefix(peak * 1e12, 'OPS')} peak` : ''),
      tile('Efficiency', known(result.tops_per_watt, (v) => significant(v) + ' TOPS/W'),
          `${withPrefix(result.average_power_w ?? NaN, 'W')} on average`),
      tile('Energy', withPrefix(result.energy_pj * 1e-12, 'J'), 'an inference'),
      tile('Energy-delay product', known(result.energy_delay_js, (v) => withPrefix(v, 'J\u00b7s')),
          'energy \u00d7 latency'),
      tile('Area', known(result.area_mm2, (v) => significant(v) + ' mm\u00b2'),
          result.area_mm2 === null ? 'no area table for this chip' : 'all components'),
      tile('Top-1 accuracy on the chip', chip, result.accuracy === null
          ? `no data set was run; float ${known(result.accuracy_float, (v) => percentText(v, 2))}, ` +
            `quantized ${known(result.accuracy_quantized, (v) => percentText(v, 2))}`
          : `float ${known(result.accuracy_float, (v) => percentText(v, 2))}; ` +
            `${grouped(result.test_inputs)} inputs`));
}

// Hovering shows data-tip; keyboards reach marks through the table, which has the same numbers.
function followPointer() {
  const tip = document.getElementById('tip');
  document.addEventListener('pointermove', (event) => {
    const mark = event.target.closest?.('[data-tip]');
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const right = event.clientX + 16 + tip.offsetWidth > window.innerWidth;
    tip.style.left = `${event.clientX + (right ? -16 - tip.offsetWidth : 16)}px`;
    tip.style.top = `${Math.min(event.clientY + 16, window.innerHeight - tip.offsetHeight - 4)}px`;
  });
}

// A file of its own, for slides and papers: light colours in place of variables, a white ground,
// and tips as <title>.
function standaloneSvg(svg) {
  const copy = svg.cloneNode(true);
  const [, , width, height] = svg.getAttribute('viewBox').split(' ');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', width);
  copy.setAttribute('height', height);
  copy.prepend(svgElement('rect', {width, height, fill: 'var(--paper)'}));
  for (const mark of copy.querySelectorAll('[data-tip]')) {
    mark.append(svgElement('title', {}, mark.dataset.tip));
    mark.removeAttribute('data-tip');
  }
  const light = getComputedStyle(document.getElementById('light-probe'));
  for (const node of [copy, ...copy.querySelectorAll('*')])
    for (const name of ['fill', 'stroke']) {
      const match = (node.getAttribute(name) ?? '').match(/^var\((--[\w-]+)\)$/);
      if (match) node.setAttribute(name, light.getPropertyValue(match[1]).trim());
    }
  // Characters that XML 1.0 does not allow (section 2.2); names may hold them.
  return new XMLSerializer().serializeToString(copy)
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'}));
  htmlElement('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Switches of charts: a button each, pressed where it is `on`. draw({share, leakage, linear, whole}).
const SWITCHES = {
  share: {text: 'Shares', title: 'each bar as 100 %', on: false},
  leakage: {text: 'Leakage', title: 'with the energy that leaks', on: true},
  linear: {text: 'Linear axes', title: 'linear instead of logarithmic axes', on: false},
  whole: {text: '0 to 100 %', title: 'the whole axis instead of the range of the values', on: false},
};
const redraws = [];

function showChart({id, title, draw, note, half, switches = []}) {
  const state = Object.fromEntries(Object.entries(SWITCHES).map(([name, {on}]) => [name, on]));
  let svg = draw(state);
  const redraw = () => {
    const next = draw(state);
    svg.replaceWith(next);
    svg = next;
  };
  redraws.push(redraw);
  const figure = htmlElement('figure', {id, class: half ? 'half' : null});
  const caption = htmlElement('figcaption', {}, htmlElement('h2', {}, title));
  for (const name of switches) {
    const {text, title: hint, on} = SWITCHES[name];
    const button = htmlElement('button', {type: 'button', class: `tool ${name}`, 'aria-pressed': on, title: hint}, text);
    button.addEventListener('click', () => {
      state[name] = !state[name];
      button.setAttribute('aria-pressed', state[name]);
      redraw();
    });
    caption.append(button);
  }
  const save = htmlElement('button', {type: 'button', class: 'tool'}, 'Save SVG');
  save.addEventListener('click', () =>
      download(`${result.network}-${result.chip}-${id}.svg`.replace(/[^\w.-]+/g, '_'), standaloneSvg(svg)));
  caption.append(save);
  figure.append(caption, svg);
  if (note) figure.append(htmlElement('p', {}, note));
  document.getElementById('charts').append(figure);
}

// Charts are drawn for the width that they have, on a screen or on paper.
function fitCharts(width) {
  const before = WIDE;
  layOut(width);
  if (WIDE !== before) for (const redraw of redraws) redraw();
}

const PAPER_WIDTH = 980;  // of charts on A4, in their own units

function followWindow() {
  const charts = document.getElementById('charts');
  let waiting = false;
  window.addEventListener('resize', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      fitCharts(charts.clientWidth);
    });
  });
  openForPaper(() => fitCharts(PAPER_WIDTH), () => fitCharts(charts.clientWidth));
}

function showCharts() {
  const layers = result.layers;
  const leakage = leaks(result) ? ['leakage'] : [];
  const positive = (object) => Object.values(object).some((value) => value > 0);
  const points = rooflinePoints(result);
  if (points.length > 0 && result.clock_hz > 0 && computeRoofs(result).length > 0) {
    const missing = layers.length - points.length;
    showChart({id: 'roofline', title: 'Roofline', draw: (state) => roofline(result, state), switches: ['linear'],
      note: missing > 0 ? `${missing} of ${layers.length} layers are not shown: they have no ` +
          'multiply-accumulates or move nothing to or from DRAM.' : ''});
  }
  if (layers.some((layer) => layer.cycles > 0))
    showChart({id: 'cycles', title: 'Time by layer', draw: (state) => cyclesByLayer(result, state), switches: ['share']});
  if (layers.some((layer) => layer.energy_pj > 0))
    showChart({id: 'energy', title: 'Energy by layer', draw: (state) => energyByLayer(result, state), switches: ['share', ...leakage]});
  if (layers.some((layer) => layer.macs > 0))
    showChart({id: 'utilization', title: 'Utilization by layer', draw: () => utilizationByLayer(result)});
  if (layers.some((layer) => layer.sqnr_db !== null))
    showChart({id: 'sqnr', title: 'SQNR by layer', draw: () => sqnrByLayer(result),
      note: 'Signal to quantization noise ratio against the float network.'});
  if (positive(result.energy_by_component_pj))
    showChart({id: 'energy-components', title: 'Energy by component', draw: (state) => energyByComponent(result, state), half: true, switches: leakage});
  if (positive(result.area_by_component_mm2))
    showChart({id: 'area', title: 'Area by component', draw: () => areaByComponent(result), half: true});
  if ([result.accuracy, result.accuracy_quantized, result.accuracy_float].some((v) => v !== null))
    showChart({id: 'accuracy', title: 'Accuracy', draw: (state) => accuracyChart(result, state), half: true, switches: ['whole'],
      note: result.test_inputs > 0
          ? `Chip: ${grouped(result.test_inputs)} inputs; whisker: 95 % interval (Wilson). The others: the whole test set.` : ''});
}

function showAnalog() {
  const analog = result.analog;
  if (analog === undefined) return;
  if (analog.moments.some((m) => m.accuracy_mean !== null))
    showChart({id: 'accuracy-time', title: 'Accuracy against time', draw: (state) => accuracyOverTime(result, state), switches: ['whole'],
      note: `${analog.seeds} chips, seeds from ${analog.first_seed}; ${grouped(result.test_inputs)} inputs each.`});
  const known = (value, text) => (value === null ? 'n/a' : text(value));
  const rows = analog.moments.map((m) => [timeText(m.time_s), known(m.accuracy_mean, (v) => percentText(v, 2)),
    known(m.accuracy_std, (v) => percentText(v, 2)), withPrefix(m.energy_pj * 1e-12, 'J'),
    known(m.tops_per_watt, significant), percentText(m.saturated_share, 3), percentText(m.weight_rms_error, 2),
    known(m.weight_effective_bits, significant), significant(m.alpha)]);
  const heads = ['time', 'top-1', 'std', 'energy', 'TOPS/W', 'saturated', 'weights: rms error',
    'effective bits', 'compensation'];
  document.getElementById('tables').append(htmlElement('section', {}, htmlElement('h2', {}, 'Analog chip over time'),
      htmlElement('div', {class: 'scroll'}, htmlElement('table', {},
          htmlElement('thead', {}, htmlElement('tr', {},
              ...heads.map((head) => htmlElement('th', {class: 'number', scope: 'col'}, head)))),
          htmlElement('tbody', {}, ...rows.map((row) =>
              htmlElement('tr', {}, ...row.map((cell) => htmlElement('td', {class: 'number'}, cell)))))))));
  const facts = {
    arrays: grouped(analog.arrays), 'pairs mapped': percentText(analog.mapped_share, 2),
    'pairs not zero': percentText(analog.non_zero_share, 2),
    'peak': `${significant(analog.peak_tops)} TOPS, ${significant(analog.peak_tops_per_watt)} TOPS/W`,
    'a conversion': `${significant(analog.adc_conversion_pj)} pJ (${analog.adc_energy})`,
    'full scale': `${significant(analog.full_scale_cells)} cells: ${analog.full_scale_source}`,
    'read-out of the drift': `${grouped(analog.compensation_read_out_cycles)} cycles, ` +
        withPrefix(analog.compensation_read_out_pj * 1e-12, 'J'),
  };
  document.getElementById('tables').append(pairTable('Analog chip', facts));
}

// What no reader may overlook: numbers of random codes are of no network.
function randomText(result) {
  if (result.random_codes_seed !== null) return [`random codes (seed ${result.random_codes_seed})`];
  if (result.random_inputs_seed !== null) return [`random inputs (seed ${result.random_inputs_seed})`];
  return [];
}

function showWarnings() {
  const lines = result.layers.filter((layer) => layer.accumulator_overflows > 0)
      .map((layer) => `${grouped(layer.accumulator_overflows)} accumulator overflows in layer '${layer.name}'`);
  const box = document.getElementById('warnings');
  box.hidden = lines.length === 0;
  for (const line of lines) box.append(htmlElement('div', {}, line));
}

function pairTable(title, object) {
  const rows = Object.entries(object);
  if (rows.length === 0) return null;
  return htmlElement('section', {}, htmlElement('h2', {}, title), htmlElement('div', {class: 'columns'},
      htmlElement('table', {class: 'pairs'}, htmlElement('tbody', {}, ...rows.map(([key, value]) =>
          htmlElement('tr', {}, htmlElement('th', {scope: 'row'}, ...breakable(key)), htmlElement('td', {}, value)))))));
}

// How the layers asked for are mapped, and what more of each resource would bring.
function showMappings() {
  for (const layer of result.layers) {
    if (layer.mapping === undefined) continue;
    const {with_more: more, ...facts} = layer.mapping;
    const rows = {};
    for (const [key, value] of Object.entries(facts))
      rows[key] = typeof value !== 'number' ? value : Number.isInteger(value) ? grouped(value) : significant(value);
    for (const {resource, from, to, cycles} of more)
      rows[`${resource}: ${from} \u2192 ${to}`] =
          `${grouped(cycles)} cycles, ${percentText(1 - cycles / facts.cycles, 2)} fewer`;
    document.getElementById('tables').append(pairTable(`Mapping of ${layer.name}`, rows));
  }
}

function showTables() {
  const notes = result.notes.length === 0 ? null : htmlElement('section', {}, htmlElement('h2', {}, 'Notes'),
      htmlElement('ul', {}, ...result.notes.map((note) => htmlElement('li', {}, note))));
  for (const part of [layerTable(result), notes, pairTable('Configuration', result.configuration),
    pairTable('Provenance', result.provenance), pairTable('Run', result.run ?? {})])
    if (part) document.getElementById('tables').append(part);
}

document.getElementById('subtitle').textContent =
    [`scheme ${result.scheme_heading}`, ...randomText(result), `fidelity ${result.fidelity}`,
      `${result.layers.length} layers`].join(' \u00b7 ');
document.getElementById('theme').addEventListener('click', toggleTheme);
layOut(document.getElementById('charts').clientWidth);
showTiles();
showWarnings();
showCharts();
showAnalog();
showMappings();
showTables();
followPointer();
followWindow();
document.documentElement.dataset.ready = 'true';
if (location.hash === '#selftest') document.documentElement.dataset.selftest = selfTest(result);
