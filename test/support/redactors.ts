/** The redactors, for specs on floors that do not know them. */
import { createRedactor } from '../../src/redaction/create-redactor.js';

export { createRedactor, passThroughRedactor } from '../../src/redaction/create-redactor.js';

export const redactor = createRedactor();
