// SPDX-License-Identifier: Apache-2.0
// Parallel coordinates: a line a point; dragging along an axis keeps the points in between.
'use strict';

function makeParallelChart(area) {
  const {element, frame} = scrollingChart('parallel-chart');
  const candidates = [...inOrder(points.metrics).filter((metric) => metric.varies), ...varying];
  const preferred = [view.x, view.y, ...['accuracy', 'area_mm2', 'tops_per_watt'].map(metricNamed)];
  let axes = candidates.filter((column, i) =>
      (column.kind === 'parameter' && varying.indexOf(column) < 7) || preferred.includes(column));
  if (axes.length < 2) axes = candidates.slice(0, 6);
  const log = new Map(points.metrics.map((metric) => {
    const values = Array.from(metric.number).filter(isFinite);
    const low = values.reduce((a, v) => Math.min(a, v), Infinity);
    const high = values.reduce((a, v) => Math.max(a, v), -Infinity);
    return [metric, !metric.isFraction && low > 0 && high > 20 * low];
  }));

  const list = htmlElement('div', {class: 'choices'});
  for (const column of candidates)
    list.append(checkBox(`parallel-${column.id}`, column.title, axes.includes(column), (on) => {
      axes = candidates.filter((each) => (each === column ? on : axes.includes(each)));
      clearBrush();
      draw();
    }));
  area.append(
      htmlElement('div', {class: 'controls'},
          htmlElement('details', {id: 'parallel-axes'}, htmlElement('summary', {}, 'Axes'), list),
          toolButton('parallel-clear', 'Clear ranges', () => {
            clearBrush();
            draw();
          }),
          toolButton('parallel-save', 'Save PNG', () => saveChart(chart, 'parallel'))),
      frame,
      htmlElement('p', {}, 'Drag along an axis to keep the points in a range: every other part of the page ' +
          'follows. The same with the keyboard: the filters of the table.'));
  const chart = makeChart(element, 'Parallel coordinates of the parameters and metrics');
  const axisTitles = shortLabels(candidates.map((column) => column.title), 24);
  const titles = new Map(candidates.map((column, k) => [column, axisTitles[k]]));
  const intervals = new Map();  // column id -> ranges, as the user dragged them
  let drawnPoints = [];

  function clearBrush() {
    intervals.clear();
    setFilter('brush', null);
  }

  // What is left of the points without the brush: it dims, it does not remove.
  function candidatesOf() {
    const alike = passing('brush').filter((i) => !points.failed[i]);
    return view.frontOnly ? frontsOf(alike).flat() : alike;
  }

  // Names on the axis in place of numbers; the lowest is that of points without such a key.
  const NONE = '\u2013';
  const isNamed = (column) => column.categories !== null && (!column.numeric || column.categories.length <= 24);
  const lacking = new Set(candidates.filter((column) => isNamed(column) && everyPoint.some((i) => column.code(i) < 0)));

  function axisOf(column, dim) {
    const base = {
      id: column.id, dim, name: titles.get(column), nameLocation: 'end', nameGap: 14,
      nameRotate: 18,
      nameTextStyle: {color: ink('ink'), fontSize: 12, align: 'left'},
      axisLine: {lineStyle: {color: ink('muted')}}, axisTick: {lineStyle: {color: ink('muted')}},
      areaSelectStyle: {width: 22, borderColor: ink('ink'), color: ink('muted'), opacity: 0.35},
    };
    if (isNamed(column))
      return {...base, type: 'category',
        data: [...(lacking.has(column) ? [NONE] : []), ...shortLabels(column.categories, 18)],
        axisTick: {show: false},
        axisLabel: {color: ink('ink'), fontSize: 12, textBorderColor: ink('paper'), textBorderWidth: 3, hideOverlap: true}};
    const scale = log.get(column) ? logAxis(column.number) : linearAxis();
    return {...scale, ...base, axisLabel: {...scale.axisLabel, color: ink('ink'), textBorderColor: ink('paper'), textBorderWidth: 3}};
  }

  const valueOf = (column, i) => {
    if (isNamed(column)) return column.code(i) + (lacking.has(column) ? 1 : 0);
    const value = column.number[i];
    return isFinite(value) && !(log.get(column) && value <= 0) ? value : '-';
  };

  function draw() {
    drawnPoints = candidatesOf();
    const {names, of} = view.classes;
    const groups = names.map(() => []);
    for (const i of drawnPoints)
      if (of(i) >= 0) groups[of(i)].push({value: [...axes.map((column) => valueOf(column, i)), i]});
    const opacity = Math.max(0.06, Math.min(0.6, 120 / Math.max(1, drawnPoints.length)));
    element.style.minWidth = `${axes.length * 84 + 120}px`;
    chart.resize();
    chart.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: CHART_FONT,
      parallel: {left: 56, right: 110, top: 76, bottom: 24, axisExpandable: false},
      parallelAxis: axes.map(axisOf),
      series: groups.map((group, k) => ({
        type: 'parallel', id: `class${k}`, name: names[k], data: group, smooth: false, silent: true,
        lineStyle: {color: classColour(k), width: 1.2, opacity},
        inactiveOpacity: 0.02, activeOpacity: Math.min(1, opacity * 2), progressive: 400,
        emphasis: {disabled: true}, animation: false,
      })),
    }, {notMerge: true});
    for (const [id, ranges] of intervals)
      chart.dispatchAction({type: 'axisAreaSelect', parallelAxisId: id, intervals: ranges});
  }

  chart.on('axisareaselected', (event) => {
    const selected = event.batch ?? [event];
    for (const {parallelAxisId, intervals: ranges} of selected) {
      if (ranges.length === 0) intervals.delete(parallelAxisId);
      else intervals.set(parallelAxisId, ranges);
    }
    if (intervals.size === 0) {
      setFilter('brush', null);
      return;
    }
    const tests = axes.filter((column) => intervals.has(column.id)).map((column) => {
      const ranges = intervals.get(column.id);
      return (i) => {
        const value = valueOf(column, i);
        return value !== '-' && ranges.some(([low, high]) => low <= value && value <= high);
      };
    });
    setFilter('brush', {
      label: `ranges on ${axes.filter((column) => intervals.has(column.id)).map((c) => c.name).join(', ')}`,
      test: (i) => tests.every((test) => test(i)),
      clear: () => {
        intervals.clear();
        setFilter('brush', null);
        draw();
      },
    });
  });

  let last = '';
  subscribe(['points', 'theme'], (topics) => {
    // Its own brush changes nothing here.
    const key = [...view.filters].filter(([name]) => name !== 'brush').map(([name, f]) => name + f.label).join('\n') +
        `\n${view.colour?.id} ${view.workload} ${view.floor} ${view.frontOnly}`;
    if (key === last && !topics.has('theme')) return;
    last = key;
    draw();
  });
}
