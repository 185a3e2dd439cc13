import { describe, expect, it } from '@jest/globals';
import { type Ready } from './converse.js';
import { Conversations } from './conversations.js';
import { defaultTurnSettings } from './turn-settings.js';
import { type Child } from '../../process-pool/child.js';
import { LiveProcesses } from '../../process-pool/live-processes.js';

class IdleChild {
  readonly ended: string[] = [];
  alive = true;
  readonly exited = new Promise(() => undefined);

  end(reason: string): Promise<void> {
    this.ended.push(reason);
    this.alive = false;
    return Promise.resolve();
  }
}

const open = () => {
  const idle = new IdleChild();
  const conversations = new Conversations(new LiveProcesses({ max: 2, ttlMs: 60_000 }));
  return { idle, conversations, process: { child: idle as unknown as Child, settings: defaultTurnSettings } };
};
const after = (key: string | undefined) => ({ resumeKey: undefined, keepKey: () => key });
const next = (key: string | undefined) => ({ resumeKey: key, keepKey: () => undefined });

describe('Conversations', () => {
  it('gives a process to the next turn of its conversation, once, when it is ready', async () => {
    const { idle, conversations, process } = open();
    let ready: (ready: Ready) => void = () => undefined;
    conversations.keep(after('k'), process, new Promise<Ready>((resolve) => (ready = resolve)));
    const taken = conversations.take(next('k'));
    ready({ calls: [] });
    expect(await taken).toEqual({ ...process, calls: [] });
    expect(await conversations.take(next('k'))).toBeUndefined();
    expect(idle.ended).toEqual([]);
  });

  it('gives none for another conversation or a first turn', async () => {
    const { conversations, process } = open();
    conversations.keep(after('k'), process, Promise.resolve({ calls: [] }));
    expect(await conversations.take(next('other'))).toBeUndefined();
    expect(await conversations.take(next(undefined))).toBeUndefined();
  });

  it.each<[string, string | undefined, Promise<Ready | undefined> | undefined]>([
    ['does not know the conversation', 'k', undefined],
    ['has no name to be found by', undefined, Promise.resolve({ calls: [] })],
    ['does not become ready', 'k', Promise.resolve(undefined)],
  ])('ends a process that %s', async (_name, key, settled) => {
    const { idle, conversations, process } = open();
    conversations.keep(after(key), process, settled);
    expect(await conversations.take(next('k'))).toBeUndefined();
    expect(idle.alive).toBe(false);
  });

  it('gives none that died', async () => {
    const { idle, conversations, process } = open();
    conversations.keep(after('k'), process, Promise.resolve({ calls: [] }));
    idle.alive = false;
    expect(await conversations.take(next('k'))).toBeUndefined();
  });
});
