import { describe, expect, it } from '@jest/globals';
import { offeredTools, toolInstruction } from './tool-choice.js';
import { type ToolChoice } from '../kernel/completion-request.js';

const tools = [{ name: 'a' }, { name: 'b' }];

describe('a choice that the CLI does not take', () => {
  it.each<[ToolChoice, readonly string[], string | undefined]>([
    ['none', [], undefined],
    ['auto', ['a', 'b'], undefined],
    ['required', ['a', 'b'], expect.stringContaining('one or more of the tools') as unknown as string],
    [{ name: 'b' }, ['b'], expect.stringContaining('the tool b.') as unknown as string],
  ])('%j', (toolChoice, names, instruction) => {
    expect(offeredTools({ tools, toolChoice }).map(({ name }) => name)).toEqual(names);
    expect(toolInstruction({ tools, toolChoice })).toEqual(instruction);
  });
});
