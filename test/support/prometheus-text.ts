import { parseSample, readNumber, type Sample, seriesOf } from './prometheus-sample.js';

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: Sample[];
}

export type MetricsFormat = 'prometheus' | 'openmetrics';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const types: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);

/**
 * Reads Prometheus' text format or OpenMetrics 1.0, as strictly as `promtool check metrics` and more: https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * @throws where a line is none, a family comes twice or has a sample that is not its own, a series comes twice, a label is not escaped, or a histogram does not add up
 */
export function parseMetrics(text: string, format: MetricsFormat = 'prometheus'): ReadonlyMap<string, Family> {
  const reader = new Reader(format);
  for (const line of linesOf(text, format)) if (line !== '') reader.read(line);
  for (const family of reader.families.values()) if (family.type === 'histogram') checkHistogram(family);
  return reader.families;
}

/** The samples of a name that have the labels. */
export function samplesOf(families: ReadonlyMap<string, Family>, name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
  const all = [...families.values()].flatMap(({ samples }) => samples);
  return all.filter((sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
}

/** What the samples of a name that have the labels come to together. */
export function valueOf(families: ReadonlyMap<string, Family>, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samplesOf(families, name, labels).reduce((sum, { value }) => sum + value, 0);
}

function linesOf(text: string, format: MetricsFormat): string[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  if (format === 'prometheus') return lines;
  if (lines.pop() !== '# EOF') throw new Error('OpenMetrics does not end with # EOF');
  if (lines.includes('')) throw new Error('OpenMetrics has an empty line');
  return lines;
}

class Reader {
  readonly families = new Map<string, Family>();
  readonly #series = new Set<string>();
  #help: readonly [name: string, words: string] = ['', ''];
  #family: Family | undefined;

  constructor(private readonly format: MetricsFormat) {}

  read(line: string): void {
    if (line.startsWith('# HELP ')) this.#readHelp(line);
    else if (line.startsWith('# TYPE ')) this.#readType(line);
    else this.#readSample(line);
  }

  #readHelp(line: string): void {
    const [, name = '', words = ''] = /^# HELP (\S+) (.+)$/.exec(line) ?? fail(line, 'is no HELP');
    if (/\\(?![\\n"])/.test(words) || words.includes('"')) fail(line, 'has a help that is not escaped');
    this.#help = [name, words];
  }

  #readType(line: string): void {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? fail(line, 'is no TYPE');
    if (this.#help[0] !== name) fail(line, 'does not follow its HELP');
    if (!NAME.test(name) || !types.has(type)) fail(line, 'has a wrong name or type');
    if (this.families.has(name)) fail(line, 'comes twice');
    if (type === 'counter' && name.endsWith('_total') !== (this.format === 'prometheus')) fail(line, 'is a counter of a wrong name');
    this.#family = { name, help: this.#help[1], type, samples: [] };
    this.families.set(name, this.#family);
  }

  #readSample(line: string): void {
    const sample = parseSample(line);
    const family = this.#family ?? fail(line, 'is in no family');
    if (!this.#namesOf(family).includes(sample.name)) fail(line, 'is in the wrong family');
    const series = sample.name + seriesOf(sample.labels);
    if (this.#series.has(series)) fail(line, 'is a series that comes twice');
    if (family.type === 'counter' && !(sample.value >= 0)) fail(line, 'is a counter below zero');
    this.#series.add(series);
    family.samples.push(sample);
  }

  #namesOf({ name, type }: Family): readonly string[] {
    if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
    if (type === 'summary') return [name, `${name}_sum`, `${name}_count`];
    return [type === 'counter' && this.format === 'openmetrics' ? `${name}_total` : name];
  }
}

/** Of each set of labels: buckets that grow, the last of them +Inf, as many as there were, a sum. */
function checkHistogram({ name, samples }: Family): void {
  for (const [set, own] of Map.groupBy(samples, ({ labels }) => seriesOf({ ...labels, le: '' }))) {
    const counts = checkBuckets(own.filter((sample) => sample.name.endsWith('_bucket')));
    const [sum, count] = ['_sum', '_count'].map((suffix) => own.filter((sample) => sample.name === name + suffix));
    if (sum?.length !== 1 || count?.length !== 1 || counts.at(-1) !== count[0]?.value) fail(name + set, 'does not add up');
  }
}

/** @returns what is in them */
function checkBuckets(buckets: readonly Sample[]): number[] {
  const bounds = buckets.map(({ labels, name }) => readNumber(labels['le'] ?? fail(name, 'has a bucket without a bound')));
  const counts = buckets.map(({ value }) => value);
  const isWhole = isSorted(bounds) && new Set(bounds).size === bounds.length && bounds.at(-1) === Infinity;
  if (!isWhole || !isSorted(counts)) fail(JSON.stringify(buckets), 'are buckets in disorder');
  return counts;
}

function isSorted(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= values[index - 1]!);
}

function fail(line: string, what: string): never {
  throw new Error(`${JSON.stringify(line.slice(0, 200))} ${what}`);
}
