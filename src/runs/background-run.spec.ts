import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { BackgroundRun } from './background-run.js';
import { type ResponseStore, type WrittenEvent } from './response-store.js';
import { type StoredTexts } from './stored-texts.js';
import { OwnerBudget } from '../storage/owner-budget.js';
import { type ResponseObject, type ResponseStatus } from '../wire/openai-responses/response-body.js';
import { type ResponseEvent } from '../wire/openai-responses/response-writer.js';

const body = (status: ResponseStatus, output: ResponseObject['output'] = []): ResponseObject => ({ id: 'r', object: 'response', status, output, background: true });
const event = (sequence: number, response?: ResponseObject): ResponseEvent => ({ type: `e${sequence}`, sequence_number: sequence, ...(response ? { response } : {}) });

/** A run whose events the test tells, and whose writes fail as often as `fails` says. */
function make(fails: { append: number; update: number }, { said = 'x', patienceMs = 60_000 } = {}) {
  const events = new Subject<ResponseEvent>();
  const kept: WrittenEvent[] = [];
  const states: Partial<StoredTexts>[] = [];
  const store: Pick<ResponseStore, 'append' | 'update'> = {
    append: (_, more) => {
      if (fails.append-- > 0) return Promise.reject(new Error('connection lost'));
      kept.push(...more);
      return Promise.resolve();
    },
    update: (_, texts) => {
      if (fails.update-- > 0) return Promise.reject(new Error('connection lost'));
      states.push(texts);
      return Promise.resolve(true);
    },
  };
  const log: unknown[] = [];
  const plan = {
    body: body('queued'),
    input: ['in'],
    events,
    conversation: () => ({ system: [], messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: said }] }] }),
    ended: (status: 'cancelled' | 'failed', message: string) => ({ body: { ...body(status), error: { message } }, events: [event(9, body(status))] }),
  };
  const run = new BackgroundRun(plan, store, (error) => log.push(error), new OwnerBudget(Infinity).open('o'), patienceMs);
  run.start();
  const over = async (): Promise<void> => {
    await run.over;
    expect(events.observed).toBe(false);
  };
  return { events, run, over, log, sequences: () => kept.map(({ sequence }) => sequence), states: () => states.map(({ status }) => status), last: () => states.at(-1) };
}

describe(BackgroundRun.name, () => {
  it('is over when its end is stored, however often that failed', async () => {
    const { events, over, states, last, sequences, log } = make({ append: 2, update: 2 });
    events.next(event(0, body('in_progress')));
    events.next(event(1));
    events.next(event(2, body('completed')));
    await over();
    expect([sequences(), states()]).toEqual([
      [0, 1, 2],
      ['in_progress', 'completed'],
    ]);
    expect(JSON.parse(last()?.messages ?? '')).toMatchObject({ messages: [{ role: 'user' }] });
    expect(log).toHaveLength(2); // once a write
  });

  it('writes what came while it could not write, in order', async () => {
    const { events, over, sequences } = make({ append: 3, update: 0 });
    for (let sequence = 0; sequence < 5; sequence += 1) {
      events.next(event(sequence));
      await new Promise((resolve) => setTimeout(resolve, 110));
    }
    events.next(event(5, body('completed')));
    await over();
    expect(sequences()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives up what cannot be stored for too long, and leaves the source', async () => {
    const { events, over, states, log } = make({ append: Infinity, update: 0 }, { patienceMs: 50 });
    events.next(event(0));
    await over();
    expect([states(), log.length]).toEqual([[], 2]);
  });

  it('does not wait at the shutdown', async () => {
    const { events, run, over, states } = make({ append: 1, update: 0 });
    events.next(event(0, body('completed')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const began = performance.now();
    run.stop('down');
    await over();
    expect(performance.now() - began).toBeLessThan(60);
    expect(states()).toEqual(['completed']);
  });

  it('fails where the answer has grown too long to be stored', async () => {
    const { events, over, last, sequences } = make({ append: 0, update: 0 }, { said: 'x'.repeat(17 * 1024 ** 2) });
    events.next(event(0, body('completed')));
    await over();
    expect([last()?.status, sequences()]).toEqual(['failed', [9]]);
    expect(last()?.messages).toBeUndefined();
  });

  it('keeps the state alone of one that was ended with too much said', async () => {
    const { events, run, over, last } = make({ append: 0, update: 0 });
    const message = {
      id: 'm',
      type: 'message',
      status: 'incomplete',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'x'.repeat(17 * 1024 ** 2), annotations: [], logprobs: [] }],
    } as const;
    events.next(event(0, body('in_progress', [message])));
    run.end('cancelled', 'x');
    await over();
    expect(last()?.body?.length).toBeLessThan(1000);
  });
});
