import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type AgentConnection, type PromptOptions, type PromptResult } from './agent-connection.js';
import { CancelIgnored } from './acp-error.js';
import { RunningPrompt } from './running-prompt.js';
import { type SessionUpdate } from './session-update.js';
import { type ContentPart, type Message, type ToolCall } from '../kernel/message.js';
import { ToolSession } from '../tool-bridge/tool-session.js';

const said = (text: string): SessionUpdate => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });
const announced = (id: string): SessionUpdate => ({ sessionUpdate: 'tool_call', toolCallId: id, title: 'mcp__client__f', kind: 'other' });
const result = (callId: string, ...content: ContentPart[]): Message => ({ role: 'tool', callId, content });
const text = (words: string): ContentPart => ({ type: 'text', text: words });
const ended: PromptResult = { stopReason: 'end_turn', raw: {} };

/** An agent whose every move the spec makes, and all that is heard of it. */
class Stage {
  readonly heard: unknown[] = [];
  readonly replies: unknown[] = [];
  readonly calls: ToolCall[] = [];
  readonly settled: boolean[] = [];
  closed = false;
  readonly tools = new ToolSession('client', [{ name: 'f' }], 'http://x', () => {
    this.closed = true;
  });
  #options: PromptOptions | undefined;
  #resolve: (result: PromptResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  readonly running = new RunningPrompt(this.#agent(), { name: 'The agent', sessionId: 's', tools: this.tools, ended: (settled) => this.settled.push(settled) });
  readonly listener = {
    update: ({ content }: SessionUpdate) => {
      this.heard.push((content as { text: string }).text);
    },
    called: (call: ToolCall) => {
      this.heard.push(`${call.name}(${call.json})`);
      this.calls.push(call);
    },
    done: ({ stopReason }: PromptResult) => {
      this.heard.push(stopReason);
    },
    fail: (error: unknown) => {
      this.heard.push((error as Error).message);
    },
  };

  constructor(listed = true) {
    if (listed) this.tools.sawList();
    this.running.start([], this.listener);
  }

  get cancelled(): boolean {
    return this.#options?.signal.aborted === true;
  }

  tell(update: SessionUpdate): void {
    this.#options?.onUpdate(update);
  }

  /** @returns what the agent does where it waits no longer */
  call(argument: unknown): () => void {
    return this.tools.call({ id: this.replies.length, name: 'f', arguments: argument, meta: {} }, (message) => this.replies.push(message));
  }

  async end(outcome: PromptResult | Error = ended): Promise<void> {
    if (outcome instanceof Error) this.#reject(outcome);
    else this.#resolve(outcome);
    await jest.advanceTimersByTimeAsync(0);
  }

