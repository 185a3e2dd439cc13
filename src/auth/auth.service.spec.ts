import { describe, expect, it } from '@jest/globals';
import { AuthService } from './auth.service.js';
import { type AuthSettings } from './auth-settings.js';
import { KeyDigest } from './key-digest.js';
import { type KeyRing } from './key-ring.js';
import { Passes } from './pass.js';
import { parseClients } from './parse-clients.js';
import { ServerSettings } from '../config/server-settings.js';
import { readSettings } from '../config/settings.js';
import { silentLog } from '../observability/log.js';

const server = (environment: Record<string, string> = {}) => readSettings(ServerSettings, (name) => environment[name]);
const digest = new KeyDigest('s'.repeat(32));
/** With `keys` in place of the issued ones. */
const auth = (clients: string, environment: Record<string, string> = {}, keys: Pick<KeyRing, 'untouched' | 'find'> = { untouched: true, find: () => undefined }) =>
  new AuthService({ clients, keySecret: undefined } satisfies AuthSettings, server(environment), digest, keys as KeyRing, new Passes('s'.repeat(32)), silentLog);

describe(AuthService.name, () => {
  it('knows a client by its key alone', () => {
    const service = auth('{"billing":{"key":"sk-billing-1"},"ops":{"key":"sk-ops-1","scopes":["admin"],"rpm":0,"models":["claude/*"]}}');
    expect(service.open).toBe(false);
    expect(service.authenticate('sk-billing-1')).toMatchObject({ id: 'client:billing', scopes: ['completions'], rpm: undefined });
    expect(service.authenticate('sk-ops-1')).toEqual({ id: 'client:ops', name: 'ops', scopes: ['admin'], rpm: 0, models: ['claude/*'], maxConcurrent: undefined, redact: true });
    for (const wrong of [undefined, '', 'sk-billing-', 'sk-billing-11', 'SK-BILLING-1', 'billing']) expect(service.authenticate(wrong)).toBeUndefined();
  });

  it('serves nobody where there were clients or keys and none is left, whatever SHELLM_AUTH says', () => {
    const closed = auth('{}', { SHELLM_AUTH: 'off' }, { untouched: false, find: () => undefined });
    expect(closed.open).toBe(false);
    for (const key of [undefined, '', 'sk-billing-1']) expect(closed.authenticate(key)).toBeUndefined();
  });

  it('is open without clients, on loopback only', () => {
    expect(auth('{}').authenticate(undefined)).toMatchObject({ id: 'open' });
    for (const host of ['127.0.0.1', '127.8.9.1', 'localhost', '::1']) expect(auth('{}', { SHELLM_HOST: host }).open).toBe(true);
    const reachable: Record<string, string>[] = [
      { SHELLM_HOST: '0.0.0.0' },
      { SHELLM_HOST: '::' },
      { SHELLM_HOST: '10.0.0.1' },
      { SHELLM_ALLOWED_HOSTS: 'localhost, api.example.com' },
    ];
    for (const environment of reachable) {
      expect(() => {
        auth('{}', environment).refuseOpenOnNetwork();
      }).toThrow(/SHELLM_HOST/);
      expect(() => {
        auth('{"a":{"key":"k1"}}', environment).refuseOpenOnNetwork();
      }).not.toThrow();
      expect(() => {
        auth('{}', { ...environment, SHELLM_AUTH: 'off' }).refuseOpenOnNetwork();
      }).not.toThrow();
    }
  });
});

describe(parseClients.name, () => {
  it.each([
    ['not json', /SHELLM_CLIENTS: is not valid JSON/],
    ['[]', /must be an object/],
    ['{"a b":{"key":"x"}}', /client name/],
    ['{"a":"secret"}', /a must be an object/],
    ['{"a":{"key":""}}', /a\.key/],
    ['{"a":{"key":"with blank"}}', /a\.key/],
    ['{"a":{}}', /a\.key/],
    ['{"a":{"key":"x","rpm":-1}}', /a\.rpm/],
    ['{"a":{"key":"x","rpm":1.5}}', /a\.rpm/],
    ['{"a":{"key":"x","models":"claude"}}', /a\.models/],
    ['{"a":{"key":"x","scopes":["root"]}}', /a\.scopes/],
    ['{"a":{"key":"x","colour":1}}', /unknown field "colour"/],
    ['{"a":{"key":"same"},"b":{"key":"same"}}', /b\.key is the key of another/],
  ])('refuses %s and names the fault without the key', (json, message) => {
    expect(() => parseClients(json)).toThrow(message);
  });
});
