/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: a symmetric secret has 24 bytes at least. */
const MIN_BYTES = 24;
const PREFIX = 'whsec_';

export const WEBHOOK_SECRET_PROBLEM = `must be whsec_ and base64, or a text; ${MIN_BYTES} bytes at least: \`echo whsec_$(openssl rand -base64 32)\` makes one`;

/** The bytes that callbacks are signed with: what follows `whsec_` as base64, or the text itself. */
export function webhookKeyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret);
}

export function isWebhookSecret(secret: string): boolean {
  if (secret.startsWith(PREFIX) && !/^[A-Za-z0-9+/]+={0,2}$/.test(secret.slice(PREFIX.length))) return false;
  return secret.trim() === secret && webhookKeyOf(secret).length >= MIN_BYTES;
}
