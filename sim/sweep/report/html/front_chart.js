// SPDX-License-Identifier: Apache-2.0
// Two metrics against each other, with the sweep's frontier, which may be over more than these two. A
// line joins those of its points that no other beats in the two.
'use strict';

function makeFrontChart(area) {
  const element = htmlElement('div', {class: 'chart tall', id: 'front-chart', tabindex: '0'});
  const note = htmlElement('p', {id: 'front-note'});
  const spoken = htmlElement('p', {class: 'spoken', 'aria-live': 'polite'});
  const axis = (key, logKey, metric) => {
    view[key] = metric;
    syncLog(key, logKey);
    zoomed = false;
    changed('points');
  };
  let zoomed = false;
  const logBoxes = {};
  // An axis starts logarithmic where that helps: all above 0, and over more than a factor of 5.
  function syncLog(key, logKey) {
    const metric = view[key];
    const values = metric === null ? [] : Array.from(metric.number).filter(isFinite).sort((a, b) => a - b);
    view[logKey] = values.length > 0 && !metric.isFraction && values[0] > 0 && values[values.length - 1] > 5 * values[0];
    if (logBoxes[logKey]) logBoxes[logKey].checked = view[logKey];
  }
  syncLog('x', 'logX');
  syncLog('y', 'logY');
  const controls = htmlElement('div', {class: 'controls'});
  for (const [key, logKey, name] of [['x', 'logX', 'x'], ['y', 'logY', 'y']]) {
    controls.append(columnSelect(`front-${key}`, name, points.metrics, view[key],
        (metric) => axis(key, logKey, metric)));
    const box = checkBox(`front-log-${key}`, 'log', view[logKey], (on) => {
      view[logKey] = on;
      changed('points');
    });
    logBoxes[logKey] = box.querySelector('input');
    controls.append(box);
  }
  controls.append(
      checkBox('front-by-colour', 'a frontier for each colour', view.frontByColour, (on) => {
        view.frontByColour = on;
        changed('points');
      }),
      toolButton('front-reset', 'Whole range', () => chart.dispatchAction(
          {type: 'dataZoom', batch: [{dataZoomIndex: 0, start: 0, end: 100}, {dataZoomIndex: 1, start: 0, end: 100}]})),
      toolButton('front-save', 'Save PNG', () => saveChart(chart, 'front')));
  area.append(controls, element, note, spoken);
  const chart = makeChart(element, 'Scatter chart of two metrics with the frontier; arrow keys walk along it');

  // What an axis can show: a logarithm needs values above 0.
  const onAxis = (metric, log, i) =>
      metric !== null && isFinite(metric.number[i]) && (!log || metric.number[i] > 0);
  const drawn = (i) => onAxis(view.x, view.logX, i) && onAxis(view.y, view.logY, i);
  const place = (i) => ({value: [view.x.number[i], view.y.number[i], i]});

  function axisOptions(metric, log, which) {
    const better = metric === null ? '' : metric.higherIsBetter ? 'higher is better' : 'lower is better';
    return {
      ...(log ? logAxis(view.matching.filter(drawn).map((i) => metric.number[i])) : linearAxis()),
      name: metric === null ? 'no metric' : `${metric.title} \u2014 ${better}`,
      nameGap: which === 'x' ? 32 : 58,
    };
  }

  function series() {
    const {names, of} = view.classes;
    const groups = names.map(() => ({front: [], rest: []}));
    for (const i of view.matching) {
      const k = of(i);
      if (k < 0 || !drawn(i)) continue;
      (view.front.has(i) ? groups[k].front : groups[k].rest).push(place(i));
    }
    const many = view.matching.length > 3000;
    const list = [];
    groups.forEach((group, k) => {
      const color = classColour(k);
      const common = {
        type: 'scatter', name: names[k], color, emphasis: {disabled: true}, animation: false,
        progressive: 0, cursor: 'pointer',
      };
      list.push({
        ...common, id: `rest${k}`, data: group.rest, symbolSize: many ? 5 : 7,
        large: many, largeThreshold: 500, itemStyle: {opacity: many ? 0.3 : 0.35}, z: 2,
      });
      list.push({
        ...common, id: `front${k}`, data: group.front, symbolSize: 11, z: 5,
        itemStyle: {opacity: 1, borderColor: ink('paper'), borderWidth: 1.5},
      });
    });
    view.fronts.forEach((front, f) => {
      const line = frontOf(front.filter(drawn), costOf(view.x), costOf(view.y));
      if (line.length === 0) return;
      const xLow = view.x !== null && !view.x.higherIsBetter;
      list.push({
        type: 'line', id: `line${f}`, data: line.map(place).sort((a, b) => a.value[0] - b.value[0]),
        // The border of what is beaten: it turns at the better end of each step.
        step: xLow ? 'end' : 'start', symbol: 'none', silent: true, animation: false, z: 4,
        lineStyle: {color: view.frontByColour ? classColour(Math.max(0, of(front[0]))) : ink('ink'), width: 1.5, opacity: 0.8},
        tooltip: {show: false},
      });
    });
    const chosen = view.chosen >= 0 && drawn(view.chosen) ? [place(view.chosen)] : [];
    list.push({
      type: 'scatter', id: 'chosen', data: chosen, symbolSize: 20, silent: true, animation: false, z: 6,
      itemStyle: {color: 'transparent', borderColor: ink('ink'), borderWidth: 2.5, opacity: 1},
    });
    return list;
  }

  function draw() {
    const zoom = chart.getOption()?.dataZoom?.map(({start, end}) => ({start, end}));
    const keep = (k) => (zoomed && zoom?.[k] ? zoom[k] : {start: 0, end: 100});
    const names = view.classes.names;
    chart.setOption({
      animation: false, backgroundColor: 'transparent', color: names.map((_, k) => classColour(k)),
      textStyle: CHART_FONT,
      grid: {left: 84, right: 28, top: names.length > 1 ? 40 : 16, bottom: 56},
      legend: {
        show: names.length > 1, type: 'scroll', data: names, top: 0, left: 'center',
        textStyle: {color: ink('ink')}, pageTextStyle: {color: ink('ink')},
        pageIconColor: ink('ink'), pageIconInactiveColor: ink('edge'), inactiveColor: ink('edge'),
        itemStyle: {opacity: 1, borderWidth: 0},
      },
      xAxis: axisOptions(view.x, view.logX, 'x'),
      yAxis: axisOptions(view.y, view.logY, 'y'),
      // The wheel scrolls the page; with Ctrl it zooms.
      dataZoom: [
        {type: 'inside', xAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, ...keep(0)},
        {type: 'inside', yAxisIndex: 0, filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, ...keep(1)},
      ],
      tooltip: {
        ...tooltipStyle(), trigger: 'item',
        formatter: (item) => pointTip(item.data.value[2], [view.x, view.y]),
      },
      series: series(),
    }, {notMerge: true});
    note.replaceChildren(htmlElement('span', {}, frontierText()));
    const missing = view.matching.filter((i) => !drawn(i) || view.classes.of(i) < 0).length;
    note.append((missing > 0 ? ` ${grouped(missing)} points are not drawn: they lack a value or a logarithm has none.` : '') +
        ' The line joins the best of these two metrics. Click chooses a point, dragging moves, Ctrl and wheel zoom.');
  }

  chart.on('click', (item) => {
    if (item.data?.value?.length === 3) choose(item.data.value[2]);
  });
  chart.on('datazoom', () => { zoomed = true; });
  element.addEventListener('keydown', (event) => {
    const front = view.fronts.flat().filter(drawn)
        .sort((a, b) => view.x.number[a] - view.x.number[b]);
    if (front.length === 0) return;
    const at = front.indexOf(view.chosen);
    const next = {
      ArrowRight: Math.min(at + 1, front.length - 1), ArrowLeft: Math.max(at - 1, 0),
      Home: 0, End: front.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(front[next]);
    const i = front[next];
    spoken.textContent = `${pointName(i)}: ${view.x.label} ${view.x.text(i)} ${view.x.unit}, ` +
        `${view.y.label} ${view.y.text(i)} ${view.y.unit}`;
  });
  subscribe(['points', 'theme'], draw);
  subscribe(['chosen'], (topics) => {
    if (topics.has('points') || topics.has('theme')) return;
    chart.setOption({series: [{id: 'chosen', data: view.chosen >= 0 && drawn(view.chosen) ? [place(view.chosen)] : []}]});
  });
}
