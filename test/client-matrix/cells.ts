import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Question, type Seen, sum, type Tokens } from '../support/clients/client.js';
import { eventually } from '../support/eventually.js';
import { type MatrixVendor, type Step } from './vendors/vendor.js';

export const features = ['chat', 'stream', 'tool loop', 'parallel tools', 'schema', 'abort'] as const;
export type Feature = (typeof features)[number];

export interface Cell {
  readonly client: Client;
  readonly vendor: MatrixVendor;
  readonly feature: Feature;
}

/** What a cell's test works with. `topic` is in every request of its conversation. */
interface Trial extends Omit<Cell, 'feature'> {
  readonly url: string;
  readonly topic: string;
}

/** Figures that no two steps share. */
const tokens = (step: number): Tokens => ({ input: 1000 * step + 140, cached: 60 + step, output: 30 + step, reasoning: 5 + step });
const spent = (...steps: readonly Step[]): Partial<Tokens> => sum(steps.map((step) => step.tokens));
const place = { city: 'Oslo', degrees: -3, tags: ['snow', 'calm'] };
const LONG = { words: 400, intervalMs: 50 };
/** After it, an answer is under way. Milliseconds. */
const UNDER_WAY_MS = 300;

const question = ({ url, vendor, topic }: Trial, steps: readonly Step[]): Question => ({ url, model: vendor.model, prompt: vendor.say(topic, steps) });

function expectTokens(seen: Seen, { client }: Trial, ...steps: readonly Step[]): void {
  const told = Object.entries(spent(...steps)).filter(([name]) => client.tells.includes(name as keyof Tokens));
  expect({ tokens: seen.tokens }).toEqual({ tokens: Object.fromEntries(told) });
}

async function chat(trial: Trial): Promise<void> {
  const step = { text: 'The capital of France is Paris.', tokens: tokens(1) };
  const seen = await trial.client.chat(question(trial, [step]));
  expect(seen.text).toBe(step.text);
  expectTokens(seen, trial, step);
  expect(trial.vendor.received(trial.topic)).toHaveLength(1);
}

async function stream(trial: Trial): Promise<void> {
  const step = { words: 6, intervalMs: 20, tokens: tokens(2) };
  const seen = await trial.client.stream(question(trial, [step]));
  expect(seen.text.trim()).toBe('w1 w2 w3 w4 w5 w6');
  if (trial.client.printsWhole !== true) expect(seen.pieces).toBeGreaterThan(2);
  expectTokens(seen, trial, step);
  expect(trial.vendor.received(trial.topic)).toHaveLength(1);
}

async function toolLoop(trial: Trial): Promise<void> {
  const { client, vendor, topic } = trial;
  const [first, second] = client.calls;
  const steps = [
    { calls: [bare(first)], tokens: tokens(3) },
    { calls: [bare(second)], tokens: tokens(4) },
    { text: 'Both were asked.', tokens: tokens(5) },
  ];
  const seen = await client.toolLoop(question(trial, steps));
  expect(seen.calls).toEqual([bare(first), bare(second)]);
  expect(seen.text).toBe('Both were asked.');
  expectTokens(seen, trial, ...steps);
  const requests = vendor.received(topic);
  expect(requests).toHaveLength(3);
  for (const { tools } of requests) expect(tools).toEqual(expect.arrayContaining([first.name, second.name]));
  expect(requests.map(({ results }) => results)).toEqual([[], [held(first)], [held(first), held(second)]]);
}

async function parallelTools(trial: Trial): Promise<void> {
  const { client, vendor, topic } = trial;
  const steps = [
    { calls: client.calls.map(bare), tokens: tokens(6) },
    { text: 'Both were asked at once.', tokens: tokens(7) },
  ];
  const seen = await client.parallelTools(question(trial, steps));
  expect(seen.calls).toHaveLength(2);
  expect(seen.calls).toEqual(expect.arrayContaining(client.calls.map(bare)));
  expect(seen.text).toBe('Both were asked at once.');
  expectTokens(seen, trial, ...steps);
  const requests = vendor.received(topic);
  expect(requests).toHaveLength(2);
  expect(requests[1]!.results).toHaveLength(2);
  expect(requests[1]!.results).toEqual(expect.arrayContaining(client.calls.map(held)));
}

async function schema(trial: Trial): Promise<void> {
  const { client } = trial;
  const byTool = client.schemaTool;
  const step = byTool === undefined ? { object: place, tokens: tokens(8) } : { calls: [{ name: byTool, args: place }], tokens: tokens(8) };
  const after = byTool === undefined ? [] : [{ text: 'Given.', tokens: tokens(9) }];
  const seen = await client.schema(question(trial, [step, ...after]));
  expect(seen.object).toEqual(place);
  expectTokens(seen, trial, step);
}

async function abort({ client, vendor, ...trial }: Trial): Promise<void> {
  await client.abort(question({ client, vendor, ...trial }, [{ ...LONG, tokens: tokens(10) }]), async () => {
    await eventually(() => vendor.received(trial.topic).length === 1, 10_000);
    await sleep(UNDER_WAY_MS);
  });
  await eventually(() => vendor.received(trial.topic).every(({ aborted }) => aborted), 2000);
  expect(vendor.received(trial.topic)).toHaveLength(1);
}

const bare = ({ name, args }: Client['calls'][number]): Pick<Client['calls'][number], 'name' | 'args'> => ({ name, args });
const held = ({ name, args, result }: Client['calls'][number]): unknown => ({ name, args, result: expect.stringContaining(result) });

const tests: Readonly<Record<Feature, (trial: Trial) => Promise<void>>> = { chat, stream, 'tool loop': toolLoop, 'parallel tools': parallelTools, schema, abort };

let trials = 0;

/** Earns a cell its mark. @throws where it does not */
export async function tryCell({ client, vendor, feature }: Cell, url: string): Promise<void> {
  trials += 1;
  await tests[feature]({ client, vendor, url, topic: `topic-${trials}-of-the-matrix` });
}
