import { type Candidate, type Gap, type SecretPattern } from './candidate.js';
import { ALPHANUMERIC, BASE64, BASE64URL, charSet, HEX } from './char-set.js';
import { JwtCandidate } from './jwt-candidate.js';
import { PrivateKeyCandidate } from './private-key-candidate.js';
import { TokenCandidate, type TokenShape } from './token-candidate.js';
import { UrlPasswordCandidate } from './url-password-candidate.js';

const UPPER = charSet('A-Z0-9');
const WORD = charSet('A-Za-z0-9_');
/** Segments between dots: a dot belongs to it only within. */
const DOTTED = { body: charSet('A-Za-z0-9_.-'), tail: BASE64URL, inner: charSet('.') } as const;
/** What stands between a name and its value in source, in configuration and in JSON. */
const ASSIGNMENT: Gap = { members: charSet(' \t\n\r"\'`:=>\\'), max: 16 };
const BLANKS: Gap = { members: charSet(' '), max: 4 };
const NOTHING: Gap = { members: charSet(''), min: 0, max: 0 };

/**
 * Every kind of secret that is taken out. Lengths are those that the vendors' tokens really have, or a little less: too short a
 * minimum redacts words. No prefix is a common word, or begins like one by more than a few letters: text waits where a prefix may have begun.
 */
