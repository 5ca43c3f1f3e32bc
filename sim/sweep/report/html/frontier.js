// SPDX-License-Identifier: Apache-2.0
// Which frontier is looked at: the network, the least accuracy, and the best points of it.
'use strict';

// Points below the float network's accuracy by more than this (percentage points) are not called the
// best of anything while no floor is set: a broken network is fast.
const TOLERATED_LOSS = 5;

const floatAccuracy = (() => {
  const metric = metricNamed('accuracy_float');
  return (workload) => {
    const values = metric === null ? [] : everyPoint.filter((i) => workloadOf(i) === workload)
        .map((i) => metric.number[i]).filter(isFinite);
    return values.length === 0 ? null : values.reduce((a, v) => Math.max(a, v));
  };
})();

// What the best points must have, percent, and why; null where nothing is asked.
function leastAccuracy(workload) {
  if (accuracy === null) return null;
  if (view.floor !== null) return {percent: view.floor, why: 'the floor'};
  const float = floatAccuracy(workload);
  if (float !== null) return {percent: float - TOLERATED_LOSS, why: `float ${float.toFixed(2)} % less ${TOLERATED_LOSS} points`};
  const values = [...view.front].filter((i) => workloadOf(i) === workload).map((i) => accuracy.number[i]).filter(isFinite);
  if (values.length === 0) return null;
  const best = values.reduce((a, v) => Math.max(a, v));
  return {percent: best - TOLERATED_LOSS, why: `the highest, ${best.toFixed(2)} %, less ${TOLERATED_LOSS} points`};
}

// The workload whose best points are shown: the chosen one, or the first.
const leadingWorkload = () => Math.max(0, view.workload);

function goodPoints() {
  const least = leastAccuracy(leadingWorkload());
  return [...view.front].filter((i) => workloadOf(i) === leadingWorkload() &&
      (least === null || accuracy.number[i] >= least.percent));
}

// Something to look at: of the good points the one in the middle of the first axis.
function middlePoint() {
  const good = goodPoints().sort((a, b) => costOf(view.x)(a) - costOf(view.x)(b));
  return good[good.length >> 1] ?? [...view.front][0] ?? -1;
}

// "58 of 1,416 points of zoo/digits are on the frontier (small latency, ...)."
function frontierText() {
  const {frontier} = data.sweeps[0];
  const label = (name) => metricNamed(name)?.label ?? name;
  const objectives = frontier.objectives.map(({metric, maximize}) => `${maximize ? 'large' : 'small'} ${label(metric)}`).join(', ');
  const limits = frontier.limits.map(({metric, at_most: atMost, bound}) => {
    const fraction = metricNamed(metric)?.isFraction;
    return `${label(metric)} ${atMost ? '\u2264' : '\u2265'} ${fraction ? `${Number((100 * bound).toPrecision(12))} %` : bound}`;
  });
  const of = view.workload >= 0 ? ` of ${workloads[view.workload]}` : `, each compared within its network,`;
  const stored = everyPoint.filter((i) => data.point.frontier[i] && (view.workload < 0 || workloadOf(i) === view.workload));
  const same = stored.length === view.front.size && stored.every((i) => view.front.has(i));
  return `${grouped(view.front.size)} of ${grouped(view.matching.length)} points${of} are on the frontier: no other is better ` +
      `(${objectives}${limits.length > 0 ? `; within ${limits.join(', ')}` : ''}). ` +
      (same ? '' : `It is that of the points which pass the filters; that of the sweep has ${grouped(stored.length)}. `);
}

