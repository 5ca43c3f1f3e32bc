// SPDX-License-Identifier: Apache-2.0
// Charts of bars: by layer (vertical, stacked) and by component (horizontal).
'use strict';

const WIDE = 1190;
const HALF = 583;

const GROUP_COLORS = {
  DRAM: 'var(--blue)', scratchpads: 'var(--sky)', array: 'var(--orange)', decoders: 'var(--yellow)',
  vector: 'var(--green)', leakage: 'var(--grey)', converters: 'var(--vermillion)', other: 'var(--purple)',
};
const CYCLE_SERIES = [
  {key: 'array', name: 'array: operands enter', color: 'var(--green)'},
  {key: 'fill_drain', name: 'array: fill and drain', color: 'var(--yellow)'},
  {key: 'scratchpad_bandwidth', name: 'stall: scratchpad port', color: 'var(--grey)'},
  {key: 'operands', name: 'stall: operands (DMA loads)', color: 'var(--vermillion)'},
  {key: 'output', name: 'stall: output buffer', color: 'var(--orange)'},
  {key: 'vector', name: 'stall: vector unit', color: 'var(--sky)'},
  {key: 'writeback', name: 'stall: write-back', color: 'var(--purple)'},
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

// rows: [{label, value, text, color, tip, low, high}]; low and high draw a whisker.
function horizontalBars({rows, title, max, legendEntries = [], label}) {
  const left = Math.min(190, 20 + Math.max(...rows.map((r) => measure(elide(r.label, 24))), 0));
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
    svg.append(svgText(left - 8, y + 5, elide(bar.label, 24), {'text-anchor': 'end'}));
    svg.append(svgElement('rect', {
      class: 'mark', x: round(left), y: y - 10, width: round(Math.max(x(bar.value) - left, 0.5)),
      height: 20, fill: bar.color, 'data-tip': bar.tip,
    }));
    let end = x(bar.value);
    if (bar.high !== undefined) {
      end = Math.max(end, x(bar.high));
      const stroke = {stroke: 'var(--ink)', 'stroke-width': 1.5};
      svg.append(svgLine(x(bar.low), y, x(bar.high), y, stroke));
      for (const at of [bar.low, bar.high]) svg.append(svgLine(x(at), y - 5, x(at), y + 5, stroke));
    }
    svg.append(svgText(end + 8, y + 5, bar.text));
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

function energyByLayer(result, share) {
  const groups = Object.keys(GROUP_COLORS).filter((group) =>
      result.layers.some((layer) => energyGroups(result, layer.energy_by_component_pj)[group] > 0));
  const {factor, prefix} = prefixOf(Math.max(...result.layers.map((l) => l.energy_pj), 0) * 1e-12);
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
  return stackedBars({
    rows, series: groups.map((name) => ({name, color: GROUP_COLORS[name]})), share,
    factor: factor * 1e-12, title: share ? 'Share of energy (%)' : `Energy (${prefix}J)`,
    label: 'Energy of each layer by component',
  });
}

function cyclesByLayer(result, share) {
  const known = new Set(CYCLE_SERIES.map((series) => series.key));
  const more = Object.keys(result.stalls).filter((cause) => !known.has(cause))
      .map((cause, i) => ({key: cause, name: 'stall: ' + cause, color: ['var(--yellow)', 'var(--blue)'][i % 2]}));
  const all = [...CYCLE_SERIES, ...more, {key: '', name: 'not attributed', color: 'var(--grey)'}];
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
    max: 100, color: 'var(--blue)', title: 'Utilization (%)',
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
    max: Math.max(...finite, 1), color: 'var(--green)', title: 'SQNR (dB)',
    label: 'Signal to quantization noise ratio by layer',
  });
}

function energyByComponent(result) {
  const entries = Object.entries(result.energy_by_component_pj).sort((a, b) => b[1] - a[1]);
  const {factor, prefix} = prefixOf(Math.max(...entries.map((e) => e[1]), 0) * 1e-12);
  const used = Object.keys(GROUP_COLORS).filter((group) =>
      entries.some(([component]) => result.energy_groups[component] === group));
  return horizontalBars({
    rows: entries.map(([component, pj]) => ({
      label: component, value: pj * 1e-12 * factor, color: GROUP_COLORS[result.energy_groups[component]],
      text: percentText(pj / result.energy_pj),
      tip: `${component}: ${withPrefix(pj * 1e-12, 'J')}`,
    })),
    legendEntries: used.map((name) => ({name, color: GROUP_COLORS[name]})),
    title: `Energy an inference (${prefix}J)`, label: 'Energy of an inference by component',
  });
}

