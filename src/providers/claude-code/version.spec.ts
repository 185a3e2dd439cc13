import { describe, expect, it } from '@jest/globals';
import { isSupported, MINIMUM_VERSION, parseVersion } from './version.js';

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

  it.each([
    [MINIMUM_VERSION, true],
    ['2.1.331', true],
    ['2.2.0', true],
    ['3.0.0', true],
    ['2.1.329', false],
    ['2.0.999', false],
    ['1.9.999', false],
  ])('%s will do: %s', (version, expected) => {
    expect(isSupported(version)).toBe(expected);
  });
});
