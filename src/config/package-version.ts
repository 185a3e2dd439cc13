import { readFileSync } from 'node:fs';

/** The gateway's own version, from its package.json: two folders up from both `src/config` and `dist/config`. */
export const packageVersion = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
