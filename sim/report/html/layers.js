// SPDX-License-Identifier: Apache-2.0
// The table of layers, sortable by every column, and the page's test of itself.
'use strict';

// value: what is sorted (null last, in both directions); text: what is shown.
function layerColumns(result) {
  const number = (title, unit, value, text) => ({title, unit, value, text, number: true});
  const word = (title, unit, value) => ({title, unit, value, text: value, number: false});
  const {factor, prefix} = prefixOf(result.energy_pj * 1e-12);
  // As wide as a column: four places, or one digit of what is smaller.
  const energy = (pj) => {
    const value = pj * 1e-12 * factor;
    return value === 0 ? '0' : value < 5e-5 ? value.toExponential(0) : value < 1 ? value.toFixed(4) : significant(value);
  };
  const groups = Object.keys(GROUP_COLORS).filter((group) =>
      Object.values(result.energy_groups).includes(group));
  const causes = Object.keys(result.stalls).filter((cause) => result.stalls[cause] > 0);
  return [
    number('#', '', (layer) => layer.index, (layer) => layer.index + 1),
    word('layer', '', (layer) => layer.name),
    word('operator', '', (layer) => layer.op),
    word('shape', 'elements', (layer) => layer.shape),
    word('types', 'formats', (layer) => layer.types + (layer.raised ? ' (raised)' : '')),
    number('time', 'cycles', (layer) => layer.cycles, (layer) => grouped(layer.cycles)),
    number('array', 'cycles', (layer) => layer.array_cycles, (layer) => grouped(layer.array_cycles)),
    ...causes.map((cause) => number(cause, 'stall cycles', (layer) => layer.stalls[cause] ?? 0,
        (layer) => grouped(layer.stalls[cause] ?? 0))),
    number('used', '%', (layer) => (layer.macs > 0 ? layer.utilization : null),
        (layer) => (layer.macs > 0 ? (100 * layer.utilization).toFixed(1) : 'n/a')),
    ...groups.map((group) => number(group, prefix + 'J',
        (layer) => energyGroups(result, layer.energy_by_component_pj)[group],
        (layer) => energy(energyGroups(result, layer.energy_by_component_pj)[group]))),
    number('energy', prefix + 'J', (layer) => layer.energy_pj, (layer) => energy(layer.energy_pj)),
    number('SQNR', 'dB', (layer) => (layer.exact ? Infinity : layer.sqnr_db),
        (layer) => (layer.exact ? 'exact' : layer.sqnr_db === null ? 'n/a' : layer.sqnr_db.toFixed(1))),
  ];
}

function compareValues(a, b) {
  if (typeof a === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return a - b;
}

function layerTable(result) {
  const columns = layerColumns(result);
  const cell = (column, layer) =>
      htmlElement('td', {class: column.number ? 'number' : null, title: column.number ? null : column.text(layer)},
          ...(column.number ? [String(column.text(layer))] : breakable(column.text(layer))));
  const layers = result.layers.map((layer, index) => ({...layer, index}));
  const body = htmlElement('tbody');
  const rows = layers.map((layer) => ({layer, row: htmlElement('tr', {}, ...columns.map((c) => cell(c, layer)))}));
  body.append(...rows.map((entry) => entry.row));

  const heads = columns.map((column) => htmlElement('th', {class: column.number ? 'number' : null, scope: 'col'},
      htmlElement('button', {type: 'button'}, ...breakable(column.title)), htmlElement('small', {}, column.unit)));
  heads.forEach((head, i) => head.firstChild.addEventListener('click', () => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of heads) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const key = columns[i].value;
    const missing = (entry) => key(entry.layer) === null;
    rows.sort((a, b) => missing(a) - missing(b) ||
        (missing(a) ? 0 : (down ? -1 : 1) * compareValues(key(a.layer), key(b.layer))) ||
        a.layer.index - b.layer.index);
    body.append(...rows.map((entry) => entry.row));
  }));

  // The run's own totals stand where the columns' sums do.
  const total = {...result, index: '', name: 'total', op: '', shape: '', types: '', sqnr_db: null, exact: false};
  const foot = htmlElement('tr', {}, ...columns.map((column, i) => {
    const text = i === 0 || column.title === 'SQNR' ? '' : column.text(total);
    return htmlElement('td', {class: column.number ? 'number' : null}, String(text));
  }));
  return htmlElement('section', {}, htmlElement('h2', {}, 'Layers'), htmlElement('div', {class: 'scroll'},
      htmlElement('table', {id: 'layers'}, htmlElement('thead', {}, htmlElement('tr', {}, ...heads)), body,
          htmlElement('tfoot', {}, foot))));
}

