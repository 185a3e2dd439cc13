import { type RateLimitInfo, type RateLimitWindow } from './decode-line.js';
import { type QuotaWindow } from '../../kernel/quota.js';

const statuses: Readonly<Record<string, QuotaWindow['status']>> = { allowed: 'allowed', allowed_warning: 'warning', rejected: 'exhausted' };

/** The limits of the account as the CLI last told them. A window is forgotten when it has been reset. */
export class Quota {
  readonly #windows = new Map<string, RateLimitWindow>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes in a `rate_limit_event`. */
  see(info: RateLimitInfo): void {
    const { rateLimitType, unifiedWindows } = info;
    if (rateLimitType !== undefined) this.#windows.set(rateLimitType, info);
    for (const [name, window] of Object.entries(unifiedWindows ?? {}).slice(0, 20)) this.#windows.set(name, window);
  }

  windows(): QuotaWindow[] {
    for (const [name, { resetsAt }] of this.#windows) if (resetsAt !== undefined && resetsAt * 1000 <= this.now()) this.#windows.delete(name);
    return [...this.#windows].map(([window, { status, utilization, resetsAt }]) => ({
      window,
      used_percent: utilization === undefined ? null : Math.round(utilization * 1000) / 10,
      resets_at: resetsAt === undefined ? null : new Date(resetsAt * 1000).toISOString(),
      status: statuses[status ?? ''] ?? 'unknown',
    }));
  }
}
