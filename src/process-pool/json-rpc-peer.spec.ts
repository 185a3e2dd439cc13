import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from './children.js';
import { JsonRpcError } from './json-rpc-error.js';
import { JsonRpcPeer } from './json-rpc-peer.js';
import { program } from '../../test/fake-cli/pool-fixture.js';

let dataDir: string;
let children: Children;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pool-'));
  children = new Children(dataDir);
});
afterAll(async () => {
  await children.close('shutdown');
  await rm(dataDir, { recursive: true });
});

interface Heard {
  readonly peer: JsonRpcPeer;
  readonly notes: unknown[];
  readonly closed: unknown[];
}

async function start(answer: (method: string, params: unknown) => unknown = () => undefined): Promise<Heard> {
  const child = await children.launch(program('json-rpc.mjs'));
  const notes: unknown[] = [];
  const closed: unknown[] = [];
  const peer = new JsonRpcPeer(child, 'Fake CLI', {
    notification: (method, params) => notes.push([method, params]),
    request: answer,
    closed: (error) => closed.push(error),
  });
  return { peer, notes, closed };
}

describe(JsonRpcPeer.name, () => {
  it('asks, many at once, and each hears its own answer', async () => {
    const { peer } = await start();
    const asked = [30, 10, 0].map((ms) => peer.request('later', { ms }));
    expect(await Promise.all(asked)).toEqual([{ ms: 30 }, { ms: 10 }, { ms: 0 }]);
  });

  it('hears refusals, also odd ones', async () => {
    const { peer } = await start();
    await expect(peer.request('fail', { code: -32600, message: 'no', data: { why: 1 } })).rejects.toMatchObject({
      name: 'JsonRpcError',
      code: -32600,
      message: 'no',
      data: { why: 1 },
    });
    await expect(peer.request('fail', 'odd')).rejects.toMatchObject({ code: -32603, message: 'Fake CLI refused.' });
  });

  it('hears notifications, and no noise', async () => {
    const { peer, notes } = await start();
    expect(await peer.request('noise', {})).toBe('after');
    expect(await peer.request('note', { a: 1 })).toBeNull();
    expect(notes).toEqual([['noted', { a: 1 }]]);
  });

  it.each<[string, () => unknown, unknown]>([
    ['a result', () => ({ fine: true }), { result: { fine: true } }],
    ['a promise', () => Promise.resolve('later'), { result: 'later' }],
    ['nothing', () => undefined, { result: {} }],
    ['a refusal', () => Promise.reject(new JsonRpcError(-32601, 'Method not found')), { error: { code: -32601, message: 'Method not found' } }],
    ['a mishap, whose words stay here', () => Promise.reject(new Error('/secret')), { error: { code: -32603, message: 'Internal error' } }],
  ])('answers with %s', async (_, answer, expected) => {
    const { peer } = await start(answer);
    expect(await peer.request('ask', { method: 'what', params: [] })).toEqual(expected);
  });

  it('gives up on a signal, and takes no late answer for another', async () => {
    const { peer } = await start();
    const reason = new Error('enough');
    const abort = new AbortController();
    const asked = peer.request('later', { ms: 20 }, abort.signal);
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(peer.request('echo', {}, abort.signal)).rejects.toBe(reason);
    expect(await peer.request('later', { ms: 40 })).toEqual({ ms: 40 });
  });

  it('refuses all that waits when the program goes, and what comes after', async () => {
    const { peer, closed } = await start();
    const waiting = [peer.request('never', {}), peer.request('exit', {})].map((asked) => asked.catch((error: unknown) => error));
    const errors = await Promise.all(waiting);
    expect(errors).toEqual([expect.objectContaining({ code: 'cli_failed' }), errors[0]]);
    expect(closed).toEqual([errors[0]]);
    await expect(peer.request('echo', {})).rejects.toBe(errors[0]);
    peer.notify('echo');
  });
});