  #agent(): AgentConnection {
    const prompt = (_: string, __: unknown, options: PromptOptions): Promise<PromptResult> => {
      this.#options = options;
      return new Promise((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
    };
    return { prompt } as unknown as AgentConnection;
  }
}

describe(RunningPrompt.name, () => {
  let at: Stage;
  beforeEach(() => {
    jest.useFakeTimers();
    at = new Stage();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const resume = (...content: ContentPart[]): void => {
    at.running.hold();
    const messages = [result(at.calls.at(-1)!.callId, ...content)];
    expect(at.running.answers(messages)).toBe(true);
    at.running.resume(messages, at.listener);
  };

  it('tells a call behind the words that were said before it, though it came before them', () => {
    at.call({ x: 1 });
    at.tell(said('Let me look.'));
    at.tell(announced('1'));
    expect(at.heard).toEqual(['Let me look.', 'f({"x":1})']);
    expect(at.calls[0]?.callId).toMatch(/^call_[0-9a-f]{32}$/);
  });

  it('does not wait long for an agent that announces nothing', () => {
    at.call({});
    jest.advanceTimersByTime(249);
    expect(at.heard).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(at.heard).toEqual(['f({})']);
  });

  it('does not take a call that is announced twice for two', () => {
    at.tell(announced('1'));
    at.tell(announced('1'));
    at.call(1);
    resume(text('r'));
    at.call(2);
    expect(at.heard).toEqual(['f(1)']);
    at.tell(announced('2'));
    expect(at.heard).toEqual(['f(1)', 'f(2)']);
  });

  it('goes on with the result, and with what was said and called meanwhile', async () => {
    at.tell(announced('1'));
    at.tell(announced('2'));
    at.call('a');
    at.call('b');
    at.running.hold();
    at.tell(said('meanwhile'));
    expect([at.heard, at.replies]).toEqual([['f("a")'], []]);
    at.running.resume([result(at.calls[0]!.callId, text('of a'))], at.listener);
    expect(at.heard).toEqual(['f("a")', 'meanwhile', 'f("b")']);
    expect(at.replies).toMatchObject([{ result: { content: [{ text: 'of a' }] } }]);
    resume(text('of b'));
    await at.end();
    expect([at.heard.slice(3), at.settled, at.closed]).toEqual([['end_turn'], [true], false]);
  });

  it('leaves out a call that the agent gave up before it was told', () => {
    at.tell(announced('1'));
    at.tell(announced('2'));
    at.tell(announced('3'));
    at.call('a');
    at.call('b')();
    at.call('c');
    resume(text('of a'));
    expect(at.heard).toEqual(['f("a")', 'f("c")']);
  });

  it('keeps all that is said while it is held, or is given up: no word is missing', () => {
    at.tell(announced('1'));
    at.call('a');
    at.running.hold();
    for (let number = 0; number < 1000; number++) at.tell(said(`${number}`));
    const answer = [result(at.calls[0]!.callId, text('x'))];
    expect([at.cancelled, at.running.answers(answer)]).toEqual([false, true]);
    at.tell(said('too much'));
    expect([at.cancelled, at.running.answers(answer)]).toEqual([true, false]);
  });

  it.each<[string, (id: string) => readonly Message[]]>([
    ['nothing', () => []],
    ["another call's result", () => [result('other', text('x'))]],
    ['a result and more', (id) => [result(id, text('x')), { role: 'user', content: [text('y')] }]],
    ['words', () => [{ role: 'user', content: [text('y')] }]],
    ['a picture', (id) => [result(id, { type: 'image', mediaType: 'image/png', data: '', param: '' })]],
  ])('is not answered by %s', (_, messages) => {
    at.tell(announced('1'));
    at.call('a');
    at.running.hold();
    expect(at.running.answers(messages(at.calls[0]!.callId))).toBe(false);
  });

  it('is not answered where the agent has gone on without the result', () => {
    at.tell(announced('1'));
    const giveUp = at.call('a');
    at.running.hold();
    giveUp();
    expect(at.running.answers([result(at.calls[0]!.callId, text('x'))])).toBe(false);
  });

  it('is cancelled where nobody comes back, or for too long, and its functions end when the agent has let go', async () => {
    at.tell(announced('1'));
    at.call('a');
    at.running.hold();
    jest.advanceTimersByTime(9 * 60_000);
    expect([at.cancelled, at.running.cancelled, at.closed]).toEqual([true, true, false]);
    await at.end({ stopReason: 'cancelled', raw: {} });
    expect([at.closed, at.heard, at.settled]).toEqual([true, ['f("a")'], [true]]);
    expect(at.replies).toMatchObject([{ error: { message: 'Not available' } }]);
  });

  it('is cancelled by who hears, and by nobody else', () => {
    at.running.leave({ ...at.listener });
    expect(at.cancelled).toBe(false);
    at.running.leave(at.listener);
    expect(at.cancelled).toBe(true);
    at.tell(said('more'));
    expect(at.heard).toEqual([]);
  });

  it('says where it failed, and whether the agent goes on all the same', async () => {
    await at.end(new Error('broken'));
    expect([at.heard, at.settled, at.closed]).toEqual([['broken'], [true], true]);
    const stubborn = new Stage();
    stubborn.running.leave(stubborn.listener);
    await stubborn.end(new CancelIgnored());
    expect([stubborn.heard, stubborn.settled, stubborn.closed]).toEqual([[], [false], true]);
  });

  it('fails where the turn ended while it was held', async () => {
    at.tell(announced('1'));
    at.call('a');
    at.running.hold();
    await at.end();
    expect(at.running.answers([result(at.calls[0]!.callId, text('x'))])).toBe(false);
    at.running.resume([result(at.calls[0]!.callId, text('x'))], at.listener);
    expect(at.heard.at(-1)).toMatch(/^The agent ended the turn/);
    at.running.hold();
    at.running.leave();
    expect(at.closed).toBe(true);
  });

  it('fails where the agent never asked which functions there are', async () => {
    const deaf = new Stage(false);
    await deaf.end();
    expect([deaf.heard, deaf.closed, deaf.settled]).toEqual([['The agent did not ask for the functions of the request.'], true, [false]]);
  });
});
