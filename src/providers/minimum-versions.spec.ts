import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isAtLeast, minimumVersions } from './minimum-versions.js';
import { clis } from '../../scripts/install-cli.mjs';

describe('isAtLeast', () => {
  it.each(['0.61.0', '0.61.1', '0.62.0', '0.100.0', '1.0.0', '0.62.0-preview.3', '0.61.0-nightly.1'])('%s is at least 0.61.0', (version) => {
    expect(isAtLeast(version, '0.61.0')).toBe(true);
  });

  it.each(['0.60.9', '0.9.0', '0.60.100', '', 'unknown', '0.61', '-1.0.0'])('%s is not', (version) => {
    expect(isAtLeast(version, '0.61.0')).toBe(false);
  });
});

describe.each(Object.entries(minimumVersions))('the minimum version of %s', (name, version) => {
  it.each(['docs/providers.md', 'docs/security.md'])('stands in %s', (page) => {
    expect(readFileSync(resolve(import.meta.dirname, '../..', page), 'utf8')).toContain(version);
  });

  it('is one that the tests run', () => {
    expect(isAtLeast(clis[name as keyof typeof clis].version, version)).toBe(true);
  });
});
