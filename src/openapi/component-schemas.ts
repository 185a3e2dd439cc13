import { type Schema } from '../http/documentation/json-schema.js';
import { chatSchemas } from './components/chat.js';
import { errorSchemas } from './components/errors.js';
import { fileSchemas } from './components/files.js';
import { healthSchemas } from './components/health.js';
import { jobSchemas } from './components/jobs.js';
import { keySchemas } from './components/keys.js';
import { messageSchemas } from './components/messages.js';
import { modelSchemas } from './components/models.js';
import { responseSchemas } from './components/responses.js';
import { simpleSchemas } from './components/simple.js';
import { storedSchemas } from './components/stored.js';

/** The schemas of the answers, by the names that the controllers call them by. Those of the requests are made of their DTOs. */
export const componentSchemas: Readonly<Record<string, Schema>> = {
  ...errorSchemas,
  ...chatSchemas,
  ...simpleSchemas,
  ...responseSchemas,
  ...messageSchemas,
  ...storedSchemas,
  ...jobSchemas,
  ...fileSchemas,
  ...modelSchemas,
  ...keySchemas,
  ...healthSchemas,
};
