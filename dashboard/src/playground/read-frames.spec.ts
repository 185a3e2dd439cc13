import { describe, expect, it } from '@jest/globals';
import { readFrames } from './read-frames.ts';

function streamOf(chunks: readonly Uint8Array[], onCancel = (): void => undefined): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull: (controller) => {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
    cancel: onCancel,
  });
}

async function framesOf(text: string, size: number): Promise<string[]> {
  const bytes = new TextEncoder().encode(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size));
  const frames: string[] = [];
  for await (const frame of readFrames(streamOf(chunks))) frames.push(frame);
  return frames;
}

describe(readFrames, () => {
  const text = ': hello\n\ndata: {"a":"é😀"}\n\nevent: x\r\ndata:two\r\ndata: lines\r\n\r\n: ping\n\ndata: [DONE]\r\rdata: cut';

  it.each([1, 2, 3, 7, 1000])('reads the same frames from pieces of %d bytes', async (size) => {
    expect(await framesOf(text, size)).toEqual(['{"a":"é😀"}', 'two\nlines', '[DONE]']);
  });

  it('lets go of the connection where nobody reads on', async () => {
    let cancelled = false;
    const bytes = new TextEncoder().encode('data: 1\n\ndata: 2\n\n');
    const stream = streamOf([bytes, bytes, bytes], () => {
      cancelled = true;
    });
    for await (const frame of readFrames(stream)) {
      expect(frame).toBe('1');
      break;
    }
    expect(cancelled).toBe(true);
  });
});
