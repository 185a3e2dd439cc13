import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { AgentHarness, type Entries, keys, recalled, textOf } from './fake-cli/acp-agents.js';
import { isRunning } from './fake-cli/pool-fixture.js';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const agents: Entries = {
  fake: {},
  able: { env: { FAKE_ACP_MODELS: 'config' } },
  wary: { trusted: false },
  absent: { command: 'no-such-agent' },
  strange: { env: { FAKE_ACP_LOGIN: 'none' } },
};

describe('processes of an ACP agent', () => {
  jest.setTimeout(30_000);
  let at: AgentHarness;
  let pool: ProcessPool;

  beforeAll(async () => {
    at = await AgentHarness.start(agents, { others: ['late', 'mute'] });
    pool = at.gateway.app.get(ProcessPool);
  });
  afterAll(async () => {
    const { dataDir } = at.gateway;
    await at.gateway.close();
    expect(processesOf(dataDir)).toEqual([]);
  });

  const ask: AgentHarness['ask'] = (...asked) => at.ask(...asked);

  describe('ends', () => {
    /** Leaves a stream at its first word. @returns the process that spoke */
    const leave = async (behaviour: string): Promise<number> => {
      const abort = new AbortController();
      const stream = await at.client.chat.completions.create(
        { model: 'acp/fake', stream: true, messages: [{ role: 'user', content: `[[fake ${behaviour}]]` }] },
        { signal: abort.signal },
      );
      let thoughts = '';
      for await (const chunk of stream) {
        const delta = chunk.choices[0]?.delta as { content?: string; reasoning_content?: string } | undefined;
        thoughts += delta?.reasoning_content ?? '';
        if (delta?.content) break;
      }
      abort.abort();
      return Number(/pid (\d+)/.exec(thoughts)?.[1]);
    };

    it.each(['slow', 'hang', 'stubborn', 'flood'])('within two seconds when its client leaves: %s', async (behaviour) => {
      const pid = await leave(behaviour);
      expect(isRunning(pid)).toBe(true);
      await eventually(() => !isRunning(pid), 2000);
      await eventually(() => pool.capacity().active === 0);
    });

    it('at the length that was asked for', async () => {
      const answer = await ask('[[fake slow]]', { stop: ['word3'] });
      expect([answer.body.choices[0].finish_reason, textOf(answer)]).toEqual(['stop', 'word0 word1 word2 ']);
    });

    it.each([
      ['crash', 502, 'cli_failed', 'The agent "fake" ended with exit code 1 before its answer was complete.'],
      ['internal', 502, 'cli_failed', 'The agent "fake" ended the turn with an error.'],
      ['429', 429, 'provider_rate_limited', 'The limit of the account of the agent "fake" is reached. Try again later.'],
      ['500', 502, 'upstream_error', 'The vendor of the agent "fake": The model is overloaded, see …'],
    ])('with an error of its own: %s', async (behaviour, status, code, message) => {
      const answer = await ask(`[[fake ${behaviour}]]`, { fallback: false });
      expect([answer.status, answer.body.error.code, answer.body.error.message]).toEqual([status, code, message]);
      if (status === 429) expect(answer.headers.get('retry-after')).toBe('7');
    });
  });

  describe('serves only', () => {
    it.each([
      ['wary', /may run tools of its own and is not trusted\. .*acp\.wary\.trusted/],
      ['absent', /is not installed: its command is not found/],
    ])('where it may: %s', async (agent, words) => {
      const answer = await ask('hi', { agent });
      expect([answer.status, answer.body.error.code]).toEqual([503, 'provider_unavailable']);
      expect(answer.body.error.message).toMatch(words);
    });

    it('where it is logged in', async () => {
      // Warmed at the start, it told so by itself.
      const told = async (): Promise<string> => ((await ask('hi', { agent: 'strange', fallback: false })).body.error as { message: string }).message;
      expect(await told()).toContain('is not logged in');
      expect((await ask('hi', { agent: 'strange' })).headers.get('x-should-retry')).toBe('false');
    });

    it('keys that name it', async () => {
      for (const key of [keys.all, keys.plain]) {
        const answer = await ask('hi', { key });
        expect([answer.status, answer.body.error.code]).toEqual([403, 'model_not_allowed']);
      }
    });

    it('whom it is listed for', async () => {
      const listed = async (key: string): Promise<string[]> =>
        ((await call(`${at.gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).body as { data: { id: string }[] }).data
          .map(({ id }) => id)
          .filter((id) => id.startsWith('acp/'));
      expect(await listed(keys.named)).toEqual(['acp/fake/default', 'acp/able/fake-large', 'acp/able/fake-small']);
      expect(await listed(keys.plain)).toEqual([]);
    });
  });

  it('tells its state', async () => {
    const { body } = await call(`${at.gateway.url}/health`);
    expect(body.providers).toMatchObject({
      'acp/fake': { status: 'ready', installed: true, authenticated: true },
      'acp/strange': { status: 'unavailable', installed: true, authenticated: false, detail: expect.stringContaining('not logged in') },
    });
    // One that is not trusted is not meant to serve: nobody misses it.
    expect(body.providers['acp/wary']).toBeUndefined();
    expect(JSON.stringify(body)).not.toMatch(/\/(home|root|tmp|usr)\//);
  });

  it('serves twenty at once without mixing them up', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`number ${index} [[fake recall]]`)));
    answers.forEach((answer, index) => {
      expect(recalled(answer).prompts).toEqual([[{ type: 'text', text: `number ${index} [[fake recall]]` }]]);
    });
  });

  it('holds its agent back for a client that does not read', async () => {
    const socket = connect(Number(new URL(at.gateway.url).port), '127.0.0.1');
    const body = JSON.stringify({ model: 'acp/fake', stream: true, messages: [{ role: 'user', content: '[[fake flood]]' }] });
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.named}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const pid = await new Promise<number>((resolve) => {
      let heard = '';
      const hear = (chunk: Buffer): void => {
        heard += chunk.toString('latin1').slice(0, 4000);
        const found = /pid (\d+)/.exec(heard)?.[1];
        if (found === undefined) return;
        socket.off('data', hear).pause();
        resolve(Number(found));
      };
      socket.on('data', hear);
    });
    const written = (): number => Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
    let last = -1;
    await eventually(async () => {
      const before = last;
      last = written();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return before === last;
    }, 5000);
    expect(last).toBeLessThan(30 * 1024 ** 2);
    socket.resume();
    await eventually(() => written() > last);
    socket.destroy();
    await eventually(() => !isRunning(pid), 2000);
  });

  it('leaves nothing behind, good turns and bad ones', async () => {
    const count = (): { descriptors: number; processes: number } => ({ descriptors: readdirSync('/proc/self/fd').length, processes: processesOf(at.gateway.dataDir).length });
    const before = count();
    const leave = async (): Promise<void> => {
      const abort = new AbortController();
      const left = at.client.chat.completions.create({ model: 'acp/fake', messages: [{ role: 'user', content: '[[fake hang]]' }] }, { signal: abort.signal });
      setTimeout(() => {
        abort.abort();
      }, 100);
      await left.catch(() => undefined);
    };
    for (let round = 0; round < 5; round++)
      await Promise.all([ask('hi'), ask('[[fake crash]]'), ask('[[fake 500]]'), ask('[[fake garbage]]'), ask('[[fake usage]]'), leave(), leave()]);
    await eventually(() => pool.capacity().active === 0);
    // Three pipes a process; some are kept for their conversations.
    await eventually(() => count().processes <= before.processes + 5 && count().descriptors <= before.descriptors + 40, 5000);
  });

  it('ends one that nobody waits for any more, before it is open', async () => {
    at.adopt({ ...agents, mute: { env: { FAKE_ACP_INIT: 'hang' }, initTimeoutMs: 60_000 } });
    const mute = (): number[] => processesOf(at.gateway.dataDir, 'FAKE_ACP_INIT=hang');
    const abort = new AbortController();
    const asked = at.client.chat.completions.create({ model: 'acp/mute', messages: [{ role: 'user', content: 'hi' }] }, { signal: abort.signal });
    await eventually(() => mute().length === 2, 5000); // the one that was taken, and the next one that waits
    abort.abort();
    await expect(asked).rejects.toThrow();
    await eventually(() => mute().length === 1);
  });

  it('comes and goes with the configuration file', async () => {
    at.adopt({ ...agents, late: { env: { FAKE_ACP_MODELS: 'config' } } });
    expect(textOf(await ask('hi', { agent: 'late' }))).toBe('whole answer');
    const first = await ask('the same process');
    at.adopt({ fake: {} });
    expect((await ask('hi', { agent: 'able' })).status).not.toBe(200);
    const messages = [
      { role: 'user', content: 'the same process' },
      { role: 'assistant', content: textOf(first) },
      { role: 'user', content: '[[fake recall]]' },
    ];
    expect(recalled(await ask('', { messages })).prompts).toHaveLength(2);
    // One that waits, and those that are kept for their conversations.
    await eventually(() => processesOf(at.gateway.dataDir).length <= 5, 5000);
  });
});
