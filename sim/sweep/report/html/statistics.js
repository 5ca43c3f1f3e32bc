// SPDX-License-Identifier: Apache-2.0
// Fronts, quantiles, classes and main effects of lists of points. Nothing here draws.
'use strict';

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
        names: used.map((code) => column.categories[code]), ordered: column.numeric,
        of: (i) => place.get(column.code(i)) ?? -1,
      };
    }
    if (!column.numeric) {
      const kept = [...used].sort((a, b) => counts.get(b) - counts.get(a) || a - b)
          .slice(0, most - 1).sort((a, b) => a - b);
      const place = new Map(kept.map((code, k) => [code, k]));
      return {
        names: [...kept.map((code) => column.categories[code]), 'others'], ordered: false,
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

// The main effect of a parameter: {share, groups: [{name, count, mean, low, q1, median, q3, high}]}.
// share = sum over the groups of n (mean - overall mean)^2 / sum of (value - overall mean)^2: the
// part of the variance that the parameter alone explains (eta squared of a one-way analysis of
// variance: Fisher, Statistical Methods for Research Workers, 1925); NaN where nothing varies.
// With `logarithms` the variance is that of log(value), and mean the geometric mean.
function mainEffect(points, column, metric, logarithms) {
  const classes = classesOf(column, points, MOST_GROUPS);
  const to = logarithms ? Math.log : (v) => v;
  const from = logarithms ? Math.exp : (v) => v;
  const groups = classes.names.map((name) => ({name, values: []}));
  for (const i of points) {
    const value = metric.number[i];
    const group = classes.of(i);
    if (group >= 0 && isFinite(value) && (!logarithms || value > 0)) groups[group].values.push(value);
  }
  let count = 0;
  let sum = 0;
  for (const group of groups) {
    group.sum = group.values.reduce((a, v) => a + to(v), 0);
    count += group.values.length;
    sum += group.sum;
  }
  const mean = sum / count;
  let between = 0;
  let total = 0;
  const used = groups.filter((group) => group.values.length > 0);
  for (const group of used) {
    between += group.values.length * (group.sum / group.values.length - mean) ** 2;
    for (const value of group.values) total += (to(value) - mean) ** 2;
  }
  return {
    count, share: total > 1e-24 * count * (mean * mean + 1) ? Math.min(1, between / total) : NaN,
    groups: used.map(({name, values, sum: groupSum}) => {
      const sorted = values.sort((a, b) => a - b);
      return {
        name, count: sorted.length, mean: from(groupSum / sorted.length), low: sorted[0],
        q1: quantile(sorted, 0.25), median: quantile(sorted, 0.5), q3: quantile(sorted, 0.75),
        high: sorted[sorted.length - 1],
      };
    }),
  };
}

const positive = (points, metric) =>
    points.every((i) => isNaN(metric.number[i]) || metric.number[i] > 0);
