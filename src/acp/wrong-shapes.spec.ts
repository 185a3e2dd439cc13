import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Observable, type Subscriber } from 'rxjs';
import { AcpError } from './acp-error.js';
import { AgentConnection } from './agent-connection.js';
import { AnswerEvents } from './answer-events.js';
import { finishReasonOf } from './finish-reason.js';
import { readUsage } from './read-usage.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { fieldsOf } from '../kernel/read-value.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Child } from '../process-pool/child.js';
import { ToolSession } from '../tool-bridge/tool-session.js';
import { shapeFault } from '../../test/support/event-arbitraries.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../test/support/fuzz.js';
import { misshapen, misshapenList } from '../../test/support/wrong-shapes.js';

interface Recording {
  readonly results: Readonly<Record<string, unknown>>;
  readonly notes: readonly unknown[];
}

const SESSION = 's';

/** What agents said in every recorded run: their answers by the method that was asked for, and their updates, each of the one session. */
const recordings: readonly Recording[] = globSync('fixtures/*.jsonl', { cwd: import.meta.dirname }).map((name) => {
  const results: Record<string, unknown> = { initialize: { protocolVersion: 1 }, 'session/new': { sessionId: SESSION }, 'session/prompt': { stopReason: 'end_turn' } };
  const notes: unknown[] = [];
  const asked = new Map<unknown, string>();
  for (const line of readFileSync(join(import.meta.dirname, name), 'utf8').split('\n')) {
    const { dir, msg } = fieldsOf(line === '' ? undefined : JSON.parse(line));
    const { id, method, result, params } = fieldsOf(msg);
    if (dir === 'out' && typeof method === 'string') asked.set(id, method);
    else if (method !== undefined) notes.push({ ...fieldsOf(msg), params: { ...fieldsOf(params), sessionId: SESSION } });
    else if (result !== undefined) results[asked.get(id) ?? ''] = asked.get(id) === 'session/new' ? { ...result, sessionId: SESSION } : result;
  }
  return { results, notes };
});
const question = {
  jsonrpc: '2.0',
  id: 'q',
  method: 'session/request_permission',
  params: { sessionId: SESSION, toolCall: { toolCallId: 't', title: 'mcp__client__f', kind: 'other' }, options: [{ optionId: 'y', kind: 'allow_once', name: 'y' }] },
};

/** An agent whose lines the spec says itself. It answers what it is asked with what the spec has for it, and ends after the prompt. */
class ScriptedChild {
  readonly alive = true;
  readonly folder = { work: '/' };
  readonly written: unknown[] = [];
  #reader: Subscriber<string> | undefined;

  constructor(
    private readonly answers: Readonly<Record<string, unknown>>,
    private readonly notes: readonly unknown[],
  ) {}

  write(line: string): boolean {
    const { id, method } = fieldsOf(JSON.parse(line));
    this.written.push(line);
    if (typeof method === 'string' && id !== undefined)
      queueMicrotask(() => {
        this.#answer(id, method);
      });
    return true;
  }

  lines(): Observable<string> {
    return new Observable((reader) => {
      this.#reader = reader;
    });
  }

  #answer(id: unknown, method: string): void {
    if (method === 'session/prompt') for (const note of this.notes) this.#reader?.next(JSON.stringify(note));
    const answer = this.answers[method];
    this.#reader?.next(JSON.stringify({ jsonrpc: '2.0', id, result: answer ?? {} }));
    if (method === 'session/prompt') setImmediate(() => this.#reader?.error(new GatewayError('cli_failed', 'It ended.')));
  }
}

async function play(child: ScriptedChild): Promise<{ events: StreamEvent[]; error: unknown }> {
  const events: StreamEvent[] = [];
  const answer = new AnswerEvents({ id: 'a', model: 'm', warnings: [] });
  const tools = new ToolSession('client', [{ name: 'f' }], 'http://x', () => undefined);
  try {
    const agent = await AgentConnection.open(child as unknown as Child, { name: 'The agent', version: '1', timeoutMs: 5000 });
    const session = await agent.newSession({ cwd: '/', tools });
    await agent.selectModel(session, session.models.available.at(-1) ?? 'm');
    await agent.selectEffort(session, 'high');
    const signal = new AbortController().signal;
    const result = await agent.prompt(session.id, [{ type: 'text', text: 'hi' }], { signal, onUpdate: (update) => events.push(...answer.accept(update)) });
    events.push(...answer.end(finishReasonOf(result.stopReason), readUsage(result.raw)));
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

describe('what an agent says in a shape that nobody expects', () => {
  it('is played here as it was recorded', async () => {
    const types = new Set<string>();
    for (const { results, notes } of recordings.filter((recorded) => recorded.notes.length > 0)) {
      const { events, error } = await play(new ScriptedChild(results, [...notes, question]));
      expect([error, shapeFault(events)]).toEqual([undefined, undefined]);
      for (const { type } of events) types.add(type);
    }
    expect([...types]).toEqual(expect.arrayContaining(['reasoning-delta', 'text-delta', 'stream-end']));
  });

  it(
    'is left out, or an honest failure',
    async () => {
      const played = fc
        .constantFrom(...recordings)
        .chain(({ results, notes }) => fc.tuple(fc.oneof(fc.constant(results), misshapen(results)), misshapenList([...notes, question])));
      await fuzz(
        fc.asyncProperty(played, async ([results, notes]) => {
          const { events, error } = await play(new ScriptedChild(fieldsOf(results), notes));
          if (error instanceof Error && !(error instanceof AcpError) && !(error instanceof GatewayError)) throw error;
          expect(shapeFault(events)).toBeUndefined();
        }),
        2,
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});
