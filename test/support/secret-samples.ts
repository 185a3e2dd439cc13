/** Deterministic characters for made-up secrets: no real secret, nor anything that a scanner takes for one, stands in the sources. */
function random(alphabet: string, length: number): string {
  let state = length * 7919;
  return Array.from({ length }, (_, at) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    // A digit among the first, as nearly every token has.
    return at === 3 && alphabet.includes('7') ? '7' : alphabet.charAt(Math.floor((state / 2147483648) * alphabet.length));
  }).join('');
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alnum = `${letters}0123456789`;
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const keyLines = [64, 64, 64, 40].map((length) => random(`${alnum}+/`, length));
const pem = (label: string): string => [`-----BEGIN ${label}-----`, ...keyLines, `-----END ${label}-----`].join('\n');

/** One of each kind: the kind of its replacement, and what is replaced by it. Those of `contextSamples` need a word in front. */
export const secretSamples: readonly (readonly [kind: string, secret: string])[] = [
  ['anthropic-key', `sk-ant-api03-${random(`${alnum}-_`, 93)}AA`],
  ['openai-key', `sk-${random(alnum, 48)}`],
  ['openai-key', `sk-proj-${random(`${alnum}-_`, 120)}`],
  ['openai-key', `sk-svcacct-${random(`${alnum}-_`, 120)}`],
  ['openrouter-key', `sk-or-v1-${random('0123456789abcdef', 64)}`],
  ['shellm-key', `sk-shellm-${random(alnum, 32)}`],
  ['google-key', `AIza${random(`${alnum}-_`, 35)}`],
  ['aws-key-id', `AKIA${random(upper, 16)}`],
  ['aws-key-id', `ASIA${random(upper, 16)}`],
  ['github-token', `ghp_${random(alnum, 36)}`],
  ['github-token', `gho_${random(alnum, 36)}`],
  ['github-token', `github_pat_${random(alnum, 22)}_${random(alnum, 59)}`],
  ['gitlab-token', `glpat-${random(alnum, 20)}`],
  ['slack-token', `xoxb-${random('0123456789', 12)}-${random('0123456789', 12)}-${random(alnum, 24)}`],
  ['slack-token', `xapp-1-A${random(alnum, 10)}-${random('0123456789', 12)}-${random(alnum, 40)}`],
  ['stripe-key', `sk_live_${random(alnum, 24)}`],
  ['stripe-key', `rk_live_${random(alnum, 24)}`],
  ['stripe-webhook-secret', `whsec_${random(alnum, 32)}`],
  ['npm-token', `npm_${random(alnum, 36)}`],
  ['huggingface-token', `hf_${random(letters, 34)}`],
  ['jwt', `eyJ${random(alnum, 33)}.eyJ${random(`${alnum}-_`, 90)}.${random(`${alnum}-_`, 43)}`],
  ['private-key', pem('RSA PRIVATE KEY')],
  ['private-key', pem('OPENSSH PRIVATE KEY')],
  ['private-key', pem('PGP PRIVATE KEY BLOCK')],
];

/** Kind, the words in front, which stay, and the secret. */
export const contextSamples: readonly (readonly [kind: string, before: string, secret: string])[] = [
  ['bearer-token', 'Authorization: Bearer ', random(`${alnum}-_~+/`, 40)],
  ['bearer-token', 'authorization: bearer ', random('0123456789abcdef', 32)],
  ['aws-secret-key', 'aws_secret_access_key = ', random(`${alnum}+/`, 40)],
  ['aws-secret-key', '"SecretAccessKey": "', random(`${alnum}+/`, 40)],
];
