// SPDX-License-Identifier: Apache-2.0
// Two sweeps: points with equal parameters, and by how much their metrics differ.
'use strict';

// Pairs [point of the first sweep, point of the second] with the same values of all parameters but
// those that tell the sweeps apart: of which the sweeps have no value in common.
function matchedPoints() {
  const apart = [];
  const common = [];
  for (const column of points.parameters) {
    const values = [new Set(), new Set()];
    for (const i of everyPoint) values[points.sweepOf[i]].add(column.text(i));
    ([...values[0]].some((value) => values[1].has(value)) ? common : apart).push(column);
  }
  const keyOf = (i) => JSON.stringify(common.map((column) => column.text(i)));
  const found = [new Map(), new Map()];
  let repeated = 0;
  for (const i of everyPoint) {
    const map = found[points.sweepOf[i]];
    const key = keyOf(i);
    if (map.has(key)) ++repeated;
    else map.set(key, i);
  }
  const pairs = [];
  for (const [key, i] of found[0])
    if (found[1].has(key)) pairs.push([i, found[1].get(key)]);
  return {pairs, apart, repeated};
}

function makeComparison(area) {
  const {pairs, apart, repeated} = matchedPoints();
  const element = htmlElement('div', {class: 'chart', id: 'ratio-chart'});
  const note = htmlElement('p', {id: 'ratio-note'});
  let metric = view.x;
  const [before, after] = points.sweepNames;
  area.append(
      htmlElement('p', {}, `${grouped(pairs.length)} points of ${before} have a partner in ${after}` +
          (apart.length > 0 ? `, apart from ${apart.map((column) => column.name).join(', ')}` : '') +
          (repeated > 0 ? `; ${grouped(repeated)} repeat another and are left out` : '') +
          '. The frontiers of both are above, in two colours.'),
      htmlElement('div', {class: 'controls'}, columnSelect('ratio-metric', 'metric', points.metrics, metric, (chosen) => {
        metric = chosen;
        draw();
      }), toolButton('ratio-save', 'Save PNG', () => saveChart(chart, 'comparison'))),
      element, note);
  const chart = makeChart(element, 'Histogram of the ratio of a metric between the two sweeps');

  function draw() {
    const shown = new Set(view.matching);
    const ratios = metric === null ? [] : pairs.filter(([a, b]) => shown.has(a) && shown.has(b))
        .map(([a, b]) => metric.number[b] / metric.number[a]).filter((r) => isFinite(r) && r > 0).sort((a, b) => a - b);
    element.hidden = ratios.length === 0;
    if (element.hidden) {
      note.textContent = 'No pair of points shown has this metric in both sweeps.';
      return;
    }
    // Bins of equal ratio; 1 is the edge of two.
    const [low, high] = [Math.min(0, Math.log2(ratios[0])), Math.max(0, Math.log2(ratios[ratios.length - 1]))];
    const width = Math.max(high - low, 0.01) / 24;
    const first = Math.floor(low / width + 1e-9);
    const counts = new Array(Math.max(1, Math.ceil(high / width - 1e-9)) - first).fill(0);
    const binOf = (ratio) => Math.min(counts.length - 1, Math.max(0, Math.floor(Math.log2(ratio) / width) - first));
    for (const ratio of ratios) ++counts[binOf(ratio)];
    const edge = (k) => 2 ** ((k + first) * width);
    const ratioText = (r) => '\u00d7' + (Math.abs(r - 1) < 0.1 ? r.toFixed(4) : significant(r));
    const style = axisStyle();
    chart.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: CHART_FONT,
      grid: {left: 70, right: 16, top: 16, bottom: 56},
      xAxis: {...style, type: 'category', data: counts.map((_, k) => ratioText(Math.sqrt(edge(k) * edge(k + 1)))),
        name: `${metric.label}: ${after} / ${before}`, nameGap: 34, splitLine: {show: false}},
      yAxis: {...style, type: 'value', name: 'pairs of points', nameGap: 48, minInterval: 1},
      tooltip: {...tooltipStyle(), trigger: 'axis', axisPointer: {type: 'shadow'}, formatter: (items) => {
        const k = items[0].dataIndex;
        return htmlElement('div', {}, `${ratioText(edge(k))} to ${ratioText(edge(k + 1))}: ${grouped(counts[k])} pairs`);
      }},
      series: [{type: 'bar', barCategoryGap: '6%', data: counts.map((count, k) => ({
        value: count,
        itemStyle: {color: (k + first >= 0) === Boolean(metric.higherIsBetter) ? KINDS[2] : KINDS[5]},
      }))}],
    }, {notMerge: true});
    const better = ratios.filter((r) => (metric.higherIsBetter ? r > 1 : r < 1)).length;
    const equal = ratios.filter((r) => r === 1).length;
    note.textContent = `${grouped(ratios.length)} pairs: median ${ratioText(quantile(ratios, 0.5))}, ` +
        `from ${ratioText(ratios[0])} to ${ratioText(ratios[ratios.length - 1])}; ${after} is better in ` +
        `${percentText(better / ratios.length)} and equal in ${percentText(equal / ratios.length)} of them ` +
        '(green: better, red: worse).';
  }
  subscribe(['points', 'theme'], draw);
}
