import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claim, type ClaimedKey, IdempotencyService } from './idempotency.service.js';
import { type KeptAnswer, type KeyedRequest } from './kept-answer.js';
import { silentLog } from '../observability/log.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

const asked: KeyedRequest = { owner: 'one', key: 'k', fingerprint: 'f' };
const answer: KeptAnswer = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from([0, 255, 10, 195, 169]) };
const conflict = { code: 'idempotency_conflict', param: 'Idempotency-Key' };

describe.each(await testStores())('idempotency keys in $name', (store) => {
  let at: TestDatabase;
  let storage: Storage;
  beforeEach(async () => {
    at = await store.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await storage.onApplicationShutdown();
    await at.remove();
  });

  /** An instance of the gateway on the same database. */
  const instance = (settings = new StorageSettings()): IdempotencyService => new IdempotencyService(storage, settings, silentLog);
  const claim = (service: IdempotencyService, change: Partial<KeyedRequest> = {}, timeoutMs = 5000, signal = new AbortController().signal): Promise<Claim> =>
    service.claim({ ...asked, ...change }, { signal, timeoutMs });
  const claimed = async (service: IdempotencyService, change: Partial<KeyedRequest> = {}): Promise<ClaimedKey> => {
    const got = await claim(service, change);
    if (got.kind !== 'claimed') throw new Error('somebody else answered');
    return got;
  };

  it('keep an answer, byte for byte, for whoever asks the same again', async () => {
    await (await claimed(instance())).keep(answer);
    expect(await claim(instance())).toEqual({ kind: 'kept', answer });
  });

  it('are a client’s own', async () => {
    await (await claimed(instance())).keep(answer);
    expect((await claim(instance(), { owner: 'two', fingerprint: 'g' })).kind).toBe('claimed');
  });

  it('refuse another request, before and after the answer is there', async () => {
    const here = instance();
    const first = await claimed(here);
    await expect(claim(here, { fingerprint: 'g' })).rejects.toMatchObject(conflict);
    await first.keep(answer);
    await expect(claim(instance(), { fingerprint: 'g' })).rejects.toMatchObject(conflict);
  });

  it.each([
    ['the same instance', (here: IdempotencyService) => here],
    ['another instance', () => instance()],
  ])('give one run to many at once, and its answer to the others, at %s', async (_, other) => {
    const here = instance();
    const claims = Array.from({ length: 20 }, (_each, index) => claim(index % 2 === 0 ? here : other(here)));
    const first = await Promise.race(claims);
    if (first.kind !== 'claimed') throw new Error('nobody was at work');
    await sleep(30);
    await first.keep(answer);
    const others = (await Promise.all(claims)).filter((each) => each !== first);
    expect(others).toEqual(Array.from({ length: 19 }, () => ({ kind: 'kept', answer })));
  });

  it('go to the next one where the first has failed, with another request too', async () => {
    const here = instance();
    const first = await claimed(here);
    const second = claim(here);
    await first.free();
    expect((await second).kind).toBe('claimed');
    await ((await second) as ClaimedKey).free();
    expect((await claim(here, { fingerprint: 'g' })).kind).toBe('claimed');
  });

  it('wait no longer than they may', async () => {
    const here = instance();
    await claimed(here);
    await expect(claim(here, {}, 30)).rejects.toMatchObject({ ...conflict, retryAfter: 5 });
    await expect(claim(instance(), {}, 30)).rejects.toMatchObject({ ...conflict, retryAfter: 5 });
    const abort = new AbortController();
    const left = claim(here, {}, 5000, abort.signal);
    setTimeout(() => {
      abort.abort(new Error('left'));
    }, 20);
    await expect(left).rejects.toThrow('left');
  });

  it('let so many of a client’s requests wait and no more, and another’s as well', async () => {
    const here = instance();
    const [mine, other] = [await claimed(here), await claimed(here, { owner: 'two' })];
    const waiting = Array.from({ length: 101 }, () => claim(here));
    await expect(Promise.race(waiting)).rejects.toMatchObject({ ...conflict, retryAfter: 5 });
    const theirs = claim(here, { owner: 'two' });
    await sleep(50);
    await Promise.all([mine.keep(answer), other.keep(answer)]);
    expect((await theirs).kind).toBe('kept');
    expect((await Promise.allSettled(waiting)).filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
  });

  it('are taken over from an instance that is gone, which then changes nothing any more', async () => {
    const gone = await claimed(instance());
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 16_000);
    const next = await claimed(instance(), { fingerprint: 'g' });
    await gone.keep({ ...answer, status: 201 });
    await next.keep(answer);
    expect(await claim(instance(), { fingerprint: 'g' })).toEqual({ kind: 'kept', answer });
  });

  it('stay with an instance that is alive', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    const here = instance();
    try {
      here.onApplicationBootstrap();
      await claimed(here);
      await jest.advanceTimersByTimeAsync(14_000);
    } finally {
      jest.useRealTimers();
      here.onApplicationShutdown();
    }
    await sleep(50);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 16_000);
    await expect(claim(instance(), {}, 20)).rejects.toMatchObject({ retryAfter: 5 });
  });

  it('are forgotten after a day', async () => {
    await (await claimed(instance())).keep(answer);
    await (await claimed(instance(), { key: 'other' })).keep(answer);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_001);
    expect((await claim(instance(), { fingerprint: 'g' })).kind).toBe('claimed');
    await instance().cleanUp();
    expect(await storage.db.selectFrom('idempotency_keys').select('key').execute()).toEqual([{ key: 'k' }]);
  });

  it('are so many bytes for each client: the oldest go, and nothing that is being made', async () => {
    const here = instance(Object.assign(new StorageSettings(), { clientStoreMb: 1 }));
    const making = await claimed(here, { key: 'making' });
    for (const key of ['a', 'b', 'c', 'd']) {
      await sleep(2);
      await (await claimed(here, { key })).keep({ ...answer, body: Buffer.alloc(250_000) });
    }
    await (await claimed(here, { owner: 'two' })).keep(answer);
    const left = async (): Promise<string[]> =>
      (await storage.db.selectFrom('idempotency_keys').select('key').orderBy('created_at').orderBy('key').execute()).map(({ key }) => key);
    expect(await left()).toEqual(['making', 'b', 'c', 'd', 'k']);
    await instance(Object.assign(new StorageSettings(), { clientStoreMb: 0.5 })).cleanUp();
    expect(await left()).toEqual(['making', 'd', 'k']);
    await making.keep(answer);
    expect((await claim(here, { key: 'making' })).kind).toBe('kept');
  });

  it('are so many and no more for each client', async () => {
    const row = (index: number) => ({
      owner: 'one',
      key: String(index),
      fingerprint: 'f',
      holder: `h${index}`,
      status: 200,
      headers: '{}',
      body: '',
      created_at: Date.now() + index,
      seen_at: 1,
    });
    for (let from = 0; from < 10_003; from += 500)
      await storage.db
        .insertInto('idempotency_keys')
        .values(Array.from({ length: Math.min(500, 10_003 - from) }, (_, index) => row(from + index)))
        .execute();
    await instance().cleanUp();
    const left = await storage.db.selectFrom('idempotency_keys').select('key').orderBy('created_at').execute();
    expect([left.length, left[0]?.key]).toEqual([10_000, '3']);
  });
});
