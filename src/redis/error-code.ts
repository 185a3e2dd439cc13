/** What went wrong, in one word that holds no address and no secret: a system error's code, or the first word of Redis's own error (`NOSCRIPT`, `WRONGPASS`). */
export function errorCode(error: unknown): string {
  if (error === undefined) return 'closed';
  const { code, message, name } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  if (message === 'Command timed out') return 'ETIMEDOUT';
  return /^[A-Z]{3,20}(?= |$)/.exec(message)?.[0] ?? name;
}
