import { GatewayError } from '../../kernel/gateway-error.js';

const [SHORTEST_S, LONGEST_S] = [3600, 2_592_000];

/**
 * What the texts of an upload's form say.
 *
 * @returns milliseconds that the file is to be kept; undefined: as long as any
 * @throws GatewayError `invalid_parameter`
 */
export function ttlOfUpload(fields: ReadonlyMap<string, string>): number | undefined {
  const purpose = fields.get('purpose');
  if (purpose === undefined) refuse('purpose', 'is required: "batch"');
  if (purpose !== 'batch') refuse('purpose', 'must be "batch": files are kept for the requests of batches alone');
  const [anchor, seconds] = [fields.get('expires_after[anchor]'), fields.get('expires_after[seconds]')];
  return anchor === undefined && seconds === undefined ? undefined : ttlOf({ anchor, seconds: Number(seconds) }, 'expires_after');
}

/** Milliseconds, of OpenAI's policy of expiry. @throws GatewayError `invalid_parameter` */
export function ttlOf({ anchor, seconds }: { readonly anchor?: unknown; readonly seconds?: unknown }, param: string): number {
  if (anchor !== 'created_at') refuse(`${param}[anchor]`, 'must be "created_at"');
  if (!Number.isInteger(seconds) || (seconds as number) < SHORTEST_S || (seconds as number) > LONGEST_S) {
    refuse(`${param}[seconds]`, `must be a whole number from ${SHORTEST_S} to ${LONGEST_S}`);
  }
  return (seconds as number) * 1000;
}

function refuse(param: string, problem: string): never {
  throw new GatewayError('invalid_parameter', `Invalid value for '${param}': ${problem}.`, { param });
}
