#!/usr/bin/env node
// Speaks the Agent Client Protocol, and behaves as the last "[[fake BEHAVIOUR]]" of the prompt says. Its environment sets it up:
//   FAKE_ACP_SYSTEM=append|override  takes a system prompt        FAKE_ACP_IMAGES=1    takes pictures
//   FAKE_ACP_MODELS=config|list      has models to choose from    FAKE_ACP_LOGIN=none  is not logged in
//   FAKE_ACP_INIT=hang|exit|old      does not shake hands         FAKE_ACP_RECORD=<file>  writes down what it is told
//   FAKE_ACP_TOOLS=1                 connects to tool servers; =deaf: says so and does not
import { appendFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultIn } from './faults.mjs';

const {
  FAKE_ACP_SYSTEM: system,
  FAKE_ACP_IMAGES: images,
  FAKE_ACP_MODELS: models,
  FAKE_ACP_LOGIN: login,
  FAKE_ACP_INIT: init,
  FAKE_ACP_TOOLS: takesTools,
  FAKE_ACP_RECORD: record,
} = process.env;
const sessions = new Map();
const asked = new Map();
let requests = 0;
let stubborn = false;

const write = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
const say = (message) => write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const forever = () => new Promise(() => setInterval(() => undefined, 1000));

/** Asks the client for something. */
function ask(method, params) {
  const id = `fake-${++requests}`;
  return new Promise((resolve) => {
    asked.set(id, resolve);
    void say({ id, method, params });
  });
}

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** One message to a tool server. */
async function mcp({ url, headers }, method, params, id) {
  const given = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  const body = JSON.stringify({ jsonrpc: '2.0', method, params, ...(id === undefined ? {} : { id }) });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...given }, body });
  return id === undefined ? undefined : (await answer.json()).result;
}

async function connect(server) {
  await mcp(server, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'fake', version: '1' } }, 1);
  await mcp(server, 'notifications/initialized');
  return mcp(server, 'tools/list', {}, 2);
}

