import { describe, expect, it } from '@jest/globals';
import { resolveAliases } from './aliases.js';

const resolve = (aliases: Record<string, string[]>): ReturnType<typeof resolveAliases> =>
  resolveAliases({ aliases: new Map(Object.entries(aliases)) }, (name) => /^(claude|gemini)(\/|$)/.test(name));

describe(resolveAliases.name, () => {
  it('ships names that the file may give another meaning', () => {
    expect(resolve({}).get('fast')).toEqual(['claude/haiku']);
    expect(resolve({ fast: ['gemini/flash'] }).get('fast')).toEqual(['gemini/flash']);
  });

  it('spells out aliases of aliases, in order and none twice', () => {
    expect(resolve({ a: ['b', 'claude'], b: ['gemini', 'claude'] }).get('a')).toEqual(['gemini', 'claude']);
  });

  it.each([
    ['a target that is nobody', { a: ['nope/x'] }, 'shellm.config.yaml: aliases.a: "nope/x" names no provider and no alias'],
    ['a circle', { a: ['b'], b: ['a'] }, 'shellm.config.yaml: aliases.a: leads in a circle'],
    ['itself', { a: ['a'] }, 'shellm.config.yaml: aliases.a: leads in a circle'],
  ])('refuses %s', (_, aliases, message) => {
    expect(() => resolve(aliases)).toThrow(message);
  });
});
