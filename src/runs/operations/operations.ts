import { Injectable } from '@nestjs/common';
import { type Operation } from '../../completion/operation.js';

/** The operations that can be stored and run later, by their endpoints. Whoever serves an endpoint adds its own at the start. */
@Injectable()
export class Operations {
  readonly #byEndpoint = new Map<string, Operation>();

  add<Body extends object>(operation: Operation<Body>): void {
    this.#byEndpoint.set(operation.endpoint, operation);
  }

  find(endpoint: string): Operation | undefined {
    return this.#byEndpoint.get(endpoint);
  }
}
