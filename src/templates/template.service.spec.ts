import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TemplatePage } from './template-store.js';
import { TemplateService } from './template.service.js';
import { ServerSettings } from '../config/server-settings.js';
import { silentLog } from '../observability/log.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

const one = { id: 'one', scopes: ['completions'] };
const two = { id: 'two', scopes: ['completions'] };
const admin = { id: 'admin', scopes: ['completions', 'admin'] };
const otherAdmin = { id: 'a-second-admin', scopes: ['admin'] };
const notFound = { code: 'not_found', param: 'name' };
const all: TemplatePage = { after: undefined, limit: 100 };

describe.each(await testStores())('templates in $name', (store) => {
  let at: TestDatabase;
  let storage: Storage;
  beforeEach(async () => {
    at = await store.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
  });
  afterEach(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });
  const service = (stored = new StorageSettings()): TemplateService => new TemplateService(storage, new ServerSettings(), stored);
  const namesOf = async (client: typeof one, page = all): Promise<string[]> => (await service().list(client, page)).map(({ name }) => name);

  it('are written, read, written anew and deleted', async () => {
    const templates = service();
    const first = await templates.put(one, 'greet', { template: 'Hi {{name}}, {{ name }}\u0000', system: 'Be {{mood}}.', description: 'says hello' });
    expect(first).toMatchObject({ created: true, template: { name: 'greet', variables: ['name', 'mood'], shared: false, description: 'says hello' } });
    expect(await service().get(one, 'greet')).toEqual(first.template);
    const second = await templates.put(one, 'greet', { template: 'Hello' });
    expect(second).toMatchObject({
      created: false,
      template: { template: 'Hello', variables: [], createdAt: first.template.createdAt },
    });
    await templates.remove(one, 'greet');
    await expect(templates.get(one, 'greet')).rejects.toMatchObject(notFound);
    await expect(templates.remove(one, 'greet')).rejects.toMatchObject(notFound);
  });

  it("are nobody else's", async () => {
    const templates = service();
    await templates.put(one, 'own', { template: 'mine' });
    await expect(templates.get(two, 'own')).rejects.toMatchObject(notFound);
    await expect(templates.remove(two, 'own')).rejects.toMatchObject(notFound);
    expect(await templates.put(two, 'own', { template: 'theirs' })).toMatchObject({ created: true });
    expect([(await templates.get(one, 'own')).template, (await templates.get(two, 'own')).template]).toEqual(['mine', 'theirs']);
    expect([await namesOf(one), await namesOf(admin)]).toEqual([['own'], []]);
  });

  it("can be read by all where an admin wrote them, behind a client's own; and changed by nobody else", async () => {
    const templates = service();
    await templates.put(admin, 'house', { template: 'of the house' });
    expect(await templates.get(one, 'house')).toMatchObject({ template: 'of the house', shared: true });
    await expect(templates.remove(one, 'house')).rejects.toMatchObject({ ...notFound, message: expect.stringContaining("another client's") });
    // The first of the name stays the one that all read.
    await templates.put(otherAdmin, 'house', { template: 'of another house' });
    expect([(await templates.get(two, 'house')).template, (await templates.get(otherAdmin, 'house')).template]).toEqual(['of the house', 'of another house']);
    await templates.put(one, 'house', { template: 'my own' });
    expect([(await templates.get(one, 'house')).template, (await templates.get(two, 'house')).template]).toEqual(['my own', 'of the house']);
    expect([(await templates.list(one, all)).map(({ name, shared }) => [name, shared]), await namesOf(two)]).toEqual([[['house', false]], ['house']]);
    await templates.remove(one, 'house');
    expect((await templates.get(one, 'house')).template).toBe('of the house');
    // Without the scope it is the client's own alone.
    await templates.put({ ...admin, scopes: ['completions'] }, 'house', { template: 'not shared any more' });
    expect((await templates.get(two, 'house')).template).toBe('of another house');
  });

  it('are listed by name, a page at a time', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) await service().put(name < 'c' ? admin : one, name, { template: name });
    expect([await namesOf(one, { after: undefined, limit: 2 }), await namesOf(one, { after: 'b', limit: 2 }), await namesOf(one, { after: 'd', limit: 2 })]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect(await namesOf(two)).toEqual(['a', 'b']);
    await expect(service().list(one, { after: 'a\u0000', limit: 2 })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'after' });
  });

  it('are so many a client, and so many bytes', async () => {
    const values = Array.from({ length: 999 }, (_, index) => ({ owner: 'one', name: `t${index}`, summary: '{}', texts: '{}', shared: 0, created_at: 1, updated_at: 1 }));
    for (let from = 0; from < values.length; from += 500)
      await storage.db
        .insertInto('templates')
        .values(values.slice(from, from + 500))
        .execute();
    await service().put(one, 'last', { template: 'x' });
    await expect(service().put(one, 'over', { template: 'x' })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'name' });
    expect(await service().put(one, 'last', { template: 'y' })).toMatchObject({ created: false });
    expect(await service().put(two, 'over', { template: 'x' })).toMatchObject({ created: true });
    const small = service(Object.assign(new StorageSettings(), { clientStoreMb: 0.5 }));
    await small.put(two, 'big', { template: 'x'.repeat(250_000) });
    await small.put(two, 'big', { template: 'x'.repeat(256_000) });
    await small.put(two, 'bigger', { template: 'x'.repeat(256_000) });
    await expect(small.put(two, 'too-big', { template: 'x'.repeat(256_000) })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'template' });
  });

  it('stand in a body', async () => {
    const templates = service();
    await templates.put(admin, 'greet', { template: 'Hi {{name}}', system: 'Be {{mood}}.' });
    const asked = { template: 'greet', variables: { name: 'Ada', mood: 'kind' }, model: 'm' };
    expect(JSON.parse(JSON.stringify(await templates.intoPrompt(one, asked)))).toEqual({ model: 'm', prompt: 'Hi Ada', system: 'Be kind.' });
    expect(await templates.intoPrompt(one, { ...asked, system: 'Be short.' })).toMatchObject({ prompt: 'Hi Ada', system: 'Be short.' });
    await expect(templates.intoPrompt(one, { ...asked, prompt: 'x' })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'prompt' });
    const user = { role: 'user', content: 'Hi Ada' };
    expect(JSON.parse(JSON.stringify(await templates.intoMessages(one, asked)))).toEqual({ model: 'm', messages: [{ role: 'system', content: 'Be kind.' }, user] });
    const own = [{ role: 'developer', content: 'Be short.' }, { role: 'user', content: 'first' }, null];
    expect((await templates.intoMessages(one, { ...asked, messages: own }))['messages']).toEqual([...own, user]);
    await expect(templates.intoMessages(one, { variables: {} })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'variables' });
    for (const template of ['gone', 'no name', '\u0000']) {
      await expect(templates.intoMessages(one, { template })).rejects.toMatchObject({ code: 'not_found', param: 'template' });
    }
  });
});
