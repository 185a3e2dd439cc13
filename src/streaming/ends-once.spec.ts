import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, from, lastValueFrom, Observable, toArray } from 'rxjs';
import { endsOnce } from './ends-once.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const start: StreamEvent = { type: 'stream-start', id: '1', model: 'm', warnings: [] };
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } };
const textStart: StreamEvent = { type: 'text-start', block: 0 };
const text: StreamEvent = { type: 'text-delta', block: 0, text: 'a' };
const textEnd: StreamEvent = { type: 'text-end', block: 0 };

const broken = new GatewayError('cli_failed', 'The provider broke off.');
const checked = (events: Iterable<StreamEvent>): Promise<StreamEvent[]> =>
  firstValueFrom(
    from(events).pipe(
      endsOnce(() => broken),
      toArray(),
    ),
  );

describe('endsOnce', () => {
  it('ignores what follows the end', async () => {
    await expect(checked([start, end, end, text])).resolves.toEqual([start, end]);
  });

  it('leaves its source at the end, even one that speaks synchronously', () => {
    let said = 0;
    let left = 0;
    const endless = new Observable<StreamEvent>((subscriber) => {
      subscriber.add(() => left++);
      for (const event of [start, end]) subscriber.next(event);
      while (!subscriber.closed && said < 100) {
        said++;
        subscriber.next(text);
      }
    });
    endless.pipe(endsOnce(() => broken)).subscribe();
    expect([said, left]).toEqual([0, 1]);
  });

  it('ends blocks that were left open', async () => {
    const call: StreamEvent = { type: 'tool-call-start', block: 1, callId: 'c', name: 'f' };
    await expect(checked([start, textStart, text, call, end])).resolves.toEqual([start, textStart, text, call, textEnd, { type: 'tool-call-end', block: 1 }, end]);
  });

  it.each<[string, StreamEvent[]]>([
    ['no events', []],
    ['no end', [start, textStart, text, textEnd]],
    ['no start', [textStart, text, textEnd, end]],
    ['an end alone', [end]],
    ['two starts', [start, start, end]],
    ['a delta outside of a block', [start, text, end]],
    ['a delta after its block', [start, textStart, textEnd, text, end]],
    ['a delta of another kind', [start, textStart, { type: 'reasoning-delta', block: 0, text: 'a' }, end]],
    ['an end of another kind', [start, textStart, { type: 'tool-call-end', block: 0 }, end]],
    ['a block that starts twice', [start, textStart, textStart, end]],
  ])('is an error: %s', async (_, events) => {
    await expect(checked(events)).rejects.toBe(broken);
  });

  it('says what came before the fault', async () => {
    const heard: StreamEvent[] = [];
    const stream = new Observable<StreamEvent>((subscriber) =>
      from([start, textStart, text])
        .pipe(endsOnce(() => broken))
        .subscribe(subscriber),
    );
    await lastValueFrom(
      stream.pipe(
        (source) =>
          new Observable((subscriber) =>
            source.subscribe({
              next: (event) => heard.push(event),
              error: () => {
                subscriber.complete();
              },
            }),
          ),
      ),
      { defaultValue: null },
    );
    expect(heard).toEqual([start, textStart, text]);
  });
});
