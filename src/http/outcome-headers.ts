import { type Outcome } from '../completion/outcome.js';
import { type Warning } from '../kernel/stream-event.js';

/** The headers that tell who answered, in whose place, in which session, and whether the answer was kept (contract, sections 2, 4, 6 and 10). Asked for when they go out. */
export function outcomeHeaders({ target, runningModel, fallback, session, cache }: Outcome): Record<string, string> {
  return {
    'x-shellm-provider': target.provider,
    'x-shellm-model': headerText(runningModel ?? target.model),
    ...(cache && { 'x-shellm-cache': cache.hit ? 'hit' : 'miss' }),
    ...(fallback && { 'x-shellm-fallback': 'true', 'x-shellm-original-provider': fallback.provider, 'x-shellm-original-error': fallback.code }),
    ...(session && { 'x-shellm-session-id': session.id, 'x-claude-session-id': session.id }),
    ...(session?.created === true && { 'x-shellm-session-created': 'true', 'x-claude-session-created': 'true' }),
  };
}

/** The parameters that the provider could not set, by their names. */
export function ignoredHeaders({ target }: Outcome, warnings: readonly Warning[]): Record<string, string> {
  if (warnings.length === 0) return {};
  const names = headerText(warnings.map(({ parameter }) => parameter).join(', '));
  return { 'x-shellm-ignored-params': names, ...(target.provider === 'claude' ? { 'x-claude-ignored-params': names } : {}) };
}

/** A header holds visible ASCII; a model's name may be anything the client wrote. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
}
