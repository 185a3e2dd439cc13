#!/usr/bin/env node
// Speaks like `gemini --acp` as far as the gateway listens, keeps the files that the real one keeps, and misbehaves on demand: `[[fake BEHAVIOUR]]` in the last
// words of a turn. Without dependencies.
//   fine (default), slow, long, thoughts, error-<code>, missing-model, blocked, crash, deaf, garbage, permission, show
// By its environment: FAKE_GEMINI_VERSION, FAKE_GEMINI_LOGIN=no or asks, FAKE_GEMINI_LOAD=no.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const state = join(process.env.GEMINI_CLI_HOME, '.gemini');
const chats = join(state, 'tmp', 'work', 'chats');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const sessions = new Map();
const asked = new Map();

const open = (id, history = []) => {
  mkdirSync(chats, { recursive: true });
  writeFileSync(join(state, 'projects.json'), JSON.stringify({ projects: { [process.cwd()]: 'work' } }));
  writeFileSync(join(chats, `session-2026-01-01T00-00-${id.slice(0, 8)}.jsonl`), `${JSON.stringify({ sessionId: id })}\n`);
  sessions.set(id, { id, model: 'gemini-3.8-flash', history });
};
const models = (id) => ({
  availableModels: ['auto', 'gemini-3.8-flash', 'gemini-fake-pro'].map((modelId) => ({ modelId, name: modelId })),
  currentModelId: sessions.get(id).model,
});
const update = (session, sessionUpdate, text) => say({ method: 'session/update', params: { sessionId: session.id, update: { sessionUpdate, content: { type: 'text', text } } } });
const count = (input, output) => ({ quota: { token_count: { input_tokens: input, output_tokens: output } } });

async function run(session, id, prompt) {
  const text = prompt.map(({ text = '[image]' }) => text).join('\n');
  const [, behaviour = 'fine'] = /\[\[fake ([\w-]+)\]\]/.exec(text) ?? [];
  session.repeat?.();
  session.history.push(text);
  session.cancelled = false;
  const end = (stopReason, output) => say({ id, result: { stopReason, _meta: count(7, output) } });
  const words = async (list, ms = 0) => {
    for (const word of list) {
      if (session.cancelled) return end('cancelled', 0);
      update(session, 'agent_message_chunk', word);
      if (ms > 0) await sleep(ms);
    }
    end('end_turn', list.length);
  };
  if (behaviour.startsWith('error-')) {
    writeFileSync(join(process.env.TMPDIR, `gemini-client-error-${Date.now()}.json`), text);
    return say({ id, error: { code: Number(behaviour.slice(6)), message: 'status at /home/someone/x, Suggested retry after 3s.' } });
  }
  switch (behaviour) {
    case 'slow':
      return words(
        Array.from({ length: 20 }, (_, index) => `w${index} `),
        100,
      );
    case 'long':
      return words(
        Array.from({ length: 400 }, (_, index) => `w${index} `),
        20,
      );
    case 'thoughts':
      update(session, 'agent_thought_chunk', '**Thinking**\nhard');
      return words(['because']);
    case 'missing-model':
      return say({ id, error: { code: 500, message: 'models/x is not found for API version v1beta, or is not supported for generateContent.' } });
    case 'blocked':
      return say({ id, result: { stopReason: 'end_turn', _meta: count(0, 0) } });
    case 'crash':
      update(session, 'agent_message_chunk', 'half');
      await sleep(100);
      return process.exit(7);
    case 'deaf':
      session.deaf = true;
      return words(
        Array.from({ length: 400 }, (_, index) => `w${index} `),
        50,
      );
    case 'garbage':
      process.stdout.write('Loading…\n{"jsonrpc":"2.0"}\n[1]\n');
      return words(['fine']);
    case 'permission':
      asked.set('q1', (result) => void words([JSON.stringify(result)]));
      return say({
        id: 'q1',
        method: 'session/request_permission',
        params: {
          sessionId: session.id,
          toolCall: { toolCallId: 't' },
          options: [
            { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
            { optionId: 'no', name: 'No', kind: 'reject_once' },
          ],
        },
      });
    case 'show':
      return words([
        JSON.stringify({
          environment: process.env,
          folder: readdirSync('.'),
          home: readdirSync(state),
          prompt,
          history: session.history.slice(0, -1),
          system: readFileSync(process.env.GEMINI_SYSTEM_MD, 'utf8'),
          settings: JSON.parse(readFileSync(join(state, 'settings.json'), 'utf8')),
        }),
      ]);
    default:
      return words(['hello ', 'there']);
  }
}

const methods = {
  initialize: ({ id }) =>
    say({
      id,
      result: {
        protocolVersion: 1,
        agentInfo: { name: 'gemini-cli', version: process.env.FAKE_GEMINI_VERSION ?? '0.61.0' },
        agentCapabilities: { loadSession: true, promptCapabilities: { image: true } },
      },
    }),
  'session/new': ({ id }) => {
    if (process.env.FAKE_GEMINI_LOGIN === 'asks') return undefined;
    if (process.env.FAKE_GEMINI_LOGIN === 'no') return say({ id, error: { code: -32000, message: 'Gemini API key is missing or not configured.' } });
    const sessionId = randomUUID();
    open(sessionId);
    return say({ id, result: { sessionId, models: models(sessionId) } });
  },
  'session/load': ({ id, params: { sessionId } }) => {
    const file = readdirSync(chats).find((name) => name.endsWith(`-${sessionId.slice(0, 8)}.jsonl`));
    if (process.env.FAKE_GEMINI_LOAD === 'no' || !file) return say({ id, error: { code: -32603, message: 'Invalid session identifier' } });
    const [, { $set }] = readFileSync(join(chats, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const history = $set.messages.map(({ type, content }) => [type, typeof content === 'string' ? content : content.map(({ text = '[image]' }) => text).join('\n')]);
    open(sessionId, history);
    say({ id, result: { models: models(sessionId) } });
    // As the real one: it answers first, and who does not wait hears the rest in the middle of his turn.
    const session = sessions.get(sessionId);
    session.repeat = () => {
      session.repeat = undefined;
      for (const [type, text] of history) update(session, type === 'user' ? 'user_message_chunk' : 'agent_message_chunk', text);
    };
    return setTimeout(() => session.repeat?.(), 50);
  },
  'session/set_model': ({ id, params }) => {
    sessions.get(params.sessionId).model = params.modelId;
    say({ id, result: {} });
  },
  'session/prompt': ({ id, params }) => void run(sessions.get(params.sessionId), id, params.prompt),
  'session/cancel': ({ params }) => {
    const session = sessions.get(params.sessionId);
    if (!session.deaf) session.cancelled = true;
  },
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method === undefined) asked.get(message.id)?.(message.result ?? message.error);
    else if (methods[message.method]) methods[message.method](message);
    else if (message.id !== undefined) say({ id: message.id, error: { code: -32601, message: 'Method not found' } });
  })
  .on('close', () => process.exit(0));
