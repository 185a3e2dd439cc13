import { createHmac } from 'node:crypto';
import { webhookKeyOf } from '../../auth/webhook-secret.js';

/**
 * The headers of one try to deliver a message (https://www.standardwebhooks.com).
 *
 * @param id the same in every try
 * @param timestamp of this try. Seconds since 1970.
 */
export function webhookHeaders(id: string, timestamp: number, body: string, secret: string): Record<string, string> {
  const signature = createHmac('sha256', webhookKeyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}
