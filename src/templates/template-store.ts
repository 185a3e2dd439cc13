import { sql } from 'kysely';
import { type Template, type TemplateDefinition, type TemplateSummary } from './template.js';
import { type Storage } from '../storage/storage.js';

interface SummaryRow {
  readonly name: string;
  readonly summary: string;
  readonly shared: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Which of them, in order of their names. */
export interface TemplatePage {
  /** The name before the first one. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** The templates in the database. A client reads its own and, where it has none of the name, the oldest one that is shared. */
export class TemplateStore {
  constructor(private readonly storage: Storage) {}

  async find(owner: string, name: string): Promise<Template | undefined> {
    const row = await this.storage.db
      .selectFrom('templates')
      .selectAll()
      .where('name', '=', name)
      .where((builder) => builder.or([builder('owner', '=', owner), builder('shared', '=', 1)]))
      .orderBy(({ eb }) => eb.case().when('owner', '=', owner).then(0).else(1).end())
      .orderBy('created_at')
      .orderBy('owner')
      .limit(1)
      .executeTakeFirst();
    return row && { ...summaryOf(row), ...(JSON.parse(row.texts) as Pick<Template, 'template' | 'system'>) };
  }

  async list(owner: string, { after, limit }: TemplatePage): Promise<TemplateSummary[]> {
    const { rows } = await sql<SummaryRow>`
      select name, summary, shared, created_at, updated_at from (
        select name, summary, shared, created_at, updated_at,
          row_number() over (partition by name order by case when owner = ${owner} then 0 else 1 end, created_at, owner) as place
        from templates where (owner = ${owner} or shared = 1) and name > ${after ?? ''}
      ) as readable where place = 1 order by name limit ${sql.lit(limit)}`.execute(this.storage.db);
    return rows.map(summaryOf);
  }

  /** False: the owner has none of that name. */
  async update(owner: string, name: string, definition: TemplateDefinition, shared: boolean, now: number): Promise<boolean> {
    const { numUpdatedRows } = await this.storage.db
      .updateTable('templates')
      .set({ ...encode(definition, shared), updated_at: now })
      .where('owner', '=', owner)
      .where('name', '=', name)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Where another request was faster, this one is the later. */
  async insert(owner: string, name: string, definition: TemplateDefinition, shared: boolean, now: number): Promise<void> {
    const values = { ...encode(definition, shared), updated_at: now };
    await this.storage.db
      .insertInto('templates')
      .values({ owner, name, ...values, created_at: now })
      .onConflict((conflict) => conflict.columns(['owner', 'name']).doUpdateSet(values))
      .execute();
  }

  /** How many an owner has beside the one of a name, and how many bytes they take. */
  async used(owner: string, beside: string): Promise<{ readonly count: number; readonly bytes: number }> {
    const row = await this.storage.db
      .selectFrom('templates')
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number | string | null>('bytes').as('bytes')])
      .where('owner', '=', owner)
      .where('name', '<>', beside)
      .executeTakeFirst();
    return { count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0) };
  }

  /** False: the owner has none of that name. */
  async remove(owner: string, name: string): Promise<boolean> {
    const { numDeletedRows } = await this.storage.db.deleteFrom('templates').where('owner', '=', owner).where('name', '=', name).executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function encode({ template, system, description, variables }: TemplateDefinition, shared: boolean): { summary: string; texts: string; shared: number } {
  return { summary: JSON.stringify({ description, variables }), texts: JSON.stringify({ template, system }), shared: shared ? 1 : 0 };
}

function summaryOf({ name, summary, shared, created_at, updated_at }: SummaryRow): TemplateSummary {
  return {
    name,
    ...(JSON.parse(summary) as Pick<TemplateSummary, 'description' | 'variables'>),
    shared: shared === 1,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}
