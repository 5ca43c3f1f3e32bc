// SPDX-License-Identifier: Apache-2.0
// Fronts, quantiles, classes and main effects of lists of points. Nothing here draws.
'use strict';

// By the definition of sim/sweep/frontier.h: those of `points` that no other one is better than in
// one cost and no worse in all others; equal ones are all in it, those without costs (null) are not.
function frontierOf(points, costsOf) {
  const sorted = points.map((i) => ({i, costs: costsOf(i)})).filter(({costs}) => costs !== null);
  sorted.sort((a, b) => {
    const k = a.costs.findIndex((cost, at) => cost !== b.costs[at]);
    return k < 0 ? a.i - b.i : a.costs[k] - b.costs[k];
  });
  const beats = (a, b) => a.every((cost, k) => cost <= b[k]) && a.some((cost, k) => cost < b[k]);
  const front = [];
  // In this order a point is beaten only by one before it.
  for (const each of sorted)
    if (!front.some((other) => beats(other.costs, each.costs))) front.push(each);
  return front.map(({i}) => i);
}

// The points of `points` that no other beats in both costs; equal ones are all in it. By x.
function frontOf(points, costX, costY) {
  const sorted = points.filter((i) => isFinite(costX(i)) && isFinite(costY(i)))
      .sort((a, b) => costX(a) - costX(b) || costY(a) - costY(b) || a - b);
  const front = [];
  let best = Infinity;
  let bestX = NaN;
  for (const i of sorted) {
    if (costY(i) < best) {
      best = costY(i);
      bestX = costX(i);
      front.push(i);
    } else if (costY(i) === best && costX(i) === bestX) {
      front.push(i);
    }
  }
  return front;
}

// Linear between the two nearest ranks; `sorted` is not empty.
function quantile(sorted, q) {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

// Divides points into at most `most` classes by a column: its values where there are few; else
// ranges with about equally many points, or, of texts, the most frequent and the others.
// {names, of(i) -> class or -1, ordered}
function classesOf(column, points, most) {
  if (column === null) return {names: ['all points'], of: () => 0, ordered: false};
  if (column.categories !== null) {
    const counts = new Map();
    for (const i of points)
      if (column.code(i) >= 0) counts.set(column.code(i), (counts.get(column.code(i)) ?? 0) + 1);
    const used = [...counts.keys()].sort((a, b) => a - b);
    if (used.length <= most) {
      const place = new Map(used.map((code, k) => [code, k]));
      return {
        names: shortLabels(used.map((code) => column.categories[code]), 28), ordered: column.numeric,
        of: (i) => place.get(column.code(i)) ?? -1,
      };
    }
    if (!column.numeric) {
      const kept = [...used].sort((a, b) => counts.get(b) - counts.get(a) || a - b)
          .slice(0, most - 1).sort((a, b) => a - b);
      const place = new Map(kept.map((code, k) => [code, k]));
      return {
        names: [...shortLabels(kept.map((code) => column.categories[code]), 28), 'others'], ordered: false,
        of: (i) => (column.code(i) < 0 ? -1 : place.get(column.code(i)) ?? kept.length),
      };
    }
  }
  const sorted = points.map((i) => column.number[i]).filter(isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return {names: [], of: () => -1, ordered: true};
  const limits = [];
  for (let k = 1; k < most; ++k) {
    const limit = quantile(sorted, k / most);
    if (limit > (limits.length ? limits[limits.length - 1] : sorted[0])) limits.push(limit);
  }
  const edges = [sorted[0], ...limits, sorted[sorted.length - 1]];
  const names = edges.slice(1).map((edge, k) => `${numberText(edges[k])} \u2026 ${numberText(edge)}`);
  return {
    names, ordered: true,
    of: (i) => {
      const value = column.number[i];
      if (!isFinite(value)) return -1;
      let k = 0;
      while (k < limits.length && value >= limits[k]) ++k;
      return k;
    },
  };
}

const MOST_GROUPS = 10;

// The part of a metric's variance that the classes of a parameter explain on their own:
// sum over the classes of n (mean - overall mean)^2 / sum of (value - overall mean)^2 (eta squared of
// a one-way analysis of variance: Fisher, Statistical Methods for Research Workers, 1925). NaN where
// nothing varies. With `logarithms` that of log(value); what has none is left out.
function explainedShare(points, classes, metric, logarithms) {
  const of = classes.names.length;
  const counts = new Float64Array(of);
  const sums = new Float64Array(of);
  let squares = 0;
  // Relative to some value: sums of squares of large numbers would lose the difference.
  let origin = NaN;
  for (const i of points) {
    const k = classes.of(i);
    const value = logarithms ? Math.log(metric.number[i]) : metric.number[i];
    if (k < 0 || !isFinite(value)) continue;
    if (isNaN(origin)) origin = value;
    const moved = value - origin;
    ++counts[k];
    sums[k] += moved;
    squares += moved * moved;
  }
  const count = counts.reduce((a, n) => a + n, 0);
  const mean = sums.reduce((a, sum) => a + sum, 0) / count;
  const total = squares - count * mean * mean;
  let between = 0;
  for (let k = 0; k < of; ++k)
    if (counts[k] > 0) between += counts[k] * (sums[k] / counts[k] - mean) ** 2;
  return total > 1e-12 * squares && squares > 0 ? Math.min(1, between / total) : NaN;
}

// [{name, count, mean, low, q1, median, q3, high}] by class; with `logarithms` the geometric mean.
function classSummaries(points, classes, metric, logarithms) {
  const values = classes.names.map(() => []);
  for (const i of points) {
    const value = metric.number[i];
    const k = classes.of(i);
    if (k >= 0 && isFinite(value) && (!logarithms || value > 0)) values[k].push(value);
  }
  const to = logarithms ? Math.log : (v) => v;
  const from = logarithms ? Math.exp : (v) => v;
  return classes.names.map((name, k) => {
    const sorted = values[k].sort((a, b) => a - b);
    if (sorted.length === 0) return null;
    return {
      name, count: sorted.length, mean: from(sorted.reduce((a, v) => a + to(v), 0) / sorted.length),
      low: sorted[0], q1: quantile(sorted, 0.25), median: quantile(sorted, 0.5),
      q3: quantile(sorted, 0.75), high: sorted[sorted.length - 1],
    };
  }).filter((summary) => summary !== null);
}

const positive = (points, metric) =>
    points.every((i) => isNaN(metric.number[i]) || metric.number[i] > 0);
