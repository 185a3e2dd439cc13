import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeComment } from './comment.js';
import { encodeFrame } from './frame.js';
import { type SseEvent, SseEventTooLargeError, SseParser } from './sse-parser.js';

function parse(chunks: readonly Uint8Array[], maxEventBytes?: number): SseEvent[] {
  const parser = new SseParser(maxEventBytes);
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}

const parseText = (text: string): SseEvent[] => parse([Buffer.from(text)]);
const messages = (text: string): string[] => parseText(text).map(({ data }) => data);

describe('SseParser', () => {
  it.each([
    ['LF', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CRLF within an event', 'data: a\r\ndata: b\r\n\r\n', ['a\nb']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['mixed ends', 'data: a\r\n\rdata: b\n\r\n', ['a', 'b']],
    ['several data lines', 'data: a\ndata:\ndata: b\n\n', ['a\n\nb']],
    ['no blank after the colon', 'data:a\n\n', ['a']],
    ['only one blank is dropped', 'data:  a\n\n', [' a']],
    ['a field without a colon', 'data\n\n', ['']],
    ['comments', ': hello\n\n:\ndata: a\n: more\n\n', ['a']],
    ['an event without data', 'event: ping\n\ndata: a\n\n', ['a']],
    ['unknown fields', 'foo: bar\ndata: a\n\n', ['a']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['a byte order mark elsewhere', 'data: \uFEFFa\n\n', ['\uFEFFa']],
    ['no blank line at the end', 'data: a\n\ndata: b', ['a', 'b']],
    ['nothing', '', []],
  ])('reads %s', (_, text, expected) => {
    expect(messages(text)).toEqual(expected);
  });

  it('reads event, id and retry', () => {
    const parser = new SseParser();
    const events = parser.push(Buffer.from('event: ping\nid: 7\nretry: 250\ndata: a\n\ndata: b\n\nid: x\0\nretry: soon\ndata: c\n\n'));
    expect(events).toEqual([
      { event: 'ping', data: 'a', id: '7' },
      { event: 'message', data: 'b', id: '7' },
      { event: 'message', data: 'c', id: '7' },
    ]);
    expect(parser.retry).toBe(250);
  });

  it('gives the same events for every single cut of the bytes', () => {
    const bytes = Buffer.from('\uFEFF: hé\r\ndata: 👩‍👩‍👧 ü\r\n\r\nevent: e\rid: 1\rdata: a\r\rdata: b\ndata: €\n\ndata: last');
    const whole = parse([bytes]);
    expect(whole).toHaveLength(4);
    for (let cut = 0; cut <= bytes.length; cut++) expect(parse([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
    expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('gives the same events for every split of any bytes', () => {
    const line = fc.oneof(fc.constantFrom('data: x', 'data', 'event: a', 'id: 1', ': c', '', ''), fc.string({ unit: 'grapheme', maxLength: 8 }));
    const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 }).map((lines) => Buffer.from(lines.flat().join('')));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 8 }), (bytes, cuts) => {
        const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        expect(parse(ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)))).toEqual(parse([bytes]));
      }),
    );
  });

  it('reads back what is written', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((each) => each.replaceAll('\uFEFF', ''));
    const name = text.map((each) => each.replaceAll(/[\r\n\0]/g, '')).filter((each) => each !== '');
    fc.assert(
      fc.property(fc.array(fc.record({ data: text, event: name, id: name })), (frames) => {
        const written = frames.map((frame) => encodeFrame(frame) + encodeComment(frame.data)).join('');
        expect(parseText(written)).toEqual(frames.map(({ data, event, id }) => ({ data: data.replaceAll(/\r\n|\r/g, '\n'), event, id })));
      }),
    );
  });

  it.each([
    ['a line without an end', ['data: 12345', '67890']],
    ['one line', ['data: 1234567890\n\n']],
    ['many lines', ['data: 12\n', 'data: 34\n', 'data: 56\n\n']],
    ['a comment without an end', [': 12345678901']],
  ])('refuses an event over the limit: %s', (_, chunks) => {
    expect(() =>
      parse(
        chunks.map((chunk) => Buffer.from(chunk)),
        12,
      ),
    ).toThrow(SseEventTooLargeError);
  });

  it('counts each event, and comments not at all', () => {
    expect(parse([Buffer.from(`${': abc\n'.repeat(9)}data: 123\n\n`.repeat(3))], 12)).toHaveLength(3);
  });
});
