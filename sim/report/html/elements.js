// SPDX-License-Identifier: Apache-2.0
// What all pages share: elements, number texts, the theme.
'use strict';

// Every text passes through textContent or setAttribute; no markup is ever built from names.
function htmlElement(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== null) node.setAttribute(key, value);
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

function elide(text, length) {
  const points = Array.from(text);
  if (points.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return points.slice(0, length - 1 - tail).join('') + '\u2026' +
      points.slice(points.length - tail).join('');
}

// What all texts have in common at the beginning, up to a separator.
function commonPrefix(texts) {
  if (texts.length < 2) return '';
  let length = 0;
  while (length < texts[0].length && texts.every((text) => text[length] === texts[0][length])) ++length;
  const prefix = texts[0].slice(0, length);
  const ends = [...prefix.matchAll(/[\/._:\- ]/g)];
  return ends.length > 0 ? prefix.slice(0, ends.at(-1).index + 1) : '';
}

// "/blocks/blocks.0/first/first.0/Conv" -> "blocks.0/first.0/Conv": a part of a path that the next one
// begins with says nothing.
const withoutRepeats = (text) => text.split('/').filter((part, k, all) =>
    !(k + 1 < all.length && all[k + 1].startsWith(part))).join('/');

// Labels of about `length` characters for texts, different where the texts are: where one is longer,
// repeated parts of paths and a common beginning are left out, then the middle; labels that still look
// alike get more characters.
function shortLabels(texts, length) {
  const different = [...new Set(texts)];
  const long = (list) => list.some((text) => Array.from(text).length > length);
  const plain = different.map(withoutRepeats);
  const repeats = long(different) && new Set(plain).size === different.length;
  const brief = repeats ? plain : different;
  const prefix = long(brief) ? commonPrefix(brief) : '';
  const briefs = new Map(different.map((text, k) => [text, brief[k].slice(prefix.length) || text]));
  const rest = (text) => briefs.get(text);
  const room = new Map(different.map((text) => [text, length]));
  for (;;) {
    const taken = new Map();
    for (const text of different) {
      const label = elide(rest(text), room.get(text));
      taken.set(label, [...(taken.get(label) ?? []), text]);
    }
    const alike = [...taken.values()].filter((list) => list.length > 1).flat()
        .filter((text) => Array.from(rest(text)).length > room.get(text));
    if (alike.length === 0) break;
    for (const text of alike) room.set(text, room.get(text) + 4);
  }
  return texts.map((text) => elide(rest(text), room.get(text)));
}

// One colour a group of components on all charts, in the order of display; a lighter or darker one of the
// same colour tells apart what belongs to one group. Groups: sim/report/quantities.h.
const GROUP_COLORS = {
  DRAM: 'var(--blue)', scratchpads: 'var(--sky)', array: 'var(--orange)', decoders: 'var(--yellow)',
  vector: 'var(--green)', leakage: 'var(--grey)', converters: 'var(--vermillion)', other: 'var(--purple)',
};

// Numbers: 4 significant digits with an SI prefix; whole counts with separators.
const PREFIXES = ['z', 'a', 'f', 'p', 'n', '\u00b5', 'm', '', 'k', 'M', 'G', 'T', 'P'];

function prefixOf(value) {
  if (!(value > 0)) return {factor: 1, prefix: ''};
  const power = Math.max(-7, Math.min(5, Math.floor(Math.log10(value) / 3 + 1e-9)));
  return {factor: Math.pow(10, -3 * power), prefix: PREFIXES[power + 7]};
}

function withPrefix(value, unit) {
  if (!(value > 0)) return value === 0 ? '0 ' + unit : 'n/a';
  let {factor, prefix} = prefixOf(value);
  if (value * factor >= 999.95) ({factor, prefix} = prefixOf(value * 1.001));
  return significant(value * factor) + ' ' + prefix + unit;
}

function significant(value) {
  if (value === null || !isFinite(value)) return 'n/a';
  const size = Math.abs(value);
  if (size >= 999.95) return grouped(Math.round(value));
  if (size !== 0 && size < 0.01) return value.toPrecision(3);
  return value.toFixed(size < 9.9995 ? 3 : size < 99.995 ? 2 : 1);
}

const grouped = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
const percentText = (fraction, digits = 1) =>
    fraction === null ? 'n/a' : (100 * fraction).toFixed(digits) + ' %';

// A name that may be broken after its points, underscores and slashes.
const breakable = (key) => String(key).split(/(?<=[._/])/).flatMap((part, k) => (k > 0 ? [document.createElement('wbr'), part] : [part]));

// On paper there is nothing to open: all details are open and the theme is the light one while a page
// is printed. `before` and `after` redraw what depends on the width or the theme.
function openForPaper(before, after) {
  let closed = [];
  let theme;
  window.addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const details of closed) details.open = true;
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = 'light';
    document.documentElement.classList.add('paper');
    before();
  });
  window.addEventListener('afterprint', () => {
    for (const details of closed) details.open = false;
    if (theme === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    document.documentElement.classList.remove('paper');
    after();
  });
}

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
      ? root.dataset.theme === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
}
