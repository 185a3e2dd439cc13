import { describe, expect, it } from '@jest/globals';
import { parseVersion } from './version.js';

describe('version of the CLI', () => {
  it.each([
    ['2.1.330 (Claude Code)\n', '2.1.330'],
    ['10.0.0', '10.0.0'],
    ['2.1.330-beta.1 (Claude Code)', '2.1.330'],
    ['Claude Code', undefined],
    ['', undefined],
    ['error 2.1.330', undefined],
  ])('is read from %j', (output, version) => {
    expect(parseVersion(output)).toBe(version);
  });
});
