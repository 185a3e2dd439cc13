import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { features, tryCell } from './client-matrix/cells.js';
import { clients, Matrix, providers } from './client-matrix/matrix.js';
import { reasonAgainst } from './client-matrix/notes.js';

/** Every client with every second feature, each before another provider, so that every provider has its turn; `npm run test:long` tries all of them. */
const cells = clients.flatMap((client, row) =>
  features.flatMap((feature, column) => {
    const order = providers.map((_, at) => providers[(row + column + at) % providers.length]!);
    const provider = order.find((candidate) => reasonAgainst(client.name, candidate, feature) === undefined);
    return provider === undefined || (row + column) % 2 > 0 ? [] : [{ client, feature, provider, name: `${client.name} before ${provider}: ${feature}` }];
  }),
);

describe('the client matrix, some of it', () => {
  jest.setTimeout(60_000);
  let matrix: Matrix;
  beforeAll(async () => {
    matrix = await Matrix.start();
  });
  afterAll(async () => {
    await matrix.close();
  });

  it.each(cells)('$name', async ({ client, provider, feature }) => {
    await tryCell({ client, vendor: matrix.vendors.get(provider)!, feature }, matrix);
  });
});
