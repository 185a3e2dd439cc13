import { type Feature } from './cells.js';

/** Why there is no mark: the cells whose client and provider have these names, and this feature. Without a name: every one. */
interface Reason {
  readonly client?: string;
  readonly provider?: string;
  readonly feature: Feature;
  readonly why: string;
}

const reasons: readonly Reason[] = [];

/** Why a cell cannot be; undefined for one that can. */
export function reasonAgainst(client: string, provider: string, feature: Feature): string | undefined {
  return reasons.find((reason) => reason.feature === feature && [client, undefined].includes(reason.client) && [provider, undefined].includes(reason.provider))?.why;
}
