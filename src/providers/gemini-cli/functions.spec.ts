import { describe, expect, it } from '@jest/globals';
import { argumentsOf, declared, modelNameOf, refuseSameNames } from './functions.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

const strict: FunctionTool = { name: 'f', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } };
const own: FunctionTool = { name: 'g', parameters: { type: 'object', properties: { wait_for_previous: { type: 'integer' } } } };

describe(modelNameOf.name, () => {
  it.each([
    ['get_weather', 'mcp_client_get_weather'],
    ['f'.repeat(52), `mcp_client_${'f'.repeat(52)}`],
    [`a${'f'.repeat(63)}`, `mcp_client_a${'f'.repeat(18)}...${'f'.repeat(30)}`],
  ])('%s', (name, expected) => {
    expect(modelNameOf(name)).toBe(expected);
  });
});

describe(refuseSameNames.name, () => {
  const long = (middle: string): FunctionTool => ({ name: `${'a'.repeat(19)}${middle}${'b'.repeat(30)}` });

  it('lets pass what the model can tell apart', () => {
    expect(() => {
      refuseSameNames([strict, own, long('x'), long('1234'), { ...long('1235'), name: `c${long('1235').name}` }]);
    }).not.toThrow();
  });

  it('names two that the CLI would take for one', () => {
    const refusal = expect.objectContaining({ code: 'invalid_parameter', param: 'tools', message: expect.stringMatching(/"a+1234b+" and "a+12356b+"/) });
    expect(() => {
      refuseSameNames([strict, long('1234'), long('12356')]);
    }).toThrow(refusal);
  });
});

describe(declared.name, () => {
  it.each<[string, FunctionTool, object]>([
    ['beside its own', strict, { ...strict.parameters, properties: { city: { type: 'string' }, wait_for_previous: {} } }],
    ['alone', { name: 'h' }, { properties: { wait_for_previous: {} } }],
    ["as the client's own", own, { ...own.parameters }],
  ])('has the argument of the CLI among the parameters: %s', (_, tool, parameters) => {
    expect(declared([tool])).toEqual([{ ...tool, parameters }]);
  });
});

describe(argumentsOf.name, () => {
  const call = (name: string, args: object): string => argumentsOf({ name, json: JSON.stringify(args), open: true, answer: () => undefined }, [strict, own]);

  it.each([
    ['f', { city: 'Oslo', wait_for_previous: true }, { city: 'Oslo' }],
    ['f', { city: 'Oslo' }, { city: 'Oslo' }],
    ['g', { wait_for_previous: 2 }, { wait_for_previous: 2 }],
    ['unknown', { wait_for_previous: true }, {}],
  ])('of %s with %j', (name, given, told) => {
    expect(JSON.parse(call(name, given))).toEqual(told);
  });
});
