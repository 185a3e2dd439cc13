import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { type RunPlan } from './background-run.js';
import { instanceName } from '../process-pool/instance-name.js';
import { ResponseRuns } from './response-runs.js';
import { ResponseStore } from './response-store.js';
import { nothingSaid } from './stored-response.js';
import { Flow } from '../kernel/flow.js';
import { silentLog } from '../observability/log.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { type ResponseObject, type ResponseStatus } from '../wire/openai-responses/response-body.js';
import { type ResponseEvent } from '../wire/openai-responses/response-writer.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

const body = (id: string, status: ResponseStatus = 'queued'): ResponseObject => ({ id, object: 'response', status, output: [], background: true });
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
    runs = new ResponseRuns(storage, new StorageSettings(), silentLog);
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
        input: [],
        events,
        conversation: () => conversation,
        ended: (status, text) => ({ body: { ...body(id, status), error: { message: text } }, events: status === 'failed' ? [event(99, body(id, status))] : [] }),
      },
    };
  }
  const event = (sequence: number, response?: ResponseObject): ResponseEvent => ({ type: `e${sequence}`, sequence_number: sequence, ...(response ? { response } : {}) });
  const heardOf = async (id: string, after = -1): Promise<number[]> => (await lastValueFrom(runs.follow(id, 'a', after).pipe(toArray()))).map(({ sequence }) => sequence);

  it('keeps an answer for its client alone', async () => {
    await runs.save('a', { body: body('r1', 'completed'), input: ['in'], conversation });
    expect(await runs.find('r1', 'a')).toEqual(body('r1', 'completed'));
    expect(await runs.inputOf('r1', 'a')).toEqual(['in']);
    expect(await runs.historyOf('r1', 'a')).toEqual(conversation);
    await expect(runs.inputOf('r1', 'b')).rejects.toEqual(missing);
    await expect(runs.historyOf('r1', 'b')).rejects.toEqual(missing);
    await expect(runs.find('r1', 'b')).rejects.toEqual(missing);
    await expect(runs.remove('r1', 'b')).rejects.toEqual(missing);
    await runs.remove('r1', 'a');
    await expect(runs.find('r1', 'a')).rejects.toEqual(missing);
  });

  it('keeps so many bytes of a client: the oldest go, with what was told of them', async () => {
    const small = new ResponseRuns(storage, Object.assign(new StorageSettings(), { clientStoreMb: 1 }), silentLog);
    const save = async (id: string, owner = 'a'): Promise<void> => {
      await small.save(owner, { body: body(id, 'completed'), input: ['x'.repeat(300_000)], conversation });
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    await save('other', 'b');
    for (let number = 0; number < 5; number++) await save(`r${number}`);
    const left = async (): Promise<string[]> => (await storage.db.selectFrom('responses').select('id').orderBy('created_at').execute()).map(({ id }) => id);
    expect(await left()).toEqual(['other', 'r2', 'r3', 'r4']);
    const { events, plan: planned } = plan('told');
    const run = await small.start('a', planned);
    for (let sequence = 0; sequence < 8; sequence++) events.next({ ...event(sequence), text: 'x'.repeat(100_000) });
    events.next(event(8, body('told', 'completed')));
    await run.over;
    await small.cleanUp();
    expect(await left()).toEqual(['other', 'told']);
    expect(await storage.db.selectFrom('responses').select('told').where('id', '=', 'told').executeTakeFirst()).toEqual({ told: expect.any(Number) });
  });

  it('ends an answer in the background where those of its client say more than is kept', async () => {
    const small = new ResponseRuns(storage, Object.assign(new StorageSettings(), { clientStoreMb: 1 }), silentLog);
    const [one, two] = [plan('one'), plan('two')];
    const runs = [await small.start('a', one.plan), await small.start('a', two.plan)];
    for (let sequence = 0; sequence < 7; sequence++) for (const { events } of [one, two]) events.next({ ...event(sequence), text: 'x'.repeat(100_000) });
    await Promise.race(runs.map(({ over }) => over));
    expect([one.events.observed, two.events.observed].filter((observed) => observed)).toHaveLength(1);
    await small.onApplicationShutdown();
  });

  it('tells an answer under way to whoever follows, from any event on, once and in order', async () => {
    const { events, plan: planned } = plan('r2');
    await runs.start('a', planned);
    events.next(event(0, body('r2', 'in_progress')));
    events.next(event(1));
    const early = heardOf('r2');
    const late = heardOf('r2', 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await runs.find('r2', 'a')).status).toBe('in_progress');
    events.next(event(2));
    events.next(event(3, body('r2', 'completed')));
    events.complete();
    expect([await early, await late, await heardOf('r2', 2)]).toEqual([[0, 1, 2, 3], [2, 3], [3]]);
    expect(await runs.find('r2', 'a')).toMatchObject({ status: 'completed' });
    expect(await runs.historyOf('r2', 'a')).toEqual(conversation);
    expect(await lastValueFrom(runs.follow('r2', 'b', -1).pipe(toArray()))).toEqual([]);
  });

  it('ends an answer when it is told to, and leaves the source', async () => {
    const { events, plan: planned } = plan('r3');
    await runs.start('a', planned);
    events.next(event(0));
    expect(await runs.cancel('r3', 'a')).toMatchObject({ status: 'cancelled' });
    expect(events.observed).toBe(false);
    expect(await runs.cancel('r3', 'a')).toMatchObject({ status: 'cancelled' });
    expect(await heardOf('r3')).toEqual([0]);
    await expect(runs.cancel('r3', 'b')).rejects.toEqual(missing);
  });

  it('ends what it deletes', async () => {
    const { events, plan: planned } = plan('r4');
    await runs.start('a', planned);
    await runs.remove('r4', 'a');
    expect(events.observed).toBe(false);
    await expect(runs.find('r4', 'a')).rejects.toEqual(missing);
  });

  it('cannot cancel an answer that somebody waits for', async () => {
    await runs.save('a', { body: { ...body('r5', 'completed'), background: false }, input: [], conversation: nothingSaid });
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
    await runs.start('a', planned);
    breakOff(events);
    await runs.finish(1000);
    expect((await runs.find('r6', 'a')).status).toBe('failed');
  });

  it('fails what is under way at the shutdown, and what an instance left that is gone', async () => {
    await runs.start('a', plan('r7').plan);
    await runs.onApplicationShutdown();
    expect((await runs.find('r7', 'a')).status).toBe('failed');
    await runs.save('a', { body: body('r8', 'in_progress'), input: [], conversation: nothingSaid });
    await storage.db
      .updateTable('responses')
      .set({ seen_at: Date.now() - 61_000 })
      .where('id', '=', 'r8')
      .execute();
    await runs.endUnfinished();
    expect(await heardOf('r8')).toEqual([0]);
    expect(await runs.find('r8', 'a')).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  });

  it('fails at once what an instance of this machine left that is gone, and nothing of one that lives', async () => {
    for (const id of ['r11', 'r12']) await runs.save('a', { body: body(id, 'in_progress'), input: [], conversation: nothingSaid });
    const gone = instanceName().replace(/^\d+-\w+/, '999999999-1');
    await storage.db.updateTable('responses').set({ instance: gone }).where('id', '=', 'r11').execute();
    await runs.onApplicationBootstrap();
    expect([(await runs.find('r11', 'a')).status, (await runs.find('r12', 'a')).status]).toEqual(['failed', 'in_progress']);
  });

  it('ends once what was left behind, however many look after it', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `l${index}`);
    for (const id of ids) await runs.save('a', { body: body(id, 'in_progress'), input: [], conversation: nothingSaid });
    await storage.db
      .updateTable('responses')
      .set({ seen_at: Date.now() - 61_000 })
      .execute();
    const warned: unknown[] = [];
    const log = { ...silentLog, warn: (...words: unknown[]) => warned.push(words) } as unknown as typeof silentLog;
    // SQLite waits for another process without letting go of its own: here all are one process.
    const own = at.url === undefined ? [] : await Promise.all([0, 1].map(() => Storage.open(at.url, at.dataDir, silentLog)));
    const others = [own[0] ?? storage, own[1] ?? storage].map((each) => new ResponseRuns(each, new StorageSettings(), log));
    await Promise.all(others.map((each) => each.endUnfinished()));
    for (const id of ids) expect([(await runs.find(id, 'a')).status, await heardOf(id)]).toEqual(['failed', [0]]);
    expect(warned).toEqual([]);
    for (const each of own) await each.onApplicationShutdown();
  });

  it('leaves alone what was left behind but for its last state, and what its instance is at again', async () => {
    for (const id of ['e1', 'e2']) await runs.save('a', { body: body(id, 'in_progress'), input: [], conversation: nothingSaid });
    const done = { ...event(4, { ...body('e1', 'completed'), said: 'all' }) };
    await storage.db
      .insertInto('response_events')
      .values({ response_id: 'e1', sequence: 4, event: JSON.stringify(done) })
      .execute();
    const store = new ResponseStore(storage, 'i', () => Date.now());
    const [stale] = (await store.unfinished()).filter(({ id }) => id === 'e2');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.touch(['e2']);
    await store.endLeft(stale!, () => {
      throw new Error('it is at work');
    });
    await storage.db
      .updateTable('responses')
      .set({ seen_at: Date.now() - 61_000 })
      .where('id', '=', 'e1')
      .execute();
    await runs.endUnfinished();
    expect(await runs.find('e1', 'a')).toEqual(done.response);
    expect([await heardOf('e1'), (await runs.find('e2', 'a')).status]).toEqual([[4], 'in_progress']);
  });

  it('takes nobody for gone who could not say anything while the database was away', async () => {
    await runs.save('a', { body: body('g1', 'in_progress'), input: [], conversation: nothingSaid });
    await storage.db
      .updateTable('responses')
      .set({ seen_at: Date.now() - 61_000 })
      .execute();
    await storage.db.schema.alterTable('responses').renameTo('away').execute();
    await runs.endUnfinished();
    await storage.db.schema.alterTable('away').renameTo('responses').execute();
    await runs.endUnfinished();
    expect((await runs.find('g1', 'a')).status).toBe('in_progress');
  });

  it.each(['responses', 'response_events'])('lose nothing while %s cannot be written', async (table) => {
    const { events, plan: planned } = plan('o1');
    await runs.start('a', planned);
    events.next(event(0, body('o1', 'in_progress')));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await storage.db.schema.alterTable(table).renameTo('away').execute();
    events.next(event(1));
    await new Promise((resolve) => setTimeout(resolve, 150));
    events.next(event(2, body('o1', 'completed')));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await storage.db.schema.alterTable('away').renameTo(table).execute();
    await runs.finish(5000);
    expect([(await runs.find('o1', 'a')).status, await heardOf('o1')]).toEqual(['completed', [0, 1, 2]]);
  });

  it('are told and ended by another instance too', async () => {
    await runs.onApplicationBootstrap();
    const other = new ResponseRuns(storage, new StorageSettings(), silentLog);
    const { events, plan: planned } = plan('r13');
    await runs.start('a', planned);
    const followed = lastValueFrom(other.follow('r13', 'a', -1).pipe(toArray()));
    events.next(event(0, body('r13', 'in_progress')));
    events.next(event(1));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await other.cancel('r13', 'a')).toMatchObject({ status: 'cancelled' });
    expect((await followed).map(({ type }) => type)).toEqual(['e0', 'e1']);
    await runs.finish(5000);
    expect(events.observed).toBe(false);
    expect((await runs.find('r13', 'a')).status).toBe('cancelled');
  });

  it('tells no more than its follower can take', async () => {
    const { events, plan: planned } = plan('r14');
    await runs.start('a', planned);
    for (let sequence = 0; sequence < 1200; sequence += 1) events.next(event(sequence));
    events.next(event(1200, body('r14', 'completed')));
    await runs.finish(5000);
    const flow = new Flow();
    const heard: number[] = [];
    const end = lastValueFrom(
      runs.follow('r14', 'a', -1, flow).pipe(
        tap((told) => {
          heard.push(told.sequence);
          if (heard.length === 1) flow.pause();
        }),
        toArray(),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard).toHaveLength(500);
    flow.resume();
    expect((await end).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1201 }, (_, index) => index));
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

  it('gives what several answers put out', async () => {
    const item = (id: string) => [{ id, type: 'reasoning' as const, summary: [] }];
    const digits = (each: number): string => String(each).padStart(32, '0');
    for (const each of [1, 2]) await runs.save('a', { body: { ...body(`resp_${digits(each)}`, 'completed'), output: item(`rs_${digits(each)}0`) }, input: [], conversation });
    const references = [2, 1].map((each) => ({ type: 'item_reference', id: `rs_${digits(each)}0` }));
    expect(await runs.withItems([...references, 'x'], 'a')).toEqual([...item(`rs_${digits(2)}0`), ...item(`rs_${digits(1)}0`), 'x']);
    expect(await runs.withItems('x', 'a')).toBe('x');
    await expect(runs.withItems(references, 'b')).rejects.toEqual(expect.objectContaining({ code: 'not_found', param: 'input[0].id' }));
    const many = Array.from({ length: 201 }, (_, each) => ({ type: 'item_reference', id: `rs_${digits(each)}0` }));
    await expect(runs.withItems(many, 'a')).rejects.toEqual(expect.objectContaining({ code: 'invalid_parameter' }));
  });

  it('keeps nothing that is too long', async () => {
    const huge = { role: 'user' as const, content: [{ type: 'text' as const, text: 'x'.repeat(17 * 1024 ** 2) }] };
    await expect(runs.save('a', { body: body('r10', 'completed'), input: [], conversation: { system: [], messages: [huge] } })).rejects.toEqual(
      expect.objectContaining({ code: 'context_length_exceeded' }),
    );
  });
});
