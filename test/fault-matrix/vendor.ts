import { type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chunkFrame, MockVendor } from '../support/mock-vendor.js';

const begin = 'half an answer';
const DONE = 'data: [DONE]\n\n';

const whole = (content: string): string =>
  JSON.stringify({
    id: 'chatcmpl-mock',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-mock',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
  });
const frames = (rest: string): string => [chunkFrame({ role: 'assistant', content: begin }), chunkFrame({ content: rest }), chunkFrame({}, 'stop'), DONE].join('');

async function bytewise(response: ServerResponse, text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    response.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  response.end();
}

async function misbehave(fault: string, response: ServerResponse, stream: boolean): Promise<void> {
  const headers = { 'content-type': stream ? 'text/event-stream' : 'application/json' };
  const answer = (rest: string): string => (stream ? frames(rest) : whole(`${begin}${rest}`));
  /** The head of an answer, and the first half of its body. */
  const half = (): void => {
    response.writeHead(200, headers);
    response.write(stream ? chunkFrame({ role: 'assistant', content: begin }) : whole(begin).slice(0, 60));
  };
  switch (fault) {
    case 'reset-first':
      response.destroy();
      return;
    case 'reset':
      half();
      await sleep(100);
      response.destroy();
      return;
    case 'stall-first':
      return;
    case 'stall':
      half();
      return;
    case 'half-event':
      half();
      response.end(stream ? chunkFrame({ content: 'lost' }).slice(0, -20) : undefined);
      return;
    case 'no-end':
      half();
      response.end();
      return;
    case 'bad-json':
      response.writeHead(200, headers);
      response.end(stream ? 'data: {"choices": [{{{\n\n' : '{"choices": [{{{');
      return;
    case 'wrong-type':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in at /home/secret-user</html>');
      return;
    case 'wrong-shape':
      response.writeHead(200, headers).end(stream ? 'data: 42\n\ndata: [DONE]\n\n' : '[1, 2]');
      return;
    case 'redirect':
      response.writeHead(307, { location: '/v1/stolen' }).end();
      return;
    case 'endless':
      half();
      for (const piece = stream ? chunkFrame({ content: 'word '.repeat(20_000) }) : 'word '.repeat(20_000); !response.destroyed;) {
        if (!response.write(piece)) await Promise.race([new Promise((drained) => response.once('drain', drained)), new Promise((closed) => response.once('close', closed))]);
      }
      return;
    case 'split-utf8':
      response.writeHead(200, headers);
      await bytewise(response, answer(' naïve 🦀 日本'));
      return;
    case 'status-503':
      response.writeHead(503, { 'content-type': 'text/html' }).end('<html>/home/secret-user</html>');
      return;
    case 'status-500':
    case 'status-429':
    case 'status-401':
      response.writeHead(Number(fault.slice(7)), { 'content-type': 'application/json' }).end('{"error": {"message": "No.", "type": "x", "param": null, "code": null}}');
      return;
    default:
      response.writeHead(200, headers).end(answer(' and the rest'));
  }
}

/** An API vendor that misbehaves as the last user text says: "[[fault NAME]]". */
export async function startFaultyVendor(): Promise<MockVendor> {
  const vendor = await MockVendor.start();
  vendor.answer((response, { body, path }) => {
    if (path.includes('stolen')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole('a redirect was followed'));
      return;
    }
    const { stream, messages } = JSON.parse(body) as { stream?: boolean; messages: unknown };
    const fault = /\[\[fault ([\w-]+)\]\]/.exec(JSON.stringify(messages))?.[1] ?? 'none';
    return misbehave(fault, response, stream === true);
  });
  return vendor;
}
