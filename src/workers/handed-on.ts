import { decodeFailure, type WrittenFailure } from './written-failure.js';
import { type GatewayError } from '../kernel/gateway-error.js';

/** The header in which a worker tells the owner what the request itself does not say. A client's own of that name goes no further than the worker. */
export const HANDED_ON = 'x-shellm-handed-on';

interface Written {
  /** Of the client's connection. */
  readonly address: string;
  readonly httpVersion: string;
  /** How its first provider failed, where a worker has asked one: it was counted there. */
  readonly failure?: WrittenFailure;
}

export function writeHandedOn(written: Written): string {
  return Buffer.from(JSON.stringify(written)).toString('base64url');
}

export function readHandedOn(header = ''): Omit<Written, 'failure'> & { readonly failure: GatewayError | undefined } {
  const { address, httpVersion, failure } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Written;
  return { address, httpVersion, failure: failure && decodeFailure(failure) };
}
