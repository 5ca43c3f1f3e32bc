// SPDX-License-Identifier: Apache-2.0
// The points as a table. Only the rows in sight exist, so that any number of points stays fast.
'use strict';

const ROW_HEIGHT = 26;  // px, as in the style
const TABLE_HEIGHT = 540;
const MOST_ROWS_ON_PAPER = 200;

// "> 10", "<= 5", "10..20", "= 16", "!= 16", "16, 32" of numbers; of texts a part of the text, "= text"
// or "!= text". Returns a test of points, null for an empty filter, undefined for one that is none.
function parseFilter(text, column) {
  const wanted = text.trim();
  if (wanted === '') return null;
  const compare = /^(<=|>=|!=|=|<|>)\s*(.*)$/.exec(wanted);
  if (!column.numeric) {
    const lower = (compare ? compare[2] : wanted).toLowerCase();
    const textOf = (i) => column.text(i).toLowerCase();
    if (!compare) return (i) => textOf(i).includes(lower);
    if (compare[1] === '=') return (i) => textOf(i) === lower;
    if (compare[1] === '!=') return (i) => textOf(i) !== lower;
    return undefined;
  }
  const read = (part) => {
    if (column.kind !== 'metric') return parameterNumber(part);
    const plain = part.trim().replace(/,(?=\d{3}(\D|$))/g, '');
    return plain === '' ? NaN : Number(plain);
  };
  const close = (a, b) => Math.abs(a - b) <= 5e-4 * Math.abs(b);  // as the table rounds
  if (compare) {
    const bound = read(compare[2]);
    if (isNaN(bound)) return undefined;
    const number = column.number;
    return {
      '<': (i) => number[i] < bound, '<=': (i) => number[i] <= bound, '>': (i) => number[i] > bound,
      '>=': (i) => number[i] >= bound, '=': (i) => close(number[i], bound),
      '!=': (i) => !isNaN(number[i]) && !close(number[i], bound),
    }[compare[1]];
  }
  const range = wanted.split('..');
  if (range.length === 2) {
    const [low, high] = [range[0].trim() === '' ? -Infinity : read(range[0]), range[1].trim() === '' ? Infinity : read(range[1])];
    if (isNaN(low) || isNaN(high)) return undefined;
    return (i) => column.number[i] >= low && column.number[i] <= high;
  }
  const list = wanted.split(/\s*,\s+|\s+|;/).map(read);
  if (list.some(isNaN)) return undefined;
  return (i) => list.some((value) => close(column.number[i], value));
}

function tableColumns() {
  const integer = (name, title, of) => ({
    id: name, name, title, kind: 'other', unit: '', numeric: true, categories: null, varies: true,
    number: Float64Array.from(everyPoint, of), text: (i) => String(of(i)), raw: (i) => String(of(i)),
  });
  const columns = [integer('number', 'point', (i) => points.numberOf[i])];
  if (data.sweeps.length > 1) columns.push(points.sweep);
  columns.push({
    id: 'front', name: 'frontier', title: 'frontier', kind: 'other', unit: '', numeric: false, categories: null, varies: true,
    text: (i) => (view.front.has(i) ? '\u25cf' : ''), raw: (i) => (view.front.has(i) ? '1' : '0'),
  });
  columns.push(...inOrder(points.metrics), ...varying);
  if (points.failed.some((failed) => failed === 1)) columns.push({...points.message, title: 'why it failed', numeric: false});
  columns.push(points.seconds);
  return columns;
}

// RFC 4180. Names and numbers as in the database: in base units, every digit.
function csvOf(list) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const fixed = [
    ['sweep', (i) => data.sweeps[points.sweepOf[i]].name], ['point', (i) => String(points.numberOf[i])],
    ['hash', (i) => points.hash[i]], ['status', (i) => (points.failed[i] ? 'failed' : 'done')],
    ['message', (i) => points.message.raw(i)], ['frontier', (i) => (view.front.has(i) ? '1' : '0')],
  ];
  const columns = [...fixed, ...[...points.parameters, ...points.metrics].map((column) => (column.isFraction
      ? [`${column.name}_percent`, (i) => (isNaN(column.number[i]) ? '' : String(Number(column.number[i].toPrecision(15))))]
      : [column.name, column.raw]))];
  const lines = [columns.map(([name]) => quoted(name)).join(',')];
  for (const i of list) lines.push(columns.map(([, of]) => quoted(of(i))).join(','));
  return lines.join('\r\n') + '\r\n';
}

