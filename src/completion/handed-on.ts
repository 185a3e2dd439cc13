import { type GatewayError } from '../kernel/gateway-error.js';

/** A completion whose first provider failed in a worker (`SHELLM_WORKERS`): the owner finds who answers in its place, and meters it. */
export class HandedOn extends Error {
  override readonly name = 'HandedOn';

  constructor(readonly failure: GatewayError) {
    super(failure.message);
  }
}
