/** The redactors, for specs on floors that do not know them. */
export { createRedactor, passThroughRedactor } from '../../src/redaction/create-redactor.js';
