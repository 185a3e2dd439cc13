import { describe, expect, it } from '@jest/globals';
import { Demand, nextStep, type WarmRules, type WarmStep, type WarmView } from './warm-policy.js';

const HOUR = 3_600_000;
const MB = 1024 ** 2;
const rules: WarmRules = { max: 3, warmAfterMs: 800, refillDelayMs: 300, maxAgeMs: 300_000 };
const quiet: WarmView = {
  now: 10_000_000,
  ages: [],
  lastStart: 0,
  lastTake: -Infinity,
  lastUse: 9_990_000,
  notBefore: -Infinity,
  wanted: 1,
  busy: false,
  room: 1000 * MB,
};
const start: WarmStep = { do: 'start' };
const end: WarmStep = { do: 'end' };
const wait = (ms: number): WarmStep => ({ do: 'wait', ms });

describe(nextStep.name, () => {
  it.each<[string, Partial<WarmView>, WarmStep, Partial<WarmRules>?]>([
    ['starts one where none waits', {}, start],
    ['starts none where none shall wait', {}, wait(60_000), { max: 0 }],
    ['starts no more than are wanted', { ages: [5000] }, wait(60_000)],
    ['starts no more than may wait, whatever is wanted', { ages: [9000, 8000, 5000], wanted: 9 }, wait(60_000)],
    ['looks again when the spare is ready', { ages: [500] }, wait(300)],
    ['looks again when the spare is old', { ages: [299_990] }, wait(10)],
    ['leaves the turn that took one its first moments', { lastTake: 9_999_900 }, wait(200)],
    ['starts one after the other, a cold one too', { ages: [300], lastStart: 9_999_700, wanted: 2 }, wait(100)],
    ['waits after a failure', { notBefore: 10_004_000 }, wait(4000)],
    ['starts none where memory is short', { room: 127 * MB }, wait(5000)],
    ['starts one where memory is just enough', { room: 128 * MB }, start],
    ['starts one beside running turns where one is missing', { busy: true }, start],
    ['starts the successor of an old one', { ages: [300_000] }, start],
    ['starts that when nobody’s turn runs', { ages: [300_000], busy: true }, wait(5000)],
    ['keeps the old one where memory is short', { ages: [300_000], room: 0 }, wait(5000)],
    ['keeps the old one until its successor is ready', { ages: [300_500, 500] }, wait(300)],
    ['ends the old one when its successor is ready', { ages: [300_800, 800] }, end],
    ['renews one of several', { ages: [300_000, 200_000], wanted: 2 }, start],
    ['ends what is not wanted any more', { ages: [5000, 4000, 3000], wanted: 2 }, end],
    ['forgets a program that nobody has used for a day', { ages: [5000], lastUse: 10_000_000 - 24 * HOUR }, end],
    ['starts none for it', { lastUse: 10_000_000 - 24 * HOUR }, wait(60_000)],
    ['remembers one that was used within a day', { lastUse: 10_000_001 - 24 * HOUR }, start],
  ])('%s', (_, view, step, change = {}) => {
    expect(nextStep({ ...rules, ...change }, { ...quiet, ...view })).toEqual(step);
  });
});

describe(Demand.name, () => {
  const takes = (...times: number[]): Demand => {
    const demand = new Demand(1000);
    for (const time of times) demand.taken(time);
    return demand;
  };

  it.each<[string, number[], number, number]>([
    ['one before the first take', [], 5000, 1],
    ['one for those who come alone', [0, 10_000, 20_000, 30_000], 30_000, 1],
    ['as many as came at once', [0, 0, 0, 0], 0, 4],
    ['as many as came within the time that one is made in', [0, 250, 500, 750], 750, 3],
    ['what came every half of that time', Array.from({ length: 50 }, (_, index) => index * 500), 24_500, 3],
    ['still all of them a while after', [0, 0, 0, 0], 300_000, 4],
    ['half after half an hour', [0, 0, 0, 0], HOUR / 2, 2],
    ['one in the end', [0, 0, 0, 0], 2 * HOUR, 1],
    ['the crowd, not those after it', [0, 0, 0, 60_000, 120_000], 120_000, 3],
  ])('wants %s', (_, times, now, wanted) => {
    expect(takes(...times).wanted(now)).toBe(wanted);
  });
});