export const secretPatterns: readonly SecretPattern[] = [
  // Models
  token('anthropic-key', ['sk-ant-'], { body: BASE64URL, min: 20, digit: true }),
  token('openai-key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], { body: BASE64URL, min: 20, digit: true }),
  token('openai-key', ['sk-'], { body: ALPHANUMERIC, min: 20, digit: true, tail: BASE64URL }),
  token('openrouter-key', ['sk-or-'], { body: BASE64URL, min: 20, digit: true }),
  token('shellm-key', ['sk-shellm-'], { body: BASE64URL, min: 16 }),
  token('cerebras-key', ['csk-'], { body: ALPHANUMERIC, min: 40 }),
  token('groq-key', ['gsk_'], { body: ALPHANUMERIC, min: 40 }),
  token('xai-key', ['xai-'], { body: ALPHANUMERIC, min: 60 }),
  token('perplexity-key', ['pplx-'], { body: ALPHANUMERIC, min: 40 }),
  token('replicate-token', ['r8_'], { body: ALPHANUMERIC, min: 36 }),
  token('fireworks-key', ['fw_'], { body: ALPHANUMERIC, min: 22, digit: true }),
  token('nvidia-key', ['nvapi-'], { body: BASE64URL, min: 50 }),
  token('huggingface-token', ['hf_'], { body: ALPHANUMERIC, min: 34 }),
  token('langsmith-key', ['lsv2_pt_', 'lsv2_sk_'], { body: charSet('0-9A-Fa-f_'), min: 32 }),
  token('pinecone-key', ['pcsk_'], { body: WORD, min: 50, digit: true }),
  token('tavily-key', ['tvly-'], { body: BASE64URL, min: 24, digit: true }),
  // Clouds
  token('google-key', ['AIza'], { body: BASE64URL, min: 35 }),
  token('google-client-secret', ['GOCSPX-'], { body: BASE64URL, min: 24 }),
  token('google-oauth-token', ['ya29.'], { ...DOTTED, min: 40, digit: true }),
  token('aws-key-id', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], { body: UPPER, min: 16 }),
  token('aws-bedrock-key', ['ABSK'], { body: BASE64, min: 100 }),
  behind(ASSIGNMENT, 'aws-secret-key', ['secret_access_key', 'SECRET_ACCESS_KEY', 'SecretAccessKey', 'secretAccessKey'], { body: charSet('A-Za-z0-9/+'), min: 40, tail: BASE64 }),
  behind(ASSIGNMENT, 'azure-storage-key', ['AccountKey', 'SharedAccessKey'], { body: BASE64, min: 43 }),
  token('alibaba-key-id', ['LTAI'], { body: ALPHANUMERIC, min: 20, digit: true }),
  token('digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], { body: HEX, min: 60 }),
  token('heroku-key', ['HRKU-AA'], { body: BASE64URL, min: 50 }),
  token('netlify-token', ['nfp_'], { body: ALPHANUMERIC, min: 36 }),
  token('fly-token', ['fo1_', 'fm2_'], { body: BASE64, min: 40, digit: true, tail: charSet('A-Za-z0-9+/=_-'), inner: charSet(',') }),
  token('supabase-key', ['sbp_'], { body: HEX, min: 40 }),
  token('supabase-key', ['sb_secret_'], { body: BASE64URL, min: 20, digit: true }),
  token('planetscale-token', ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], { ...DOTTED, min: 32 }),
  token('databricks-token', ['dapi'], { body: HEX, min: 32 }),
  token('vault-token', ['hvs.', 'hvb.'], { body: BASE64URL, min: 24, digit: true }),
  token('doppler-token', ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.'], { ...DOTTED, min: 40 }),
  token('onepassword-token', ['ops_eyJ'], { body: BASE64, min: 100, tail: charSet('A-Za-z0-9+/=_-') }),
  token('age-key', ['AGE-SECRET-KEY-1'], { body: UPPER, min: 50 }),
  // Code and packages
  token('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], { body: ALPHANUMERIC, min: 36 }),
  token('github-token', ['github_pat_'], { body: WORD, min: 36 }),
  token('gitlab-token', ['glpat-', 'gldt-', 'glrt-', 'glrtr-', 'glptt-', 'glcbt-', 'glsoat-', 'glffct-', 'glimt-', 'glagent-', 'gloas-', 'GR1348941'], {
    ...DOTTED,
    min: 20,
    digit: true,
  }),
  token('npm-token', ['npm_'], { body: ALPHANUMERIC, min: 36 }),
  token('pypi-token', ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'], { body: BASE64URL, min: 50 }),
  token('rubygems-key', ['rubygems_'], { body: HEX, min: 48 }),
  token('docker-token', ['dckr_pat_', 'dckr_oat_'], { body: BASE64URL, min: 24, digit: true }),
  token('atlassian-token', ['ATATT3', 'ATCTT3', 'ATBB'], { body: charSet('A-Za-z0-9_=-'), min: 32, digit: true }),
  token('linear-key', ['lin_api_', 'lin_oauth_'], { body: ALPHANUMERIC, min: 40 }),
  token('postman-key', ['PMAK-'], { body: charSet('0-9A-Fa-f-'), min: 50 }),
  // What companies run
  token('slack-token', ['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxe.', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'], {
    body: charSet('A-Za-z0-9%.-'),
    min: 15,
    digit: true,
    tail: charSet('A-Za-z0-9%-'),
    inner: charSet('.'),
  }),
  behind(NOTHING, 'slack-webhook', ['hooks.slack.com/services/', 'hooks.slack.com/workflows/'], { body: charSet('A-Za-z0-9/'), min: 40, digit: true }),
  behind(NOTHING, 'discord-webhook', ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'], { body: charSet('A-Za-z0-9_/-'), min: 60 }),
  token('stripe-key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], { body: ALPHANUMERIC, min: 16 }),
  token('stripe-webhook-secret', ['whsec_'], { body: BASE64, min: 24 }),
  token('square-token', ['sq0atp-', 'sq0csp-'], { body: BASE64URL, min: 22 }),
  token('shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], { body: HEX, min: 32 }),
  token('sendgrid-key', ['SG.'], { ...DOTTED, min: 60, digit: true }),
  token('brevo-key', ['xkeysib-', 'xsmtpsib-'], { body: charSet('A-Za-z0-9-'), min: 64 }),
  token('twilio-key', ['SK'], { body: HEX, min: 32, digit: true }),
  token('notion-token', ['ntn_'], { body: ALPHANUMERIC, min: 40 }),
  token('figma-token', ['figd_'], { body: BASE64URL, min: 36, digit: true }),
  token('sentry-token', ['sntrys_', 'sntryu_'], { body: charSet('A-Za-z0-9+/=_'), min: 60 }),
  token('grafana-token', ['glsa_'], { body: WORD, min: 40, digit: true }),
  token('grafana-token', ['glc_'], { body: BASE64, min: 40, digit: true }),
  token('newrelic-key', ['NRAK-', 'NRII-'], { body: charSet('A-Za-z0-9_-'), min: 27, digit: true }),
  // Of any issuer
  behind(BLANKS, 'bearer-token', ['Bearer', 'bearer', 'BEARER'], {
    body: charSet('A-Za-z0-9._~+/=-'),
    min: 20,
    digit: true,
    tail: charSet('A-Za-z0-9_~+/=-'),
    inner: charSet('.'),
  }),
  behind(BLANKS, 'basic-credentials', ['Basic', 'BASIC'], { body: BASE64, min: 20, digit: true }),
  behind(ASSIGNMENT, 'oauth-token', ['refresh_token', 'refreshToken', 'access_token', 'accessToken'], {
    body: charSet('A-Za-z0-9._~/-'),
    min: 32,
    digit: true,
    tail: charSet('A-Za-z0-9_~/=-'),
    inner: charSet('.'),
  }),
  {
    kind: 'url-password',
    prefixes: ['//'],
    gap: { members: charSet('A-Za-z0-9._~%+-'), min: 0, max: 64, until: 0x3a },
    open: (): Candidate => new UrlPasswordCandidate(),
  },
  { kind: 'jwt', prefixes: ['eyJ'], open: (before): Candidate => new JwtCandidate(before) },
  { kind: 'private-key', prefixes: ['-----BEGIN '], open: (): Candidate => new PrivateKeyCandidate() },
];

function token(kind: string, prefixes: readonly string[], shape: TokenShape): SecretPattern {
  return { kind, prefixes, open: () => new TokenCandidate(shape) };
}

function behind(gap: Gap, kind: string, words: readonly string[], shape: TokenShape): SecretPattern {
  return { ...token(kind, words, shape), gap };
}
