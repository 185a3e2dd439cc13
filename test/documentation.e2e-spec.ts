import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';

describe('the API documentation', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway();
  });
  afterAll(() => gateway.close());

  it('lists every tag, and says of every operation what it is and what it refuses', async () => {
    const { tags, paths } = (await call(`${gateway.url}/docs-json`)).body as {
      tags: { name: string }[];
      paths: Record<string, Record<string, { tags: string[]; summary: string; responses: Record<string, { description: string }> }>>;
    };
    const listed = new Set(tags.map(({ name }) => name));
    for (const [path, methods] of Object.entries(paths)) {
      for (const { tags: own, summary, responses } of Object.values(methods)) {
        expect([path, summary === '', own.every((tag) => listed.has(tag))]).toEqual([path, false, true]);
        for (const [status, { description }] of Object.entries(responses)) if (status >= '400') expect([path, status, description]).not.toEqual([path, status, '']);
        if ('409' in responses && !path.startsWith('/v1/batches'))
          expect([path, Object.keys(responses)]).toEqual([path, expect.arrayContaining(['400', '404', '429', '502', '503', '504'])]);
      }
    }
  });
});
