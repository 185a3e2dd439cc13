import { type Kysely, type SelectQueryBuilder } from 'kysely';
import { type UsageQuestion } from './usage-question.js';
import { type Database } from '../storage/database.js';

/** Of what is asked of the ledger: whose rows. */
export type LedgerFilter = Pick<UsageQuestion, 'client' | 'provider' | 'model'>;

/** The rows of a time that pass the filter. @param to exclusive */
export function rowsOf(db: Kysely<Database>, { client, provider, model }: LedgerFilter, from: number, to: number): SelectQueryBuilder<Database, 'usage', object> {
  let query = db.selectFrom('usage').where('started_at', '>=', from).where('started_at', '<', to);
  if (client !== undefined) query = query.where('client_name', '=', client);
  if (provider !== undefined) query = query.where('provider', '=', provider);
  if (model !== undefined) query = query.where('model', '=', model);
  return query;
}
