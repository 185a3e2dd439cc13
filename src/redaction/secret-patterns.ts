import { type Candidate, type SecretPattern } from './candidate.js';
import { ALPHANUMERIC, BASE64, BASE64URL, charSet } from './char-set.js';
import { JwtCandidate } from './jwt-candidate.js';
import { PrivateKeyCandidate } from './private-key-candidate.js';
import { TokenCandidate, type TokenShape } from './token-candidate.js';

/**
 * Every kind of secret that is taken out. Lengths are those that the vendors' tokens really have, or a little less: too short a
 * minimum redacts words.
 */
export const secretPatterns: readonly SecretPattern[] = [
  token('anthropic-key', ['sk-ant-'], { body: BASE64URL, min: 20, digit: true }),
  token('openai-key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], { body: BASE64URL, min: 20, digit: true }),
  token('openai-key', ['sk-'], { body: ALPHANUMERIC, min: 20, digit: true, tail: BASE64URL }),
  token('openrouter-key', ['sk-or-'], { body: BASE64URL, min: 20, digit: true }),
  token('shellm-key', ['sk-shellm-'], { body: BASE64URL, min: 16 }),
  token('google-key', ['AIza'], { body: BASE64URL, min: 35 }),
  token('aws-key-id', ['AKIA', 'ASIA'], { body: charSet('A-Z0-9'), min: 16 }),
  {
    ...token('aws-secret-key', ['secret_access_key', 'SECRET_ACCESS_KEY', 'SecretAccessKey', 'secretAccessKey'], { body: charSet('A-Za-z0-9/+'), min: 40, tail: BASE64 }),
    gap: { members: charSet(' \t\n\r"\'`:=>\\'), max: 16 },
  },
  token('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], { body: ALPHANUMERIC, min: 36 }),
  token('github-token', ['github_pat_'], { body: charSet('A-Za-z0-9_'), min: 36 }),
  token('gitlab-token', ['glpat-'], { body: BASE64URL, min: 20, digit: true }),
  token('slack-token', ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'], { body: charSet('A-Za-z0-9-'), min: 15, digit: true }),
  token('stripe-key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], { body: ALPHANUMERIC, min: 16 }),
  token('stripe-webhook-secret', ['whsec_'], { body: BASE64, min: 24 }),
  token('npm-token', ['npm_'], { body: ALPHANUMERIC, min: 36 }),
  token('huggingface-token', ['hf_'], { body: ALPHANUMERIC, min: 34 }),
  {
    ...token('bearer-token', ['Bearer', 'bearer', 'BEARER'], { body: charSet('A-Za-z0-9._~+/=-'), min: 20, digit: true, tail: charSet('A-Za-z0-9_~+/=-'), inner: charSet('.') }),
    gap: { members: charSet(' '), max: 4 },
  },
  { kind: 'jwt', prefixes: ['eyJ'], open: (before): Candidate => new JwtCandidate(before) },
  { kind: 'private-key', prefixes: ['-----BEGIN '], open: (): Candidate => new PrivateKeyCandidate() },
];

function token(kind: string, prefixes: readonly string[], shape: TokenShape): SecretPattern {
  return { kind, prefixes, open: () => new TokenCandidate(shape) };
}
