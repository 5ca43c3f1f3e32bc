// SPDX-License-Identifier: Apache-2.0
// The data of the page as columns: numbers where they are numbers, texts as people read them.
'use strict';

// [unit of the data, unit that takes an SI prefix, its factor]
const PREFIXED_UNITS = {
  s: ['s', 1], pJ: ['J', 1e-12], J: ['J', 1], W: ['W', 1], B: ['B', 1], Hz: ['Hz', 1],
  'J\u00b7s': ['J\u00b7s', 1], TOPS: ['OPS', 1e12],
};
// Of metrics whose name has a point: parts of another one.
const isPart = (column) => column.kind === 'metric' && column.name.includes('.');
// Endings of numbers in configurations.
const ENDINGS = {
  '': 1, '%': 0.01, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, kB: 1e3, MB: 1e6, GB: 1e9,
  ps: 1e-12, ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400, y: 31557600,
  Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9, k: 1e3, M: 1e6, G: 1e9,
};

// NaN for a text that is no number with a known ending.
function parameterNumber(text) {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z%]*)$/.exec(text.trim());
  if (!match || !(match[2] in ENDINGS)) return NaN;
  return Number(match[1]) * ENDINGS[match[2]];
}

const naturalOrder = new Intl.Collator('en', {numeric: true, sensitivity: 'variant'}).compare;

// Ends of names that say nothing alone: weight_buffer.bytes, adc.bits.
const BARE_ENDS = new Set(['bytes', 'bits', 'name', 'type', 'pj', 'ghz', 'v']);

// The shortest ends of dotted names that differ: "array.rows" -> "rows".
function shortNames(names) {
  const end = (name, parts) => name.split('.').slice(-parts).join('.');
  return names.map((name) => {
    for (let parts = BARE_ENDS.has(end(name, 1)) ? 2 : 1; parts < name.split('.').length; ++parts)
      if (names.every((other) => other === name || end(other, parts) !== end(name, parts))) return end(name, parts);
    return name;
  });
}

// A column of texts. `categories` has its different texts in order; code(i) is an index into it,
// or -1 where the point has no such key.
function textColumn(json, kind, count) {
  const numbers = json.values.map(parameterNumber);
  const numeric = json.values.length > 0 && numbers.every((value) => !isNaN(value));
  const order = json.values.map((_, code) => code);
  order.sort((a, b) => (numeric ? numbers[a] - numbers[b] : 0) ||
      naturalOrder(json.values[a], json.values[b]) || a - b);
  const rank = new Int32Array(order.length);
  order.forEach((code, place) => { rank[code] = place; });
  const codes = new Int32Array(count);
  const number = new Float64Array(count);
  for (let i = 0; i < count; ++i) {
    const code = json.codes === null ? 0 : json.codes[i];
    codes[i] = code < 0 ? -1 : rank[code];
    number[i] = code < 0 || !numeric ? NaN : numbers[code];
  }
  const categories = order.map((code) => json.values[code]);
  const varies = codes.some((code) => code !== codes[0]);
  const text = (i) => (codes[i] < 0 ? '' : categories[codes[i]]);
  return {
    id: `${kind}:${json.name}`, name: json.name, label: json.name, title: json.name, kind, unit: '', numeric, varies,
    categories, number, code: (i) => codes[i], text, raw: text,
  };
}

