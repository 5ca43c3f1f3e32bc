// SPDX-License-Identifier: Apache-2.0
// Charts of bars: by layer (vertical, stacked) and by component (horizontal).
'use strict';

// Widths of charts, set by layOut(): texts keep their size on any window.
let WIDE = 1190;
let HALF = 583;
const NARROW = 700;  // px, as in the style: below it there is one column

function layOut(width) {
  WIDE = Math.round(Math.min(1352, Math.max(440, width)));
  HALF = width < NARROW ? WIDE : Math.floor((WIDE - 24) / 2);
}

// What an array, a scratchpad or the DRAM is waited for has its colour.
const CYCLE_SERIES = [
  {key: 'array', name: 'array: operands enter', color: 'var(--orange)'},
  {key: 'fill_drain', name: 'array: fill and drain', color: 'var(--orange-light)'},
  {key: 'scratchpad_bandwidth', name: 'stall: scratchpad port', color: 'var(--sky)'},
  {key: 'operands', name: 'stall: operands (DMA loads)', color: 'var(--blue)'},
  {key: 'output', name: 'stall: output buffer', color: 'var(--sky-light)'},
  {key: 'vector', name: 'stall: vector unit', color: 'var(--green)'},
  {key: 'writeback', name: 'stall: write-back', color: 'var(--blue-light)'},
];

// rows: [{label, parts: [value by series], tips: [text by series]}]; series: [{name, color}].
// With `share`, each bar is divided by its own sum.
function stackedBars({rows, series, title, factor = 1, share = false, label}) {
  const labels = rows.map((row) => row.label);
  const below = labelHeight(labels);
  const top = 12;
  const plot = {left: 92, right: WIDE - 12, top: 0, bottom: 0};
  const svg = canvas(WIDE, 0, label);
  plot.top = top + legend(svg, series, plot.left, top, plot.right - plot.left) + 4;
  plot.bottom = plot.top + 290;
  svg.setAttribute('viewBox', `0 0 ${WIDE} ${Math.ceil(plot.bottom + below + 10)}`);

  const sum = (row) => row.parts.reduce((a, b) => a + b, 0);
  const largest = share ? 100 : Math.max(...rows.map(sum), 0) * factor;
  const y = yAxis(svg, plot, linearTicks(largest, 5), title);
  const pitch = (plot.right - plot.left) / rows.length;
  const width = Math.min(44, pitch * 0.78);
  rows.forEach((row, i) => {
    const scale = share ? (sum(row) > 0 ? 100 / sum(row) : 0) : factor;
    let level = 0;
    row.parts.forEach((value, s) => {
      if (!(value > 0)) return;
      const from = y(level);
      level += value * scale;
      svg.append(svgElement('rect', {
        class: 'mark', x: round(plot.left + (i + 0.5) * pitch - width / 2), y: round(y(level)),
        width: round(width), height: round(Math.max(from - y(level), 0.3)), fill: series[s].color,
        stroke: 'var(--paper)', 'stroke-width': pitch > 12 ? 0.7 : 0, 'data-tip': row.tips[s],
      }));
    });
  });
  xLabels(svg, plot, labels);
  return svg;
}

// One value a layer. rows: [{label, value or null, missing: text instead of a bar, tip}]; line: {value, text} across the plot.
function layerBars({rows, title, max, color, text, line, label}) {
  const labels = rows.map((row) => row.label);
  const plot = {left: 92, right: WIDE - 12, top: 22, bottom: 232};
  const svg = canvas(WIDE, plot.bottom + labelHeight(labels) + 10, label);
  const y = yAxis(svg, plot, linearTicks(max, 5), title, text);
  const pitch = (plot.right - plot.left) / rows.length;
  const width = Math.min(44, pitch * 0.78);
  rows.forEach((row, i) => {
    const x = plot.left + (i + 0.5) * pitch;
    if (row.value === null) {
      if (pitch > 22)
        svg.append(svgText(x, plot.bottom - 6, row.missing ?? 'n/a',
            {'text-anchor': 'middle', 'font-size': 12, fill: 'var(--muted)'}));
      return;
    }
    svg.append(svgElement('rect', {
      class: 'mark', x: round(x - width / 2), y: round(y(row.value)), width: round(width),
      height: round(plot.bottom - y(row.value)), fill: color, 'data-tip': row.tip,
    }));
  });
  if (line) {
    svg.append(svgLine(plot.left, y(line.value), plot.right, y(line.value),
        {stroke: 'var(--ink)', 'stroke-width': 1.5, 'stroke-dasharray': '6 4'}));
    // A halo keeps the text legible on bars; it also survives in a saved file.
    svg.append(svgText(plot.right - 4, y(line.value) - 6, line.text, {
      'text-anchor': 'end', stroke: 'var(--paper)', 'stroke-width': 4, 'paint-order': 'stroke',
    }));
  }
  xLabels(svg, plot, labels);
  return svg;
}

