#!/usr/bin/env node
// Speaks like `gemini --acp` as far as the gateway listens, keeps the files that the real one keeps, and misbehaves on demand: `[[fake BEHAVIOUR]]` in the last
// words of a turn. Without dependencies.
//   fine (default), slow, long, thoughts, error-<code>, missing-model, missing-entity, cut, blocked, crash, deaf, garbage, flood, permission, show
// By its environment: FAKE_GEMINI_VERSION, FAKE_GEMINI_LOGIN=no or asks, FAKE_GEMINI_LOAD=no, FAKE_GEMINI_FILES=no: it says nowhere where its chats are.
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { faultIn } from './faults.mjs';

const state = join(process.env.GEMINI_CLI_HOME, '.gemini');
const chats = join(state, 'tmp', 'work', 'chats');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const sessions = new Map();
const asked = new Map();

const open = (id, history = []) => {
  mkdirSync(chats, { recursive: true });
  if (process.env.FAKE_GEMINI_FILES !== 'no') writeFileSync(join(state, 'projects.json'), JSON.stringify({ projects: { [process.cwd()]: 'work' } }));
  const session = { id, model: 'gemini-3.8-flash', history, file: join(chats, `session-${new Date().toISOString().slice(0, 16).replace(':', '-')}-${id.slice(0, 8)}.jsonl`) };
  sessions.set(id, session);
  note(session, { sessionId: id, kind: 'main' });
};
/** The real one notes all that is said, and makes the file again where it is gone. */
const note = ({ file }, fields) => appendFileSync(file, `${JSON.stringify(fields)}\n`);
const commands = (sessionId) =>
  say({ method: 'session/update', params: { sessionId, update: { sessionUpdate: 'available_commands_update', availableCommands: [{ name: 'init', description: 'x' }] } } });
const models = (id) => ({
  availableModels: ['auto', 'gemini-3.8-flash', 'gemini-fake-pro'].map((modelId) => ({ modelId, name: modelId })),
  currentModelId: sessions.get(id).model,
});
const update = (session, sessionUpdate, text) => say({ method: 'session/update', params: { sessionId: session.id, update: { sessionUpdate, content: { type: 'text', text } } } });
const count = (input, output) => {
  const counted = { input_tokens: input, output_tokens: output };
  return { quota: { token_count: counted, model_usage: input + output === 0 ? [] : [{ model: 'gemini-3.8-flash', token_count: counted }] } };
};

async function run(session, id, prompt) {
  const text = prompt.map(({ text = '[image]' }) => text).join('\n');
  const [, behaviour = 'fine'] = /\[\[fake ([\w-]+)\]\]/.exec(text) ?? [];
  session.repeat?.();
  session.history.push(text);
  session.cancelled = false;
  note(session, { type: 'user', content: [{ text }] });
  const end = (stopReason, output) => say({ id, result: stopReason === 'cancelled' ? { stopReason } : { stopReason, _meta: count(7, output) } });
  const words = async (list, ms = 0) => {
    for (const word of list) {
      if (session.cancelled) return end('cancelled', 0);
      update(session, 'agent_message_chunk', word);
      if (ms > 0) await sleep(ms);
    }
    note(session, { type: 'gemini', content: list.join(''), thoughts: [], tokens: { input: 7, output: list.length, cached: 0, thoughts: 0, tool: 0, total: 7 + list.length } });
    end('end_turn', list.length);
  };
  const fail = (code, message) => {
    writeFileSync(join(process.env.TMPDIR, `gemini-client-error-Turn.run-sendMessageStream-${Date.now()}.json`), text);
    say({ id, error: { code, message } });
  };
  const fault = faultIn(text);
  if (fault)
    return fault({
      begin: () => update(session, 'agent_message_chunk', 'half an answer'),
      line: (words) =>
        `${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: { sessionId: session.id, update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: words } } } })}\n`,
      end: () => end('end_turn', 3),
      refuse: (kind) => fail({ limited: 429, failed: 500 }[kind] ?? 401, 'status at /home/secret-user/x'),
    });
  if (behaviour.startsWith('error-')) return fail(Number(behaviour.slice(6)), 'status at /home/someone/x, Suggested retry after 3s.');
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
      return fail(500, 'models/x is not found for API version v1beta, or is not supported for generateContent.');
    case 'missing-entity': // with a login, of Google's other API
      return fail(500, 'Requested entity was not found.');
    case 'cut':
      update(session, 'agent_message_chunk', 'half');
      return fail(500, 'terminated');
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
      process.stdout.write('Loading…\n{"jsonrpc":"2.0"}\n[1]\n{"jsonrpc":"2.0","id":99999,"result":{}}\n{"jsonrpc":"2.0","method":"session/update","params":null}\n');
      for (const odd of [null, { sessionUpdate: 'of_tomorrow' }, { sessionUpdate: 'agent_message_chunk', content: null }])
        say({ method: 'session/update', params: { sessionId: session.id, update: odd } });
      update({ id: randomUUID() }, 'agent_message_chunk', "another one's");
      return words(['fine']);
    case 'flood': // a line without an end
      for (const piece = 'x'.repeat(1 << 20); ;) if (!process.stdout.write(piece)) await new Promise((done) => process.stdout.once('drain', done));
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
          cwd: process.cwd(),
          folder: readdirSync('.'),
          model: session.model,
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
        authMethods: ['oauth-personal', 'gemini-api-key', 'vertex-ai'].map((id) => ({ id, name: id })),
        agentInfo: { name: 'gemini-cli', title: 'Gemini CLI', version: process.env.FAKE_GEMINI_VERSION ?? '0.61.0' },
        agentCapabilities: { loadSession: true, promptCapabilities: { image: true } },
      },
    }),
  'session/new': ({ id }) => {
    if (process.env.FAKE_GEMINI_LOGIN === 'asks') return undefined;
    if (process.env.FAKE_GEMINI_LOGIN === 'no') return say({ id, error: { code: -32000, message: 'Gemini API key is missing or not configured.' } });
    const sessionId = randomUUID();
    open(sessionId);
    say({ id, result: { sessionId, models: models(sessionId) } });
    return commands(sessionId);
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
    return setTimeout(() => {
      session.repeat?.();
      commands(sessionId);
    }, 50);
  },
  'session/set_model': ({ id, params }) => {
    sessions.get(params.sessionId).model = params.modelId;
    say({ id, result: {} });
  },
  'session/prompt': ({ id, params: { sessionId, prompt } }) => {
    const session = sessions.get(sessionId);
    if (session) void run(session, id, prompt);
    else say({ id, error: { code: -32602, message: `Session not found: ${sessionId}` } });
  },
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
