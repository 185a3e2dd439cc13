import { identity, map, type MonoTypeOperatorFunction } from 'rxjs';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { inputBytes } from '../kernel/estimate-input-tokens.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';
import { type Provider } from '../providers/provider.js';

/**
 * Tells at an answer's end how much of its prompt was not the client's: the vendor's own count, in proportion of the bytes. A guess is of the client's words alone, and
 * stays as it is; so does what a provider does not know.
 *
 * @param request the client's
 * @param asked what the provider was asked in its place: instructions of the gateway's are in it
 */
export function noteScaffold({ scaffoldBytes }: Pick<Provider, 'scaffoldBytes'>, request: CompletionRequest, asked: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  if (scaffoldBytes === undefined) return identity;
  return map((event) => {
    if (event.type !== 'stream-end' || event.usage.estimated === true) return event;
    const own = inputBytes(request);
    const added = scaffoldBytes(asked) + (asked === request ? 0 : Math.max(0, inputBytes(asked) - own));
    return { ...event, usage: { ...event.usage, scaffoldTokens: shareOf(event.usage, added, own) } };
  });
}

function shareOf({ inputTokens }: Usage, added: number, own: number): number {
  return added === 0 ? 0 : Math.round((inputTokens * added) / (added + own));
}
