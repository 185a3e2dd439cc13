import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './own-file.js';

/** The gateway's own version, from its package.json. */
export const packageVersion = (JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }).version;
