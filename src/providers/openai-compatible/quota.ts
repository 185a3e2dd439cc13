import { parseReset } from './parse-reset.js';
import { type QuotaWindow } from '../../kernel/quota.js';

/** What {@link upstreamHeaders} calls the vendor's `x-ratelimit-*`. */
const PREFIX = 'x-upstream-ratelimit-';
const HEADER = /^x-upstream-ratelimit-(limit|remaining|reset)-([a-z][a-z0-9-]{0,40})$/;
const MAX_WINDOWS = 20;

type Headers = Readonly<Record<string, string>>;
type Words = Partial<Record<'limit' | 'remaining' | 'reset', string>>;

/** The limits of the gateway's own account, as the vendor's last answer told them. What is told is kept as it is and read only when somebody asks. */
export class Quota {
  #headers: Headers = {};
  #toldAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes in the headers of an answer, as {@link upstreamHeaders} wrote them. */
  see(headers: Headers): void {
    for (const name in headers) {
      if (!name.startsWith(PREFIX)) continue;
      this.#headers = headers;
      this.#toldAt = this.now();
      return;
    }
  }

  windows(): QuotaWindow[] {
    const told = new Map<string, Words>();
    for (const [header, value] of Object.entries(this.#headers)) {
      const [, word, window] = HEADER.exec(header) ?? [];
      if (word !== undefined && window !== undefined) told.set(window, { ...told.get(window), [word]: value });
    }
    return [...told].slice(0, MAX_WINDOWS).map(([window, words]) => this.#window(window.replaceAll('-', '_'), words));
  }

  #window(window: string, { limit, remaining, reset }: Words): QuotaWindow {
    const resetsAt = reset === undefined ? undefined : parseReset(reset, this.#toldAt);
    // It is whole again; what others have used of it since then, nobody told.
    if (resetsAt !== undefined && resetsAt <= this.now()) return { window, used_percent: 0, resets_at: null, status: 'allowed' };
    const used = usedPercent(numberOf(limit), numberOf(remaining));
    return { window, used_percent: used, resets_at: resetsAt === undefined ? null : new Date(resetsAt).toISOString(), status: statusOf(numberOf(remaining)) };
  }
}

function usedPercent(limit: number | undefined, remaining: number | undefined): number | null {
  if (limit === undefined || remaining === undefined || limit <= 0) return null;
  return Math.round((1 - remaining / limit) * 1000) / 10;
}

function statusOf(remaining: number | undefined): QuotaWindow['status'] {
  if (remaining === undefined) return 'unknown';
  return remaining > 0 ? 'allowed' : 'exhausted';
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}(\.\d{1,10})?$/.test(text) ? Number(text) : undefined;
}
