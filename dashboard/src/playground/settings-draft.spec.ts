import { describe, expect, it } from '@jest/globals';
import { firstSettings, readSettings } from './settings-draft.ts';

describe(readSettings, () => {
  const draft = { ...firstSettings, model: ' demo ' };

  it('has nothing that nobody set', () => {
    expect(readSettings(draft)).toEqual({ settings: { model: 'demo', system: '', stream: true }, problems: {} });
  });

  it('comes with examples that are in order', () => {
    const { settings, problems } = readSettings({ ...draft, withTools: true, withSchema: true });
    expect(problems).toEqual({});
    expect(settings.tools?.map((tool) => tool.function.name)).toEqual(['get_weather']);
    expect(settings.schema).toMatchObject({ type: 'object' });
  });

  it('leaves out what is wrong, and says so', () => {
    const { settings, problems } = readSettings({ ...draft, model: '', maxTokens: '1.5', temperature: '3', withTools: true, tools: '[', withSchema: true, schema: '1' });
    expect(settings).toEqual({ model: '', system: '', stream: true });
    expect(Object.keys(problems)).toEqual(['model', 'maxTokens', 'temperature', 'tools', 'schema']);
  });
});
