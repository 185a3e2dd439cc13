import { describe, expect, it } from '@jest/globals';
import { textChunks } from './text-chunks.js';

async function chunksOf(bytes: Buffer, size: number): Promise<string[]> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let from = 0; from < bytes.length; from += size) yield await Promise.resolve(bytes.subarray(from, from + size));
  }
  const chunks: string[] = [];
  for await (const chunk of textChunks(pieces())) chunks.push(chunk);
  return chunks;
}

describe('a text in chunks', () => {
  it.each([1, 3, 7, 1024, 1_000_000])('is the same bytes when they come %i at a time', async (size) => {
    const bytes = Buffer.from('\ufeff' + 'ä日😀\r\n'.repeat(size < 10 ? 50 : 30_000));
    const chunks = await chunksOf(bytes, size);
    expect(Buffer.from(chunks.join('')).equals(bytes)).toBe(true);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(65_536 + size);
  });

  it('is refused where it is no text', async () => {
    const cases: [Buffer, string][] = [
      [Buffer.from([0x61, 0xff, 0x62]), 'not UTF-8'],
      [Buffer.from('ä').subarray(0, 1), 'not UTF-8'],
      [Buffer.from([0xed, 0xa0, 0x80]), 'not UTF-8'],
      [Buffer.from('a\0b'), 'NUL'],
    ];
    for (const [bytes, word] of cases) await expect(chunksOf(bytes, 1)).rejects.toMatchObject({ code: 'invalid_parameter', param: 'file', message: expect.stringContaining(word) });
  });

  it('of nothing are none', async () => {
    expect(await chunksOf(Buffer.alloc(0), 1)).toEqual([]);
  });
});
