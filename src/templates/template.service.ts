import { Injectable } from '@nestjs/common';
import { templateNameOf, withLastMessage, withPrompt } from './expand-body.js';
import { renderTemplate } from './render-template.js';
import { checkTemplateName, isTemplateName, parseTemplate } from './template-input.js';
import { type TemplatePage, TemplateStore } from './template-store.js';
import { type RenderedTemplate, type Template, type TemplateSummary } from './template.js';
import { ServerSettings } from '../config/server-settings.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { parameterError } from '../wire/openai-chat/parameter-error.js';
import { type JsonObject } from '../wire/value-reader.js';

const TEMPLATES_PER_OWNER = 1000;

/** Who is asking. */
interface Asking {
  readonly id: string;
  readonly scopes: readonly string[];
}

/** Prompts with places for values. Each belongs to the client that wrote it; one that a client with the scope `admin` wrote can be read by all. */
@Injectable()
export class TemplateService {
  readonly #store: TemplateStore;

  constructor(
    storage: Storage,
    private readonly server: ServerSettings,
    private readonly limits: StorageSettings,
  ) {
    this.#store = new TemplateStore(storage);
  }

  /** Writes one, or writes it anew. @throws GatewayError `invalid_parameter` */
  async put({ id, scopes }: Asking, name: string, body: JsonObject): Promise<{ readonly template: Template; readonly created: boolean }> {
    checkTemplateName(name);
    const definition = parseTemplate(body);
    const shared = scopes.includes('admin');
    const now = Date.now();
    await this.#checkRoom(id, name, Buffer.byteLength(definition.template) + Buffer.byteLength(definition.system ?? ''));
    const created = !(await this.#store.update(id, name, definition, shared, now));
    if (created) await this.#store.insert(id, name, definition, shared, now);
    return { template: (await this.#store.find(id, name)) ?? { name, ...definition, shared, createdAt: now, updatedAt: now }, created };
  }

  /** Those that a client may read, in order of their names. @throws GatewayError `invalid_parameter` */
  async list({ id }: Asking, page: TemplatePage): Promise<TemplateSummary[]> {
    if (page.after !== undefined) checkTemplateName(page.after, 'after');
    return this.#store.list(id, page);
  }

  /** The client's own, else one that is shared. @throws GatewayError `not_found` */
  async get({ id }: Asking, name: string, param = 'name'): Promise<Template> {
    const template = isTemplateName(name) ? await this.#store.find(id, name) : undefined;
    if (!template) throw new GatewayError('not_found', 'There is no template of this name.', { param });
    return template;
  }

  /** Only who wrote it can delete it. @throws GatewayError `not_found` */
  async remove({ id }: Asking, name: string): Promise<void> {
    checkTemplateName(name);
    if (await this.#store.remove(id, name)) return;
    const shared = await this.#store.find(id, name);
    throw new GatewayError('not_found', shared ? "The template of this name is another client's: only that client can delete it." : 'There is no template of this name.', {
      param: 'name',
    });
  }

  /** The body of a simple completion that asks for a template, as it would be without one. @throws GatewayError `invalid_parameter`, `not_found`, `payload_too_large` */
  async intoPrompt(client: Asking, body: JsonObject): Promise<JsonObject> {
    return withPrompt(body, await this.#render(client, body));
  }

  /** The same of a chat completion. */
  async intoMessages(client: Asking, body: JsonObject): Promise<JsonObject> {
    return withLastMessage(body, await this.#render(client, body));
  }

  async #render(client: Asking, body: JsonObject): Promise<RenderedTemplate> {
    const template = await this.get(client, templateNameOf(body), 'template');
    return renderTemplate(template, body['variables'], this.server.bodyLimit);
  }

  async #checkRoom(owner: string, name: string, bytes: number): Promise<void> {
    const used = await this.#store.used(owner, name);
    if (used.count >= TEMPLATES_PER_OWNER) throw parameterError.invalid('name', `a client has ${TEMPLATES_PER_OWNER} templates at most: delete one.`);
    if (used.bytes + bytes > this.limits.clientStoreBytes) throw parameterError.invalid('template', 'there is no room for it among your templates: delete some.');
  }
}