function makeFrontierControls() {
  const network = htmlElement('select', {id: 'network'});
  workloads.forEach((name, w) => network.append(htmlElement('option', {value: w}, name || 'no network')));
  if (workloads.length > 1) network.append(htmlElement('option', {value: -1}, 'all, each for itself'));
  network.value = view.workload;
  network.addEventListener('change', () => {
    view.workload = Number(network.value);
    updateView();
    view.chosen = middlePoint();
    changed('points');
    changed('chosen');
  });
  const controls = [htmlElement('label', {class: 'field'}, htmlElement('span', {}, 'network'), network)];
  if (accuracy !== null) {
    const floor = htmlElement('input', {type: 'number', id: 'floor', min: 0, max: 100, step: 'any', placeholder: 'any'});
    const set = (percent) => {
      view.floor = percent;
      changed('points');
    };
    floor.addEventListener('input', () => set(floor.value === '' || isNaN(floor.valueAsNumber) ? null : floor.valueAsNumber));
    controls.push(htmlElement('label', {class: 'field'}, htmlElement('span', {}, 'accuracy at least'), floor, htmlElement('span', {}, '%')));
    controls.push(toolButton('floor-float', 'float \u2212 1', () => {
      const float = floatAccuracy(leadingWorkload());
      floor.value = (float - 1).toFixed(2);
      set(Number(floor.value));
    }));
    subscribe(['points'], () => {
      const float = floatAccuracy(leadingWorkload());
      const button = document.getElementById('floor-float');
      button.hidden = float === null;
      if (float !== null) button.title = `one point below the float network: ${(float - 1).toFixed(2)} %`;
    });
  }
  controls.push(checkBox('front-only', 'only the frontier', view.frontOnly, (on) => {
    view.frontOnly = on;
    changed('points');
  }));
  return controls;
}

function bestTile(metric, maximize, good) {
  const values = good.filter((i) => isFinite(metric.number[i]));
  if (values.length === 0) return null;
  const cost = (i) => (maximize ? -metric.value[i] : metric.value[i]);
  const best = values.reduce((a, i) => (cost(i) < cost(a) ? i : a));
  const with_ = metric === accuracy || accuracy === null || isNaN(accuracy.number[best]) ? '' : `, accuracy ${accuracy.text(best)} %`;
  const tile = htmlElement('button', {type: 'button', class: 'tile', 'data-metric': metric.name},
      htmlElement('div', {class: 'what'}, `${maximize ? 'highest' : 'lowest'} ${metric.label}`),
      htmlElement('div', {class: 'value'}, metric.text(best), ' ', htmlElement('small', {}, metric.unit)),
      htmlElement('div', {class: 'more'}, pointName(best) + with_));
  tile.addEventListener('click', () => choose(best));
  return tile;
}

// Totals of the sweep, and the best points of the frontier by each objective and what else counts.
function makeTiles() {
  const sum = (key) => data.sweeps.reduce((total, sweep) => total + sweep[key], 0);
  const left = sum('points') - sum('done') - sum('failed');
  const tile = (what, value, more) => htmlElement('div', {class: 'tile'}, htmlElement('div', {class: 'what'}, what),
      htmlElement('div', {class: 'value'}, value), htmlElement('div', {class: 'more'}, more));
  const wanted = new Map(data.sweeps[0].frontier.objectives.map(({metric, maximize}) => [metric, maximize]));
  for (const name of ['tops_per_watt', 'area_mm2']) {
    const metric = metricNamed(name);
    if (metric !== null && !wanted.has(name)) wanted.set(name, metric.higherIsBetter);
  }
  const area = document.getElementById('tiles');
  const note = document.getElementById('tiles-note');
  subscribe(['points'], () => {
    const good = goodPoints();
    const tiles = [
      tile('points done', grouped(sum('done')), `of ${grouped(sum('points'))}` + (left > 0 ? `; ${grouped(left)} still to do` : '') +
          (sum('failed') > 0 ? `; ${grouped(sum('failed'))} failed` : '; none failed')),
      tile('on the frontier', grouped(view.front.size), view.workload >= 0 ? `of ${workloads[view.workload] || 'the sweep'}` : 'of all networks'),
      ...[...wanted].map(([name, maximize]) => [metricNamed(name), maximize]).filter(([metric]) => metric !== null).slice(0, 6)
          .map(([metric, maximize]) => bestTile(metric, maximize, good)),
    ];
    area.replaceChildren(...tiles.filter((each) => each !== null));
    const least = leastAccuracy(leadingWorkload());
    note.textContent = [least === null || view.front.size === 0 ? '' :
        `Best points: of the frontier${workloads.length > 1 ? ` of ${workloads[leadingWorkload()]}` : ''}, ` +
        `with an accuracy of at least ${least.percent.toFixed(2)} % (${least.why})` + (good.length === 0 ? ': there is none.' : '.'), ...(data.notes || [])].filter((each) => each !== '').join(' ');
  });
}
