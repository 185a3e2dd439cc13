import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineSplitter } from './line-splitter.js';

/** What the real CLIs and agents said, as it was recorded. */
const recordings = globSync('{providers/*,acp}/fixtures/*.{jsonl,ndjson}', { cwd: join(import.meta.dirname, '..') }).sort();

/** What the decoders are given: events, line by line. */
function eventsOf(chunks: Iterable<Buffer>): unknown[] {
  const splitter = new LineSplitter(8 * 1024 ** 2);
  const events: unknown[] = [];
  const take = (line: string): void => {
    events.push(JSON.parse(line));
  };
  for (const chunk of chunks) splitter.push(chunk, take);
  splitter.flush(take);
  return events;
}

function* bytesOf(recording: Buffer): Iterable<Buffer> {
  for (let at = 0; at < recording.length; at++) yield recording.subarray(at, at + 1);
}

describe('every recorded stream', () => {
  it('is there', () => {
    expect(recordings.length).toBeGreaterThan(60);
  });

  it.each(recordings)('gives the same events byte by byte, and cut in two at any place: %s', (name) => {
    const recording = readFileSync(join(import.meta.dirname, '..', name));
    const whole = recording
      .toString()
      .split('\n')
      .flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
    expect(whole.length).toBeGreaterThan(0);
    expect(eventsOf(bytesOf(recording))).toEqual(whole);
    // Each cut lies in a line: what is around that line cannot tell it from another.
    let start = 0;
    for (const [index, event] of whole.entries()) {
      const end = recording.indexOf('\n', start) + 1 || recording.length;
      const line = recording.subarray(start, end);
      for (let at = 1; at < line.length; at++) {
        if (JSON.stringify(eventsOf([line.subarray(0, at), line.subarray(at)])) !== JSON.stringify([event])) throw new Error(`line ${index}, cut at ${at}`);
      }
      start = end;
    }
  });
});