// rows: [{label, value, text, color, tip}].
function horizontalBars({rows, title, max, legendEntries = [], label}) {
  const labels = shortLabels(rows.map((r) => r.label), 24);
  const left = Math.min(220, 20 + Math.max(...labels.map((text) => measure(text)), 0));
  const right = HALF - 20 - Math.max(...rows.map((r) => measure(r.text)), 0);
  const row = 30;
  const svg = canvas(HALF, 0, label);
  const top = legendEntries.length > 1
      ? 12 + legend(svg, legendEntries, left, 12, HALF - left) : 4;
  const bottom = top + rows.length * row;
  svg.setAttribute('viewBox', `0 0 ${HALF} ${bottom + 50}`);
  const scale = linearTicks(max ?? Math.max(...rows.map((r) => r.value), 0), 4);
  const x = (value) => left + (value / scale.max) * (right - left);
  for (const tick of scale.ticks) {
    svg.append(svgLine(x(tick), top, x(tick), bottom));
    svg.append(svgText(x(tick), bottom + 18, tick.toFixed(scale.digits), {'text-anchor': 'middle'}));
  }
  rows.forEach((bar, i) => {
    const y = top + (i + 0.5) * row;
    svg.append(svgText(left - 8, y + 5, labels[i], {'text-anchor': 'end'}));
    svg.append(svgElement('rect', {
      class: 'mark', x: round(left), y: y - 10, width: round(Math.max(x(bar.value) - left, 0.5)),
      height: 20, fill: bar.color, 'data-tip': bar.tip,
    }));
    svg.append(svgText(x(bar.value) + 8, y + 5, bar.text));
  });
  svg.append(svgLine(left, top, left, bottom, {stroke: 'var(--ink)'}));
  svg.append(svgText((left + right) / 2, bottom + 42, title, {'text-anchor': 'middle', 'font-size': 15}));
  return svg;
}

// Sums of a layer's or the run's energy by group, in the order of GROUP_COLORS.
function energyGroups(result, byComponent) {
  const sums = Object.fromEntries(Object.keys(GROUP_COLORS).map((group) => [group, 0]));
  for (const [component, pj] of Object.entries(byComponent))
    sums[result.energy_groups[component]] += pj;
  return sums;
}

const leaks = (result) => Object.entries(result.energy_by_component_pj)
    .some(([component, pj]) => pj > 0 && result.energy_groups[component] === 'leakage');

function energyByLayer(result, {share, leakage}) {
  const groups = Object.keys(GROUP_COLORS).filter((group) => (leakage || group !== 'leakage') &&
      result.layers.some((layer) => energyGroups(result, layer.energy_by_component_pj)[group] > 0));
  const shown = (layer) => groups.reduce((sum, group) => sum + energyGroups(result, layer.energy_by_component_pj)[group], 0);
  const {factor, prefix} = prefixOf(Math.max(...result.layers.map(shown), 0) * 1e-12);
  const rows = result.layers.map((layer) => {
    const sums = energyGroups(result, layer.energy_by_component_pj);
    return {
      label: layer.name, parts: groups.map((group) => sums[group]),
      tips: groups.map((group) => {
        const lines = Object.entries(layer.energy_by_component_pj)
            .filter(([component]) => result.energy_groups[component] === group)
            .map(([component, pj]) => `${component}: ${withPrefix(pj * 1e-12, 'J')}`);
        return `${layer.name}\n${group}: ${withPrefix(sums[group] * 1e-12, 'J')} ` +
            `(${percentText(sums[group] / layer.energy_pj)} of the layer)\n` + lines.join('\n');
      }),
    };
  });
  const without = leakage ? '' : ' without leakage';
  return stackedBars({
    rows, series: groups.map((name) => ({name, color: GROUP_COLORS[name]})), share,
    factor: factor * 1e-12, title: share ? `Share of energy${without} (%)` : `Energy${without} (${prefix}J)`,
    label: 'Energy of each layer by component',
  });
}

