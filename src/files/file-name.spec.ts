import { describe, expect, it } from '@jest/globals';
import { cleanFileName } from './file-name.js';

describe('the name of a file', () => {
  it.each([
    ['requests.jsonl', 'requests.jsonl'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\in.jsonl', 'in.jsonl'],
    ['a/b\\c.jsonl', 'c.jsonl'],
    ['a\r\nX-Evil: 1.jsonl', 'aX-Evil: 1.jsonl'],
    ['say "hi".jsonl', 'say "hi".jsonl'],
    ['anfragen-ä-日本.jsonl', 'anfragen-ä-日本.jsonl'],
    ['evil\u202elnosj.exe', 'evillnosj.exe'],
    ['a\0b\u2028c', 'abc'],
    ['\ud800.jsonl', '\ufffd.jsonl'],
    ['..', 'file.jsonl'],
    ['dir/', 'file.jsonl'],
    ['  ', 'file.jsonl'],
    [undefined, 'file.jsonl'],
    ['x'.repeat(300), 'x'.repeat(255)],
    ['x'.repeat(254) + '😀', 'x'.repeat(254) + '\ufffd'],
  ])('%j is %j', (given, name) => {
    expect(cleanFileName(given)).toBe(name);
  });
});
