import { fieldsOf, listOf, textOf } from '../../acp/read-value.js';

/** Names of modes in which an agent asks before it acts, the strictest first: whatever it asks for is refused. */
const wary: readonly string[] = ['read-only', 'dontAsk', 'ask', 'default'];
/** It only makes plans, which is no less wary, but its answers are plans too: nobody is brought into it. */
const PLAN = 'plan';

/**
 * The mode that a new session should be brought into, so that the agent does nothing on its own; undefined where it is in such a mode, or has none.
 *
 * @param raw all that the agent said of the session
 */
export function waryModeOf(raw: unknown): string | undefined {
  const modes = fieldsOf(fieldsOf(raw)['modes']);
  const current = textOf(modes['currentModeId']);
  const available = new Set(listOf(modes['availableModes']).map((mode) => textOf(fieldsOf(mode)['id'])));
  if (current === undefined || current === PLAN || wary.includes(current)) return undefined;
  return wary.find((mode) => available.has(mode));
}
