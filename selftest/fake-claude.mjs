#!/usr/bin/env node
// Speaks the protocol of the Claude CLI as far as a turn goes, and misbehaves as the last user text says: "[[fake BEHAVIOUR]]".
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultIn } from './faults.mjs';

const [, , first, second] = process.argv;
if (first === '--version') exitWith('2.1.330 (Claude Code)\n');
else if (first === 'auth' && second === 'status') exitWith('{"loggedIn":true,"authMethod":"claude.ai"}\n');
else void serve();

function exitWith(text) {
  process.stdout.write(text, () => process.exit(0));
}

const say = (message) => new Promise((resolve) => process.stdout.write(`${JSON.stringify(message)}\n`, resolve));
const event = (payload) => say({ type: 'stream_event', event: payload, parent_tool_use_id: null });
/** What it was told to run, at its start or later: a name that the real one would know in full. */
let model = process.argv.includes('--model') ? process.argv[process.argv.indexOf('--model') + 1] : 'claude-fake';
const start = () => event({ type: 'message_start', message: { id: 'msg_fake', model, usage: { input_tokens: 5, output_tokens: 1 } } });
const open = () => event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
const delta = (text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const stop = async () => {
  await event({ type: 'content_block_stop', index: 0 });
  await event({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { input_tokens: 5, output_tokens: 3 } });
  await event({ type: 'message_stop' });
};
const result = () => say({ type: 'result', subtype: 'success', is_error: false, num_turns: 1, result: 'whole answer', usage: { input_tokens: 5, output_tokens: 3 } });
const forever = () => new Promise(() => setInterval(() => undefined, 1000));

const behaviours = {
  async fine() {
    await start();
    await open();
    await delta('whole ');
    await delta('answer');
    await stop();
    await result();
  },
  async exit1() {
    process.stderr.write('Error: ENOENT /home/secret-user/.claude.json\n');
    process.exit(1);
  },
  async garbage() {
    process.stdout.write('Segmentation fault\n\u0000\u0001 not json {{{\n', () => process.exit(0));
  },
  async 'half-line'() {
    await start();
    await open();
    await delta('half an answer');
    process.stdout.write('{"type":"stream_event","event":{"type":"content_block_del', () => process.exit(0));
  },
  async 'long-line'() {
    await start();
    const piece = 'x'.repeat(1 << 20);
    for (let count = 0; count < 50; count += 1) if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    process.stdout.write('\n');
    await forever();
  },
  async 'split-utf8'() {
    const bytes = Buffer.from(
      [
        { type: 'message_start', message: { id: 'm', model, usage: { input_tokens: 5 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'naïve 🦀 日本' } },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 5, output_tokens: 3 } },
      ]
        .map((payload) => `${JSON.stringify({ type: 'stream_event', event: payload, parent_tool_use_id: null })}\r\n`)
        .join(''),
    );
    for (const byte of bytes) {
      process.stdout.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    await result();
  },
  async 'stderr-flood'() {
    const piece = 'noise '.repeat(20_000);
    for (let count = 0; count < 40; count += 1) if (!process.stderr.write(piece)) await new Promise((resolve) => process.stderr.once('drain', resolve));
    await forever();
  },
  hang: forever,
  async 'hang-after-delta'() {
    await start();
    await open();
    await delta('half an answer');
    await forever();
  },
  async 'no-result'() {
    await start();
    await open();
    await delta('half an answer');
    process.exit(0);
  },
  async 'result-only'() {
    await result();
    process.exit(0);
  },
  async 'exit-after-answer'() {
    await start();
    await open();
    await delta('whole answer');
    await stop();
    process.exit(0);
  },
  async stubborn() {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
    await start();
    await open();
    await delta('half an answer');
    await forever();
  },
  async 'endless-output'() {
    await start();
    await open();
    for (;;) {
      await delta('word '.repeat(2000));
      await new Promise(setImmediate);
    }
  },
};

const refusals = { limited: [429, 'You have reached your limit, see'], failed: [500, 'Internal server error, see'], 'logged-out': [401, 'Please run /login in'] };

const turn = {
  async begin() {
    await start();
    await open();
    await delta('half an answer');
  },
  line: (text) => `${JSON.stringify({ type: 'stream_event', event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }, parent_tool_use_id: null })}\n`,
  async end() {
    await stop();
    await result();
  },
  refuse: (kind) => {
    const [status, words] = refusals[kind];
    return say({ type: 'result', subtype: 'success', is_error: true, api_error_status: status, num_turns: 1, result: `${words} /home/secret-user/log`, usage: {} });
  },
};

async function serve() {
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    if (message.type === 'control_request') {
      model = message.request.settings?.model ?? model;
      await say({ type: 'control_response', response: { subtype: 'success', request_id: message.request_id, response: {} } });
    } else if (message.type === 'user' && message.shouldQuery === false) {
      await say({ type: 'result', subtype: 'success', is_error: false, num_turns: 0 });
    } else if (message.type === 'user') {
      const text = JSON.stringify(message.message.content);
      const [, name = 'fine'] = /\[\[fake ([\w-]+)\]\]/.exec(text) ?? [];
      await sleep(1);
      void (faultIn(text) ?? behaviours[name])(turn);
    }
  }
}
