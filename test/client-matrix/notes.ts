import { type Feature } from './cells.js';

/** What is to be said of the cells whose client and provider have these names, and this feature. Without a name: every one. */
interface Note {
  readonly client?: string;
  readonly provider?: string;
  readonly feature: Feature;
  readonly text: string;
}

/** Why there is no mark: cells that cannot be. There are none. */
const reasons: readonly Note[] = [];

/** What a mark does not say by itself. */
const remarks: readonly Note[] = [
  {
    provider: 'gemini',
    feature: 'parallel tools',
    text: 'Gemini CLI makes the calls of one answer one after another, so the client gets them one by one; the vendor gets their results together.',
  },
];

/** Why a cell cannot be; undefined for one that can. */
export const reasonAgainst = (client: string, provider: string, feature: Feature): string | undefined => find(reasons, client, provider, feature);

export const remarkOn = (client: string, provider: string, feature: Feature): string | undefined => find(remarks, client, provider, feature);

function find(notes: readonly Note[], client: string, provider: string, feature: Feature): string | undefined {
  return notes.find((note) => note.feature === feature && [client, undefined].includes(note.client) && [provider, undefined].includes(note.provider))?.text;
}
