import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Observable } from 'rxjs';
import { deadline } from './deadline.js';
import { idleTimeout } from './idle-timeout.js';
import { SilenceTimer } from './silence-timer.js';
import { BackgroundTurn } from '../kernel/background-turn.js';
import { WatchedSource } from '../../test/support/watched-source.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function record(stream: Observable<string>): { heard: string[]; error?: unknown; complete?: true } {
  const log: { heard: string[]; error?: unknown; complete?: true } = { heard: [] };
  stream.subscribe({
    next: (value) => log.heard.push(value),
    error: (error: unknown) => (log.error = error),
    complete: () => (log.complete = true),
  });
  return log;
}

describe('deadline', () => {
  it('ends a stream that is still silent; a client must not try again on its own', () => {
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(deadline(100)));
    jest.advanceTimersByTime(99);
    expect(log.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(log.error).toMatchObject({ code: 'timeout', shouldRetry: false });
    expect(source.left).toBe(1);
  });

  it('ends a stream that speaks on and on; a client must not try again', () => {
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(deadline(100)));
    for (let i = 0; i < 10; i++) {
      source.subject.next('a');
      jest.advanceTimersByTime(10);
    }
    expect(log.heard).toHaveLength(10);
    expect(log.error).toMatchObject({ code: 'timeout', shouldRetry: false });
  });

  it('lets a stream be that ends in time', () => {
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(deadline(100)));
    source.subject.complete();
    jest.advanceTimersByTime(1000);
    expect(log).toEqual({ heard: [], complete: true });
  });

  it('does not count the waits of a background turn, whenever they come', async () => {
    const background = new BackgroundTurn(10_000);
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(deadline(100, background)));
    for (const ms of [1000, 5]) {
      const slot = Promise.withResolvers<undefined>();
      const wait = background.wait(slot.promise);
      await jest.advanceTimersByTimeAsync(ms);
      slot.resolve(undefined);
      await wait;
      await jest.advanceTimersByTimeAsync(49);
    }
    expect(log.error).toBeUndefined();
    await jest.advanceTimersByTimeAsync(2);
    expect(log.error).toMatchObject({ code: 'timeout' });
  });
});

describe('idleTimeout', () => {
  it('counts from the subscription', () => {
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(idleTimeout(100)));
    jest.advanceTimersByTime(100);
    expect(log.error).toMatchObject({ code: 'timeout', shouldRetry: false });
    expect(source.left).toBe(1);
  });

  it('counts from the last value, to the millisecond', () => {
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(idleTimeout(100)));
    for (let i = 0; i < 50; i++) {
      jest.advanceTimersByTime(33);
      source.subject.next('a');
    }
    jest.advanceTimersByTime(99);
    expect(log.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(log.error).toMatchObject({ code: 'timeout', shouldRetry: false });
  });

  it('sets no timer for a value', () => {
    const source = new WatchedSource<string>();
    record(source.stream.pipe(idleTimeout(100)));
    const set = jest.spyOn(globalThis, 'setTimeout');
    for (let i = 0; i < 1000; i++) source.subject.next('a');
    expect(set).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(1);
  });

  it('does not count silence that the reader wants', () => {
    let paused = true;
    const source = new WatchedSource<string>();
    const log = record(source.stream.pipe(idleTimeout(100, () => paused)));
    jest.advanceTimersByTime(1000);
    expect(log.error).toBeUndefined();
    paused = false;
    jest.advanceTimersByTime(100);
    expect(log.error).toMatchObject({ code: 'timeout' });
  });
});

describe(SilenceTimer, () => {
  it('tells of the silence before the first sound and in every pause', () => {
    let silences = 0;
    const timer = new SilenceTimer(100, () => silences++);
    jest.advanceTimersByTime(250);
    timer.heard();
    jest.advanceTimersByTime(99);
    expect(silences).toBe(2);
    jest.advanceTimersByTime(1);
    expect(silences).toBe(3);
    timer.stop();
  });

  it('is still while something is heard, and once it is stopped', () => {
    let silences = 0;
    const timer = new SilenceTimer(100, () => silences++);
    for (let i = 0; i < 20; i++) {
      jest.advanceTimersByTime(60);
      timer.heard();
    }
    timer.stop();
    jest.advanceTimersByTime(1000);
    expect(silences).toBe(0);
  });

  it('may be stopped while it tells', () => {
    const timer = new SilenceTimer(100, () => {
      timer.stop();
    });
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
