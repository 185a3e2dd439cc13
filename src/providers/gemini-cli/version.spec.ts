import { describe, expect, it } from '@jest/globals';
import { isSupported, MINIMUM_VERSION } from './version.js';

describe('isSupported', () => {
  it.each(['0.61.0', '0.61.1', '0.62.0', '0.100.0', '1.0.0', '0.62.0-preview.3', MINIMUM_VERSION])('%s is new enough', (version) => {
    expect(isSupported(version)).toBe(true);
  });

  it.each(['0.60.9', '0.9.0', '0.60.100', '', 'unknown', '0.61'])('%s is not', (version) => {
    expect(isSupported(version)).toBe(false);
  });
});
