import { describe, expect, it } from '@jest/globals';
import { isSupported, parseVersion } from './version.js';

describe('the version', () => {
  it.each([
    ['codex-cli 0.169.0\n', '0.169.0', true],
    ['WARNING: x\ncodex-cli 0.170.1-alpha.2', '0.170.1', true],
    ['codex 1.0.0', '1.0.0', true],
    ['codex-cli 0.99.9', '0.99.9', false],
  ])('%j', (printed, version, supported) => {
    expect(parseVersion(printed)).toBe(version);
    expect(isSupported(version)).toBe(supported);
  });

  it.each(['', 'node 20.1.0', 'codex-cli next'])('%j is none', (printed) => {
    expect(parseVersion(printed)).toBeUndefined();
  });
});
