import { fieldsOf, listOf, textOf } from '../../kernel/read-value.js';

/** Names of modes in which an agent asks before it acts, the strictest first: whatever it asks for is refused. */
const wary: readonly string[] = ['read-only', 'dontAsk', 'ask', 'default'];
/** It does not even ask, so that it could not be allowed the client's functions. */
const MUTE = 'dontAsk';
/** It only makes plans, which is no less wary, but its answers are plans too: nobody is brought into it. */
const PLAN = 'plan';

/**
 * The mode that a new session should be brought into, so that the agent does nothing on its own; undefined where it is in such a mode, or has none.
 *
 * @param raw all that the agent said of the session
 * @param functions whether the agent has to ask, since some things are allowed
 */
export function waryModeOf(raw: unknown, functions = false): string | undefined {
  const good = functions ? wary.filter((mode) => mode !== MUTE) : wary;
  const modes = fieldsOf(fieldsOf(raw)['modes']);
  const current = textOf(modes['currentModeId']);
  const available = new Set(listOf(modes['availableModes']).map((mode) => textOf(fieldsOf(mode)['id'])));
  if (current === undefined || current === PLAN || good.includes(current)) return undefined;
  return good.find((mode) => available.has(mode));
}