function areaByComponent(result) {
  const entries = Object.entries(result.area_by_component_mm2).sort((a, b) => b[1] - a[1]);
  return horizontalBars({
    rows: entries.map(([component, mm2]) => ({
      label: component, value: mm2, color: 'var(--blue)', text: percentText(mm2 / result.area_mm2),
      tip: `${component}: ${significant(mm2)} mm\u00b2`,
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

function accuracyChart(result) {
  const rows = [
    ['float', result.accuracy_float, 'var(--grey)'],
    ['quantized', result.accuracy_quantized, 'var(--sky)'],
    ['chip', result.accuracy, 'var(--blue)'],
  ].filter((row) => row[1] !== null).map(([label, value, color]) => {
    const n = label === 'chip' ? result.test_inputs : 0;  // the others are of the whole test set
    const [low, high] = n > 0 ? wilson(value, n) : [undefined, undefined];
    return {
      label, color, value: 100 * value, text: percentText(value, 2),
      low: n > 0 ? 100 * low : undefined, high: n > 0 ? 100 * high : undefined,
      tip: `${label}: ${percentText(value, 2)}` +
          (n > 0 ? `\n95 % interval ${percentText(low, 2)} to ${percentText(high, 2)}` : ''),
    };
  });
  return horizontalBars({rows, title: 'Top-1 accuracy (%)', max: 100, label: 'Accuracy'});
}

// Accuracy of an analog chip against the logarithm of the time since the first read. Whiskers: one
// standard deviation of the chips; points: chips.
function accuracyOverTime(result) {
  const moments = result.analog.moments.filter((m) => m.accuracy_mean !== null);
  const plot = {left: 92, right: WIDE - 24, top: 52, bottom: 332};
  const svg = canvas(WIDE, plot.bottom + 56, 'Accuracy against time since programming');
  legend(svg, [{name: 'mean of the chips, whiskers: one standard deviation', color: 'var(--blue)', round: true},
    {name: 'a chip', color: 'var(--sky)', round: true}], plot.left, 14, plot.right - plot.left);
  // Time 0 stands where a second would: the scale is logarithmic from there on.
  const place = (time) => Math.log10(Math.max(time, 1));
  const times = moments.map((m) => place(m.time_s));
  const first = Math.min(...times), last = Math.max(...times, first + 1);
  const x = (time) => plot.left + 24 + (place(time) - first) / (last - first) * (plot.right - plot.left - 48);
  const lowest = Math.min(...moments.map((m) => Math.min(...m.accuracy_by_seed,
      m.accuracy_mean - (m.accuracy_std ?? 0))), result.accuracy_float ?? 1) * 100;
  const below = Math.max(0, Math.floor(lowest / 5) * 5 - (lowest % 5 < 1 ? 5 : 0));
  const scale = linearTicks(100 - below, 5);
  const y = (value) => plot.bottom - (value - below) / (100 - below) * (plot.bottom - plot.top);
  for (const tick of scale.ticks.filter((t) => below + t <= 100)) {
    svg.append(svgLine(plot.left, y(below + tick), plot.right, y(below + tick)));
    svg.append(svgText(plot.left - 8, y(below + tick) + 5, (below + tick).toFixed(scale.digits), {'text-anchor': 'end'}));
  }
  svg.append(svgText(18, (plot.top + plot.bottom) / 2, 'Top-1 accuracy (%)', {'text-anchor': 'middle', 'font-size': 15,
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
    fill: 'none', stroke: 'var(--blue)', 'stroke-width': 2,
  }));
  for (const m of moments) {
    const at = x(m.time_s);
    for (const value of m.accuracy_by_seed)
      svg.append(svgElement('circle', {cx: round(at), cy: round(y(100 * value)), r: 2.5, fill: 'var(--sky)'}));
    if (m.accuracy_std !== null) {
      const ink = {stroke: 'var(--blue)', 'stroke-width': 1.5};
      const ends = [m.accuracy_mean - m.accuracy_std, m.accuracy_mean + m.accuracy_std].map((v) => y(100 * v));
      svg.append(svgLine(at, ends[0], at, ends[1], ink));
      for (const end of ends) svg.append(svgLine(at - 5, end, at + 5, end, ink));
    }
    svg.append(svgElement('circle', {
      class: 'mark', cx: round(at), cy: round(y(100 * m.accuracy_mean)), r: 5, fill: 'var(--blue)',
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
