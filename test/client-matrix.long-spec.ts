import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { features, tryCell } from './client-matrix/cells.js';
import { clients, Matrix, providers } from './client-matrix/matrix.js';

/** Every client before every provider, with every feature. */
describe('the client matrix', () => {
  jest.setTimeout(60_000);
  let matrix: Matrix;
  beforeAll(async () => {
    matrix = await Matrix.start();
  });
  afterAll(async () => {
    await matrix.close();
  });

  describe.each(clients.map((client) => [client.name, client] as const))('%s', (_name, client) => {
    const cells = providers.flatMap((provider) => features.map((feature) => [provider, feature] as const));
    it.each(cells)('%s: %s', async (provider, feature) => {
      const vendor = matrix.vendors.get(provider);
      if (vendor === undefined) return;
      await tryCell({ client, vendor, feature }, matrix.gateway.url);
    });
  });
});