function cyclesByLayer(result, {share}) {
  const known = new Set(CYCLE_SERIES.map((series) => series.key));
  const more = Object.keys(result.stalls).filter((cause) => !known.has(cause))
      .map((cause, i) => ({key: cause, name: 'stall: ' + cause, color: ['var(--vermillion)', 'var(--orange-dark)', 'var(--yellow)'][i % 3]}));
  const all = [...CYCLE_SERIES, ...more, {key: '', name: 'not attributed', color: 'var(--purple)'}];
  const part = (layer, series) => {
    if (series.key === 'array') return layer.array_cycles;
    if (series.key !== '') return layer.stalls[series.key] ?? 0;
    const stalled = Object.values(layer.stalls).reduce((a, b) => a + b, 0);
    return Math.max(0, layer.cycles - layer.array_cycles - stalled);
  };
  const series = all.filter((s) => result.layers.some((layer) => part(layer, s) > 0));
  const {factor, prefix} = prefixOf(Math.max(...result.layers.map((l) => l.cycles), 0));
  const rows = result.layers.map((layer) => ({
    label: layer.name, parts: series.map((s) => part(layer, s)),
    tips: series.map((s) => `${layer.name}\n${s.name}: ${grouped(part(layer, s))} cycles ` +
        `(${percentText(part(layer, s) / layer.cycles)} of ${grouped(layer.cycles)})`),
  }));
  const unit = {'': 'cycles', k: 'thousand cycles', M: 'million cycles', G: 'billion cycles'};
  return stackedBars({
    rows, series, share, factor,
    title: share ? 'Share of cycles (%)' : `Time (${unit[prefix] ?? prefix + ' cycles'})`,
    label: 'Cycles of each layer: array busy, and stalls by cause',
  });
}

function utilizationByLayer(result) {
  return layerBars({
    rows: result.layers.map((layer) => ({
      label: layer.name, value: layer.macs > 0 ? 100 * layer.utilization : null,
      tip: `${layer.name}\nutilization ${percentText(layer.utilization)}\n` +
          `${grouped(layer.macs)} MACs in ${grouped(layer.cycles)} cycles`,
    })),
    max: 100, color: 'var(--plain)', title: 'Utilization (%)',
    line: {value: 100 * result.utilization, text: `run: ${percentText(result.utilization)}`},
    label: 'Utilization of the multipliers by layer',
  });
}

function sqnrByLayer(result) {
  const finite = result.layers.map((layer) => layer.sqnr_db).filter((db) => db !== null);
  return layerBars({
    rows: result.layers.map((layer) => ({
      label: layer.name, value: layer.sqnr_db === null ? null : Math.max(0, layer.sqnr_db),
      missing: layer.exact ? 'exact' : 'n/a',
      tip: `${layer.name}\nSQNR ${significant(layer.sqnr_db)} dB\n${layer.types}`,
    })),
    max: Math.max(...finite, 1), color: 'var(--plain)', title: 'SQNR (dB)',
    label: 'Signal to quantization noise ratio by layer',
  });
}

function energyByComponent(result, {leakage}) {
  const group = (component) => result.energy_groups[component];
  const entries = Object.entries(result.energy_by_component_pj)
      .filter(([component]) => leakage || group(component) !== 'leakage').sort((a, b) => b[1] - a[1]);
  const total = entries.reduce((sum, [, pj]) => sum + pj, 0);
  const {factor, prefix} = prefixOf(Math.max(...entries.map((e) => e[1]), 0) * 1e-12);
  const used = Object.keys(GROUP_COLORS).filter((name) => entries.some(([component]) => group(component) === name));
  return horizontalBars({
    rows: entries.map(([component, pj]) => ({
      label: component, value: pj * 1e-12 * factor, color: GROUP_COLORS[group(component)],
      text: percentText(pj / total), tip: `${component}: ${withPrefix(pj * 1e-12, 'J')}`,
    })),
    legendEntries: used.map((name) => ({name, color: GROUP_COLORS[name]})),
    title: `Energy an inference${leakage ? '' : ' without leakage'} (${prefix}J)`,
    label: 'Energy of an inference by component',
  });
}

function areaByComponent(result) {
  const entries = Object.entries(result.area_by_component_mm2).sort((a, b) => b[1] - a[1]);
  return horizontalBars({
    rows: entries.map(([component, mm2]) => ({
      label: component, value: mm2, color: GROUP_COLORS[result.energy_groups[component] ?? 'other'],
      text: percentText(mm2 / result.area_mm2), tip: `${component}: ${significant(mm2)} mm\u00b2`,
    })),
    title: 'Area (mm\u00b2)', label: 'Area by component',
  });
}

