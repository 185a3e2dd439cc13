import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AcpError, CancelIgnored } from './acp-error.js';
import { AgentConnection } from './agent-connection.js';
import { type SessionUpdate } from './session-update.js';
import { fieldsOf, textOf } from '../kernel/read-value.js';
import { type Child } from '../process-pool/child.js';
import { Children } from '../process-pool/children.js';
import { ToolSession } from '../tool-bridge/tool-session.js';

const agent = fileURLToPath(new URL('../../selftest/fake-acp-agent.mjs', import.meta.url));
const never = new AbortController().signal;
let dataDir: string;
let children: Children;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'acp-'));
  children = new Children(dataDir);
});
afterAll(async () => {
  await children.close('shutdown');
  await rm(dataDir, { recursive: true });
});

const launch = (env: Record<string, string> = {}): Promise<Child> =>
  children.launch({ name: 'Fake agent', command: process.execPath, args: [agent], env: { PATH: process.env['PATH'] ?? '', ...env } });

interface Opened {
  readonly child: Child;
  readonly connection: AgentConnection;
  readonly refused: string[];
  noise: number;
}

async function open(env: Record<string, string> = {}, timeoutMs = 5000): Promise<Opened> {
  const child = await launch(env);
  const refused: string[] = [];
  const opened = { child, refused, noise: 0 };
  const observer = {
    refused: (method: string) => void refused.push(method),
    noise: () => {
      opened.noise++;
    },
  };
  return Object.assign(opened, { connection: await AgentConnection.open(child, { name: 'Fake agent', version: '1', timeoutMs, observer }) });
}

/** A turn: the texts of its updates, and how it ended. */
async function turn(connection: AgentConnection, sessionId: string, prompt: string, signal = never, cancelGraceMs?: number) {
  const updates: SessionUpdate[] = [];
  const result = await connection.prompt(sessionId, [{ type: 'text', text: prompt }], {
    onUpdate: (update) => updates.push(update),
    signal,
    ...(cancelGraceMs === undefined ? {} : { cancelGraceMs }),
  });
  return { result, updates, text: updates.map(({ content }) => textOf(fieldsOf(content)['text']) ?? '').join('') };
}

async function newSession(connection: AgentConnection) {
  return connection.newSession({ cwd: dataDir });
}

