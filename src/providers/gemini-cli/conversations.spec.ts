import { describe, expect, it } from '@jest/globals';
import { Conversations, type Place } from './conversations.js';
import { type GeminiConnection } from './gemini-connection.js';
import { type Child } from '../../process-pool/child.js';
import { LiveEntries } from '../../process-pool/live-entries.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { SharedProcess } from '../../process-pool/shared-process.js';
import { ToolSession } from '../../tool-bridge/tool-session.js';

const affinity = { resumeKey: 'k', keepKey: () => 'k' };

describe(Conversations.name, () => {
  /** A process in which one conversation is kept. */
  const kept = (held?: Place['held']): { conversations: Conversations; process: SharedProcess<GeminiConnection>; place: Place; closed: () => boolean } => {
    const pool = {
      threads: (alive: (place: Place) => boolean, drop: (place: Place) => void) => new LiveEntries<Place>({ max: 4, ttlMs: 10_000 }, alive, drop),
    } as unknown as ProcessPool;
    const child = { alive: true, ageMs: 0, pid: process.pid } as Child;
    const shared = new SharedProcess(child, {} as GeminiConnection, { maxUses: 9, maxRssBytes: Infinity, maxAgeMs: Infinity }, () => undefined);
    const lease = shared.lease();
    lease.release();
    let closed = false;
    const tools = new ToolSession('client', [], 'http://x', () => {
      closed = true;
    });
    const place = { lease, session: { id: 's', models: { available: [], current: undefined, choose: undefined }, raw: {} }, tools, held };
    const conversations = new Conversations(pool);
    conversations.keep(affinity, place);
    return { conversations, process: shared, place, closed: () => closed };
  };

  it('goes on in the process that knows the conversation, once', () => {
    const { conversations, process: shared, closed } = kept();
    const place = conversations.take(affinity, true);
    expect([place?.session.id, shared.idle, closed()]).toEqual(['s', false, false]);
    expect(conversations.take(affinity, true)).toBeUndefined();
    place?.lease.release();
    expect(shared.idle).toBe(true);
  });

  it('takes no place where there is nothing to say in it', () => {
    const { conversations, process: shared, closed } = kept();
    expect(conversations.take(affinity, false)).toBeUndefined();
    expect([shared.idle, closed()]).toEqual([true, true]);
  });

  it('gives a turn that is held whatever is said: it has its place', () => {
    const { conversations, place, closed } = kept({} as Place['held']);
    expect([conversations.take(affinity, false), closed()]).toEqual([place, false]);
  });
});
