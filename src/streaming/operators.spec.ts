import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { concat, EMPTY, from, type MonoTypeOperatorFunction, type Observable, throwError } from 'rxjs';
import { deadline } from './deadline.js';
import { endsOnce } from './ends-once.js';
import { idleTimeout } from './idle-timeout.js';
import { listen } from './listen.js';
import { outputLimit } from './output-limit.js';
import { stopSequences } from './stop-sequences.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { eventStreams, grammarFault } from '../../test/support/event-arbitraries.js';
import { WatchedSource } from '../../test/support/watched-source.js';

const broken = (): GatewayError => new GatewayError('cli_failed', 'broken');

const operators: [string, () => MonoTypeOperatorFunction<StreamEvent>][] = [
  ['endsOnce', () => endsOnce(broken)],
  ['deadline', () => deadline(60_000)],
  ['idleTimeout', () => idleTimeout(60_000)],
  ['stopSequences', () => stopSequences(['a', '\n\n', 'ab', 'b \n'], () => 0)],
  ['stopSequences without any', () => stopSequences([], () => 0)],
  ['outputLimit', () => outputLimit(2, () => 0)],
  ['listen', () => listen<StreamEvent>([{ next: () => undefined }])],
];

interface Outcome {
  readonly events: StreamEvent[];
  readonly error?: unknown;
  readonly complete: boolean;
}

function run(stream: Observable<StreamEvent>): Outcome {
  const events: StreamEvent[] = [];
  let end: Omit<Outcome, 'events'> = { complete: false };
  stream.subscribe({
    next: (event) => events.push(event),
    error: (error: unknown) => (end = { error, complete: false }),
    complete: () => (end = { complete: true }),
  });
  return { events, ...end };
}

describe.each(operators)('%s', (_, operator) => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('keeps the grammar and completes', () => {
    fc.assert(
      fc.property(eventStreams(), (events) => {
        const outcome = run(from(events).pipe(operator()));
        expect(outcome.complete).toBe(true);
        expect(grammarFault(outcome.events)).toBeUndefined();
      }),
    );
  });

  it('passes an error on, after what came before it', () => {
    const failure = new GatewayError('upstream_error', 'gone');
    fc.assert(
      fc.property(eventStreams(), fc.nat(30), (events, cut) => {
        const before = events.slice(0, Math.min(cut, events.length - 1));
        const outcome = run(
          concat(
            from(before),
            throwError(() => failure),
          ).pipe(operator()),
        );
        if (outcome.complete) expect(grammarFault(outcome.events)).toBeUndefined();
        else expect(outcome.error).toBe(failure);
      }),
    );
  });

  it('is cold, and leaves its source once when it is unsubscribed', () => {
    const source = new WatchedSource<StreamEvent>();
    const stream = source.stream.pipe(operator());
    expect(source.subscribed).toBe(0);
    const subscription = stream.subscribe();
    source.subject.next({ type: 'stream-start', id: '1', model: 'm', warnings: [] });
    expect(source.left).toBe(0);
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect([source.subscribed, source.left, source.subject.observed]).toEqual([1, 1, false]);
  });

  it('leaves no timer behind, however it ends', () => {
    const source = new WatchedSource<StreamEvent>();
    const ends: (() => void)[] = [
      () => {
        source.stream
          .pipe(operator())
          .subscribe({ error: () => undefined })
          .unsubscribe();
      },
      () => {
        run(throwError(broken).pipe(operator()));
      },
      () => {
        run(EMPTY.pipe(operator()));
      },
    ];
    for (const end of ends) {
      end();
      expect(jest.getTimerCount()).toBe(0);
    }
  });
});
