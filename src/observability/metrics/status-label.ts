import { STATUS_CODES } from 'node:http';

const known: ReadonlySet<number> = new Set([...Object.keys(STATUS_CODES).map(Number), 499]);

/** An HTTP status as a label. A vendor may invent statuses: those go by their class, so that there are never many. */
export function statusLabel(status: number): string {
  if (known.has(status)) return String(status);
  return status >= 400 && status < 600 ? `${Math.floor(status / 100)}xx` : 'other';
}
