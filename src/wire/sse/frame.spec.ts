import { describe, expect, it } from '@jest/globals';
import { encodeComment } from './comment.js';
import { encodeFrame } from './frame.js';

describe('encodeFrame', () => {
  it.each([
    [{ data: 'a' }, 'data: a\n\n'],
    [{ data: '' }, 'data: \n\n'],
    [{ data: 'a\nb\r\nc\rd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    [{ data: 'a', event: 'e', id: '1' }, 'event: e\nid: 1\ndata: a\n\n'],
  ])('writes %j', (frame, text) => {
    expect(encodeFrame(frame)).toBe(text);
  });

  it.each([{ event: 'a\nb' }, { event: 'a\rb' }, { id: 'a\nb' }, { id: 'a\0b' }])('refuses %j', (fields) => {
    expect(() => encodeFrame({ data: 'a', ...fields })).toThrow(TypeError);
  });
});

describe('encodeComment', () => {
  it('writes a comment that cannot become a field', () => {
    expect(encodeComment('ping')).toBe(': ping\n\n');
    expect(encodeComment('a\ndata: b\rc')).toBe(': a\n: data: b\n: c\n\n');
  });
});
