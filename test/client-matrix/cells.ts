import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Question, type Seen, sum, type Tokens } from '../support/clients/client.js';
import { call } from '../support/boot.js';
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
  readonly gateway: GatewayAsked;
  readonly topic: string;
}

export interface GatewayAsked {
  readonly url: string;
  /** How many answers clients have asked for so far; what was refused does not count. */
  asked(): number;
}

/** Figures that no two steps share. */
const tokens = (step: number): Tokens => ({ input: 1000 * step + 140, cached: 60 + step, output: 30 + step, reasoning: 5 + step });
const place = { city: 'Oslo', degrees: -3, tags: ['snow', 'calm'] };
const LONG = { words: 400, intervalMs: 50 };
/** After it, an answer is under way. Milliseconds. */
const UNDER_WAY_MS = 300;

const question = ({ gateway: { url }, vendor, topic }: Trial, steps: readonly Step[]): Question => ({ url, model: vendor.model, prompt: vendor.say(topic, steps) });

function expectTokens(seen: Seen, { client, vendor }: Trial, ...steps: readonly Step[]): void {
  const spent = sum(steps.map((step) => vendor.tokens(step, seen.text)));
  const told = Object.entries(spent).filter(([name]) => client.tells.includes(name as keyof Tokens));
  expect({ tokens: seen.tokens }).toMatchObject({ tokens: Object.fromEntries(told) });
  expect(seen.tokens.input).toBeGreaterThan(0);
}

function expectRequests({ vendor, topic }: Trial, count: number): void {
  if (vendor.received) expect(vendor.received(topic)).toHaveLength(count);
}

async function chat(trial: Trial): Promise<void> {
  const step = { text: 'The capital of France is Paris.', tokens: tokens(1) };
  const seen = await trial.client.chat(question(trial, [step]));
  expect(seen.text).toEqual(trial.vendor.text(step));
  expectTokens(seen, trial, step);
  expectRequests(trial, 1);
}

async function stream(trial: Trial): Promise<void> {
  const step = { words: 6, intervalMs: 20, tokens: tokens(2) };
  const seen = await trial.client.stream(question(trial, [step]));
  expect(seen.text.trim()).toEqual(trial.vendor.text(step));
  if (trial.client.printsWhole !== true) expect(seen.pieces).toBeGreaterThan(2);
  expectTokens(seen, trial, step);
  expectRequests(trial, 1);
}

async function toolLoop(trial: Trial): Promise<void> {
  const { client, vendor, topic, gateway } = trial;
  const [first, second] = client.calls;
  const steps = [
    { calls: [bare(first)], tokens: tokens(3) },
    { calls: [bare(second)], tokens: tokens(4) },
    { text: 'Both were asked.', tokens: tokens(5) },
  ];
  const before = gateway.asked();
  const seen = await client.toolLoop(question(trial, steps));
  expect(gateway.asked() - before).toBe(3);
  expect(seen.calls).toEqual([bare(first), bare(second)]);
  expect(seen.text).toEqual(vendor.text(steps[2]!));
  expectTokens(seen, trial, ...steps);
  expectRequests(trial, 3);
  const requests = vendor.received?.(topic);
  if (requests === undefined) {
    expect(seen.text).toContain(second.result);
    return;
  }
  for (const { tools } of requests) expect(tools).toEqual(expect.arrayContaining([first.name, second.name]));
  expect(requests.map(({ results }) => results)).toEqual([[], [held(first)], [held(first), held(second)]]);
}

async function parallelTools(trial: Trial): Promise<void> {
  const { client, vendor, topic, gateway } = trial;
  const steps = [
    { calls: client.calls.map(bare), tokens: tokens(6) },
    { text: 'Both were asked at once.', tokens: tokens(7) },
  ];
  const before = gateway.asked();
  const seen = await client.parallelTools(question(trial, steps));
  expect(gateway.asked() - before).toBe(vendor.callsSingly === true ? 3 : 2);
  expect(seen.calls).toHaveLength(2);
  expect(seen.calls).toEqual(expect.arrayContaining(client.calls.map(bare)));
  expect(seen.text).toEqual(vendor.text(steps[1]!));
  expectTokens(seen, trial, ...steps);
  expectRequests(trial, 2);
  const results = vendor.received?.(topic)[1]?.results;
  if (results === undefined) return;
  expect(results).toHaveLength(2);
  expect(results).toEqual(expect.arrayContaining(client.calls.map(held)));
}

async function schema(trial: Trial): Promise<void> {
  const { client, vendor } = trial;
  const byTool = client.schemaTool;
  const step = byTool === undefined ? { object: place, tokens: tokens(8) } : { calls: [{ name: byTool, args: place }], tokens: tokens(8) };
  const after = byTool === undefined ? [] : [{ text: 'Given.', tokens: tokens(9) }];
  const seen = await client.schema(question(trial, [step, ...after]));
  expect(seen.object).toEqual(byTool === undefined ? vendor.object(step) : place);
  expectTokens(seen, trial, step);
}

async function abort(trial: Trial): Promise<void> {
  const { client } = trial;
  await client.abort(question(trial, [{ ...LONG, tokens: tokens(10) }]), async () => {
    await eventually(async () => (await running(trial)) === 1, 30_000);
    await sleep(UNDER_WAY_MS);
  });
  await eventually(async () => (await running(trial)) === 0);
  expectRequests(trial, 1);
}

/** The answers under way at the vendor, or where it has no eyes, those that the gateway has under way. */
async function running({ vendor, topic, gateway: { url } }: Trial): Promise<number> {
  if (vendor.received) return vendor.received(topic).filter(({ aborted }) => !aborted).length;
  const { body } = await call(`${url}/health`);
  return body.capacity.active as number;
}

const bare = ({ name, args }: Client['calls'][number]): Pick<Client['calls'][number], 'name' | 'args'> => ({ name, args });
const held = ({ name, args, result }: Client['calls'][number]): unknown => ({ name, args, result: expect.stringContaining(result) });

const tests: Readonly<Record<Feature, (trial: Trial) => Promise<void>>> = { chat, stream, 'tool loop': toolLoop, 'parallel tools': parallelTools, schema, abort };

let trials = 0;

/** Earns a cell its mark. @throws where it does not */
export async function tryCell({ client, vendor, feature }: Cell, gateway: GatewayAsked): Promise<void> {
  trials += 1;
  await tests[feature]({ client, vendor, gateway, topic: `topic-${trials}-of-the-matrix` });
}