function makeTable(area) {
  const columns = tableColumns();
  const scroller = htmlElement('div', {id: 'rows', class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table of the points'});
  scroller.style.maxHeight = `${TABLE_HEIGHT}px`;
  const table = htmlElement('table', {id: 'points-table'});
  const body = htmlElement('tbody');
  const count = htmlElement('span', {id: 'rows-count', 'aria-live': 'polite'});
  let order = {column: columns[0], down: false};
  let sorted = [];

  const widths = columns.map((column) => {
    const step = Math.max(1, Math.floor(points.count / 300));
    let longest = Math.max(5, Math.min(26, Array.from(column.title).length) + 2);
    for (let i = 0; i < points.count; i += step) longest = Math.max(longest, Math.min(34, Array.from(column.text(i)).length));
    return longest;
  });
  const setWidth = () => {
    const total = widths.reduce((a, w, k) => (isPart(columns[k]) && !table.classList.contains('whole') ? a : a + w + 2), 0);
    table.style.width = `max(100%, ${total}ch)`;
  };
  setWidth();
  const classOf = (column) => [column.numeric ? 'number' : '', isPart(column) ? 'part-of' : ''].filter(Boolean).join(' ') || null;
  table.append(htmlElement('colgroup', {}, ...widths.map((width, k) => {
    const col = htmlElement('col', {class: isPart(columns[k]) ? 'part-of' : null});
    col.style.width = `${width + 2}ch`;
    return col;
  })));

  const headingTexts = shortLabels(columns.map((column) => column.title), 28);
  const headings = new Map(columns.map((column, k) => [column, headingTexts[k]]));
  const heads = columns.map((column) => {
    const button = htmlElement('button', {type: 'button', title: column.name}, headings.get(column));
    const head = htmlElement('th', {scope: 'col', class: classOf(column), 'data-column': column.id}, button);
    button.addEventListener('click', () => {
      order = {column, down: order.column === column ? !order.down : column.higherIsBetter === true};
      refresh();
    });
    return head;
  });
  const inputs = columns.map((column) => {
    if (column.id === 'front') return htmlElement('td', {});
    const input = htmlElement('input', {
      type: 'text', 'data-column': column.id, spellcheck: 'false', autocomplete: 'off',
      'aria-label': `filter by ${column.title}`, placeholder: column.numeric ? 'e.g. >10, 5..9' : 'contains',
    });
    input.addEventListener('input', () => {
      const test = parseFilter(input.value, column);
      input.setAttribute('aria-invalid', String(test === undefined));
      setFilter(column.id, !test ? null : {
        label: `${column.title} ${input.value.trim()}`, test,
        clear: () => {
          input.value = '';
          input.setAttribute('aria-invalid', 'false');
          setFilter(column.id, null);
        },
      });
    });
    return htmlElement('td', {class: isPart(column) ? 'part-of' : null}, input);
  });
  table.append(htmlElement('thead', {}, htmlElement('tr', {}, ...heads), htmlElement('tr', {class: 'filters'}, ...inputs)), body);
  scroller.append(table);
  area.append(
      htmlElement('div', {class: 'controls'},
          ...(columns.some(isPart) ? [checkBox('show-parts', 'parts of metrics', false, (on) => {
            table.classList.toggle('whole', on);
            setWidth();
          })] : []),
          toolButton('save-csv', 'Save the rows as CSV', () => {
            const url = URL.createObjectURL(new Blob([csvOf(sorted)], {type: 'text/csv'}));
            saveFile('points.csv', url);
            setTimeout(() => URL.revokeObjectURL(url), 1000);
          }), count),
      scroller,
      htmlElement('p', {}, 'Filters of numbers: > 10, <= 5, 5..9, = 16, != 16, or several values: 16 32. Of texts: a part of it, ' +
          '= text, != text. Up and down choose a row. The CSV file has base units and every digit.'));

  function refresh() {
    const {column, down} = order;
    heads.forEach((head, k) => head.setAttribute('aria-sort', columns[k] !== column ? 'none' : down ? 'descending' : 'ascending'));
    const sign = down ? -1 : 1;
    // What is missing comes last, whatever the direction.
    sorted = column.numeric
        ? [...view.shown].sort((a, b) => {
          const x = column.number[a];
          const y = column.number[b];
          if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y) || a - b;
          return (x < y ? -sign : x > y ? sign : 0) || a - b;
        })
        : [...view.shown].map((i) => [column.text(i), i]).sort(([x, a], [y, b]) =>
          (x === '') - (y === '') || sign * naturalOrder(x, y) || a - b).map(([, i]) => i);
    count.textContent = `${grouped(sorted.length)} of ${grouped(points.count)} points` + (view.frontOnly ? ': those on the frontier' : '');
    table.setAttribute('aria-rowcount', sorted.length + 2);
    render();
  }

  function rowOf(i, at) {
    const row = htmlElement('tr', {'data-point': i, 'aria-rowindex': at + 3, class: i === view.chosen ? 'chosen' : null});
    columns.forEach((column) => {
      const text = column.text(i);
      row.append(htmlElement('td', {class: classOf(column), title: text.length > 30 ? text : null}, text));
    });
    return row;
  }

  function render() {
    if (document.documentElement.classList.contains('paper')) {
      body.replaceChildren(...sorted.slice(0, MOST_ROWS_ON_PAPER).map((i, k) => rowOf(i, k)));
      return;
    }
    const from = Math.max(0, Math.floor(scroller.scrollTop / ROW_HEIGHT) - 8);
    const to = Math.min(sorted.length, Math.ceil((scroller.scrollTop + TABLE_HEIGHT) / ROW_HEIGHT) + 8);
    const gap = (rows) => {
      const row = htmlElement('tr', {class: 'gap', 'aria-hidden': 'true'});
      row.style.height = `${Math.max(0, rows) * ROW_HEIGHT}px`;
      return row;
    };
    body.replaceChildren(gap(from), ...sorted.slice(from, to).map((i, k) => rowOf(i, from + k)), gap(sorted.length - to));
  }

  let rendering = false;
  scroller.addEventListener('scroll', () => {
    if (rendering) return;
    rendering = true;
    requestAnimationFrame(() => {
      rendering = false;
      render();
    });
  });
  body.addEventListener('click', (event) => {
    const row = event.target.closest('tr[data-point]');
    if (row) choose(Number(row.dataset.point));
  });
  scroller.addEventListener('keydown', (event) => {
    if (event.target !== scroller || sorted.length === 0) return;
    const at = sorted.indexOf(view.chosen);
    const next = {ArrowDown: Math.min(at + 1, sorted.length - 1), ArrowUp: Math.max(at - 1, 0)}[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(sorted[next]);
    const top = next * ROW_HEIGHT;
    const room = scroller.clientHeight - table.tHead.offsetHeight - ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
  });
  subscribe(['points'], refresh);
  subscribe(['chosen'], (topics) => {
    if (!topics.has('points')) render();
  });
}
