import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ToolNames } from './tool-names.js';

describe(ToolNames.name, () => {
  it.each<[string[], string[]]>([
    [
      ['f', 'g'],
      ['f', 'g'],
    ],
    [
      ['mcp__x', 'exec_command'],
      ['_mcp__x', '_exec_command'],
    ],
    // One that is already called so keeps its name.
    [
      ['mcp__x', '_mcp__x', '__mcp__x'],
      ['___mcp__x', '_mcp__x', '__mcp__x'],
    ],
  ])('calls %j %j', (names, taken) => {
    const known = new ToolNames(names.map((name) => ({ name })));
    expect(known.tools.map(({ name }) => name)).toEqual(taken);
    expect(names.map((name) => known.taken(name))).toEqual(taken);
    expect(taken.map((name) => known.given(name))).toEqual(names);
  });

  it('knows no function that is not offered, and calls one of the history by a name that the CLI takes', () => {
    const names = new ToolNames([]);
    expect([names.given('f'), names.taken('f'), names.taken('mcp__f')]).toEqual([undefined, 'f', '_mcp__f']);
  });

  it('gives every function a name of its own that the CLI takes, and back', () => {
    const name = fc.array(fc.constantFrom('_', 'mcp__', 'exec_command', 'x'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 12 }), (names) => {
        const known = new ToolNames(names.map((each) => ({ name: each })));
        const taken = known.tools.map((tool) => tool.name);
        expect(new Set(taken).size).toBe(names.length);
        expect(taken.filter((each) => /^mcp__|^exec_command$/.test(each))).toEqual([]);
        expect(taken.map((each) => known.given(each))).toEqual(names);
        expect(names.map((each) => known.taken(each))).toEqual(taken);
      }),
    );
  });
});
