import { describe, expect, it, jest } from '@jest/globals';
import { Observable, type Subscriber } from 'rxjs';
import { converse, type Ready } from './converse.js';
import { type TurnScript } from './encode-turn.js';
import { defaultTurnSettings } from './turn-settings.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Child } from '../../process-pool/child.js';
import { type Turn } from '../provider.js';
import { completionRequest } from '../../../test/support/completion-request.js';

/** A process whose lines the spec says itself. */
class ScriptedChild {
  readonly written: string[] = [];
  readonly ended: string[] = [];
  heard = false;
  flow: Flow | undefined;
  #reader: Subscriber<string> | undefined;

  constructor(private readonly dead = false) {}

  write(...lines: string[]): boolean {
    this.written.push(...lines);
    return true;
  }

  end(reason: string): Promise<void> {
    this.ended.push(reason);
    return Promise.resolve();
  }

  lines(flow: Flow): Observable<string> {
    this.flow = flow;
    return new Observable((reader) => {
      if (this.dead) reader.error(exit);
      this.#reader = reader;
      this.heard = true;
      return () => {
        this.heard = false;
      };
    });
  }

  say(...messages: object[]): void {
    for (const message of messages) this.#reader?.next(JSON.stringify(message));
  }

  exit(): void {
    this.#reader?.error(exit);
  }
}

