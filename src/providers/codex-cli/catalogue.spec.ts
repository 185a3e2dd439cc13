import { describe, expect, it } from '@jest/globals';
import { leanCatalogue } from './catalogue.js';

describe(leanCatalogue.name, () => {
  it('takes tools and prompts from every model, and lists those that are offered', () => {
    const printed = JSON.stringify({
      other: 1,
      models: [
        { slug: 'a', visibility: 'list', apply_patch_tool_type: 'x', tool_mode: 'y', base_instructions: 'long', truncation_policy: 5 },
        { slug: 'b', visibility: 'hide' },
        { slug: 'c' },
      ],
    });
    const { json, models } = leanCatalogue(printed);
    expect(models).toEqual(['a', 'c']);
    expect(JSON.parse(json)).toMatchObject({
      other: 1,
      models: [
        { slug: 'a', base_instructions: '', truncation_policy: { mode: 'tokens' }, experimental_supported_tools: [], supports_search_tool: false },
        { slug: 'b' },
        { slug: 'c' },
      ],
    });
    expect(json).not.toMatch(/apply_patch|tool_mode|long/);
  });

  it('lists the one first that the CLI prefers', () => {
    const models = [{ slug: 'unranked' }, { slug: 'second', priority: 2 }, { slug: 'first', priority: 1 }, { slug: 'also second', priority: 2 }];
    expect(leanCatalogue(JSON.stringify({ models })).models).toEqual(['first', 'second', 'also second', 'unranked']);
  });

  it.each(['', '{}', '{"models":[]}', 'null'])('refuses %j', (printed) => {
    expect(() => leanCatalogue(printed)).toThrow();
  });
});
