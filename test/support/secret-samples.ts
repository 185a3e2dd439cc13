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
const hex = '0123456789abcdef';
const url = `${alnum}-_`;

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
  ['cerebras-key', `csk-${random('abcdefghijklmnopqrstuvwxyz0123456789', 48)}`],
  ['groq-key', `gsk_${random(alnum, 52)}`],
  ['xai-key', `xai-${random(alnum, 80)}`],
  ['perplexity-key', `pplx-${random(alnum, 48)}`],
  ['replicate-token', `r8_${random(alnum, 37)}`],
  ['fireworks-key', `fw_${random(alnum, 24)}`],
  ['nvidia-key', `nvapi-${random(url, 64)}`],
  ['langsmith-key', `lsv2_pt_${random(hex, 32)}_${random(hex, 10)}`],
  ['pinecone-key', `pcsk_${random(alnum, 6)}_${random(alnum, 63)}`],
  ['tavily-key', `tvly-dev-${random(alnum, 32)}`],
  ['google-client-secret', `GOCSPX-${random(url, 28)}`],
  ['google-oauth-token', `ya29.a0${random(url, 160)}`],
  ['aws-bedrock-key', `ABSK${random(alnum, 128)}`],
  ['alibaba-key-id', `LTAI${random(alnum, 20)}`],
  ['digitalocean-token', `dop_v1_${random(hex, 64)}`],
  ['heroku-key', `HRKU-AA${random(url, 58)}`],
  ['netlify-token', `nfp_${random(alnum, 36)}`],
  ['fly-token', `fo1_${random(url, 43).replaceAll(/[-_]/g, 'x')}`],
  ['supabase-key', `sbp_${random(hex, 40)}`],
  ['supabase-key', `sb_secret_${random(url, 31)}`],
  ['planetscale-token', `pscale_tkn_${random(url, 43)}`],
  ['databricks-token', `dapi${random(hex, 32)}`],
  ['vault-token', `hvs.${random(url, 95)}`],
  ['doppler-token', `dp.pt.${random(alnum, 43)}`],
  ['onepassword-token', `ops_eyJ${random(alnum, 300)}`],
  ['age-key', `AGE-SECRET-KEY-1${random('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`],
  ['gitlab-token', `glrt-${random(alnum, 20)}`],
  ['gitlab-token', `glpat-${random(alnum, 27)}.01.${random(alnum, 9)}`],
  ['pypi-token', `pypi-AgEIcHlwaS5vcmc${random(url, 150)}`],
  ['rubygems-key', `rubygems_${random(hex, 48)}`],
  ['docker-token', `dckr_pat_${random(url, 27)}`],
  ['atlassian-token', `ATATT3${random(url, 180)}=${random(upper, 8)}`],
  ['linear-key', `lin_api_${random(alnum, 40)}`],
  ['postman-key', `PMAK-${random(hex, 24)}-${random(hex, 34)}`],
  ['square-token', `sq0atp-${random(url, 22)}`],
  ['shopify-token', `shpat_${random(hex, 32)}`],
  ['sendgrid-key', `SG.${random(url, 22)}.${random(url, 43)}`],
  ['brevo-key', `xkeysib-${random(hex, 64)}-${random(alnum, 16)}`],
  ['twilio-key', `SK${random(hex, 32)}`],
  ['notion-token', `ntn_${random('0123456789', 11)}${random(alnum, 35)}`],
  ['figma-token', `figd_${random(url, 40)}`],
  ['sentry-token', `sntryu_${random(hex, 64)}`],
  ['grafana-token', `glsa_${random(alnum, 32)}_${random(hex, 8)}`],
  ['newrelic-key', `NRAK-${random(upper, 27)}`],
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
  ['azure-storage-key', 'AccountName=a;AccountKey=', `${random(`${alnum}+/`, 86)}==`],
  ['basic-credentials', 'authorization: Basic ', random(alnum, 36)],
  ['oauth-token', '"refresh_token": "', `1//0${random(url, 97)}`],
  ['slack-webhook', 'https://hooks.slack.com/services/', `T${random(upper, 9)}/B${random(upper, 9)}/${random(alnum, 24)}`],
  ['discord-webhook', 'https://discord.com/api/webhooks/', `${random('0123456789', 18)}/${random(url, 68)}`],
];

/** The same with what must stand behind the secret. */
export const enclosedSamples: readonly (readonly [kind: string, before: string, secret: string, after: string])[] = [
  ['url-password', 'postgres://app:', random(`${alnum}-_~`, 20), '@db.internal:5432/app'],
  ['url-password', 'mongodb+srv://admin.user:', 'p%40ss7', '@cluster0.example.net'],
  ['url-password', 'redis://:', random(alnum, 32), '@127.0.0.1:6379/0'],
  ['url-password', 'https://x-access-token:', random(alnum, 36), '@git.example.com/a.git'],
];
