// SPDX-License-Identifier: Apache-2.0
// The roofline (Williams, Waterman, Patterson, CACM 52(4), 2009): attainable rate over operational
// intensity with respect to DRAM. One MAC is two operations.
'use strict';

// The array's colour in shades: its peak depends on the operands.
const ROOF_COLORS = ['var(--orange)', 'var(--orange-dark)', 'var(--orange-light)', 'var(--vermillion)', 'var(--yellow)'];

// "flint4 x uflint4 -> int16" -> "flint4 × uflint4"
const operandsOf = (types) => types.split('->')[0].trim().replace(/ x /g, ' \u00d7 ');
// "flint4 × uflint4" -> "4-bit", "int8 × uint4" -> "8-bit × 4-bit"; other names stay as they are.
function widthsOf(operands) {
  const names = operands.split(' \u00d7 ');
  const widths = names.map((name) => (name.match(/^[a-z_]+?(\d+)$/i) ?? [])[1]);
  if (widths.some((width) => width === undefined)) return operands;
  return [...new Set(widths)].map((width) => width + '-bit').join(' \u00d7 ');
}

// Compute roofs, highest first: [{macs, name}]. Equal peaks are one roof.
function computeRoofs(result) {
  const roofs = new Map();  // MACs a cycle -> names
  const add = (macs, name) => {
    if (!(macs > 0)) return;
    if (!roofs.has(macs)) roofs.set(macs, new Set());
    roofs.get(macs).add(name);
  };
  for (const [name, macs] of Object.entries(result.compute_roofs_macs_per_cycle)) add(macs, name);
  if (!roofs.has(result.peak_macs_per_cycle)) add(result.peak_macs_per_cycle, '4-bit');
  const given = new Set(roofs.keys());
  for (const layer of result.layers)
    if (layer.macs > 0 && !given.has(layer.peak_macs_per_cycle))
      add(layer.peak_macs_per_cycle, widthsOf(operandsOf(layer.types)));
  return [...roofs].sort((a, b) => b[0] - a[0])
      .map(([macs, names]) => ({macs, name: [...names].slice(0, 2).join(', ') + (names.size > 2 ? ', \u2026' : '')}));
}

function rooflinePoints(result) {
  return result.layers.filter((layer) => layer.macs > 0 && layer.dram_bytes > 0 && layer.cycles > 0)
      .map((layer) => ({
        layer, intensity: 2 * layer.macs / layer.dram_bytes,
        rate: 2 * layer.macs * result.clock_hz / layer.cycles / 1e12,
      }));
}

function logScale(low, high, from, to) {
  const a = Math.log10(low);
  const b = Math.log10(high);
  return (value) => from + (Math.log10(value) - a) / (b - a) * (to - from);
}

// 1, 2 and 5 times each power of ten within the range; only powers get a text when many.
function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power)
    for (const factor of [1, 2, 5]) {
      const value = factor * Math.pow(10, power);
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push({value, power: factor === 1});
    }
  const few = ticks.filter((tick) => tick.power).length < 3;
  return ticks.map((tick) => ({...tick, text: tick.power || few ? plain(tick.value) : ''}));
}
function linearScaleTicks(low, high) {
  const {ticks, digits} = linearTicks(high, 6);
  return ticks.filter((value) => value <= high).map((value) => ({value, text: grouped(value.toFixed(digits))}));
}
const plain = (value) => value >= 1 ? grouped(Math.round(value)) : String(Number(value.toPrecision(1)));

