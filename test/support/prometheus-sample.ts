/** One sample: its name as written, its labels, its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([^=",{}]+)="((?:[^"\\]|\\[\\n"])*)"(?:,(?=.)|$)/sy;
const VALUE = /^ (?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?[Ii]nf|[Nn]a[Nn])$/;

/** `name{label="value"} 1`; nothing behind it. @throws where it is none */
export function parseSample(line: string): Sample {
  const [, name = '', set, value = ''] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?( .*)$/s.exec(line) ?? wrong(line, 'is no sample');
  if (!VALUE.test(value)) wrong(line, 'has no value, or more than that');
  return { name, labels: set === undefined ? {} : parseLabels(set, line), value: readNumber(value.slice(1)) };
}

function parseLabels(set: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let end = 0; end < set.length; end = LABEL.lastIndex) {
    LABEL.lastIndex = end;
    const [, label = '', value = ''] = LABEL.exec(set) ?? wrong(line, 'has a label that is none');
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || label in labels) wrong(line, `has a wrong label ${label}`);
    labels[label] = value.replace(/\\([\\n"])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

function wrong(line: string, what: string): never {
  throw new Error(`${JSON.stringify(line.slice(0, 200))} ${what}`);
}

export function readNumber(text: string): number {
  if (/^\+?inf$/i.test(text)) return Infinity;
  return /^-inf$/i.test(text) ? -Infinity : Number(text.replace(/^nan$/i, 'NaN'));
}

/** Labels in whatever order, as one text. */
export function seriesOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
