import { Inject, Injectable } from '@nestjs/common';
import { REDACTOR } from '../completion/redactor.js';
import { type Redactor } from '../kernel/text-filter.js';

/**
 * For the lists that hold names which vendors and agents gave: models, quotas, states. Completions are redacted where they are made.
 * Called by the handlers: as an interceptor it would cost more than what it does.
 */
@Injectable()
export class ListRedactor {
  constructor(@Inject(REDACTOR) private readonly redactor: Redactor) {}

  /** The same without secrets; the very same where there are none. */
  clean<T extends object>(body: T): T {
    const json = JSON.stringify(body);
    const redacted = this.redactor.redact(json, 'json');
    return redacted === json ? body : (JSON.parse(redacted) as T);
  }
}