/** Calls a function of the client's as agents do: announced, after permission where `asks`. */
async function use({ sessionId, session, update }, name, args, { asks = false, announces = true } = {}) {
  const { server } = session;
  const toolCall = { toolCallId: `call-${++requests}`, title: `mcp__${server.name}__${name}`, kind: 'other', status: 'pending' };
  if (announces) await update({ sessionUpdate: 'tool_call', ...toolCall });
  if (asks) {
    const options = [
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
      { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
    ];
    const { result } = await ask('session/request_permission', { sessionId, toolCall, options });
    if (result?.outcome.optionId !== 'yes') return 'refused';
  }
  const { content, isError } = await mcp(server, 'tools/call', { name, arguments: args }, ++requests);
  return `${isError ? 'failed: ' : ''}${content.map(({ text }) => text).join('')}`;
}

const behaviours = {
  /** One function after the other. */
  async loop(turn) {
    await turn.think(`pid ${process.pid}`);
    await turn.text('Let me look. ');
    const weather = await use(turn, 'get_weather', { city: 'Oslo' }, { asks: true });
    const time = await use(turn, 'get_time', { zone: 'CET' }, { announces: false });
    await turn.text(`It is ${weather}, at ${time}.`);
    return { stopReason: 'end_turn', usage: { inputTokens: 1200, outputTokens: 300, totalTokens: 1500 } };
  },
  async parallel(turn) {
    const answers = await Promise.all([use(turn, 'get_weather', { city: 'Oslo' }), use(turn, 'get_weather', { city: 'Rome' })]);
    await turn.text(answers.join(' and '));
    return turn.end();
  },
  /** Asks for a tool of its own that has the name of one of the client's in its title. */
  async disguised({ sessionId, session, text, end }) {
    const options = [
      { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    ];
    const title = `mcp__${session.server.name}__get_weather`;
    const asked = [{ title: `${title}; rm -rf /`, kind: 'other' }, { title, kind: 'execute' }, { title: 'mcp__other__get_weather' }];
    const answers = [];
    for (const toolCall of asked)
      answers.push((await ask('session/request_permission', { sessionId, toolCall: { toolCallId: 'x', ...toolCall }, options })).result.outcome.optionId);
    await text(answers.join());
    return end();
  },
  async tools({ session, text, end }) {
    await text(JSON.stringify(session.tools ?? []));
    return end();
  },
  async fine({ text, end }) {
    await text('whole ');
    await text('answer');
    return end();
  },
  async slow({ think, text, end, cancelled }) {
    await think(`pid ${process.pid}`);
    for (let word = 0; word < 200 && !cancelled(); word += 1) {
      await text(`word${word} `);
      await sleep(20);
    }
    return cancelled() ? { stopReason: 'cancelled' } : end();
  },
  async reasoning({ think, text, end }) {
    await think('let me ');
    await think('see');
    await text('the answer');
    return end();
  },
  async messages({ update, end }) {
    const chunk = (messageId, content) => update({ sessionUpdate: 'agent_message_chunk', messageId, content: { type: 'text', text: content } });
    await chunk('one', 'first, ');
    await chunk('one', 'then');
    await chunk('two', 'last');
    return end();
  },
  async permission({ sessionId, text, end }) {
    const options = [
      { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
      { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    ];
    const answer = await ask('session/request_permission', { sessionId, toolCall: { toolCallId: 'call', title: 'rm -rf' }, options });
    await text(`permission: ${JSON.stringify(answer)}`);
    return end();
  },
  async 'read-file'({ sessionId, text, end }) {
    const answer = await ask('fs/read_text_file', { sessionId, path: '/etc/passwd' });
    const other = await ask('terminal/create', { sessionId, command: 'id' });
    await text(`file: ${JSON.stringify(answer.error?.code)} terminal: ${JSON.stringify(other.error?.code)}`);
    return end();
  },
  async tool({ update, text, end }) {
    await update({ sessionUpdate: 'tool_call', toolCallId: 't1', title: 'ls', kind: 'execute', status: 'in_progress' });
    await update({ sessionUpdate: 'tool_call_update', toolCallId: 't1', status: 'completed', content: [{ type: 'content', content: { type: 'text', text: 'files' } }] });
    await update({ sessionUpdate: 'an_update_of_the_future', content: { type: 'text', text: 'unknown' } });
    await text('done');
    return end();
  },
  async hang({ think, text }) {
    await think(`pid ${process.pid}`);
    await text('half an answer');
    return forever();
  },
  async stubborn({ think, text }) {
    await think(`pid ${process.pid}`);
    stubborn = true;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
    await text('half an answer');
    return forever();
  },
  async silent() {
    return forever();
  },
  async crash({ text }) {
    await text('half an answer');
    process.stderr.write('Error: ENOENT /home/secret-user/.agent.json\n', () => process.exit(1));
    return forever();
  },
  async 'crash-first'() {
    process.exit(1);
  },
  async login() {
    throw new Refusal(-32000, 'Authentication required: run /home/secret-user/agent login');
  },
  async 429() {
    throw new Refusal(429, 'You exceeded your current quota.\nSuggested retry after 7s.');
  },
  async 500() {
    throw new Refusal(500, 'The model is overloaded, see /home/secret-user/log');
  },
  async internal() {
    throw new Refusal(-32603, 'Internal error at /home/secret-user/agent.js');
  },
  async refusal() {
    return { stopReason: 'refusal' };
  },
  async 'max-tokens'({ text }) {
    await text('cut');
    return { stopReason: 'max_tokens' };
  },
  async usage({ text }) {
    await text('counted');
    return { stopReason: 'end_turn', usage: { totalTokens: 163, inputTokens: 120, cachedReadTokens: 40, outputTokens: 3, thoughtTokens: 1 } };
  },
  async flood({ think, text, cancelled }) {
    await think(`pid ${process.pid}`);
    while (!cancelled()) {
      await text('word '.repeat(2000));
      await new Promise(setImmediate);
    }
    return { stopReason: 'cancelled' };
  },
  async 'split-utf8'({ sessionId, end }) {
    const update = { sessionId, update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'naïve 🦀 日本' } } };
    for (const byte of Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method: 'session/update', params: update })}\r\n`)) {
      process.stdout.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    return end();
  },
  async garbage({ text, end }) {
    await text('before ');
    await write('Segmentation fault\n\u0000\u0001 not json {{{\n[1,2]\nnull\n{"jsonrpc":"2.0"}\n{"jsonrpc":"2.0","id":999,"result":{}}\n{"jsonrpc":"2.0","id":999}\n');
    await write(
      '{"jsonrpc":"2.0","method":"session/update"}\n{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":7,"update":[]}}\n{"jsonrpc":"2.0","id":{},"method":"x"}\n',
    );
    await say({ method: '_vendor/news', params: { anything: true } });
    await text('after');
    return end();
  },
  async env({ text, end }) {
    await text(JSON.stringify(process.env));
    return end();
  },
  async cwd({ cwd, text, end }) {
    await text(JSON.stringify({ same: cwd === process.cwd(), files: readdirSync(cwd) }));
    return end();
  },
  /** What the session was told so far, as JSON. */
  async recall({ session, text, end }) {
    await text(JSON.stringify({ system: session.system, model: session.model, effort: session.effort, mode: session.mode, prompts: session.prompts }));
    return end();
  },
};

async function prompt({ sessionId, prompt: blocks }, id) {
  const session = sessions.get(sessionId);
  if (!session) throw new Refusal(-32602, 'Session not found');
  session.prompts.push(blocks);
  session.cancelled = false;
  const update = (fields) => say({ method: 'session/update', params: { sessionId, update: fields } });
  const fault = faultIn(JSON.stringify(blocks));
  if (fault) {
    const chunk = (text) => ({ method: 'session/update', params: { sessionId, update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } } } });
    await fault({
      begin: () => say(chunk('half an answer')),
      line: (text) => `${JSON.stringify({ jsonrpc: '2.0', ...chunk(text) })}\n`,
      end: () => say({ id, result: { stopReason: 'end_turn' } }),
      refuse: (kind) => behaviours[{ limited: '429', failed: '500' }[kind] ?? 'login'](),
    });
    return undefined;
  }
  const [, name = 'fine'] = [...JSON.stringify(blocks).matchAll(/\[\[fake ([\w-]+)\]\]/g)].at(-1) ?? [];
  return behaviours[name]({
    sessionId,
    session,
    cwd: session.cwd,
    update,
    text: (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }),
    think: (text) => update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } }),
    end: () => ({ stopReason: 'end_turn' }),
    cancelled: () => session.cancelled,
  });
}

const names = ['fake-large', 'fake-small'];
const select = (id, category, currentValue, values) => ({ id, name: id, category, type: 'select', currentValue, options: values.map((value) => ({ value, name: value })) });
/** The small model does not think. */
const modelFields = ({ model, effort }) =>
  models === 'config'
    ? { configOptions: [select('llm', 'model', model, names), ...(model === names[0] ? [select('effort', 'thought_level', effort, ['low', 'medium', 'high', 'max'])] : [])] }
    : models === 'list'
      ? { models: { availableModels: names.map((modelId) => ({ modelId, name: modelId })), currentModelId: model } }
      : {};
const modeFields = ({ mode }) => (mode === undefined ? {} : { modes: { currentModeId: mode, availableModes: ['ask', 'yolo'].map((id) => ({ id, name: id })) } });

const methods = {
  async initialize() {
    if (init === 'exit') process.exit(1);
    if (init === 'hang') return forever();
    return {
      protocolVersion: init === 'old' ? 0 : 1,
      agentInfo: { name: 'fake-acp-agent', version: '1.0.0' },
      agentCapabilities: {
        loadSession: true,
        promptCapabilities: { image: images === '1' },
        ...(takesTools ? { mcpCapabilities: { http: true } } : {}),
        sessionCapabilities: { close: {}, ...(system ? { systemPrompt: system === 'override' ? { mode: { override: {} } } : {} } : {}) },
      },
    };
  },
  async 'session/new'({ cwd, systemPrompt, mcpServers }) {
    if (login === 'none') throw new Refusal(-32000, 'Authentication required: run /home/secret-user/agent login');
    const sessionId = `s${sessions.size + 1}`;
    const session = { cwd, system: systemPrompt, model: names[0], effort: 'medium', mode: models === 'config' ? 'yolo' : undefined, prompts: [], server: mcpServers[0] };
    if (takesTools === '1' && session.server) session.tools = (await connect(session.server)).tools;
    sessions.set(sessionId, session);
    return { sessionId, ...modelFields(session), ...modeFields(session) };
  },
  async 'session/load'({ sessionId, cwd }) {
    const session = { cwd, model: names[0], prompts: [] };
    sessions.set(sessionId, session);
    await say({ method: 'session/update', params: { sessionId, update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'of old' } } } });
    return modelFields(session);
  },
  async 'session/close'({ sessionId }) {
    sessions.delete(sessionId);
    return {};
  },
  async 'session/set_config_option'({ sessionId, configId, value }) {
    const session = sessions.get(sessionId);
    session[configId === 'llm' ? 'model' : 'effort'] = value;
    return modelFields(session);
  },
  async 'session/set_mode'({ sessionId, modeId }) {
    sessions.get(sessionId).mode = modeId;
    return {};
  },
  async 'session/set_model'({ sessionId, modelId }) {
    sessions.get(sessionId).model = modelId;
    return {};
  },
  'session/prompt': prompt,
  async '_fake/echo'(params) {
    return params;
  },
};

async function answer({ id, method, params }) {
  try {
    const run = methods[method];
    if (!run) throw new Refusal(-32601, 'Method not found');
    const result = await run(params, id);
    if (result !== undefined) await say({ id, result });
  } catch (error) {
    await say({ id, error: { code: error.code ?? -32603, message: error.message } });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (record) appendFileSync(record, `${line}\n`);
  const message = JSON.parse(line);
  if (message.method === undefined) asked.get(message.id)?.(message);
  else if (message.id !== undefined) void answer(message);
  else if (message.method === 'session/cancel') sessions.get(message.params.sessionId).cancelled = true;
}
if (!stubborn) process.exit(0);
