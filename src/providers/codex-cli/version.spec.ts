import { describe, expect, it } from '@jest/globals';
import { parseVersion } from './version.js';

describe('the version', () => {
  it.each([
    ['codex-cli 0.169.0\n', '0.169.0'],
    ['WARNING: x\ncodex-cli 0.170.1-alpha.2', '0.170.1'],
    ['codex 1.0.0', '1.0.0'],
    ['codex-cli 0.99.9', '0.99.9'],
  ])('%j', (printed, version) => {
    expect(parseVersion(printed)).toBe(version);
  });

  it.each(['', 'node 20.1.0', 'codex-cli next'])('%j is none', (printed) => {
    expect(parseVersion(printed)).toBeUndefined();
  });
});
