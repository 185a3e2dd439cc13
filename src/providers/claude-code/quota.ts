import { type RateLimitInfo, type RateLimitWindow } from './decode-line.js';
import { type QuotaWindow } from '../../kernel/quota.js';
import { isTime, textOf, timeOf } from '../../kernel/read-value.js';

const statuses: ReadonlyMap<unknown, QuotaWindow['status']> = new Map([
  ['allowed', 'allowed'],
  ['allowed_warning', 'warning'],
  ['rejected', 'exhausted'],
]);

/** An account has two or three. */
const MAX_WINDOWS = 20;

/** The limits of the account as the CLI last told them. A window is forgotten when it has been reset. */
export class Quota {
  readonly #windows = new Map<string, RateLimitWindow>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes in a `rate_limit_event`. */
  see(info: RateLimitInfo): void {
    const { rateLimitType, unifiedWindows } = info;
    const type = textOf(rateLimitType);
    if (type !== undefined) this.#see(type, info);
    for (const [name, window] of Object.entries(unifiedWindows ?? {}).slice(0, MAX_WINDOWS)) if (window) this.#see(name, window);
  }

  windows(): QuotaWindow[] {
    for (const [name, { resetsAt }] of this.#windows) if (isTime(resetsAt) && resetsAt * 1000 <= this.now()) this.#windows.delete(name);
    return [...this.#windows].map(([window, { status, utilization, resetsAt }]) => ({
      window,
      used_percent: typeof utilization === 'number' ? Math.round(utilization * 1000) / 10 : null,
      resets_at: timeOf(resetsAt),
      status: statuses.get(status) ?? 'unknown',
    }));
  }

  #see(name: string, window: RateLimitWindow): void {
    if (this.#windows.size < MAX_WINDOWS || this.#windows.has(name)) this.#windows.set(name, window);
  }
}
