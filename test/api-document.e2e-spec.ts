import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { bootGateway, call, type Gateway } from './support/boot.js';

interface Problem {
  readonly ruleId: string;
  readonly message: string;
  readonly location: readonly { readonly pointer?: string | undefined }[];
}

describe('the OpenAPI document', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway();
  });
  afterAll(() => gateway.close());

  it('has nothing to be said against, by the rules that its readers are made for', async () => {
    const { body } = await call(`${gateway.url}/docs-json`);
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        'operation-description': 'error',
        'parameter-description': 'error',
        'operation-tag-defined': 'error',
        'operation-singular-tag': 'error',
        'component-name-unique': 'error',
        'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: false },
      },
    });
    const problems = (await lintFromString({ source: JSON.stringify(body), absoluteRef: '/openapi.json', config })) as readonly Problem[];
    const said = problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''} ${message}`);
    // Whoever may look at a probe cannot do it wrong.
    expect(said.filter((line) => !/^operation-4xx-response .*~1health/.test(line))).toEqual([]);
  });
});
