import { describe, expect, it } from '@jest/globals';
import { allowOnce, isOwnTool } from './own-tools.js';

const server = { name: 'client', tools: [{ name: 'get_weather' }] };

describe(isOwnTool.name, () => {
  it.each([
    'mcp__client__get_weather',
    'mcp_client_get_weather',
    'mcp.client.get_weather',
    'client__get_weather',
    'client_get_weather',
    'client.get_weather',
    'client/get_weather',
    'get_weather (client MCP Server)',
  ])('knows %j', (title) => {
    for (const kind of [undefined, null, 'other']) expect(isOwnTool(server, { title, kind })).toBe(true);
  });

  it.each<[unknown, unknown]>([
    ['get_weather', 'other'],
    ['mcp__other__get_weather', 'other'],
    ['mcp__client__rm', 'other'],
    [' mcp__client__get_weather', 'other'],
    ['mcp__client__get_weather; rm -rf /', 'other'],
    ['mcp__client__get_weather', 'execute'],
    ['mcp__client__get_weather', 'edit'],
    ['', undefined],
    [undefined, undefined],
    [7, undefined],
  ])('does not know %j, a %j', (title, kind) => {
    expect(isOwnTool(server, { title, kind })).toBe(false);
  });
});

describe(allowOnce.name, () => {
  it.each([
    [['allow_always', 'reject_once', 'allow_once'], 'allow_once'],
    [['allow_always', 'reject_once'], 'reject_once'],
  ] as const)('of %j', (kinds, optionId) => {
    expect(allowOnce({ options: kinds.map((kind) => ({ kind, optionId: kind, name: kind })) })).toEqual({ outcome: { outcome: 'selected', optionId } });
  });
});
