import { type Migration } from 'kysely/migration';
import { sessions } from './0001-sessions.js';
import { responses } from './0002-responses.js';
import { idempotency } from './0003-idempotency.js';
import { keys } from './0004-keys.js';
import { bytes } from './0005-bytes.js';
import { usage } from './0006-usage.js';
import { templates } from './0007-templates.js';
import { conversations } from './0008-conversations.js';
import { jobs } from './0009-jobs.js';
import { filesBatches } from './0010-files-batches.js';
import { cache } from './0011-cache.js';

/** In the order of their names, which a database remembers: one line each, and none is ever changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-sessions': sessions,
  '0002-responses': responses,
  '0003-idempotency': idempotency,
  '0004-keys': keys,
  '0005-bytes': bytes,
  '0006-usage': usage,
  '0007-templates': templates,
  '0008-conversations': conversations,
  '0009-jobs': jobs,
  '0010-files-batches': filesBatches,
  '0011-cache': cache,
};