// A column of measured numbers, in `number` in the unit that is shown: one SI prefix a column.
function metricColumn(json, count) {
  const value = Float64Array.from(json.values, (v) =>
      (v === null ? NaN : v === 'inf' ? Infinity : v === '-inf' ? -Infinity : Number(v)));
  const [base, toBase] = PREFIXED_UNITS[json.unit] ?? [json.unit, 1];
  let factor = json.is_fraction ? 100 : 1;
  let unit = json.is_fraction ? '%' : json.unit;
  if (json.unit in PREFIXED_UNITS) {
    const sizes = Array.from(value, Math.abs).filter((v) => v > 0 && isFinite(v)).sort((a, b) => a - b);
    const typical = prefixOf((sizes[sizes.length >> 1] ?? 1) * toBase * 1.0000001);
    factor = toBase * typical.factor;
    unit = typical.prefix + base;
  }
  const number = value.map((v) => v * factor);
  const whole = factor === 1 && json.values.every((v) => v === null || typeof v === 'string' || Number.isInteger(v));
  const raw = (i) => (json.values[i] === null ? '' : String(json.values[i]));
  const text = (i) => (isNaN(value[i]) ? ''
      : !isFinite(value[i]) ? (value[i] < 0 ? '\u2212\u221e' : '\u221e')
      : json.is_fraction ? number[i].toFixed(2)
      : whole ? grouped(raw(i)) : numberText(number[i]));
  const found = number.filter((v) => !isNaN(v));
  return {
    id: `metric:${json.name}`, name: json.name, label: json.label,
    title: unit && unit !== json.label ? `${json.label} (${unit})` : json.label,
    kind: 'metric', unit, numeric: true, varies: found.some((v) => v !== found[0]),
    categories: null, number, value, isFraction: json.is_fraction === true, higherIsBetter: json.higher_is_better,
    text, raw,
  };
}

// Energy less what leaks, which no model of circuits knows well; null where nothing leaks.
function withoutLeakage(metrics) {
  const energy = metrics.find((json) => json.name === 'energy_pj');
  const leaking = metrics.filter((json) => /^energy_pj\.leakage(\.|$)/.test(json.name));
  if (!energy || leaking.length === 0) return null;
  const values = energy.values.map((total, i) => (typeof total !== 'number' ? null
      : leaking.reduce((left, json) => left - (json.values[i] ?? 0), total)));
  return {...energy, name: 'energy_pj_without_leakage', label: 'energy without leakage', values};
}

function numberText(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(3).replace('e+', 'e');
  const text = size < 1 ? size.toPrecision(4) : significant(size);
  return value < 0 ? '\u2212' + text : text;
}
// For axes: no more digits than the tick has.
function tickText(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return value.toExponential().replace('e+', 'e');
  const [whole, ...rest] = String(Number(value.toPrecision(6))).split('.');
  return [grouped(whole), ...rest].join('.');
}

// {count, parameters, metrics, configuration, provenance, sweep, message, failed, ...}
function readPoints(data) {
  const count = data.point.number.length;
  const texts = (list, kind) => list.map((json) => textColumn(json, kind, count));
  const parameters = texts(data.parameters, 'parameter');
  shortNames(parameters.map((column) => column.name)).forEach((label, k) => {
    parameters[k].label = parameters[k].title = label;
  });
  const derived = withoutLeakage(data.metrics);
  const measured = [...data.metrics, ...(derived ? [derived] : [])];
  const names = data.sweeps.map((sweep) => sweep.name);
  const stems = names.map((name) => name.replace(/^.*\//, '').replace(/(.)\.[^.]*$/, '$1'));
  const differ = (list) => new Set(list).size === list.length;
  const sweepNames = differ(stems) ? stems : differ(names) ? names : names.map((name, i) => `${i + 1}: ${name}`);
  return {
    count, sweepNames, sweepOf: data.point.sweep, numberOf: data.point.number,
    failed: data.point.failed, hash: data.point.hash,
    sweep: textColumn({name: 'sweep', values: sweepNames, codes: data.point.sweep}, 'sweep', count),
    message: textColumn(data.message, 'message', count),
    parameters,
    metrics: measured.map((json) => metricColumn(json, count)),
    seconds: metricColumn({name: 'seconds', label: 'wall clock', unit: 's', values: data.point.seconds}, count),
    configuration: texts(data.configuration, 'configuration'),
    provenance: texts(data.provenance, 'provenance'),
  };
}
