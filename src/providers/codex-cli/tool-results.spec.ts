import { describe, expect, it } from '@jest/globals';
import { encodeOutput, resultsOf } from './tool-results.js';
import { type ContentPart } from '../../kernel/message.js';

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const image: ContentPart = { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=', param: 'messages[2].content[1]' };
const file: ContentPart = { type: 'file', mediaType: 'application/pdf', data: '', param: 'messages[2].content[0]' };

describe(encodeOutput.name, () => {
  it('is a text where it can be one, and a list where there are pictures', () => {
    expect(encodeOutput([text('42'), text('43')])).toBe('42\n43');
    expect(encodeOutput([])).toBe('');
    expect(encodeOutput([text('42'), image])).toEqual([
      { type: 'input_text', text: '42' },
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
    ]);
  });

  it('refuses what the CLI cannot take, and names it', () => {
    expect(() => encodeOutput([file])).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[2].content[0]' }));
  });
});

describe(resultsOf.name, () => {
  it('is the result of each call, pictures included', () => {
    const results = resultsOf(
      ['a', 'b'],
      [
        { role: 'tool', callId: 'b', content: [text('x'), image] },
        { role: 'tool', callId: 'a', content: [], isError: true },
      ],
    );
    expect(results?.get('b')).toEqual({
      contentItems: [
        { type: 'inputText', text: 'x' },
        { type: 'inputImage', imageUrl: 'data:image/png;base64,iVBORw0KGgo=' },
      ],
      success: true,
    });
    expect(results?.get('a')).toEqual({ contentItems: [], success: false });
  });
});
