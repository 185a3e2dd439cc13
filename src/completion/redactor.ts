/** Token of the gateway's {@link import('../kernel/text-filter.js').Redactor}. */
export const REDACTOR = Symbol('REDACTOR');
