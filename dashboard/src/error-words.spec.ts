import { describe, expect, it } from '@jest/globals';
import { wordsOf } from './error-words.ts';
import { errorTypes } from '../../src/kernel/gateway-error.ts';

describe(wordsOf, () => {
  it.each(Object.keys(errorTypes))('says in sentences what %s means, and what to do', (code) => {
    const { what, todo } = wordsOf(code)!;
    for (const sentence of [what, todo]) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it("knows the client's leaving by its status, a vendor's own code, and that nothing is wrong", () => {
    expect(wordsOf('cli_failed', 499)?.what).toMatch(/^The client left/);
    expect(wordsOf('content_policy_violation', 400)?.what).toMatch(/^The vendor/);
    expect(wordsOf('constructor', 400)?.what).toMatch(/^The vendor/);
    expect(wordsOf(null, 200)).toBeUndefined();
  });
});
