import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { REDACTOR } from '../completion/redactor.js';
import { type Redactor } from '../kernel/text-filter.js';

/** For the lists that hold names which vendors and agents gave: models, quotas, states. Completions are redacted where they are made. */
@Injectable()
export class RedactionInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(@Inject(REDACTOR) private readonly redactor: Redactor) {}

  intercept(_: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(map((body) => this.#redact(body)));
  }

  #redact(body: unknown): unknown {
    if (typeof body !== 'object' || body === null) return body;
    const json = JSON.stringify(body);
    const redacted = this.redactor.redact(json, 'json');
    return redacted === json ? body : JSON.parse(redacted);
  }
}
