import { type RateLimits } from './protocol.js';
import { type QuotaWindow } from '../../kernel/quota.js';
import { isTime, textOf, timeOf } from '../../kernel/read-value.js';

/** From here on a window counts as nearly used up. */
const WARNING_PERCENT = 80;
/** The account's own limits; those of a kind of use have another. */
const ACCOUNT = 'codex';
const names: ReadonlyMap<number, string> = new Map([
  [300, 'five_hour'],
  [1440, 'daily'],
  [10_080, 'weekly'],
]);

type Window = NonNullable<RateLimits['primary']>;

interface Named {
  readonly name: string;
  readonly window: Window;
}

/** The limits of the account as the CLI last told them. A window is forgotten when it has been reset. */
export class Quota {
  #windows: readonly Named[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes in `account/rateLimits/updated`. */
  see({ limitId, primary, secondary }: RateLimits): void {
    const told: Named[] = [];
    const id = textOf(limitId) ?? ACCOUNT;
    const of = id === ACCOUNT ? '' : `${id}_`;
    if (primary) told.push({ name: of + nameOf(primary, 'primary'), window: primary });
    if (secondary) told.push({ name: of + nameOf(secondary, 'secondary'), window: secondary });
    const others = this.#windows.filter(({ name }) => !told.some((window) => window.name === name));
    this.#windows = [...others, ...told].slice(-20);
  }

  windows(): QuotaWindow[] {
    return this.#current().map(({ name, window: { usedPercent, resetsAt } }) => ({
      window: name,
      used_percent: typeof usedPercent === 'number' ? usedPercent : null,
      resets_at: timeOf(resetsAt),
      status: statusOf(usedPercent),
    }));
  }

  /** Whole seconds until every window that is used up is reset; undefined where none is, or nobody knows. */
  retryAfter(): number | undefined {
    const resets = this.#current().flatMap(({ window: { usedPercent, resetsAt } }) => (statusOf(usedPercent) === 'exhausted' && isTime(resetsAt) ? [resetsAt] : []));
    return resets.length === 0 ? undefined : Math.max(1, Math.ceil(Math.max(...resets) - this.now() / 1000));
  }

  #current(): readonly Named[] {
    return this.#windows.filter(({ window: { resetsAt } }) => !isTime(resetsAt) || resetsAt * 1000 > this.now());
  }
}

function nameOf({ windowDurationMins: minutes }: Window, otherwise: string): string {
  return typeof minutes === 'number' ? (names.get(minutes) ?? `${minutes}_minutes`) : otherwise;
}

function statusOf(usedPercent: unknown): QuotaWindow['status'] {
  if (typeof usedPercent !== 'number') return 'unknown';
  if (usedPercent >= 100) return 'exhausted';
  return usedPercent >= WARNING_PERCENT ? 'warning' : 'allowed';
}