// Wilson's interval of a proportion (JASA 22, 1927) at 95 %: stays within 0..1 for few inputs.
function wilson(p, n) {
  const z = 1.959964;
  const centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const half = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  return [centre - half, centre + half];
}

// Ticks of an axis from a little below some percents to a little above, within 0..100.
function percentTicks(values, whole) {
  if (whole) return {low: 0, high: 100, ticks: [0, 20, 40, 60, 80, 100], digits: 0};
  const room = Math.max(0.25, 0.15 * (Math.max(...values) - Math.min(...values)));
  const [from, to] = [Math.max(0, Math.min(...values) - room), Math.min(100, Math.max(...values) + room)];
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].find((size) => (to - from) / size <= 6);
  const first = Math.floor(from / step + 1e-9), last = Math.ceil(to / step - 1e-9);
  const ticks = Array.from({length: last - first + 1}, (_, k) => (first + k) * step);
  return {low: ticks[0], high: ticks[ticks.length - 1], ticks, digits: step < 1 ? 1 : 0};
}

// Points with whiskers, not bars: the axis need not begin at 0.
function accuracyChart(result, {whole}) {
  const rows = [
    ['float', result.accuracy_float], ['before raising', result.accuracy_before_raising],
    ['quantized', result.accuracy_quantized], ['chip', result.accuracy],
  ].filter((row) => row[1] !== null).map(([label, value]) => {
    const n = label === 'chip' ? result.test_inputs : 0;  // the others are of the whole test set
    const [low, high] = n > 0 ? wilson(value, n) : [value, value];
    return {
      label, value: 100 * value, low: 100 * low, high: 100 * high, text: percentText(value, 2),
      tip: `${label}: ${percentText(value, 2)}` +
          (n > 0 ? `\n95 % interval ${percentText(low, 2)} to ${percentText(high, 2)}` : ''),
    };
  });
  const left = 96, right = HALF - 36, row = 34;
  const bottom = 8 + rows.length * row;
  const svg = canvas(HALF, bottom + 50, 'Accuracy');
  const scale = percentTicks(rows.flatMap((each) => [each.low, each.high]), whole);
  const x = (value) => left + (value - scale.low) / (scale.high - scale.low) * (right - left);
  for (const tick of scale.ticks) {
    svg.append(svgLine(x(tick), 8, x(tick), bottom));
    svg.append(svgText(x(tick), bottom + 18, `${tick.toFixed(scale.digits)} %`, {'text-anchor': 'middle'}));
  }
  rows.forEach((each, i) => {
    const y = 8 + (i + 0.6) * row;
    svg.append(svgText(left - 12, y + 5, each.label, {'text-anchor': 'end'}));
    const stroke = {stroke: 'var(--plain)', 'stroke-width': 2};
    if (each.high > each.low) {
      svg.append(svgLine(x(each.low), y, x(each.high), y, stroke));
      for (const at of [each.low, each.high]) svg.append(svgLine(x(at), y - 5, x(at), y + 5, stroke));
    }
    svg.append(svgElement('circle', {class: 'mark', cx: round(x(each.value)), cy: round(y), r: 6, fill: 'var(--plain)', 'data-tip': each.tip}));
    const beyond = x(each.value) + 30 > right;
    svg.append(svgText(x(each.value) + (beyond ? 6 : 0), y - 10, each.text, {'text-anchor': beyond ? 'end' : 'middle', 'font-size': 12,
      stroke: 'var(--paper)', 'stroke-width': 4, 'paint-order': 'stroke'}));
  });
  svg.append(svgLine(left, bottom, right, bottom, {stroke: 'var(--ink)'}));
  svg.append(svgText((left + right) / 2, bottom + 42, 'Top-1 accuracy', {'text-anchor': 'middle', 'font-size': 15}));
  return svg;
}

