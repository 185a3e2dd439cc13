import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { type RunPlan } from './background-run.js';
import { instanceName } from './instance-name.js';
import { ResponseRuns } from './response-runs.js';
import { RunSettings } from './run-settings.js';
import { nothingSaid, type ResponseBody, type ResponseEvent } from './stored-response.js';
import { Flow } from '../kernel/flow.js';
import { silentLog } from '../observability/log.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

const body = (id: string, status: ResponseBody['status'] = 'queued'): ResponseBody => ({ id, status, background: true });
const message = { role: 'user' as const, content: [{ type: 'text' as const, text: 'x' }] };
const conversation = { system: ['s'], messages: [message] };
const missing = expect.objectContaining({ code: 'not_found' });

describe.each(await testStores())('answers that outlive their request, in $name', (store) => {
  let at: TestDatabase;
  let storage: Storage;
  let runs: ResponseRuns;
  beforeEach(async () => {
    at = await store.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    runs = new ResponseRuns(storage, new RunSettings(), silentLog);
  });
  afterEach(async () => {
    await runs.onApplicationShutdown();
    await storage.onApplicationShutdown();
    await at.remove();
  });

  /** A run whose events the test tells. */
  function plan(id: string): { readonly events: Subject<ResponseEvent>; readonly plan: RunPlan } {
    const events = new Subject<ResponseEvent>();
    return {
      events,
      plan: {
        body: body(id),
        events,
        conversation: () => conversation,
        ended: (status, text) => ({ body: { ...body(id, status), error: { message: text } }, events: status === 'failed' ? [event(99, body(id, status))] : [] }),
      },
    };
  }
  const event = (sequence: number, response?: ResponseBody): ResponseEvent => ({ type: `e${sequence}`, sequence_number: sequence, ...(response ? { response } : {}) });
  const heardOf = async (id: string, after = -1): Promise<number[]> => (await lastValueFrom(runs.follow(id, 'a', after).pipe(toArray()))).map((each) => each.sequence_number);

  it('keeps an answer for its client alone', async () => {
    await runs.save('a', { body: body('r1', 'completed'), input: ['in'], conversation });
    expect(await runs.find('r1', 'a')).toEqual({ body: body('r1', 'completed'), input: ['in'], conversation });
    await expect(runs.find('r1', 'b')).rejects.toEqual(missing);
    await expect(runs.remove('r1', 'b')).rejects.toEqual(missing);
    await runs.remove('r1', 'a');
    await expect(runs.find('r1', 'a')).rejects.toEqual(missing);
  });

  it('tells an answer under way to whoever follows, from any event on, once and in order', async () => {
    const { events, plan: planned } = plan('r2');
    await runs.start('a', planned, []);
    events.next(event(0, body('r2', 'in_progress')));
    events.next(event(1));
    const early = heardOf('r2');
    const late = heardOf('r2', 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await runs.find('r2', 'a')).body.status).toBe('in_progress');
    events.next(event(2));
    events.next(event(3, body('r2', 'completed')));
    events.complete();
    expect([await early, await late, await heardOf('r2', 2)]).toEqual([[0, 1, 2, 3], [2, 3], [3]]);
    expect(await runs.find('r2', 'a')).toMatchObject({ body: { status: 'completed' }, conversation });
    expect(await lastValueFrom(runs.follow('r2', 'b', -1).pipe(toArray()))).toEqual([]);
  });

  it('ends an answer when it is told to, and leaves the source', async () => {
    const { events, plan: planned } = plan('r3');
    await runs.start('a', planned, []);
    events.next(event(0));
    expect(await runs.cancel('r3', 'a')).toMatchObject({ status: 'cancelled' });
    expect(events.observed).toBe(false);
    expect(await runs.cancel('r3', 'a')).toMatchObject({ status: 'cancelled' });
    expect(await heardOf('r3')).toEqual([0]);
    await expect(runs.cancel('r3', 'b')).rejects.toEqual(missing);
  });

  it('ends what it deletes', async () => {
    const { events, plan: planned } = plan('r4');
    await runs.start('a', planned, []);
    await runs.remove('r4', 'a');
    expect(events.observed).toBe(false);
    await expect(runs.find('r4', 'a')).rejects.toEqual(missing);
  });

  it('cannot cancel an answer that somebody waits for', async () => {
    await runs.save('a', { body: { id: 'r5', status: 'completed' }, input: [], conversation: nothingSaid });
    await expect(runs.cancel('r5', 'a')).rejects.toEqual(expect.objectContaining({ code: 'invalid_parameter' }));
  });

  it.each([
    [
      'breaks',
      (events: Subject<ResponseEvent>) => {
        events.error(new Error('x'));
      },
    ],
    [
      'ends without an end',
      (events: Subject<ResponseEvent>) => {
        events.complete();
      },
    ],
  ])('fails an answer whose source %s', async (_, breakOff) => {
    const { events, plan: planned } = plan('r6');
    await runs.start('a', planned, []);
    breakOff(events);
    await runs.finish(1000);
    expect((await runs.find('r6', 'a')).body.status).toBe('failed');
  });

  it('fails what is under way at the shutdown, and what an instance left that is gone', async () => {
    await runs.start('a', plan('r7').plan, []);
    await runs.onApplicationShutdown();
    expect((await runs.find('r7', 'a')).body.status).toBe('failed');
    await runs.save('a', { body: body('r8', 'in_progress'), input: [], conversation: nothingSaid });
    await storage.db
      .updateTable('responses')
      .set({ seen_at: Date.now() - 61_000 })
      .where('id', '=', 'r8')
      .execute();
    await runs.endUnfinished();
    expect(await heardOf('r8')).toEqual([0]);
    expect((await runs.find('r8', 'a')).body).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  });

  it('fails at once what an instance of this machine left that is gone, and nothing of one that lives', async () => {
    for (const id of ['r11', 'r12']) await runs.save('a', { body: body(id, 'in_progress'), input: [], conversation: nothingSaid });
    const gone = instanceName().replace(/^\d+-\w+/, '999999999-1');
    await storage.db.updateTable('responses').set({ instance: gone }).where('id', '=', 'r11').execute();
    await runs.onApplicationBootstrap();
    expect([(await runs.find('r11', 'a')).body.status, (await runs.find('r12', 'a')).body.status]).toEqual(['failed', 'in_progress']);
  });

  it('are told and ended by another instance too', async () => {
    await runs.onApplicationBootstrap();
    const other = new ResponseRuns(storage, new RunSettings(), silentLog);
    const { events, plan: planned } = plan('r13');
    await runs.start('a', planned, []);
    const followed = lastValueFrom(other.follow('r13', 'a', -1).pipe(toArray()));
    events.next(event(0, body('r13', 'in_progress')));
    events.next(event(1));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await other.cancel('r13', 'a')).toMatchObject({ status: 'cancelled' });
    expect((await followed).map(({ type }) => type)).toEqual(['e0', 'e1']);
    await runs.finish(5000);
    expect(events.observed).toBe(false);
    expect((await runs.find('r13', 'a')).body.status).toBe('cancelled');
  });

  it('tells no more than its follower can take', async () => {
    const { events, plan: planned } = plan('r14');
    await runs.start('a', planned, []);
    for (let sequence = 0; sequence < 1200; sequence += 1) events.next(event(sequence));
    events.next(event(1200, body('r14', 'completed')));
    await runs.finish(5000);
    const flow = new Flow();
    const heard: number[] = [];
    const end = lastValueFrom(
      runs.follow('r14', 'a', -1, flow).pipe(
        tap((told) => {
          heard.push(told.sequence_number);
          if (heard.length === 1) flow.pause();
        }),
        toArray(),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard).toHaveLength(500);
    flow.resume();
    expect((await end).map(({ sequence_number: sequence }) => sequence)).toEqual(Array.from({ length: 1201 }, (_, index) => index));
  });

  it('forgets what is too old', async () => {
    await runs.save('a', { body: body('r9', 'completed'), input: [], conversation: nothingSaid });
    await storage.db
      .updateTable('responses')
      .set({ created_at: Date.now() - 31 * 86_400_000 })
      .where('id', '=', 'r9')
      .execute();
    await runs.cleanUp();
    await expect(runs.find('r9', 'a')).rejects.toEqual(missing);
  });

  it('keeps so many an owner: the oldest go', async () => {
    const now = Date.now();
    const rows = Array.from({ length: 10_002 }, (_, index) => ({
      ...{ id: `s${index}`, owner: 'many', status: 'completed', body: '{}', input: '[]', messages: '{}', instance: 'i' },
      ...{ created_at: now - 20_000 + index, seen_at: now },
    }));
    for (let from = 0; from < rows.length; from += 1000)
      await storage.db
        .insertInto('responses')
        .values(rows.slice(from, from + 1000))
        .execute();
    await runs.save('a', { body: body('r15', 'completed'), input: [], conversation });
    await runs.cleanUp();
    const kept = await storage.db.selectFrom('responses').select('id').where('id', 'in', ['s0', 's1', 's2', 's10001', 'r15']).orderBy('created_at').execute();
    expect(kept.map(({ id }) => id)).toEqual(['s2', 's10001', 'r15']);
  });

  it('keeps nothing that is too long', async () => {
    const huge = { role: 'user' as const, content: [{ type: 'text' as const, text: 'x'.repeat(17 * 1024 ** 2) }] };
    await expect(runs.save('a', { body: body('r10', 'completed'), input: [], conversation: { system: [], messages: [huge] } })).rejects.toEqual(
      expect.objectContaining({ code: 'context_length_exceeded' }),
    );
  });
});
