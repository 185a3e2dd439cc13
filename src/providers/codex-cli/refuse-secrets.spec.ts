import { describe, expect, it } from '@jest/globals';
import { refuseSecrets } from './refuse-secrets.js';

describe(refuseSecrets.name, () => {
  it.each<[object, string]>([
    [{ model_providers: { x: { experimental_bearer_token: 'sk-1' } } }, 'experimental_bearer_token'],
    [{ model_providers: { x: { http_headers: { authorization: 'sk-1' } } } }, 'http_headers'],
    [{ otel: { exporter: [{ 'otlp-http': { headers: { a: 'sk-1' } } }] } }, 'headers'],
    [{ api_key: 'sk-1' }, 'api_key'],
  ])('stops the start at %j, and does not repeat it', (config, name) => {
    expect(() => {
      refuseSecrets('VARIABLE', config as never);
    }).toThrow(expect.objectContaining({ name: 'ConfigurationError', message: expect.stringMatching(new RegExp(`^VARIABLE: "${name}" (?!.*sk-1)`)) }));
  });

  it('lets names of variables through', () => {
    refuseSecrets('VARIABLE', {
      model_providers: { x: { env_key: 'A', env_http_headers: { h: 'B' }, bearer_token_env_var: 'C' } },
      model_auto_compact_token_limit: 1,
      list: [null, 'x'],
    });
  });
});
