import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Conversations, type Place } from './conversations.js';
import { converse, resume, type Thread } from './converse.js';
import { encodeConversation } from './encode-turn.js';
import { type TokenCounts, type ToolCallResult } from './protocol.js';
import { type RunningTurn } from './running-turn.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { LiveEntries } from '../../process-pool/live-entries.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { type Affinity, type Turn } from '../provider.js';
import { completionRequest } from '../../../test/support/completion-request.js';
import { grammarFault } from '../../../test/support/event-arbitraries.js';
import { ScriptedAppServer } from '../../../test/support/scripted-app-server.js';

const question: Message = { role: 'user', content: [{ type: 'text', text: 'weather?' }] };
const requestOf = (messages: readonly Message[]): CompletionRequest => completionRequest(messages, { tools: [{ name: 'weather' }, { name: 'exec_command' }] });
const called = (...ids: string[]): Message => ({ role: 'assistant', text: '', toolCalls: ids.map((callId) => ({ callId, name: 'weather', json: '{}' })) });
const result = (callId: string, text = `of ${callId}`): Message => ({ role: 'tool', callId, content: [{ type: 'text', text }] });
const taken = (text: string): ToolCallResult => ({ contentItems: [{ type: 'inputText', text }], success: true });
const nextTick = (): Promise<void> => jest.advanceTimersByTimeAsync(0);
const figures = (inputTokens: number): TokenCounts => ({ inputTokens, outputTokens: 1 });

