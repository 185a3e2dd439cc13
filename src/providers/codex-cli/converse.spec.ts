import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Subscription } from 'rxjs';
import { converse, type Thread } from './converse.js';
import { type TurnScript } from './encode-turn.js';
import { ToolNames } from './tool-names.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { JsonRpcError } from '../../process-pool/json-rpc-error.js';
import { type Turn } from '../provider.js';
import { completionRequest } from '../../../test/support/completion-request.js';
import { ScriptedAppServer } from '../../../test/support/scripted-app-server.js';

const script: TurnScript = { instructions: '', tools: [], names: new ToolNames([]), items: [], input: [], effort: undefined, schema: undefined };
const request = completionRequest();
const nextTick = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

describe(converse.name, () => {
  let server: ScriptedAppServer;
  let events: StreamEvent[];
  let error: unknown;
  let completed: boolean;
  let answered: Thread[];
  let ended: boolean[];

  beforeEach(() => {
    jest.useFakeTimers();
    server = new ScriptedAppServer();
    [events, error, completed, answered, ended] = [[], undefined, false, [], []];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const run = (seen: (event: StreamEvent) => void = () => undefined): Subscription => {
    const turn = { model: 'm', request } as unknown as Turn;
    const observer = {
      answered: (thread: Thread) => answered.push(thread),
      ended: (settled: boolean) => ended.push(settled),
      retryAfter: () => undefined,
    };
    return converse(server.server, { id: 'thread-1', counts: {} }, script, turn, observer).subscribe({
      next: (event) => {
        events.push(event);
        seen(event);
      },
      error: (failure: unknown) => {
        error = failure;
      },
      complete: () => {
        completed = true;
      },
    });
  };
  const word = (delta: string): void => {
    server.tell('item/agentMessage/delta', { itemId: 'm', delta });
  };
  const over = (status: string): void => {
    server.tell('turn/completed', { turn: { status } });
  };

  it('gives the answer, and the thread as it is now, once', async () => {
    run();
    await nextTick();
    word('hi');
    server.tell('thread/tokenUsage/updated', { tokenUsage: { total: { inputTokens: 4, outputTokens: 2 } } });
    over('completed');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(events.map(({ type }) => type)).toEqual(['stream-start', 'text-start', 'text-delta', 'text-end', 'stream-end']);
    expect([completed, answered, ended]).toEqual([true, [{ id: 'thread-1', counts: { inputTokens: 4, outputTokens: 2 } }], [true]]);
    expect([server.asked, server.listener]).toEqual([['inject', 'start'], undefined]);
  });

  it('cancels nothing where the client leaves with the last event', async () => {
    const subscription = run((event) => {
      if (event.type === 'stream-end') subscription.unsubscribe();
    });
    await nextTick();
    over('completed');
    await jest.advanceTimersByTimeAsync(10_000);
    expect([server.asked, ended, answered.length]).toEqual([['inject', 'start'], [true], 1]);
  });

  it('ends a turn at the vendor where the client leaves, and waits for its end', async () => {
    const subscription = run();
    await nextTick();
    word('hi');
    subscription.unsubscribe();
    await nextTick();
    word('more');
    expect([server.asked.at(-1), ended]).toEqual(['interrupt turn-1', []]);
    over('interrupted');
    await jest.advanceTimersByTimeAsync(10_000);
    expect([ended, events.length, answered]).toEqual([[true], 3, []]);
  });

  it('ends it as soon as it has begun, where the client left before', async () => {
    let begin: (turnId: string) => void = () => undefined;
    server.started = new Promise((resolve) => (begin = resolve));
    const subscription = run();
    await nextTick();
    subscription.unsubscribe();
    await nextTick();
    expect(server.asked).toEqual(['inject', 'start']);
    begin('turn-9');
    await nextTick();
    expect(server.asked.at(-1)).toBe('interrupt turn-9');
  });

  it('does not begin one whose client left while its history was told', async () => {
    let told: () => void = () => undefined;
    server.injected = new Promise((resolve) => (told = resolve));
    const subscription = run();
    subscription.unsubscribe();
    told();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([server.asked, ended]).toEqual([['inject'], [true]]);
  });

  it.each<[string, () => void]>([
    ['does not end a turn', () => undefined],
    ['does not take in that it is to end', () => (server.interrupted = new Promise(() => undefined))],
    ['does not even begin one', () => (server.started = new Promise(() => undefined))],
  ])('says so, once, where the process %s', async (_, set) => {
    set();
    const subscription = run();
    await nextTick();
    subscription.unsubscribe();
    await jest.advanceTimersByTimeAsync(1900);
    expect(ended).toEqual([]);
    await jest.advanceTimersByTimeAsync(10_000);
    over('interrupted'); // too late
    expect(ended).toEqual([false]);
  });

  it('is content where a turn has just ended by itself', async () => {
    server.interrupted = Promise.reject(new JsonRpcError(-32600, 'no active turn'));
    const subscription = run();
    await nextTick();
    subscription.unsubscribe();
    await nextTick();
    expect(ended).toEqual([true]);
  });

  it('ends a turn that failed here while the CLI goes on', async () => {
    run();
    await nextTick();
    word('half');
    server.tell('error', { willRetry: true, error: { message: 'Reconnecting... 1/5' } });
    await nextTick();
    expect([error, server.asked.at(-1)]).toEqual([expect.objectContaining({ code: 'upstream_error' }), 'interrupt turn-1']);
  });

  it.each<[string, Error, string]>([
    ['refuses', new JsonRpcError(-32600, 'no'), 'Codex CLI refused the turn.'],
    ['answers with nonsense', new TypeError('no turn'), 'Codex CLI refused the turn.'],
    ['is gone', new GatewayError('cli_failed', 'It ended.'), 'It ended.'],
  ])('fails where the process %s', async (_, failure, message) => {
    server.started = Promise.reject(failure);
    run();
    await nextTick();
    expect([error, ended]).toEqual([expect.objectContaining({ code: 'cli_failed', message }), [true]]);
    expect(error).toBeInstanceOf(GatewayError);
  });

  it('fails with its process, once', async () => {
    run();
    await nextTick();
    word('half');
    server.listener?.closed(new GatewayError('cli_failed', 'It ended.'));
    await jest.advanceTimersByTimeAsync(10_000);
    expect([error, ended, server.asked]).toEqual([expect.objectContaining({ code: 'cli_failed' }), [true], ['inject', 'start']]);
  });
});
