// Plots written by hand: lines over time, and bars. Readable on white and on black.
const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
export const colours = ['#0969da', '#cf222e', '#1a7f37', '#9a6700', '#8250df', '#bf3989', '#0550ae', '#57606a', '#bc4c00', '#116329'];
export const text = (x, y, content, { anchor = 'start', size = 12, weight = 400, fill = '#24292f' } = {}) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${fill}">${escape(content)}</text>`;
export const line = (x1, y1, x2, y2, stroke = '#d0d7de', more = '') =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${stroke}" ${more}/>`;
export const rect = (x, y, width, height, fill, more = '') =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0, width).toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}" ${more}/>`;

export const document = (width, height, parts) =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    rect(0, 0, width, height, '#ffffff'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');

/** A round step that divides 0…max into about `count` parts. */
export function ticks(max, count = 4) {
  const rough = max / count || 1,
    power = 10 ** Math.floor(Math.log10(rough)),
    step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((one) => one >= rough);
  return Array.from({ length: Math.ceil(max / step - 1e-9) + 1 }, (_, index) => +(index * step).toPrecision(6));
}

/**
 * One panel of lines over minutes, its scale from zero; a name stands behind the end of each line.
 *
 * @param series `{ name, points: [seconds, value][] }[]`
 */
export function panel({ title, unit, series, left, top, width, height, seconds }) {
  const marks = ticks(Math.max(1, ...series.flatMap(({ points }) => points.map(([, value]) => value)))),
    max = marks.at(-1);
  const x = (at) => left + (at / seconds) * width,
    y = (value) => top + height - (value / max) * height;
  const parts = [text(left, top - 12, title, { size: 14, weight: 600 })];
  for (const mark of marks)
    parts.push(line(left, y(mark), left + width, y(mark)), text(left - 6, y(mark) + 4, `${mark}${mark === max ? ` ${unit}` : ''}`, { anchor: 'end', size: 11, fill: '#57606a' }));
  const minutes = ticks(seconds / 60, 6).filter((minute) => minute * 60 <= seconds);
  for (const minute of minutes)
    parts.push(text(x(minute * 60), top + height + 16, minute === minutes.at(-1) ? `${minute} min` : minute, { anchor: 'middle', size: 11, fill: '#57606a' }));
  const labels = series
    .map(({ name, points }, index) => ({ name, colour: colours[index % colours.length], at: points.length ? y(points.at(-1)[1]) : top }))
    .sort((one, other) => one.at - other.at);
  for (const [index, label] of labels.entries()) label.at = Math.max(label.at, index === 0 ? top : labels[index - 1].at + 13);
  for (const [index, { points }] of series.entries())
    parts.push(
      `<polyline fill="none" stroke="${colours[index % colours.length]}" stroke-width="1.5" points="${points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`,
    );
  for (const { name, colour, at } of labels) parts.push(text(left + width + 8, at + 4, name, { size: 11, fill: colour }));
  return parts;
}
