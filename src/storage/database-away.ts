import { GatewayError } from '../kernel/gateway-error.js';

/** The database does not answer: what needs it is a 503 until it does. Told in the log once, by whoever asks it. */
export class DatabaseAwayError extends GatewayError {
  constructor(cause: unknown) {
    super('provider_unavailable', "The gateway's database does not answer.", { retryAfter: 5, cause });
  }
}

/** What Node says of a connection that is not there. */
const codes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT']);
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: connections, no room for one more, an operator's hand, starting up, read-only after a failover. */
const states = /^(08...|53...|57P0[1-5]|25006)$/;
/** The client library's own errors have no code. */
const words = /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/** Whether an error of PostgreSQL's client says that the server does not answer. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return codes.has(code) || states.test(code);
  return typeof message === 'string' && words.test(message);
}
