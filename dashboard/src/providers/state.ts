import { type Provider } from '../api/providers.ts';
import { type Tone } from '../components/status.tsx';

export interface State {
  readonly tone: Tone;
  readonly words: string;
  /** The lower, the sooner somebody has to look at it. */
  readonly rank: number;
}

/** How a provider is, in a word. */
export function stateOf(provider: Provider): State {
  const { enabled, status, breaker } = provider;
  if (!enabled) return { tone: 'quiet', words: 'Switched off', rank: 4 };
  if (status === 'unknown') return { tone: 'quiet', words: 'Being looked at', rank: 2 };
  const missing = missingOf(provider);
  if (missing !== undefined) return { tone: 'bad', words: missing, rank: 0 };
  if (breaker?.open === true) return { tone: 'warn', words: 'Resting after failures', rank: 1 };
  return status === 'ready' ? { tone: 'good', words: 'Ready', rank: 3 } : { tone: 'bad', words: 'Unavailable', rank: 0 };
}

function missingOf({ kind, configured, installed, authenticated, status }: Provider): string | undefined {
  if (kind !== 'cli') return configured ? undefined : 'No API key';
  if (!installed) return 'Not installed';
  return authenticated || status === 'ready' ? undefined : 'Not logged in';
}

/** What needs a hand first, then by name. */
export function byNeed(providers: readonly Provider[]): readonly Provider[] {
  return providers.toSorted((a, b) => stateOf(a).rank - stateOf(b).rank || a.id.localeCompare(b.id));
}

/** Advice with its commands apart: they are in backticks. */
export function commandsIn(advice: string): readonly string[] {
  return [...advice.matchAll(/`([^`]+)`/g)].flatMap(([, command]) => (command === undefined ? [] : [command]));
}

/** `five_hour` as `Five hours`. */
export function windowName(window: string): string {
  const known: Readonly<Record<string, string>> = { five_hour: 'Five hours', seven_day: 'Seven days', seven_day_opus: 'Seven days, Opus', seven_day_sonnet: 'Seven days, Sonnet' };
  if (Object.hasOwn(known, window)) return known[window] ?? window;
  const words = window.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
