import { describe, expect, it } from '@jest/globals';
import { childEnvironment, PASSABLE } from './environment.js';

const source = {
  PATH: '/bin',
  HOME: '/home/ada',
  LANG: 'C',
  LC_CTYPE: 'C.UTF-8',
  HTTPS_PROXY: 'http://proxy',
  no_proxy: 'localhost',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  ANTHROPIC_API_KEY: 'sk-ant',
  OPENAI_API_KEY: 'sk-secret',
  SHELLM_KEY_SECRET: 'secret',
  NODE_OPTIONS: '--inspect',
  LD_PRELOAD: '/evil.so',
  TMPDIR: '/tmp',
  TZ: undefined,
};
const basics = { PATH: '/bin', HOME: '/home/ada', LANG: 'C', LC_CTYPE: 'C.UTF-8', HTTPS_PROXY: 'http://proxy', no_proxy: 'localhost', NODE_EXTRA_CA_CERTS: '/ca.pem' };

describe('childEnvironment', () => {
  it.each<{ what: string; names: string[]; extra: Record<string, string>; expected: object }>([
    { what: 'what every program needs', names: [], extra: {}, expected: basics },
    {
      what: 'the names that are asked for, where they are set',
      names: ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'],
      extra: {},
      expected: { ...basics, ANTHROPIC_API_KEY: 'sk-ant' },
    },
    { what: 'extra variables, which win', names: [], extra: { LANG: 'en', MODE: 'chat' }, expected: { ...basics, LANG: 'en', MODE: 'chat' } },
    { what: "none of the gateway's own, whoever asks", names: ['SHELLM_KEY_SECRET'], extra: {}, expected: basics },
    { what: 'none that loads other code, whoever asks', names: ['NODE_OPTIONS', 'LD_PRELOAD'], extra: {}, expected: basics },
    { what: 'the folders of PATH that are the same from everywhere', names: [], extra: { PATH: '.:/bin::bin:/opt/bin' }, expected: { ...basics, PATH: '/bin:/opt/bin' } },
  ])('passes on $what, and nothing else', ({ names, extra, expected }) => {
    expect(childEnvironment(source, names, extra)).toEqual(expected);
  });
});

describe('PASSABLE', () => {
  it.each(['ANTHROPIC_API_KEY', 'https_proxy', '_', 'ENVIRONMENT', 'LDAP_URL', 'MY_NODE_OPTIONS'])('takes %s', (name) => {
    expect(PASSABLE.test(name)).toBe(true);
  });

  it.each([
    'SHELLM_CLIENTS',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'DYLD_INSERT_LIBRARIES',
    'NODE_OPTIONS',
    'NODE_PATH',
    'BASH_ENV',
    'ENV',
    'PYTHONSTARTUP',
    'PERL5OPT',
    'A=B',
    '1A',
    '',
  ])('refuses %s', (name) => {
    expect(PASSABLE.test(name)).toBe(false);
  });
});