// "pass", or what is wrong, one fault a line. Looks at the page as a reader would.
function selfTest(result) {
  const faults = [];
  const expect = (condition, text) => { if (!condition) faults.push(text); };
  const count = (selector) => document.querySelectorAll(selector).length;
  const layers = result.layers;

  expect(count('.tile') === 8, 'there are 8 tiles');
  expect(count('#utilization .mark') === layers.filter((l) => l.macs > 0).length, 'a bar of utilization a layer with MACs');
  expect(count('#roofline .mark') === rooflinePoints(result).length, 'a point of the roofline a layer');
  const stacks = (parts) => layers.map(parts).flat().filter((value) => value > 0).length;
  expect(count('#energy .mark') === stacks((l) => Object.values(energyGroups(result, l.energy_by_component_pj))),
      'a segment of energy a component and layer');
  const segments = stacks((l) => [l.array_cycles, ...Object.values(l.stalls)]);
  expect(count('#cycles .mark') >= segments, 'a segment of time a cause and layer');
  for (const button of document.querySelectorAll('.share')) {
    const figure = button.closest('figure');
    const before = figure.querySelectorAll('.mark').length;
    button.click();
    expect(figure.querySelectorAll('.mark').length === before, `shares of ${figure.id} have the same segments`);
    button.click();
  }
  for (const svg of document.querySelectorAll('figure svg')) {
    const id = svg.closest('figure').id;
    const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    expect(width > 0 && height > 50, `${id} has a size`);
    expect(!/NaN|Infinity|undefined/.test(svg.outerHTML.replace(/(data-tip="[^"]*"|>[^<]*<)/g, '')), `${id} has finite coordinates`);
    const file = standaloneSvg(svg);
    const parsed = new DOMParser().parseFromString(file, 'image/svg+xml');
    expect(parsed.querySelector('parsererror') === null, `${id} is well-formed as a file`);
    expect(!/"var\(/.test(file), `${id} has its colours as a file`);
  }

  const columns = layerColumns(result);
  const body = document.querySelector('#layers tbody');
  const head = (i) => document.querySelectorAll('#layers th button')[i];
  columns.forEach((column, i) => {
    for (const sign of [1, -1]) {
      head(i).click();
      const values = body.rows.length === layers.length ? sortedValues(column, body, layers) : [];
      expect(values.length === layers.length, `all layers stay when sorted by ${column.title}`);
      const known = values.filter((value) => value !== null);
      expect(values.slice(0, known.length).every((value) => value !== null), `n/a is last by ${column.title}`);
      expect(known.every((value, k) => k === 0 || sign * compareValues(known[k - 1], value) <= 0),
          `sorted by ${column.title} ${sign > 0 ? 'upwards' : 'downwards'}`);
    }
  });
  head(0).click();
  expect(sortedValues(columns[0], body, layers).every((value, k) => value === k), 'order of execution comes back');
  expect(pageErrors.length === 0, pageErrors.join('\n'));
  return faults.length === 0 ? 'pass' : faults.join('\n');
}

// The column's values in the order of the rows on the page, found by the number in the first cell.
function sortedValues(column, body, layers) {
  return [...body.rows].map((row) => {
    const index = Number(row.cells[0].textContent) - 1;
    return column.value({...layers[index], index});
  });
}
