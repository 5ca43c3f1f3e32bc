// SPDX-License-Identifier: Apache-2.0
// Heat map of the layers: all quantities of the chosen point, or one quantity along the front.
'use strict';

const LAYER_QUANTITIES = {
  cycles: {title: 'cycles', unit: '', text: (v) => grouped(v)},
  energy_pj: {title: 'energy', unit: 'J', text: (v) => withPrefix(v * 1e-12, 'J')},
  utilization: {title: 'utilization', unit: '%', text: (v) => percentText(v), full: 1},
  sqnr_db: {title: 'SQNR', unit: 'dB', text: (v) => (v === 'exact' ? 'exact' : `${significant(v)} dB`)},
  dram_bytes: {title: 'DRAM traffic', unit: 'B', text: (v) => grouped(v) + ' B'},
};

// {names: layers, values: [[by layer] by quantity]} of a point, or null.
function layersOf(i) {
  const block = data.layers.block[i];
  if (block < 0) return null;
  const {names, values} = data.layers.blocks[block];
  return {names: data.layers.names[names], values};
}

const MOST_FRONT_ROWS = 40;

function makeLayersChart(area) {
  const {element, frame} = scrollingChart('layers-chart');
  const note = htmlElement('p', {id: 'layers-note'});
  const numbers = htmlElement('table', {id: 'layers-numbers'});
  const mode = htmlElement('select', {id: 'layers-mode'}, htmlElement('option', {value: ''}, 'chosen point, all quantities'));
  for (const name of data.layers.quantities)
    mode.append(htmlElement('option', {value: name}, `points of the frontier, ${LAYER_QUANTITIES[name].title}`));
  mode.addEventListener('change', () => draw());
  area.append(htmlElement('div', {class: 'controls'}, htmlElement('label', {class: 'field'}, htmlElement('span', {}, 'show'), mode),
      toolButton('layers-save', 'Save PNG', () => saveChart(chart, 'layers'))), frame, note,
      htmlElement('details', {}, htmlElement('summary', {}, 'The chosen point in numbers'), htmlElement('div', {class: 'scroll'}, numbers)));
  const chart = makeChart(element, 'Heat map of the layers');

  // [{label, name of the quantity, values by layer}] and the layers' names.
  function rowsOfPoint() {
    const layers = view.chosen < 0 ? null : layersOf(view.chosen);
    if (layers === null) return null;
    const rows = data.layers.quantities.map((name, q) => ({label: LAYER_QUANTITIES[name].title, name, values: layers.values[q], point: view.chosen}));
    return {names: layers.names, rows: rows.filter((row) => row.values.some((v) => v !== null))};
  }
  function rowsOfFront(name) {
    const q = data.layers.quantities.indexOf(name);
    const front = view.fronts.flat().filter((i) => layersOf(i) !== null);
    if (front.length === 0) return null;
    // Of one network: that with most points.
    const counts = new Map();
    const listOf = (i) => layersOf(i).names;
    for (const i of front) counts.set(listOf(i), (counts.get(listOf(i)) ?? 0) + 1);
    const names = [...counts.keys()].reduce((a, b) => (counts.get(b) > counts.get(a) ? b : a));
    const same = front.filter((i) => listOf(i) === names);
    const step = Math.max(1, same.length / MOST_FRONT_ROWS);
    const taken = [];
    for (let at = 0; Math.floor(at) < same.length; at += step) taken.push(same[Math.floor(at)]);
    return {
      names, left: same.length - taken.length + front.length - same.length,
      rows: taken.map((i) => ({label: pointName(i), name, values: layersOf(i).values[q], point: i})),
    };
  }

  // Without a pointer, and to be copied.
  function listNumbers() {
    const shown = rowsOfPoint();
    if (shown === null) {
      numbers.replaceChildren();
      return;
    }
    const row = (kind, texts) => htmlElement('tr', {}, ...texts.map((text, k) =>
        htmlElement(kind, {class: k > 0 ? 'number' : null, scope: kind === 'th' ? 'col' : null}, text)));
    numbers.replaceChildren(
        htmlElement('thead', {}, row('th', ['layer', ...shown.rows.map((each) => each.label)])),
        htmlElement('tbody', {}, ...shown.names.map((name, l) => row('td', [name, ...shown.rows.map((each) =>
            (each.values[l] === null ? '' : LAYER_QUANTITIES[each.name].text(each.values[l])))]))));
  }

  function draw() {
    const shown = mode.value === '' ? rowsOfPoint() : rowsOfFront(mode.value);
    element.hidden = shown === null || shown.rows.length === 0;
    if (element.hidden) {
      note.textContent = mode.value === '' && view.chosen < 0
          ? 'Choose a point: click it in the chart of the frontier or in the table.' : 'No layers were stored for it, or too many to fit into this page.';
      return;
    }
    const {names, rows} = shown;
    const numeric = (v) => (typeof v === 'number' ? v : NaN);
    // The chosen point's quantities each have their own scale; along the front there is one.
    const largest = (list) => list.flatMap((row) => row.values.map(numeric)).filter(isFinite).reduce((a, v) => Math.max(a, v), 0);
    const common = mode.value === '' ? 0 : LAYER_QUANTITIES[mode.value].full ?? largest(rows);
    const cells = [];
    rows.forEach((row, r) => {
      const full = common || LAYER_QUANTITIES[row.name].full || largest([row]);
      row.values.forEach((value, l) => {
        if (value === null) return;
        const share = value === 'exact' ? 1 : full > 0 ? Math.max(0, value) / full : 0;
        // Texts on either half of the scale.
        cells.push({value: [l, r, share], row: r, layer: l,
          label: {color: (share > 0.5) === isDark() ? '#16191d' : '#ffffff'}});
      });
    });
    const textOf = (cell) => LAYER_QUANTITIES[rows[cell.row].name].text(rows[cell.row].values[cell.layer]);
    element.style.minWidth = `${names.length * 24 + 210}px`;
    const width = (element.clientWidth - 200) / Math.max(1, names.length);
    const style = axisStyle();
    const labels = shortLabels(names, 18);
    const longest = Math.max(...labels.map((label) => label.length));
    const slanted = longest * 7 + 6 > width * 0.85;
    const below = slanted ? 24 + longest * 5 : 26;
    element.style.height = `${rows.length * (mode.value === '' ? 34 : 22) + below + 36}px`;
    chart.resize();
    chart.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: CHART_FONT,
      grid: {left: 130, right: 70, top: 8, bottom: below + 28},
      xAxis: {...style, type: 'category', data: labels, name: 'layer', nameGap: below,
        axisLabel: {...style.axisLabel, rotate: slanted ? 50 : 0}, splitLine: {show: false}},
      yAxis: {...style, type: 'category', inverse: true, data: shortLabels(rows.map((row) => row.label), 18), axisLabel: {...style.axisLabel, interval: 0},
        splitLine: {show: false}},
      visualMap: {min: 0, max: 1, show: true, right: 0, top: 'middle', calculable: false, itemHeight: 90, itemWidth: 10,
        text: [common ? LAYER_QUANTITIES[mode.value].text(common) : 'largest', '0'], textStyle: {color: ink('ink'), fontSize: 11},
        inRange: {color: isDark() ? ['#1d2126', '#2b4a6f', '#2a7fb8', '#8fd0d8', '#f4f6d0'] : ['#ffffff', '#cfe3f1', '#74add1', '#2f6fae', '#12305c']}},
      tooltip: {...tooltipStyle(), formatter: ({data: cell}) => htmlElement('div', {class: 'point-tip'},
          htmlElement('b', {}, names[cell.layer]),
          htmlElement('div', {}, `${LAYER_QUANTITIES[rows[cell.row].name].title}: ${textOf(cell)}`),
          htmlElement('div', {}, pointName(rows[cell.row].point)))},
      series: [{type: 'heatmap', data: cells, progressive: 0, animation: false,
        itemStyle: {borderColor: ink('paper'), borderWidth: 1},
        label: {show: width > 54 && mode.value === '', fontSize: 11, formatter: ({data: cell}) => textOf(cell)},
        emphasis: {itemStyle: {borderColor: ink('ink')}}}],
    }, {notMerge: true});
    note.textContent = (mode.value === ''
        ? `${pointName(view.chosen)}. Each row has its own scale, from 0 to its largest value (utilization: to 100 %).`
        : 'One scale for all rows, which are in the order of their first objective.') +
        (shown.left > 0 ? ` ${grouped(shown.left)} points of the frontier are left out.` : '') +
        (data.layers.left_out > 0 ? ` The layers of ${grouped(data.layers.left_out)} points did not fit into this page.` : '');
  }

  subscribe(['points', 'chosen', 'theme'], draw);
  subscribe(['chosen'], listNumbers);
}
