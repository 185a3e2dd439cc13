import { describe, expect, it } from '@jest/globals';
import { vendorWords } from './vendor-words.js';

describe(vendorWords.name, () => {
  it.each([
    ['Overloaded, try 1/2 of it.', 'Overloaded, try 1/2 of it.'],
    ['cannot read /home/me/.codex/auth.json today', 'cannot read … today'],
    ['C:\\Users\\me\\x.txt is gone', '… is gone'],
    ['connect ECONNREFUSED 127.0.0.1:4010', 'connect ECONNREFUSED …'],
    ['see https://example.com/a?b=c for more', 'see … for more'],
    ['url: wss://host/v1/x, id 7', 'url: … id 7'],
    ['  localhost:80 said no ', '… said no'],
    ['x'.repeat(600), 'x'.repeat(500)],
  ])('%s', (text, expected) => {
    expect(vendorWords(text)).toBe(expected);
  });
});
