import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Feature, features, tryCell } from './client-matrix/cells.js';
import { clients, Matrix, providers, whole } from './client-matrix/matrix.js';
import { reasonAgainst, remarkOn } from './client-matrix/notes.js';
import { renderTable, sectionOf, type Verdict, withSection } from './client-matrix/table.js';

const readme = resolve(import.meta.dirname, '../README.md');
const keyOf = (client: string, provider: string, feature: Feature): string => [client, provider, feature].join(' ');
const cells = clients.flatMap((client) =>
  providers.flatMap((provider) =>
    features.map((feature) => ({ client, provider, feature, key: keyOf(client.name, provider, feature), name: `${client.name} before ${provider}: ${feature}` })),
  ),
);
const possible = cells.filter(({ client, provider, feature }) => reasonAgainst(client.name, provider, feature) === undefined);

/** Every client before every provider, with every feature. `UPDATE_CLIENT_MATRIX=1` writes what came of it into the README; else what stands there has to be true. */
describe('the client matrix', () => {
  jest.setTimeout(60_000);
  let matrix: Matrix;
  const tried = new Set<string>();
  const earned = new Set<string>();
  beforeAll(async () => {
    matrix = await Matrix.start();
  });
  afterAll(async () => {
    await matrix.close();
  });

  it.each(possible)('$name', async ({ client, provider, feature, key }) => {
    tried.add(key);
    await tryCell({ client, vendor: matrix.vendors.get(provider)!, feature }, matrix);
    earned.add(key);
  });

  it('is what the README says', () => {
    if (!whole || tried.size < possible.length) return; // only a part was run
    const verdict = (client: string, provider: string, feature: Feature): Verdict =>
      earned.has(keyOf(client, provider, feature))
        ? { earned: true, remark: remarkOn(client, provider, feature) }
        : { earned: false, why: reasonAgainst(client, provider, feature) ?? 'Does not pass its test.' };
    const names = clients.map(({ name }) => name);
    const table = renderTable(names, providers, verdict);
    const document = readFileSync(readme, 'utf8');
    if (process.env['UPDATE_CLIENT_MATRIX'] === '1') writeFileSync(readme, withSection(document, table));
    else expect(sectionOf(document)).toBe(table);
  });
});