// Accuracy of an analog chip against the logarithm of the time since the first read. Whiskers: one
// standard deviation of the chips; points: chips.
function accuracyOverTime(result, {whole}) {
  const moments = result.analog.moments.filter((m) => m.accuracy_mean !== null);
  const plot = {left: 92, right: WIDE - 24, top: 52, bottom: 332};
  const svg = canvas(WIDE, plot.bottom + 56, 'Accuracy against time since programming');
  legend(svg, [{name: 'mean of the chips, whiskers: one standard deviation', color: 'var(--plain)', round: true},
    {name: 'a chip', color: 'var(--plain-light)', round: true}], plot.left, 14, plot.right - plot.left);
  // Time 0 stands where a second would: the scale is logarithmic from there on.
  const place = (time) => Math.log10(Math.max(time, 1));
  const times = moments.map((m) => place(m.time_s));
  const first = Math.min(...times), last = Math.max(...times, first + 1);
  const x = (time) => plot.left + 24 + (place(time) - first) / (last - first) * (plot.right - plot.left - 48);
  const scale = percentTicks(moments.flatMap((m) => [...m.accuracy_by_seed,
    m.accuracy_mean - (m.accuracy_std ?? 0), m.accuracy_mean + (m.accuracy_std ?? 0)])
      .concat(result.accuracy_float ?? []).map((value) => 100 * value), whole);
  const y = (value) => plot.bottom - (value - scale.low) / (scale.high - scale.low) * (plot.bottom - plot.top);
  for (const tick of scale.ticks) {
    svg.append(svgLine(plot.left, y(tick), plot.right, y(tick)));
    svg.append(svgText(plot.left - 8, y(tick) + 5, `${tick.toFixed(scale.digits)} %`, {'text-anchor': 'end'}));
  }
  svg.append(svgText(18, (plot.top + plot.bottom) / 2, 'Top-1 accuracy', {'text-anchor': 'middle', 'font-size': 15,
    transform: `rotate(-90 18 ${(plot.top + plot.bottom) / 2})`}));
  if (result.accuracy_float !== null) {
    const level = y(100 * result.accuracy_float);
    svg.append(svgLine(plot.left, level, plot.right, level,
        {stroke: 'var(--ink)', 'stroke-width': 1.5, 'stroke-dasharray': '6 4'}));
    svg.append(svgText(plot.right - 4, level - 6, `float: ${percentText(result.accuracy_float, 2)}`,
        {'text-anchor': 'end', stroke: 'var(--paper)', 'stroke-width': 4, 'paint-order': 'stroke'}));
  }
  svg.append(svgElement('polyline', {
    points: moments.map((m) => `${round(x(m.time_s))},${round(y(100 * m.accuracy_mean))}`).join(' '),
    fill: 'none', stroke: 'var(--plain)', 'stroke-width': 2,
  }));
  for (const m of moments) {
    const at = x(m.time_s);
    for (const value of m.accuracy_by_seed)
      svg.append(svgElement('circle', {cx: round(at), cy: round(y(100 * value)), r: 2.5, fill: 'var(--plain-light)'}));
    if (m.accuracy_std !== null) {
      const ink = {stroke: 'var(--plain)', 'stroke-width': 1.5};
      const ends = [m.accuracy_mean - m.accuracy_std, m.accuracy_mean + m.accuracy_std].map((v) => y(100 * v));
      svg.append(svgLine(at, ends[0], at, ends[1], ink));
      for (const end of ends) svg.append(svgLine(at - 5, end, at + 5, end, ink));
    }
    svg.append(svgElement('circle', {
      class: 'mark', cx: round(at), cy: round(y(100 * m.accuracy_mean)), r: 5, fill: 'var(--plain)',
      'data-tip': `${timeText(m.time_s)} after the first read\n${percentText(m.accuracy_mean, 2)} ` +
          `\u00b1 ${percentText(m.accuracy_std, 2)} over ${result.analog.seeds} chips\n` +
          `${significant(m.tops_per_watt)} TOPS/W\nsaturated conversions ${percentText(m.saturated_share, 3)}\n` +
          `weights: ${significant(m.weight_effective_bits)} effective bits`,
    }));
    svg.append(svgText(at, plot.bottom + 20, timeText(m.time_s), {'text-anchor': 'middle'}));
  }
  svg.append(svgLine(plot.left, plot.bottom, plot.right, plot.bottom, {stroke: 'var(--ink)'}));
  svg.append(svgText((plot.left + plot.right) / 2, plot.bottom + 46, 'Time since the first read (logarithmic)',
      {'text-anchor': 'middle', 'font-size': 15}));
  return svg;
}

// The largest unit that a time is a whole number of; a year has 365 days.
function timeText(seconds) {
  for (const [size, name] of [[365 * 86400, 'y'], [86400, 'd'], [3600, 'h'], [60, 'm']])
    if (seconds > 0 && seconds % size === 0) return `${seconds / size} ${name}`;
  return `${seconds} s`;
}
