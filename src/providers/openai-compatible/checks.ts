/** An API key that can stand in a header. */
export const KEY = /^[\x21-\x7e]+$/;
export const NO_KEY = 'must be visible ASCII characters alone';

/** A base URL, for class-validator. */
export const URL_OPTIONS = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true };
export const NO_URL = 'must be an http or https URL without a user name';