// On logarithmic axes, as the roofline is drawn since its paper, or on linear ones from 0.
function roofline(result, {linear}) {
  const points = rooflinePoints(result);
  const roofs = computeRoofs(result).map((roof, i) => ({
    ...roof, rate: 2 * roof.macs * result.clock_hz / 1e12, color: ROOF_COLORS[i % ROOF_COLORS.length],
  }));
  const bandwidth = result.dram_bandwidth_bytes_per_s;
  const ridges = bandwidth ? roofs.map((roof) => roof.rate * 1e12 / bandwidth) : [];
  const xs = [...points.map((p) => p.intensity), ...ridges];
  const low = (values, room) => Math.min(...values) / room;
  const high = (values, room) => Math.max(...values) * room;
  const xRange = linear ? [0, high(xs, 1.1)] : [low(xs, 2), high(xs, 4)];
  const rates = [...points.map((p) => p.rate), ...roofs.map((roof) => roof.rate)];
  const yRange = linear ? [0, high(rates, 1.1)] : [low(rates, 2), high(rates, 1.8)];

  const box = {left: 92, right: WIDE - 12, top: 38, bottom: 500};
  const svg = canvas(WIDE, 566, 'Roofline: rate over operational intensity');
  const scale = linear ? (a, b, from, to) => (value) => from + (value - a) / (b - a) * (to - from) : logScale;
  const ticks = linear ? linearScaleTicks : logTicks;
  const x = scale(...xRange, box.left, box.right);
  const y = scale(...yRange, box.bottom, box.top);
  for (const tick of ticks(...xRange)) {
    svg.append(svgLine(x(tick.value), box.top, x(tick.value), box.bottom));
    if (tick.text) svg.append(svgText(x(tick.value), box.bottom + 20, tick.text, {'text-anchor': 'middle'}));
  }
  for (const tick of ticks(...yRange)) {
    svg.append(svgLine(box.left, y(tick.value), box.right, y(tick.value)));
    if (tick.text) svg.append(svgText(box.left - 8, y(tick.value) + 5, tick.text, {'text-anchor': 'end'}));
  }
  svg.append(svgElement('rect', {x: box.left, y: box.top, width: box.right - box.left,
    height: box.bottom - box.top, fill: 'none', stroke: 'var(--edge)'}));
  svg.append(svgText((box.left + box.right) / 2, box.bottom + 46,
      WIDE < 700 ? 'Operations per byte of DRAM traffic' : 'Operational intensity (operations per byte of DRAM traffic)', {'text-anchor': 'middle', 'font-size': 15}));
  const middle = (box.top + box.bottom) / 2;
  svg.append(svgText(18, middle, 'Rate (TOPS)',
      {'text-anchor': 'middle', 'font-size': 15, transform: `rotate(-90 18 ${middle})`}));

  const taken = [];  // where no name may stand: [left, top, right, bottom]
  const halo = {stroke: 'var(--paper)', 'stroke-width': 4, 'paint-order': 'stroke'};
  const top = Math.max(...roofs.map((roof) => roof.rate));
  roofs.forEach((roof, i) => {
    const start = bandwidth ? Math.max(box.left, x(ridges[i])) : box.left;
    svg.append(svgLine(start, y(roof.rate), box.right, y(roof.rate),
        {class: 'roof', stroke: roof.color, 'stroke-width': 2.5}));
    const text = `${roof.name} peak ${withPrefix(roof.rate * 1e12, 'OPS')}`;
    svg.append(svgText(box.right - 8, y(roof.rate) - 8, text, {'text-anchor': 'end', 'font-weight': 600, ...halo}));
    taken.push([box.right - 12 - measure(text), y(roof.rate) - 24, box.right, y(roof.rate) + 3]);
    taken.push([start, y(roof.rate) - 2, box.right, y(roof.rate) + 2]);
  });
  if (bandwidth) {
    // From the left edge, or from the bottom where the roof leaves the plot first, to the ridge.
    const from = Math.max(xRange[0], yRange[0] * 1e12 / bandwidth);
    const to = top * 1e12 / bandwidth;
    const at = (intensity) => [x(intensity), y(intensity * bandwidth / 1e12)];
    const [x1, y1] = at(from);
    const [x2, y2] = at(to);
    svg.append(svgLine(x1, y1, x2, y2, {class: 'roof', stroke: 'var(--blue)', 'stroke-width': 2.5}));
    for (let t = 0; t < 1; t += 0.02) {
      const [px, py] = [x1 + t * (x2 - x1), y1 + t * (y2 - y1)];
      taken.push([px - 2, py - 8, px + 2, py + 8]);
    }
    const angle = Math.atan2(y2 - y1, x2 - x1) * 180 / Math.PI;
    const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
    svg.append(svgText(cx, cy - 9, `DRAM ${withPrefix(bandwidth, 'B/s')}`, {'text-anchor': 'middle',
      'font-weight': 600, transform: `rotate(${round(angle)} ${round(cx)} ${round(cy)})`, ...halo}));
  }

  const colorOf = (layer) =>
      (roofs.find((roof) => roof.macs === layer.peak_macs_per_cycle) ?? {color: 'var(--grey)'}).color;
  const radius = (layer) => 5 + 13 * Math.sqrt(layer.cycles / result.cycles);
  const longestFirst = [...points].sort((a, b) => b.layer.cycles - a.layer.cycles);
  for (const {layer, intensity, rate} of longestFirst)
    svg.append(svgElement('circle', {
      class: 'mark', cx: round(x(intensity)), cy: round(y(rate)), r: round(radius(layer)),
      fill: colorOf(layer), 'fill-opacity': 0.75, stroke: 'var(--paper)', 'stroke-width': 1.2,
      'data-tip': `${layer.name} (${layer.op}, ${operandsOf(layer.types)})\n` +
          `${significant(intensity)} operations/byte\n${withPrefix(rate * 1e12, 'OPS')}, ` +
          `${percentText(layer.utilization)} of its peak\n` +
          `${grouped(layer.cycles)} cycles, ${percentText(layer.cycles / result.cycles)} of the run`,
    }));
  // The longest layers get their name where there is room.
  for (const {intensity, rate, layer} of longestFirst)
    taken.push([x(intensity) - 5, y(rate) - 5, x(intensity) + 5, y(rate) + 5]);
  const shown = longestFirst.slice(0, 16).map(({layer}) => layer.name);
  const labels = shortLabels(shown, 22);
  const names = new Map(shown.map((name, k) => [name, labels[k]]));
  const free = (b) => b[0] > box.left && b[2] < box.right && b[1] > box.top && b[3] < box.bottom &&
      taken.every((t) => b[2] < t[0] || b[0] > t[2] || b[3] < t[1] || b[1] > t[3]);
  for (const {layer, intensity, rate} of longestFirst.slice(0, 16)) {
    const name = names.get(layer.name);
    const width = measure(name, 13);
    const away = radius(layer) + 4;
    const [cx, cy] = [x(intensity), y(rate)];
    const places = [[cx + away, cy + 5], [cx - away - width, cy + 5],
      [cx - width / 2, cy - away], [cx - width / 2, cy + away + 10]];
    const place = places.find(([px, py]) => free([px, py - 12, px + width, py + 4]));
    if (!place) continue;
    taken.push([place[0], place[1] - 12, place[0] + width, place[1] + 4]);
    svg.append(svgText(place[0], place[1], name, {'font-size': 13, ...halo}));
  }
  const used = roofs.filter((roof) => points.some((p) => p.layer.peak_macs_per_cycle === roof.macs));
  legend(svg, [...used.map((roof) => ({name: roof.name + ' layers', color: roof.color, round: true}))],
      box.left, 14, box.right - box.left);
  if (WIDE > 800) svg.append(svgText(box.right, 19, 'area of a point: share of the cycles',
      {'text-anchor': 'end', fill: 'var(--muted)'}));
  return svg;
}
