import { describe, expect, it } from '@jest/globals';
import { type BatchResults, type NumberedResult } from './batch-results.js';
import { ResultWriter } from './result-writer.js';

const never = new AbortController().signal;
const result = (line: number): NumberedResult => ({ line, succeeded: true, text: `${line}\n` });

describe('the results of a batch on their way to the database', () => {
  it('go together while others are written, and in their order', async () => {
    const written: number[][] = [];
    const add = async (_batch: string, results: readonly NumberedResult[]): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      written.push(results.map(({ line }) => line));
    };
    const writer = new ResultWriter('b', { add } as BatchResults, () => undefined);
    await Promise.all([1, 2, 3].map((line) => writer.add(result(line), never)));
    await writer.add(result(4), never);
    expect(written).toEqual([[1], [2, 3], [4]]);
  });

  it('are tried again, until nobody wants them any more', async () => {
    let tries = 0;
    let away = true;
    const add = (): Promise<void> => {
      tries += 1;
      return away ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    let told = 0;
    const writer = new ResultWriter('b', { add } as unknown as BatchResults, () => (told += 1));
    const first = writer.add(result(1), never);
    setTimeout(() => (away = false), 150);
    await first;
    expect([tries > 1, told]).toEqual([true, 1]);
    away = true;
    const abort = new AbortController();
    const second = writer.add(result(2), abort.signal);
    abort.abort(new Error('over'));
    await expect(second).rejects.toThrow('over');
  });
});
