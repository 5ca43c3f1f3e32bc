// SPDX-License-Identifier: Apache-2.0
// Puts the page together: totals, the bar of filters, the parts, the chosen point, failures, keys.
'use strict';

const parts = document.getElementById('parts');

function addPart(id, title, make) {
  const section = htmlElement('section', {id, class: 'part'}, htmlElement('h2', {}, title));
  parts.append(section);
  make(section);
  return section;
}

function showHeading() {
  makeTiles();
  document.getElementById('subtitle').textContent = data.sweeps.map((sweep) =>
      `${sweep.name} in ${sweep.database}, program ${sweep.program}`).join(' \u00b7 ');
  const warnings = document.getElementById('warnings');
  for (const sweep of data.sweeps)
    if (sweep.other_programs.length > 0)
      warnings.append(htmlElement('div', {}, `${sweep.name}: points of other versions of the program are left out: ${sweep.other_programs.join(', ')}`));
  warnings.hidden = warnings.childElementCount === 0;
}

function makeBar() {
  const bar = document.getElementById('bar');
  const count = htmlElement('b', {id: 'bar-count', 'aria-live': 'polite'});
  const chips = htmlElement('span', {class: 'chips'});
  const colours = [...(data.sweeps.length > 1 ? [points.sweep] : []), ...varying, ...points.metrics.filter((m) => m.varies)];
  bar.append(...makeFrontierControls(), columnSelect('colour', 'colour', colours, view.colour, (column) => {
    view.colour = column;
    changed('points');
  }, 'none'), count, chips);
  subscribe(['points'], () => {
    count.textContent = `${grouped(view.shown.length)} of ${grouped(points.count)} points`;
    const buttons = [...view.filters].map(([key, filter]) => {
      const button = htmlElement('button', {type: 'button', class: 'tool chip', 'data-filter': key, title: 'remove this filter'}, `${elide(filter.label, 48)} \u00d7`);
      button.addEventListener('click', () => filter.clear());
      return button;
    });
    chips.replaceChildren(...buttons);
  });
}

function pairs(columns, i) {
  return htmlElement('table', {class: 'pairs'}, htmlElement('tbody', {}, ...columns.filter((column) => column.text(i) !== '')
      .map((column) => htmlElement('tr', {}, htmlElement('th', {scope: 'row', title: column.name}, ...breakable(column.title)), htmlElement('td', {}, column.text(i))))));
}

function makeChosen(area) {
  const box = htmlElement('div', {id: 'chosen'});
  area.append(box);
  subscribe(['chosen'], () => {
    const i = view.chosen;
    if (i < 0) return;
    const details = (title, columns) => htmlElement('details', {}, htmlElement('summary', {}, title),
        htmlElement('div', {class: 'columns'}, pairs(columns, i)));
    box.replaceChildren(
        htmlElement('h3', {}, `${pointName(i)} `, htmlElement('small', {}, points.hash[i].slice(0, 12))),
        ...(points.failed[i] ? [htmlElement('p', {class: 'failed'}, `Failed: ${points.message.text(i)}`)] : []),
        htmlElement('div', {class: 'halves'}, pairs([...inOrder(points.metrics), points.seconds], i), pairs(points.parameters, i)),
        details('Configuration', points.configuration), details('Provenance', points.provenance));
  });
  box.append(htmlElement('p', {}, 'No point is chosen: click one in the chart of the frontier or a row of the table.'));
}

function makeFailures(area) {
  const counts = new Map();
  for (const i of everyPoint) if (points.failed[i]) {
    const message = points.message.text(i);
    const entry = counts.get(message) ?? {count: 0, first: i};
    ++entry.count;
    counts.set(message, entry);
  }
  const rows = [...counts].sort(([, a], [, b]) => b.count - a.count || a.first - b.first).slice(0, 50).map(([message, {count, first}]) => {
    const button = htmlElement('button', {type: 'button', class: 'tool'}, pointName(first));
    button.addEventListener('click', () => choose(first));
    return htmlElement('tr', {}, htmlElement('td', {class: 'number'}, grouped(count)), htmlElement('td', {}, message), htmlElement('td', {}, button));
  });
  area.append(htmlElement('div', {class: 'scroll'}, htmlElement('table', {id: 'failures-table'},
      htmlElement('thead', {}, htmlElement('tr', {}, ...['points', 'message', 'the first'].map((title) => htmlElement('th', {scope: 'col'}, title)))),
      htmlElement('tbody', {}, ...rows))));
}

function makeFiles(area) {
  for (const sweep of data.sweeps)
    area.append(htmlElement('details', {}, htmlElement('summary', {}, sweep.name), htmlElement('pre', {}, sweep.text)));
  const same = points.parameters.filter((column) => !column.varies);
  if (same.length > 0 && points.count > 0)
    area.append(htmlElement('h3', {}, 'Parameters that are the same everywhere'), htmlElement('div', {class: 'columns'}, pairs(same, 0)));
}

showHeading();
makeBar();
addPart('front', 'Frontier', makeFrontChart);
if (data.sweeps.length > 1) addPart('comparison', 'Comparison', makeComparison);
addPart('chosen-part', 'Chosen point', makeChosen);
addPart('layers', 'Layers', makeLayersChart);
const varyingMetrics = points.metrics.filter((metric) => metric.varies);
if (varying.length + varyingMetrics.length >= 2)
  addPart('parallel', 'Parallel coordinates', makeParallelChart);
if ((varying.length > 0 || data.sweeps.length > 1) && varyingMetrics.length > 0)
  addPart('sensitivity', 'Sensitivity', makeSensitivity);
addPart('table', 'Points', makeTable);
if (points.failed.some((failed) => failed === 1)) addPart('failures', 'Failures', makeFailures);
addPart('files', 'What was swept', makeFiles);

document.getElementById('theme').addEventListener('click', () => {
  toggleTheme();
  changed('theme');
});
function fitPaper() {
  for (const chart of charts) chart.resize();
  changed('points');
  changed('theme');
  flushChanges();
}
// A chart has several canvases, of which browsers print the last one alone: paper gets a copy in one.
openForPaper(() => {
  fitPaper();
  for (const chart of charts) {
    const copy = chart.renderToCanvas({pixelRatio: 2, backgroundColor: ink('paper')});
    copy.className = 'copy';
    chart.getDom().append(copy);
  }
}, () => {
  for (const copy of document.querySelectorAll('.chart > .copy')) copy.remove();
  fitPaper();
});
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => changed('theme'));
updateView();
changed('points');
changed('chosen');
view.chosen = middlePoint();
flushChanges();
document.documentElement.dataset.ready = 'true';
