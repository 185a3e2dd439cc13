import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { bufferWhilePaused } from './buffer-while-paused.js';
import { Flow } from '../kernel/flow.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const delta = (text: string): StreamEvent => ({ type: 'text-delta', block: 0, text });

function listen(max = 10_000): { source: Subject<StreamEvent>; flow: Flow; heard: string[]; onNext: ((text: string) => void)[]; leave: () => void } {
  const source = new Subject<StreamEvent>();
  const flow = new Flow();
  const heard: string[] = [];
  const onNext: ((text: string) => void)[] = [];
  const subscription = source.pipe(bufferWhilePaused(flow, max)).subscribe({
    next: (event) => {
      const text = 'text' in event ? event.text : event.type;
      heard.push(text);
      for (const listener of onNext) listener(text);
    },
    error: (error: { code?: string }) => heard.push(`error ${error.code ?? ''}`),
    complete: () => heard.push('complete'),
  });
  return {
    source,
    flow,
    heard,
    onNext,
    leave: () => {
      subscription.unsubscribe();
    },
  };
}

describe(bufferWhilePaused.name, () => {
  it('lets everything through while nobody pauses', () => {
    const { source, heard } = listen();
    source.next(delta('a'));
    source.complete();
    expect(heard).toEqual(['a', 'complete']);
  });

  it.each<[string, (source: Subject<StreamEvent>) => void, string]>([
    [
      'end',
      (source) => {
        source.complete();
      },
      'complete',
    ],
    [
      'error',
      (source) => {
        source.error({ code: 'cli_failed' });
      },
      'error cli_failed',
    ],
  ])('holds what comes meanwhile, and the %s behind it', (_, end, expected) => {
    const { source, flow, heard } = listen();
    flow.pause();
    source.next(delta('a'));
    source.next(delta('b'));
    end(source);
    expect(heard).toEqual([]);
    flow.resume();
    expect(heard).toEqual(['a', 'b', expected]);
  });

  it('stops again where the client does, in the middle of what waited', () => {
    const { source, flow, heard, onNext } = listen();
    flow.pause();
    for (const text of ['a', 'b', 'c']) source.next(delta(text));
    onNext.push((text) => {
      if (text === 'b') flow.pause();
    });
    flow.resume();
    source.next(delta('d'));
    expect(heard).toEqual(['a', 'b']);
    flow.resume();
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends over its bound, and leaves the source', () => {
    const { source, flow, heard } = listen(1000);
    flow.pause();
    for (let index = 0; index < 20; index += 1) source.next(delta('x'.repeat(50)));
    expect([heard, source.observed]).toEqual([['error output_limit_exceeded'], false]);
  });

  it('says nothing to who has left', () => {
    const { source, flow, heard, leave } = listen();
    flow.pause();
    source.next(delta('a'));
    leave();
    flow.resume();
    expect(heard).toEqual([]);
  });

  it('keeps the order, whenever it is paused', () => {
    const step = fc.oneof(fc.constant('pause' as const), fc.constant('resume' as const), fc.constant('flip within' as const), fc.constant('say' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { source, flow, heard, onNext } = listen(100_000);
        let flips = 0;
        onNext.push(() => {
          if (flips === 0) return;
          flips -= 1;
          flow.pause();
          if (flips % 2 === 0) flow.resume();
        });
        let said = 0;
        for (const what of steps) {
          if (what === 'pause') flow.pause();
          else if (what === 'resume') flow.resume();
          else if (what === 'flip within') flips += 1;
          else source.next(delta(String(said++)));
        }
        source.complete();
        flips = 0;
        flow.pause();
        flow.resume();
        expect(heard).toEqual([...Array.from({ length: said }, (_, index) => String(index)), 'complete']);
      }),
    );
  });
});
