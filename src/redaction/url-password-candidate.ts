import { type Candidate, Rest, Verdict } from './candidate.js';
import { charSet, has } from './char-set.js';

/**
 * The password of an address, `//user:password@host`: from behind the colon to the `@`. Names of placeholders and templates are no passwords;
 * neither is a port, as no `@` follows it.
 */
export class UrlPasswordCandidate implements Candidate {
  #password = '';

  step(code: number): Verdict {
    if (code === AT) return this.#password.length < MIN || isPlaceholder(this.#password) ? Verdict.No : Verdict.Before;
    if (!has(MEMBERS, code) || this.#password.length >= MAX) return Verdict.No;
    this.#password += String.fromCharCode(code);
    return Verdict.More;
  }

  drain(): Rest {
    return Rest.Over;
  }
}

function isPlaceholder(password: string): boolean {
  return PLACEHOLDER.test(password) || TEMPLATE.test(password);
}

const AT = 0x40;
/** Of RFC 3986's `userinfo`. */
const MEMBERS = charSet("A-Za-z0-9._~%!$&'()*+,;=:-");
const MIN = 4;
const MAX = 128;
/** The words that documents put there, with what they put before and behind them. Alternatives without repetition: linear. */
const PLACEHOLDER =
  /^(?:my|your|the|db|some|super|user)?[-_]?(?:pass(?:word|wd|phrase)?|pwd|pw|secret|token|user(?:name)?|admin|root|guest|test(?:ing)?|example|demo|dummy|foo|bar|baz|foobar|change-?me|postgres|mysql|mongo|redis|rabbitmq|api-?key|key|credentials?|x-oauth-basic|redacted|hidden)[-_]?(?:here|\d{0,4})$/i;
const TEMPLATE = /^(?:[$%({]|[Xx.*•-]+$)/;
