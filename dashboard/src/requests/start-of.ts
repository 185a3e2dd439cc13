import { type LoggedRequest } from './request-log.ts';

/** When a request came. */
export function startOf({ started_at }: Pick<LoggedRequest, 'started_at'>): Date {
  return new Date(typeof started_at === 'number' ? started_at * 1000 : started_at);
}
