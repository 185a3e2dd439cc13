import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Observable, type Subscriber } from 'rxjs';
import { AppServer } from './app-server.js';
import { converse } from './converse.js';
import { type TurnScript } from './encode-turn.js';
import { Quota } from './quota.js';
import { ToolNames } from './tool-names.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { fieldsOf } from '../../kernel/read-value.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Child } from '../../process-pool/child.js';
import { type Turn } from '../provider.js';
import { completionRequest } from '../../../test/support/completion-request.js';
import { shapeFault } from '../../../test/support/event-arbitraries.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../../test/support/fuzz.js';
import { misshapen, misshapenList } from '../../../test/support/wrong-shapes.js';

const THREAD = 'thread-1';
/** The notifications of every recorded turn, each of the one thread; and the CLI's own question, for the result of a function. */
const recordings = globSync('fixtures/*.jsonl', { cwd: import.meta.dirname }).map((name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { dir: string; msg: { method?: string; params?: object } })
    .flatMap(({ dir, msg }) => (dir === 'in' && msg.method !== undefined ? [{ ...msg, params: { ...msg.params, threadId: THREAD } }] : [])),
);
const question = { id: 'q', method: 'item/tool/call', params: { threadId: THREAD, callId: 'c', tool: 'f', arguments: { x: 1 } } };
const limits = {
  method: 'account/rateLimits/updated',
  params: { rateLimits: { limitId: 'codex', primary: { usedPercent: 100, windowDurationMins: 300, resetsAt: 1795327360 }, secondary: { usedPercent: 1 } } },
};

/** A process whose lines the spec says itself. It answers what it is asked with what the spec has for it. */
class ScriptedChild {
  readonly folder = { work: '/' };
  #reader: Subscriber<string> | undefined;

  constructor(private readonly answers: Readonly<Record<string, unknown>>) {}

  write(line: string): boolean {
    const { id, method } = fieldsOf(JSON.parse(line));
    if (typeof method === 'string' && id !== undefined) {
      queueMicrotask(() => {
        this.say({ id, result: this.answers[method] ?? {} });
      });
    }
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

const turn: Turn = { request: completionRequest([]), model: 'gpt-x', owner: 'me', flow: new Flow(), affinity: { resumeKey: undefined, keepKey: () => undefined } };
const script: TurnScript = { instructions: '', items: [], input: [], tools: [{ name: 'f' }], names: new ToolNames([{ name: 'f' }]) } as unknown as TurnScript;

async function play(answers: Readonly<Record<string, unknown>>, notes: readonly unknown[]): Promise<{ events: StreamEvent[]; error: unknown; quota: Quota }> {
  const child = new ScriptedChild(answers);
  const quota = new Quota(() => 0);
  const events: StreamEvent[] = [];
  const observer = { answered: () => undefined, ended: () => undefined, retryAfter: () => quota.retryAfter() };
  try {
    const rateLimits = { rateLimits: quota.see.bind(quota) };
    const server = await AppServer.open(child as unknown as Child, '1', rateLimits, AbortSignal.timeout(10_000));
    const id = await server.startThread({ model: 'gpt-x', instructions: '', tools: [] });
    const ended = new Promise<unknown>((resolve) => {
      converse(server, { id, counts: {} }, script, turn, observer).subscribe({
        next: (event) => events.push(event),
        error: resolve,
        complete: () => {
          resolve(undefined);
        },
      });
    });
    for (const note of notes) child.say(note);
    child.exit();
    return { events, error: await ended, quota };
  } catch (error) {
    return { events, error, quota };
  }
}

describe('what Codex CLI says in a shape that nobody expects', () => {
  it(
    'is left out, or an honest failure',
    async () => {
      const notes = fc.constantFrom(...recordings).chain((recorded) => misshapenList([limits, ...recorded, question]));
      const answers = { 'thread/start': { thread: { id: THREAD } }, 'turn/start': { turn: { id: 'turn-1' } } };
      await fuzz(
        fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: fc.constant(answers) }, misshapen(answers)), notes, async (given, told) => {
          const { events, error, quota } = await play(fieldsOf(given), told);
          if (error !== undefined) expect(error).toBeInstanceOf(GatewayError);
          expect(shapeFault(events)).toBeUndefined();
          JSON.stringify(quota.windows());
        }),
        4,
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'of the limits of an account is no limit',
    async () => {
      await fuzz(
        fc.property(fc.array(misshapen(limits.params.rateLimits), { maxLength: 4 }), (told) => {
          const quota = new Quota(() => 0);
          for (const each of told) quota.see(fieldsOf(each));
          for (const { window, used_percent: percent, resets_at: resets } of quota.windows()) {
            expect([typeof window, percent === null || Number.isFinite(percent), resets === null || !Number.isNaN(Date.parse(resets))]).toEqual(['string', true, true]);
          }
          const wait = quota.retryAfter();
          expect(wait === undefined || wait >= 1).toBe(true);
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});
