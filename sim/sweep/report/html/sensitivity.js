// SPDX-License-Identifier: Apache-2.0
// How much of each metric each parameter explains, and a metric by the values of a parameter.
'use strict';

// Something varies: a parameter, or the sweep, and a metric.
function makeSensitivity(area) {
  const table = htmlElement('table', {id: 'effects'});
  const element = htmlElement('div', {class: 'chart', id: 'effect-chart'});
  const title = htmlElement('h3', {id: 'effect-title'});
  const metrics = inOrder(points.metrics.filter((metric) => metric.varies));
  const parameters = [...(data.sweeps.length > 1 ? [points.sweep] : []), ...varying];
  let logarithms = true;
  let chosen = null;  // [metric, parameter]
  area.append(
      htmlElement('div', {class: 'controls'}, checkBox('effects-log', 'variance of logarithms, of metrics above 0 but fractions',
          logarithms, (on) => {
            logarithms = on;
            draw();
          })),
      htmlElement('div', {class: 'scroll'}, table), title, element,
      htmlElement('p', {}, 'Share of the variance of a metric, among all points of the network that pass the filters and have the parameter, that it explains on its ' +
          'own (between its values, of the whole). In a full grid the shares and those of the interactions add up ' +
          `to 100 %; elsewhere they may overlap. Numbers with more than ${MOST_GROUPS} values are cut into ranges.`));
  const chart = makeChart(element, 'Quartiles and mean of a metric by the values of a parameter');

  function draw() {
    const classes = parameters.map((parameter) => classesOf(parameter, view.matching, MOST_GROUPS));
    const shares = metrics.map((metric) => {
      const log = logarithms && !metric.isFraction && positive(view.matching, metric);
      return classes.map((each) => explainedShare(view.matching, each, metric, log));
    });
    if (chosen === null) {
      const start = Math.max(0, metrics.indexOf(view.x));
      const row = shares[start];
      chosen = [metrics[start], parameters[row.reduce((a, share, k) => (share > (row[a] || 0) ? k : a), 0)]];
    }
    const head = htmlElement('tr', {}, htmlElement('th', {scope: 'col'}, 'metric'),
        ...parameters.map((parameter) => htmlElement('th', {scope: 'col', class: 'number', title: parameter.name}, ...breakable(parameter.label))));
    const rows = metrics.map((metric, m) => htmlElement('tr', {},
        htmlElement('th', {scope: 'row', title: metric.name}, metric.label),
        ...parameters.map((parameter, p) => {
          const share = shares[m][p];
          const button = htmlElement('button', {
            type: 'button', 'aria-pressed': String(chosen[0] === metric && chosen[1] === parameter),
            'aria-label': `${metric.label} by ${parameter.label}: ${isNaN(share) ? 'does not vary' : percentText(share)}`,
          }, isNaN(share) ? '\u2013' : percentText(share));
          button.addEventListener('click', () => {
            chosen = [metric, parameter];
            for (const each of table.querySelectorAll('button')) each.setAttribute('aria-pressed', String(each === button));
            drawEffect();
          });
          const cell = htmlElement('td', {class: 'number'}, button);
          cell.style.setProperty('--share', isNaN(share) ? 0 : share.toFixed(3));
          return cell;
        })));
    const focused = [...table.querySelectorAll('button')].indexOf(document.activeElement);
    table.replaceChildren(htmlElement('thead', {}, head), htmlElement('tbody', {}, ...rows));
    if (focused >= 0) table.querySelectorAll('button')[focused]?.focus();
    drawEffect();
  }

  function drawEffect() {
    const [metric, parameter] = chosen;
    const log = logarithms && !metric.isFraction && positive(view.matching, metric);
    const groups = classSummaries(view.matching, classesOf(parameter, view.matching, MOST_GROUPS), metric, log);
    title.textContent = `${metric.label} by ${parameter.label}`;
    const style = axisStyle();
    const labels = shortLabels(groups.map((group) => group.name), 24);
    const longest = Math.max(0, ...labels.map((label) => label.length)) * 7;
    const slanted = longest > (element.clientWidth - 100) / Math.max(1, groups.length);
    const below = slanted ? 22 + Math.ceil(longest * 0.65) : 28;
    const wide = groups.length > 0 && !metric.isFraction &&
        groups.every((g) => g.low > 0) && Math.max(...groups.map((g) => g.high)) > 10 * Math.min(...groups.map((g) => g.low));
    chart.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: CHART_FONT,
      grid: {left: 84, right: 16, top: 34, bottom: below + 28},
      legend: {top: 0, data: [log ? 'geometric mean' : 'mean', 'quartiles and extremes'], textStyle: {color: ink('ink')}},
      xAxis: {...style, type: 'category', data: labels, name: parameter.title, nameGap: below,
        axisLabel: {...style.axisLabel, rotate: slanted ? 40 : 0, interval: 0, hideOverlap: false},
        splitLine: {show: false}},
      yAxis: {...(wide ? logAxis(groups.flatMap((g) => [g.low, g.high])) : linearAxis()), name: metric.title, nameGap: 58},
      tooltip: {...tooltipStyle(), trigger: 'axis', axisPointer: {type: 'shadow'}, formatter: (items) => {
        const group = groups[items[0].dataIndex];
        const rows = [['points', group.count], [log ? 'geometric mean' : 'mean', group.mean], ['highest', group.high],
          ['upper quartile', group.q3], ['median', group.median], ['lower quartile', group.q1], ['lowest', group.low]];
        return htmlElement('div', {class: 'point-tip'}, htmlElement('b', {}, `${parameter.name} = ${group.name}`),
            htmlElement('table', {}, ...rows.map(([name, value], k) => htmlElement('tr', {}, htmlElement('td', {}, name),
                htmlElement('td', {}, k === 0 ? grouped(value) : `${numberText(value)} ${metric.unit}`)))));
      }},
      series: [
        {type: 'boxplot', name: 'quartiles and extremes', data: groups.map((g) => [g.low, g.q1, g.median, g.q3, g.high]),
          itemStyle: {color: ink('panel'), borderColor: ink('blue'), borderWidth: 1.5}, boxWidth: [8, 36]},
        {type: 'line', name: log ? 'geometric mean' : 'mean', data: groups.map((g) => g.mean), symbol: 'circle', symbolSize: 9, color: KINDS[5]},
      ],
    }, {notMerge: true});
  }

  subscribe(['points', 'theme'], draw);
}