describe(AgentConnection.name, () => {
  it('shakes hands without offering anything, and reads what the agent can do', async () => {
    const record = join(dataDir, 'handshake.jsonl');
    const { child, connection } = await open({ FAKE_ACP_RECORD: record, FAKE_ACP_SYSTEM: 'override', FAKE_ACP_IMAGES: '1' });
    expect(JSON.parse(await readFile(record, 'utf8'))).toMatchObject({ method: 'initialize', params: { protocolVersion: 1, clientCapabilities: {} } });
    expect(connection.capabilities).toEqual({
      loadSession: true,
      closeSession: true,
      systemPrompt: 'override',
      images: true,
      audio: false,
      embeddedContext: false,
      mcpHttp: false,
    });
    expect(connection.agent).toEqual({ name: 'fake-acp-agent', version: '1.0.0' });
    expect(connection.alive).toBe(true);
    await child.end('finished');
    expect(connection.alive).toBe(false);
    expect(await connection.closed).toMatchObject({ code: 'cli_failed' });
  });

  it.each([
    ['exits', 'exit', 'Fake agent ended with exit code 1 before its answer was complete.'],
    ['is silent', 'hang', 'Fake agent did not answer "initialize" within 300 ms.'],
    ['speaks another version', 'old', 'Fake agent speaks version 0 of the Agent Client Protocol, not 1.'],
  ])('fails where the agent %s', async (_case, init, message) => {
    const child = await launch({ FAKE_ACP_INIT: init });
    await expect(AgentConnection.open(child, { name: 'Fake agent', version: '1', timeoutMs: init === 'hang' ? 300 : 5000 })).rejects.toMatchObject({ code: 'cli_failed', message });
    await child.end('failed');
  });

  it('is given up while it shakes hands', async () => {
    const child = await launch({ FAKE_ACP_INIT: 'hang' });
    const abort = new AbortController();
    setTimeout(() => {
      abort.abort('gone');
    }, 50);
    await expect(AgentConnection.open(child, { name: 'Fake agent', version: '1', timeoutMs: 5000, signal: abort.signal })).rejects.toBe('gone');
    await child.end('cancelled');
  });

  it('gives a turn its updates in order, all before its result', async () => {
    const { child, connection } = await open();
    const { id } = await newSession(connection);
    expect(await turn(connection, id, 'hi')).toMatchObject({ text: 'whole answer', result: { stopReason: 'end_turn' } });
    expect(await turn(connection, id, '[[fake split-utf8]]')).toMatchObject({ text: 'naïve 🦀 日本' });
    await child.end('finished');
  });

  it('keeps the sessions of one process apart', async () => {
    const { child, connection } = await open();
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await newSession(connection)).id));
    expect(new Set(ids).size).toBe(20);
    const turns = await Promise.all(ids.map((id, index) => turn(connection, id, `number ${index} [[fake recall]]`)));
    turns.forEach(({ text }, index) => {
      expect(JSON.parse(text)).toMatchObject({ prompts: [[{ text: `number ${index} [[fake recall]]` }]] });
    });
    await expect(Promise.all([turn(connection, ids[0]!, 'a'), turn(connection, ids[0]!, 'b')])).rejects.toThrow('Two turns at once');
    await child.end('finished');
  });

  it('refuses whatever the agent asks for', async () => {
    const { child, connection, refused } = await open();
    const { id } = await newSession(connection);
    expect((await turn(connection, id, '[[fake permission]]')).text).toContain('"result":{"outcome":{"outcome":"selected","optionId":"no"}}');
    expect((await turn(connection, id, '[[fake read-file]]')).text).toBe('file: -32601 terminal: -32601');
    expect(refused).toEqual(['session/request_permission', 'fs/read_text_file', 'terminal/create']);
    await child.end('finished');
  });

  it('allows no functions that are closed', async () => {
    const { child, connection, refused } = await open({ FAKE_ACP_TOOLS: 'deaf' });
    const asked = 'session/request_permission';
    for (const [closed, expected] of [
      ['never', []],
      ['afterwards', [asked]],
      ['before', [asked, asked]],
    ] as const) {
      const tools = new ToolSession('client', [{ name: 'get_weather' }], 'http://127.0.0.1:1', () => undefined);
      if (closed === 'before') tools.close();
      const { id } = await connection.newSession({ cwd: dataDir, tools });
      if (closed === 'afterwards') tools.close();
      // The agent calls the function then, at an address where nobody is.
      await turn(connection, id, '[[fake loop]]').catch(() => undefined);
      expect([closed, refused]).toEqual([closed, expected]);
    }
    await child.end('finished');
  });

  it('is not put out by lines that are none of the protocol', async () => {
    const opened = await open();
    const { id } = await newSession(opened.connection);
    expect((await turn(opened.connection, id, '[[fake garbage]]')).text).toBe('before after');
    expect(opened.noise).toBe(7);
    expect((await turn(opened.connection, id, 'again')).text).toBe('whole answer');
    await opened.child.end('finished');
  });

  it('cancels at the agent and lives on', async () => {
    const { child, connection } = await open();
    const { id } = await newSession(connection);
    const abort = new AbortController();
    setTimeout(() => {
      abort.abort();
    }, 100);
    const { result, updates } = await turn(connection, id, '[[fake slow]]', abort.signal);
    expect(result.stopReason).toBe('cancelled');
    expect(updates.length).toBeLessThan(10);
    expect((await turn(connection, id, 'again')).text).toBe('whole answer');
    expect(child.alive).toBe(true);
    await child.end('finished');
  });

  it('says when the agent goes on with a cancelled turn', async () => {
    const { child, connection } = await open();
    const { id } = await newSession(connection);
    await expect(turn(connection, id, '[[fake hang]]', AbortSignal.timeout(100), 200)).rejects.toBeInstanceOf(CancelIgnored);
    await expect(turn(connection, id, 'too late', AbortSignal.abort('gone'))).rejects.toBe('gone');
    await child.end('cancelled');
  });

  it("rejects with the agent's refusal, and with the child's error where it ends", async () => {
    const { child, connection } = await open();
    const { id } = await newSession(connection);
    const refusal: unknown = await turn(connection, id, '[[fake 429]]').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AcpError);
    expect(refusal).toMatchObject({ code: 429, message: expect.stringContaining('quota') });
    await expect(turn(connection, 'unknown', 'hi')).rejects.toMatchObject({ code: -32602 });
    await expect(connection.request('no/such', {})).rejects.toMatchObject({ code: -32601 });
    await expect(turn(connection, id, '[[fake crash]]')).rejects.toMatchObject({ code: 'cli_failed', cause: { exitCode: 1 } });
    await expect(connection.request('_fake/echo', {})).rejects.toMatchObject({ code: 'cli_failed' });
    await child.exited;
    connection.notify('_fake/nothing', {});
  });

  it('passes the system prompt only to an agent that takes one', async () => {
    const taking = await open({ FAKE_ACP_SYSTEM: 'append' });
    const session = await taking.connection.newSession({ cwd: dataDir, systemPrompt: 'Be brief.' });
    const { text } = await turn(taking.connection, session.id, '[[fake recall]]');
    expect(JSON.parse(text)).toMatchObject({ system: { mode: 'append', content: [{ type: 'text', text: 'Be brief.' }] } });
    const deaf = await open();
    const other = await deaf.connection.newSession({ cwd: dataDir, systemPrompt: 'Be brief.' });
    expect(JSON.parse((await turn(deaf.connection, other.id, '[[fake recall]]')).text)).not.toHaveProperty('system');
    await Promise.all([taking.child.end('finished'), deaf.child.end('finished')]);
  });

  it('drops what a loaded session repeats', async () => {
    const { child, connection } = await open();
    const { id } = await connection.loadSession('old', { cwd: dataDir });
    expect(await turn(connection, id, 'hi')).toMatchObject({ text: 'whole answer' });
    await connection.closeSession(id);
    await expect(turn(connection, id, 'hi')).rejects.toMatchObject({ code: -32602 });
    await child.end('finished');
  });

  it.each(['config', 'list'])('chooses a model by %s', async (models) => {
    const { child, connection } = await open({ FAKE_ACP_MODELS: models });
    const session = await newSession(connection);
    expect(session.models).toMatchObject({ available: ['fake-large', 'fake-small'], current: 'fake-large' });
    expect(await connection.selectModel(session, 'fake-small')).toBe(true);
    expect(await connection.selectModel(session, 'gpt-99')).toBe(false);
    expect(session.models.current).toBe('fake-small');
    expect(JSON.parse((await turn(connection, session.id, '[[fake recall]]')).text)).toMatchObject({ model: 'fake-small' });
    await child.end('finished');
  });

  it('chooses how hard the model thinks', async () => {
    const { child, connection } = await open({ FAKE_ACP_MODELS: 'config' });
    const session = await newSession(connection);
    expect(await connection.selectEffort(session, 'xhigh')).toBe(true);
    expect(JSON.parse((await turn(connection, session.id, '[[fake recall]]')).text)).toMatchObject({ model: 'fake-large', effort: 'max' });
    expect(await connection.selectModel(session, 'fake-small')).toBe(true);
    expect(await connection.selectEffort(session, 'high')).toBe(false);
    await child.end('finished');
  });

  it('holds the output back while its flow is paused', async () => {
    const { child, connection } = await open();
    const { id } = await newSession(connection);
    const updates: unknown[] = [];
    connection.flow.pause();
    const turned = connection.prompt(id, [{ type: 'text', text: 'hi' }], { onUpdate: (update) => updates.push(update), signal: never });
    await sleep(200);
    expect(updates).toEqual([]);
    connection.flow.resume();
    await turned;
    expect(updates).toHaveLength(2);
    await child.end('finished');
  });

  it('outlives what one turn may say, counted anew for each', async () => {
    const narrow = new Children(join(dataDir, 'narrow'), { limits: { line: 10_000, stdout: 20_000, stderr: 1000, stderrTail: 100 } });
    const child = await narrow.launch({ name: 'Fake agent', command: process.execPath, args: [agent], env: { PATH: process.env['PATH'] ?? '' } });
    const connection = await AgentConnection.open(child, { name: 'Fake agent', version: '1', timeoutMs: 5000 });
    const { id } = await newSession(connection);
    for (let count = 0; count < 100; count++) await turn(connection, id, 'hi');
    await expect(turn(connection, id, '[[fake flood]]')).rejects.toMatchObject({ code: 'output_limit_exceeded' });
    await narrow.close('shutdown');
  });
});