describe('a turn that waits for results', () => {
  let server: ScriptedAppServer;
  let events: StreamEvent[];
  let error: unknown;
  let held: { thread: Thread; turn: RunningTurn } | undefined;
  let ended: boolean[];

  beforeEach(() => {
    jest.useFakeTimers();
    server = new ScriptedAppServer();
    [events, error, held, ended] = [[], undefined, undefined, []];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const observer = {
    answered: (thread: Thread, turn?: RunningTurn) => {
      held = turn && { thread, turn };
    },
    retryAfter: () => undefined,
  };
  const seen = {
    next: (event: StreamEvent) => events.push(event),
    error: (failure: unknown) => {
      error = failure;
    },
  };
  const turnOf = (messages: readonly Message[]): Turn => ({ model: 'm', request: requestOf(messages) }) as unknown as Turn;
  const begin = async (): Promise<void> => {
    const turn = turnOf([question]);
    converse(server.server, { id: 'thread-1', counts: {} }, encodeConversation(turn.request), turn, { ...observer, ended: (settled) => ended.push(settled) }).subscribe(seen);
    await nextTick();
  };
  const goOn = (...messages: Message[]): boolean => {
    const turn = turnOf(messages);
    events = [];
    const more = resume(held!.turn, held!.thread, encodeConversation(turn.request), turn, observer);
    more?.subscribe(seen);
    return more !== undefined;
  };
  const raw = (call_id: string, name = 'weather'): void => {
    server.tell('rawResponseItem/completed', { item: { type: 'function_call', call_id, name, arguments: '{"a": 1}' } });
  };
  const whole = (usage: TokenCounts): void => {
    server.tell('rawResponse/completed', { usage });
  };
  const word = (delta: string): void => {
    server.tell('item/agentMessage/delta', { itemId: 'm', delta });
  };
  const over = (status = 'completed'): void => {
    server.tell('turn/completed', { turn: { status } });
  };
  const callsIn = (): string[] => events.flatMap((event) => (event.type === 'tool-call-start' ? [`${event.name} ${event.callId}`] : []));

  it("ends the answer with the vendor's, and takes the results in whatever order they come", async () => {
    await begin();
    raw('a');
    const first = server.call('a', 'weather');
    await jest.advanceTimersByTimeAsync(60_000); // a long second call
    raw('b', '_exec_command');
    const second = server.call('b', '_exec_command');
    expect(held).toBeUndefined();
    whole(figures(7));
    expect([callsIn(), grammarFault(events)]).toEqual([['weather a', 'exec_command b'], undefined]);
    expect(events.at(-1)).toMatchObject({ type: 'stream-end', reason: 'tool-calls', usage: { inputTokens: 7, outputTokens: 1 } });
    expect(goOn(question, called('a', 'b'), result('b'), { ...result('a'), isError: true } as Message)).toBe(true);
    expect([await first, await second]).toEqual([{ ...taken('of a'), success: false }, taken('of b')]);
    server.tell('rawResponseItem/completed', { item: { type: 'function_call_output', call_id: 'a' } });
    server.tell('thread/tokenUsage/updated', { tokenUsage: { total: figures(7) } });
    word('cold');
    whole(figures(9));
    server.tell('thread/tokenUsage/updated', { tokenUsage: { total: figures(16) } });
    over();
    expect(events.at(-1)).toMatchObject({ reason: 'stop', usage: { inputTokens: 9, outputTokens: 1 } });
    expect([ended, server.asked, server.listener, error]).toEqual([[true], ['inject', 'start'], undefined, undefined]);
  });

  it('has the result ready where the CLI asks for it late', async () => {
    await begin();
    raw('a');
    whole(figures(7));
    goOn(question, called('a'), result('a'));
    await expect(server.call('a', 'weather')).resolves.toEqual(taken('of a'));
  });

  it.each<[string, Message[]]>([
    ['one result too few', [question, called('a', 'b'), result('a')]],
    ['one too many', [question, called('a', 'b'), result('a'), result('b'), result('c')]],
    ['words beside them', [question, called('a', 'b'), result('a'), result('b'), question]],
    ['words in their place', [question, called('a', 'b'), question]],
    ['no message', [question, called('a', 'b')]],
  ])('is ended at the vendor where the client brings %s', async (_, messages) => {
    await begin();
    raw('a');
    raw('b');
    const asked = server.call('a', 'weather');
    whole(figures(7));
    expect(goOn(...messages)).toBe(false);
    await nextTick();
    expect(server.asked.at(-1)).toBe('interrupt turn-1');
    over('interrupted');
    expect([ended, await asked]).toEqual([[true], { contentItems: [], success: false }]);
  });

  it('fails where the model calls what nobody offers, and is ended at the vendor', async () => {
    await begin();
    raw('a');
    raw('b', 'rm_rf');
    await nextTick();
    expect([error, server.asked.at(-1)]).toEqual([expect.objectContaining({ code: 'upstream_error', message: expect.stringContaining('rm_rf') }), 'interrupt turn-1']);
    expect(events.some(({ type }) => type === 'stream-end')).toBe(false);
  });

  it('is ended where the CLI answers a call by itself', async () => {
    await begin();
    raw('a');
    whole(figures(7));
    server.tell('rawResponseItem/completed', { item: { type: 'function_call_output', call_id: 'a' } });
    await nextTick();
    expect([server.asked.at(-1), goOn(question, called('a'), result('a'))]).toEqual(['interrupt turn-1', false]);
  });

  it('says that the process is gone, where it went between the calls and their results', async () => {
    await begin();
    raw('a');
    whole(figures(7));
    const turn = turnOf([question, called('a'), result('a')]);
    const more = resume(held!.turn, held!.thread, encodeConversation(turn.request), turn, observer);
    over('failed');
    more!.subscribe(seen);
    expect(error).toMatchObject({ code: 'cli_failed' });
  });

  describe('of a CLI that does not tell of raw answers', () => {
    it('ends the answer when nothing more comes, at a guess of its price, and counts the rest exactly', async () => {
      await begin();
      const first = server.call('a', 'weather', { a: 1 });
      await jest.advanceTimersByTimeAsync(290);
      const second = server.call('b', '_exec_command');
      await jest.advanceTimersByTimeAsync(290);
      expect(events).toEqual([]);
      await jest.advanceTimersByTimeAsync(20);
      expect([callsIn(), grammarFault(events)]).toEqual([['weather a', 'exec_command b'], undefined]);
      expect(events.at(-1)).toMatchObject({ reason: 'tool-calls', usage: { estimated: true } });
      goOn(question, called('a', 'b'), result('a'), result('b'));
      expect([await first, await second]).toEqual([taken('of a'), taken('of b')]);
      server.tell('thread/tokenUsage/updated', { tokenUsage: { total: figures(7) } });
      word('cold');
      server.tell('thread/tokenUsage/updated', { tokenUsage: { total: { inputTokens: 20, outputTokens: 4 } } });
      over();
      expect(events.at(-1)).toMatchObject({ reason: 'stop', usage: { inputTokens: 13, outputTokens: 3 } });
    });

    it('asks for what came too late in an answer of its own', async () => {
      await begin();
      void server.call('a', 'weather');
      await jest.advanceTimersByTimeAsync(400);
      const late = server.call('b', 'weather');
      goOn(question, called('a'), result('a'));
      await jest.advanceTimersByTimeAsync(400);
      expect([callsIn(), events.at(-1)]).toEqual([['weather b'], expect.objectContaining({ reason: 'tool-calls' })]);
      goOn(question, called('a'), result('a'), called('b'), result('b'));
      await expect(late).resolves.toEqual(taken('of b'));
    });

    it('still fails where the CLI asks its vendor again by itself', async () => {
      await begin();
      server.tell('thread/tokenUsage/updated', { tokenUsage: { total: figures(7) } });
      word('sorry');
      expect(error).toMatchObject({ code: 'upstream_error' });
    });

    it('waits for nothing more once the client has left', async () => {
      await begin();
      const subscription = converse(server.server, { id: 'thread-2', counts: {} }, encodeConversation(requestOf([question])), turnOf([question]), {
        ...observer,
        ended: () => undefined,
      }).subscribe(seen);
      await nextTick();
      void server.call('a', 'weather');
      subscription.unsubscribe();
      await jest.advanceTimersByTimeAsync(1000);
      expect([events, held]).toEqual([[], undefined]);
    });
  });

  describe('among the conversations', () => {
    const affinity = (key: string | undefined): Affinity => ({ resumeKey: key, keepKey: () => key });
    const conversationsOf = (limits: { max: number; ttlMs: number }): Conversations =>
      new Conversations({
        threads: (alive: (place: Place) => boolean, drop: (place: Place) => void) => new LiveEntries(limits, alive, drop),
      } as unknown as ProcessPool);
    const hold = async (conversations: Conversations, key: string | undefined): Promise<void> => {
      await begin();
      raw('a');
      whole(figures(7));
      conversations.keep(affinity(key), { lease: { child: { alive: true } } as Place['lease'], thread: held!.thread, held: held!.turn });
      await nextTick();
    };

    it('gives its place back, once, where its client never comes back', async () => {
      const conversations = conversationsOf({ max: 1, ttlMs: 5000 });
      await hold(conversations, 'k');
      await jest.advanceTimersByTimeAsync(4990);
      expect([server.asked, ended]).toEqual([['inject', 'start'], []]);
      await jest.advanceTimersByTimeAsync(20);
      over('interrupted');
      await jest.advanceTimersByTimeAsync(10_000);
      expect([server.asked.at(-1), ended, server.listener, conversations.take(affinity('k'))]).toEqual(['interrupt turn-1', [true], undefined, undefined]);
    });

    it('is condemned where the CLI does not end it', async () => {
      await hold(conversationsOf({ max: 1, ttlMs: 5000 }), 'k');
      await jest.advanceTimersByTimeAsync(10_000);
      expect(ended).toEqual([false]);
    });

    it.each<[string, { max: number; ttlMs: number }, string | undefined]>([
      ['nothing is kept', { max: 0, ttlMs: 5000 }, 'k'],
      ['nobody knows the conversation by name', { max: 1, ttlMs: 5000 }, undefined],
    ])('does not wait where %s', async (_, limits, key) => {
      await hold(conversationsOf(limits), key);
      expect(server.asked.at(-1)).toBe('interrupt turn-1');
    });
  });
});
