import { decodeUsage } from './decode-usage.js';
import { decodeFinishReason } from './finish-reason.js';
import { type Facts } from '../../kernel/answer.js';

/** Whether a piece of JSON or SSE text holds what {@link readFacts} looks for. A quick scan; it may be wrong only in saying yes. */
export function mayHoldFacts(wire: string): boolean {
  return wire.includes('usage":{') || wire.includes('finish_reason":"') || wire.includes('usage": {') || wire.includes('finish_reason": "');
}

/** Adds what a chunk or a completion says of itself to what is known. The same object where it says nothing. */
export function readFacts(value: unknown, known: Facts): Facts {
  if (typeof value !== 'object' || value === null) return known;
  const answer = value as Readonly<Record<string, unknown>>;
  const reason = finishReason(answer['choices']);
  const usage = decodeUsage(answer['usage']);
  if (reason === undefined && usage === undefined) return known;
  const model = answer['model'];
  return {
    ...known,
    ...(typeof model === 'string' && model !== '' ? { model } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function finishReason(choices: unknown): Facts['reason'] {
  if (!Array.isArray(choices)) return undefined;
  for (const choice of choices as readonly unknown[]) {
    const reason = typeof choice === 'object' && choice !== null ? (choice as Readonly<Record<string, unknown>>)['finish_reason'] : undefined;
    if (typeof reason === 'string') return decodeFinishReason(reason);
  }
  return undefined;
}
