import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Observable, type Subscriber } from 'rxjs';
import { type Child } from './child.js';
import { JsonRpcError } from './json-rpc-error.js';
import { JsonRpcPeer } from './json-rpc-peer.js';
import { LineSplitter } from './line-splitter.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../test/support/fuzz.js';
import { damaged, misshapenList } from '../../test/support/wrong-shapes.js';

const MAX_LINE = 200;

/** What a program might say: answers to the requests 1 and 2, a notification, a question, a refusal, and words of its own. */
const said: readonly unknown[] = [
  { id: 1, result: { x: 1 } },
  { method: 'note', params: { text: 'é€👩‍👩‍👧' } },
  { id: 'q', method: 'ask', params: {} },
  { id: 2, error: { code: -32600, message: 'no', data: null } },
  { id: 3, result: null },
  'starting',
];
const lines = said.map((message) => JSON.stringify(message));

describe('lines that were damaged on the way', () => {
  it(
    'are the lines between the line feeds, however they are cut, and none is longer than the limit',
    async () => {
      const pieces = fc.oneof(damaged(Buffer.from(lines.join('\n'))), damaged(Buffer.from(lines.join('\r\n'))), fc.uint8Array({ maxLength: 400 }).chain(damaged));
      await fuzz(
        fc.property(pieces, (chunks) => {
          const splitter = new LineSplitter(MAX_LINE);
          const heard: string[] = [];
          const whole = chunks.every((chunk) => splitter.push(chunk, (line) => heard.push(line)));
          splitter.flush((line) => heard.push(line));
          const all = splitAt(Buffer.concat(chunks));
          const fits = all.findIndex((line) => line.length > MAX_LINE);
          expect(whole).toBe(fits === -1);
          const expected = (whole ? all : all.slice(0, fits))
            .map((line) => line.toString('utf8', 0, line.at(-1) === 0x0d ? line.length - 1 : line.length))
            .filter((line) => line !== '');
          expect(whole ? heard : heard.slice(0, expected.length)).toEqual(expected);
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'of a program that speaks JSON-RPC settle every request: with an answer, a refusal, or its end',
    async () => {
      await fuzz(
        fc.asyncProperty(misshapenList(said), async (messages) => {
          const child = new ScriptedChild();
          const closed: unknown[] = [];
          const peer = new JsonRpcPeer(child as unknown as Child, 'The CLI', {
            notification: (_, params) => (params as { text: string }).text.length, // one of another shape is an exception of ours
            request: () => {
              throw new JsonRpcError(-32601, 'no');
            },
            closed: (error) => closed.push(error),
          });
          const asked = [1, 2, 3].map((number) => peer.request('ask', { number }));
          const settled = Promise.allSettled(asked);
          for (const message of messages) child.say(message);
          child.exit();
          for (const outcome of await settled) {
            if (outcome.status === 'rejected' && !(outcome.reason instanceof JsonRpcError)) expect(outcome.reason).toBeInstanceOf(GatewayError);
          }
          expect(closed).toEqual([expect.any(GatewayError)]);
          for (const line of child.written) JSON.parse(line);
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});

class ScriptedChild {
  readonly written: string[] = [];
  #reader: Subscriber<string> | undefined;

  write(line: string): boolean {
    this.written.push(line);
    return true;
  }

  lines(): Observable<string> {
    return new Observable((reader) => {
      this.#reader = reader;
    });
  }

  say(message: unknown): void {
    this.#reader?.next(JSON.stringify(message));
  }

  exit(): void {
    this.#reader?.error(new GatewayError('cli_failed', 'It ended.'));
  }
}

function splitAt(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, from)) {
    found.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...found, bytes.subarray(from)];
}