const exit = new GatewayError('cli_failed', 'It ended.');
const api = (event: object): object => ({ type: 'stream_event', event });
const words = (text: string): object[] => [
  api({ type: 'message_start', message: { id: 'm', model: 'claude-x' } }),
  api({ type: 'content_block_start', index: 0, content_block: { type: 'text' } }),
  api({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
];
const end = (reason: string): object => api({ type: 'message_delta', delta: { stop_reason: reason }, usage: { input_tokens: 1, output_tokens: 1 } });
const result = (turns: number): object => ({ type: 'result', is_error: false, num_turns: turns, result: '' });

const turn: Turn = {
  request: completionRequest([], { samplingParameters: ['seed'] }),
  model: 'sonnet',
  owner: 'me',
  flow: new Flow(),
  affinity: { resumeKey: undefined, keepKey: () => undefined },
};

function run(child: ScriptedChild, batches: TurnScript['batches'] = [['hello']]) {
  const events: StreamEvent[] = [];
  const outcome = { events, error: undefined as unknown, completed: false, settled: undefined as Promise<Ready | undefined> | undefined, answers: 0 };
  const observer = {
    answered: (settled: Promise<Ready | undefined> | undefined) => {
      outcome.settled = settled;
      outcome.answers++;
    },
    rateLimit: jest.fn(),
    noise: jest.fn(),
  };
  const subscription = converse(child as unknown as Child, { batches, settings: defaultTurnSettings, tools: [], structured: false }, turn, observer).subscribe({
    next: (event) => events.push(event),
    error: (error: unknown) => {
      outcome.error = error;
    },
    complete: () => {
      outcome.completed = true;
    },
  });
  return { outcome, observer, subscription };
}

describe('converse', () => {
  it('writes each batch when the history before it is taken', () => {
    const child = new ScriptedChild();
    run(child, [['open', 'one'], ['two'], ['three']]);
    expect(child.written).toEqual(['open', 'one']);
    child.say(result(0));
    expect(child.written).toEqual(['open', 'one', 'two']);
    child.say(result(0));
    expect(child.written).toEqual(['open', 'one', 'two', 'three']);
  });

  it('tells the history as one of the model that the CLI says it runs', () => {
    const child = new ScriptedChild();
    const said = (model: string): string => `said by ${model}`;
    run(child, [['open'], [said, 'two'], [said, 'three']]);
    child.say({ type: 'system', subtype: 'init', model: 'claude-sonnet-full' }, result(0));
    expect(child.written).toEqual(['open', 'said by claude-sonnet-full', 'two']);
    child.say({ type: 'system', subtype: 'status', model: 'x' }, { type: 'system', subtype: 'init' }, result(0));
    expect(child.written.slice(3)).toEqual(['said by claude-sonnet-full', 'three']);
  });

  it('completes with the answer, and hands the process over when the CLI is at its end of the turn too', async () => {
    const child = new ScriptedChild();
    const { outcome } = run(child);
    child.say(...words('hi'), end('end_turn'));
    expect(outcome).toMatchObject({ completed: true, answers: 1 });
    expect(outcome.events[0]).toMatchObject({ warnings: [{ type: 'ignored-parameter', parameter: 'seed' }] });
    expect(child.heard).toBe(true);
    child.say(api({ type: 'message_stop' }), result(1));
    expect(await outcome.settled).toEqual({ calls: [] });
    expect(child).toMatchObject({ heard: false, ended: [] });
  });

  it.each(['max_tokens', 'refusal'])('stops listening after %s: what follows is not the answer', (reason) => {
    const child = new ScriptedChild();
    const { outcome } = run(child);
    child.say(...words('hi'), end(reason), ...words('again'));
    expect(outcome).toMatchObject({ completed: true, answers: 1, settled: undefined });
    expect(child.heard).toBe(false);
    expect(outcome.events.filter(({ type }) => type === 'text-delta')).toHaveLength(1);
  });

  it('does not take a process for ready that exits after the answer', async () => {
    const child = new ScriptedChild();
    const { outcome } = run(child);
    child.say(...words('hi'), end('end_turn'));
    child.exit();
    expect(await outcome.settled).toBeUndefined();
    expect(outcome.error).toBeUndefined();
  });

  it('waits for the end of the turn as long as a busy machine needs, but not for ever', async () => {
    jest.useFakeTimers();
    const child = new ScriptedChild();
    const { outcome } = run(sayEnd(child));
    const { outcome: never } = run(sayEnd(new ScriptedChild()));
    jest.advanceTimersByTime(9000);
    child.say(result(1));
    jest.advanceTimersByTime(1000);
    jest.useRealTimers();
    expect(await outcome.settled).toEqual({ calls: [] });
    expect(await never.settled).toBeUndefined();
  });

  it('holds the process back for a slow client, but not its end of the turn', () => {
    const child = new ScriptedChild();
    run(child);
    turn.flow.pause();
    expect(child.flow?.paused).toBe(true);
    child.say(...words('hi'), end('end_turn'));
    expect(child.flow?.paused).toBe(false);
    turn.flow.resume();
  });

  it('cancels the turn when the subscriber leaves', () => {
    const child = new ScriptedChild();
    const { subscription } = run(child);
    child.say(...words('hi'));
    subscription.unsubscribe();
    expect(child).toMatchObject({ heard: false, ended: ['cancelled'] });
  });

  it('does not cancel a turn whose subscriber leaves at its last event', () => {
    const child = new ScriptedChild();
    const observer = { answered: jest.fn(), rateLimit: jest.fn(), noise: jest.fn() };
    const subscription = converse(child as unknown as Child, { batches: [['x']], settings: defaultTurnSettings, tools: [], structured: false }, turn, observer).subscribe(
      (event) => {
        if (event.type === 'stream-end') subscription.unsubscribe();
      },
    );
    child.say(...words('hi'), end('end_turn'));
    expect(child.ended).toEqual([]);
    expect(observer.answered).toHaveBeenCalledTimes(1);
  });

  it('fails once, and ends the process, where the turn fails', () => {
    const child = new ScriptedChild();
    const { outcome } = run(child);
    child.say(...words('hi'), api({ type: 'message_stop' }), ...words('hi'), end('end_turn'));
    expect(outcome).toMatchObject({ error: { code: 'upstream_error' }, completed: false, answers: 0 });
    expect(child).toMatchObject({ heard: false, ended: ['failed'] });
  });

  it('fails where the process exits, also before the turn', () => {
    const child = new ScriptedChild();
    const { outcome } = run(child);
    child.say(...words('hi'));
    child.exit();
    expect(outcome).toMatchObject({ error: exit, completed: false });
    expect(run(new ScriptedChild(true)).outcome).toMatchObject({ error: exit, completed: false });
  });

  it('answers what the CLI asks, and counts what is not of its protocol', () => {
    const child = new ScriptedChild();
    const { observer } = run(child);
    child.say({ type: 'control_request', request_id: 'q' }, { type: 'rate_limit_event', rate_limit_info: { status: 'allowed' } });
    expect(child.written.at(-1)).toContain('"request_id":"q"');
    expect(observer.rateLimit).toHaveBeenCalledWith({ status: 'allowed' });
    child.say(...words('hi'), end('end_turn'));
    expect(observer.noise).toHaveBeenCalledWith(0);
  });
});

/** Says a whole answer as soon as it is spoken to. */
function sayEnd(child: ScriptedChild): ScriptedChild {
  jest.spyOn(child, 'write').mockImplementation(() => {
    child.say(...words('hi'), end('end_turn'));
    return true;
  });
  return child;
}
