#!/usr/bin/env node
// Speaks like `codex` as far as the gateway listens, and misbehaves on demand: `[[fake BEHAVIOUR]]` in the last words of a turn. Without dependencies.
//   fine (default), slow, long, reasoning, two, incomplete, error-<status>, limit, retry, cut, ws, reconnect, crash, deaf, garbage, strange, flood, approval, show, again
// The system prompt MUTE: no chat is opened. Without CODEX_API_KEY it knows the limits of an account.
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { faultIn } from './faults.mjs';

const [command, ...rest] = process.argv.slice(2);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

if (command === '--version') {
  console.log(`codex-cli ${process.env.FAKE_CODEX_VERSION ?? '0.169.0'}`);
  process.exit(0);
}
if (command === 'debug') {
  const names = rest.includes('--bundled') ? ['gpt-fake', 'gpt-fake-mini'] : ['gpt-fake', 'gpt-fake-mini', 'gpt-fake-new'];
  console.log(JSON.stringify({ models: [...names.map((slug) => ({ slug, visibility: 'list', apply_patch_tool_type: 'x' })), { slug: 'gpt-hidden', visibility: 'hide' }] }));
  process.exit(0);
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const threads = new Map();
const asked = new Map();
let count = 0;

const tell = (method, params) => say({ method, params });
const usage = (thread, output) => {
  thread.total.inputTokens += 10;
  thread.total.outputTokens += output;
  tell('thread/tokenUsage/updated', {
    threadId: thread.id,
    turnId: thread.turn,
    tokenUsage: { total: { ...thread.total, cachedInputTokens: 2, reasoningOutputTokens: 1 }, last: {} },
  });
};
const end = (thread, status, error) => {
  const turn = thread.turn;
  thread.turn = undefined;
  tell('turn/completed', { threadId: thread.id, turn: { id: turn, status, error: error ?? null } });
};
const failure = (message, codexErrorInfo) => ({ message, codexErrorInfo, additionalDetails: null });
const delta = (thread, text, item = 'msg_1') => tell('item/agentMessage/delta', { threadId: thread.id, turnId: thread.turn, itemId: item, delta: text });
const trouble = (thread, error, willRetry) => tell('error', { threadId: thread.id, turnId: thread.turn, error, willRetry });

const infos = {
  403: { httpConnectionFailed: { httpStatusCode: 403 } },
  401: { httpConnectionFailed: { httpStatusCode: 401 } },
  404: 'modelNotFound',
  429: { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
  500: 'internalServerError',
};

const questions = [
  ...['item/commandExecution/requestApproval', 'item/fileChange/requestApproval', 'applyPatchApproval', 'execCommandApproval'],
  ...['mcpServer/elicitation/request', 'item/tool/call', 'aMethodOfTomorrow'],
];
/** Resolves with what the gateway answers. */
const ask = (method, params) =>
  new Promise((answered) => {
    const id = `q${++count}`;
    asked.set(id, answered);
    say({ id, method, params });
  });

async function run(thread, input) {
  const text = input.map(({ text = '[image]' }) => text).join('');
  const [, behaviour = 'fine'] = /\[\[fake ([\w-]+)\]\]/.exec(text) ?? [];
  const turn = thread.turn;
  const fault = faultIn(text);
  if (fault)
    return fault({
      begin: () => delta(thread, 'half an answer'),
      line: (words) => `${JSON.stringify({ method: 'item/agentMessage/delta', params: { threadId: thread.id, turnId: turn, itemId: 'msg_1', delta: words } })}\n`,
      end: () => {
        usage(thread, 3);
        thread.turn = turn;
        end(thread, 'completed');
      },
      refuse: (kind) => run(thread, [{ text: kind === 'limited' ? '[[fake limit]]' : kind === 'failed' ? '[[fake error-500]]' : '[[fake error-401]]' }]),
    });
  const going = () => thread.turn === turn;
  const words = async (list, ms) => {
    for (const word of list) {
      if (!going()) return;
      delta(thread, word);
      if (ms > 0) await sleep(ms);
    }
  };
  const done = async (list, ms = 0) => {
    await words(list, ms);
    if (!going()) return;
    usage(thread, list.length);
    end(thread, 'completed');
  };
  if (behaviour.startsWith('error-')) {
    const status = behaviour.slice(6);
    const error =
      status === '400' ? failure('{"error":{"message":"Bad thing.","code":null}}', 'other') : failure(`status ${status} at /home/someone/x https://api.example/v1`, infos[status]);
    trouble(thread, error, false);
    return end(thread, 'failed', error);
  }
  switch (behaviour) {
    case 'slow':
      return done(
        Array.from({ length: 20 }, (_, index) => `w${index} `),
        100,
      );
    case 'long':
      return done(
        Array.from({ length: 400 }, (_, index) => `w${index} `),
        20,
      );
    case 'reasoning':
      for (const [summaryIndex, part] of ['think ', 'more'].entries())
        tell('item/reasoning/summaryTextDelta', { threadId: thread.id, turnId: turn, itemId: 'rs_1', summaryIndex, delta: part });
      return done(['because']);
    case 'two':
      delta(thread, 'first', 'msg_1');
      tell('item/completed', { threadId: thread.id, turnId: turn, item: { type: 'agentMessage', id: 'msg_1', text: 'first' } });
      tell('item/completed', { threadId: thread.id, turnId: turn, item: { type: 'agentMessage', id: 'msg_2', text: 'second' } });
      usage(thread, 2);
      return end(thread, 'completed');
    case 'incomplete':
      delta(thread, 'half of it');
      usage(thread, 3);
      return end(thread, 'failed', failure('Incomplete response returned, reason: max_output_tokens', 'other'));
    case 'limit':
      tell('account/rateLimits/updated', {
        rateLimits: {
          primary: { usedPercent: 100, windowDurationMins: 300, resetsAt: Math.floor(Date.now() / 1000) + 90 },
          secondary: { usedPercent: 40, windowDurationMins: 10080, resetsAt: null },
        },
      });
      return end(thread, 'failed', failure('You’ve hit your usage limit.', 'usageLimitExceeded'));
    case 'retry':
      trouble(thread, failure('Reconnecting... 1/5', { responseStreamDisconnected: { httpStatusCode: 500 } }), true);
      await sleep(50);
      return done(['never heard']);
    case 'cut':
      await words(['the ', 'same '], 0);
      trouble(thread, failure('Reconnecting... 1/5', { responseStreamDisconnected: { httpStatusCode: null } }), true);
      await sleep(20);
      return done(['the ', 'same ', 'again']);
    case 'ws':
      for (let index = 1; index < 4; index += 1)
        trouble(
          thread,
          { ...failure(`Reconnecting... ${index}/5`, { responseStreamDisconnected: { httpStatusCode: 404 } }), additionalDetails: 'url: wss://host/v1/responses' },
          true,
        );
      return done(['after all']);
    case 'reconnect':
      while (going()) {
        trouble(
          thread,
          { ...failure('Reconnecting... waiting for network', { responseStreamDisconnected: { httpStatusCode: null } }), additionalDetails: 'url: wss://host/v1/responses' },
          true,
        );
        await sleep(50);
      }
      return;
    case 'flood':
      for (const piece = 'x'.repeat(1 << 20); ;) if (!process.stdout.write(piece)) await new Promise((done) => process.stdout.once('drain', done));
    case 'crash':
      delta(thread, 'half');
      await sleep(100);
      return process.exit(7);
    case 'deaf':
      thread.deaf = true;
      return done(
        Array.from({ length: 400 }, (_, index) => `w${index} `),
        50,
      );
    case 'garbage':
      process.stdout.write('Loading…\n[1]\n{"method":5}\n{"method":"item/agentMessage/delta","params":null}\n{"id":999,"result":{}}\n');
      return done(['fine']);
    case 'approval': {
      const answers = [];
      for (const method of questions) answers.push(await ask(method, { threadId: thread.id, turnId: turn }));
      return done([JSON.stringify(answers)]);
    }
    case 'again':
      usage(thread, 1);
      await sleep(20);
      return done(['never heard']);
    case 'show':
      return done([
        JSON.stringify({ environment: process.env, args: process.argv.slice(2), folder: readdirSync('.'), items: thread.items, instructions: thread.instructions, input }),
      ]);
    default:
      return done(['hello ', 'there']);
  }
}

const methods = {
  initialize: ({ id }) => say({ id, result: { userAgent: 'fake' } }),
  'thread/start': ({ id, params }) => {
    if (params.developerInstructions === 'MUTE') return;
    const thread = { id: `thread-${++count}`, total: { inputTokens: 0, outputTokens: 0 }, items: [], instructions: params.developerInstructions };
    threads.set(thread.id, thread);
    say({ id, result: { thread: { id: thread.id } } });
  },
  'thread/inject_items': ({ id, params }) => {
    threads.get(params.threadId).items.push(...params.items);
    say({ id, result: {} });
  },
  'turn/start': ({ id, params }) => {
    const thread = threads.get(params.threadId);
    thread.turn = `turn-${++count}`;
    if (JSON.stringify(params.input).includes('[[fake strange]]')) return say({ id, result: { turn: null } });
    say({ id, result: { turn: { id: thread.turn } } });
    void run(thread, params.input);
  },
  'turn/interrupt': ({ id, params }) => {
    const thread = threads.get(params.threadId);
    if (thread.deaf) return;
    say({ id, result: {} });
    if (thread.turn !== undefined) end(thread, 'interrupted');
  },
  'account/rateLimits/read': ({ id }) =>
    process.env.CODEX_API_KEY
      ? say({ id, error: { code: -32600, message: 'not logged in' } })
      : say({ id, result: { rateLimits: { limitId: 'codex', primary: { usedPercent: 12, windowDurationMins: 300, resetsAt: null }, secondary: null } } }),
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method === undefined) asked.get(message.id)?.(message.result ?? message.error);
    else methods[message.method]?.(message);
  })
  .on('close', () => process.exit(0));
